"""Kubernetes quantities: amounts of CPU, memory and storage as people write them.

Source: k8s.io/apimachinery/pkg/api/resource/quantity.go. Exponents (`1e3`) and milli-bytes are
legal there and refused here: nobody who means an amount writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_UNITS = {**_BINARY, **_DECIMAL}

CPU_PATTERN = r"^[0-9]{1,6}(\.[0-9]{1,3})?$|^[0-9]{1,9}m$"
BYTES_PATTERN = r"^[0-9]{1,9}(\.[0-9]{1,3})?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)$"

_CPU = re.compile(CPU_PATTERN)
_BYTES = re.compile(BYTES_PATTERN)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount. `amount` counts thousandths of a core for CPU and bytes for all else."""

    amount: int
    text: str
    """As it was written, for messages."""


def parse_cpu(text: str) -> Quantity | None:
    """Read cores: ``4``, ``0.5``, ``500m``. None where it is not such an amount."""
    if not _CPU.fullmatch(text):
        return None
    cores = Decimal(text[:-1]) / 1000 if text.endswith("m") else Decimal(text)
    return Quantity(int(cores * 1000), text)


def parse_bytes(text: str) -> Quantity | None:
    """Read bytes with a unit: ``16Gi``, ``500M``. None where it is not such an amount."""
    match = _BYTES.fullmatch(text)
    if match is None:
        return None
    unit = match.group(2)
    amount = Decimal(text[: -len(unit)]) * _UNITS[unit]
    return Quantity(int(amount), text) if amount == int(amount) else None


def show_cpu(millicores: int) -> str:
    """Write cores in the one form we render: ``4`` or ``500m``."""
    cores, rest = divmod(millicores, 1000)
    return f"{millicores}m" if rest else str(cores)


def show_bytes(amount: int) -> str:
    """Write bytes in the one form we render: the largest binary unit that leaves no rest."""
    for unit, size in reversed(_BINARY.items()):
        if amount >= size and amount % size == 0:
            return f"{amount // size}{unit}"
    return str(amount)
