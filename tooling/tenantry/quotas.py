"""How much one namespace may request: what the profile asks, else what its tier gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    given = most(tier.default)
    if quota is None:
        return given
    return Allowance(
        given.cpu if quota.cpu is None else quota.cpu.amount,
        given.memory if quota.memory is None else quota.memory.amount,
        given.storage if quota.storage is None else quota.storage.amount,
        given.gpu if quota.gpu is None else quota.gpu,
    )


def most(amounts: Amounts) -> Allowance:
    """Return a tier's amounts; what it does not name may not be requested."""
    return Allowance(
        0 if amounts.cpu is None else amounts.cpu.amount,
        0 if amounts.memory is None else amounts.memory.amount,
        0 if amounts.storage is None else amounts.storage.amount,
        amounts.gpu or 0,
    )
