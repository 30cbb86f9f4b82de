"""The four amounts that rules compare: their names in files, and how a message shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.quantity import Quantity, show_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

_MEBIBYTE = 2**20
_GIBIBYTE = 2**30


def show_cores(millicores: int) -> str:
    """Show thousandths of a core as cores: ``20.001``."""
    cores, rest = divmod(millicores, 1000)
    return f"{cores}.{rest:03}".rstrip("0") if rest else str(cores)


def show_size(amount: int) -> str:
    """Show bytes exactly, and roughly beside it where the exact number is hard to read."""
    shown = show_bytes(amount)
    if amount < _MEBIBYTE or not shown.endswith(("Ki", *"0123456789")):
        return shown
    return (
        f"{shown if shown.endswith('Ki') else shown + ' bytes'} (about {amount / _GIBIBYTE:.2f}Gi)"
    )


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of amount. `name` is both the field of a quota and of an `Allowance`."""

    name: str
    show: Callable[[int], str]


RESOURCES = (
    Resource("cpu", show_cores),
    Resource("memory", show_size),
    Resource("storage", show_size),
    Resource("gpu", str),
)


def amount_of(value: Quantity | int) -> int:
    """Return the number that is compared."""
    return value.amount if isinstance(value, Quantity) else value


def text_of(value: Quantity | int) -> str:
    """Return the amount as it was typed."""
    return value.text if isinstance(value, Quantity) else str(value)
