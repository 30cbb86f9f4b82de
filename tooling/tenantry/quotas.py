"""How much one namespace may request: what the profile asks, else what its tier gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenantry.quantity import Quantity
    from tenantry.schema.platform import Amounts, Tier
    from tenantry.schema.tenant import Quota


@dataclass(frozen=True, slots=True)
class Allowance:
    """Amounts: thousandths of a core, bytes of memory, bytes of disk, whole GPUs."""

    cpu: int
    memory: int
    storage: int
    gpu: int


def allowance(quota: Quota | None, tier: Tier) -> Allowance:
    """Return what a namespace may request."""
    given = tier.default
    return Allowance(
        _amount(quota and quota.cpu, given.cpu),
        _amount(quota and quota.memory, given.memory),
        _amount(quota and quota.storage, given.storage),
        quota.gpu if quota and quota.gpu is not None else given.gpu or 0,
    )


def most(amounts: Amounts) -> Allowance:
    """Return a tier's caps as amounts; what it does not name may not be requested."""
    return Allowance(
        _amount(None, amounts.cpu),
        _amount(None, amounts.memory),
        _amount(None, amounts.storage),
        amounts.gpu or 0,
    )


def _amount(asked: Quantity | None, given: Quantity | None) -> int:
    quantity = given if asked is None else asked
    return 0 if quantity is None else quantity.amount
