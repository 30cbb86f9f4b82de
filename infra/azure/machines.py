"""Sizes of machines, what pods can use of one, and how many a pool needs. Numbers, no resources.

Sources: Azure's pages of the series (Ddsv5, NCasT4_v3, NC A100 v4, NCads H100 v5); what AKS keeps
for itself: "Node resource reservations" in the AKS manual, for Kubernetes 1.29 and later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenantry.schema.cluster import Pool

GIB = 2**30
MIB = 2**20

#: Pods on one node. AKS keeps 20 MiB of memory for each that there may be, used or not.
MAX_PODS = 110

#: Part of a machine's memory that its operating system sees: firmware and kernel take some.
_SEEN = 0.98


@dataclass(frozen=True, slots=True)
class Machine:
    """A size of virtual machine."""

    cores: int
    memory: int
    """In GiB."""
    gpus: int = 0

    @property
    def usable_millicores(self) -> int:
        """What pods can request, in thousandths of a core."""
        return self.cores * 1000 - (100 + 10 * self.cores)

    @property
    def usable_bytes(self) -> int:
        """What pods can request of memory."""
        kept = min((20 * MAX_PODS + 50) * MIB, self.memory * GIB // 4)
        return int(self.memory * GIB * _SEEN) - kept - 100 * MIB


MACHINES = {
    "Standard_D4ds_v5": Machine(4, 16),
    "Standard_D8ds_v5": Machine(8, 32),
    "Standard_D16ds_v5": Machine(16, 64),
    "Standard_D32ds_v5": Machine(32, 128),
    "Standard_D48ds_v5": Machine(48, 192),
    "Standard_D64ds_v5": Machine(64, 256),
    "Standard_E16ds_v5": Machine(16, 128),
    "Standard_E32ds_v5": Machine(32, 256),
    "Standard_E64ds_v5": Machine(64, 512),
    "Standard_NC4as_T4_v3": Machine(4, 28, 1),
    "Standard_NC8as_T4_v3": Machine(8, 56, 1),
    "Standard_NC16as_T4_v3": Machine(16, 110, 1),
    "Standard_NC64as_T4_v3": Machine(64, 440, 4),
    "Standard_NC24ads_A100_v4": Machine(24, 220, 1),
    "Standard_NC48ads_A100_v4": Machine(48, 440, 2),
    "Standard_NC96ads_A100_v4": Machine(96, 880, 4),
    "Standard_NC40ads_H100_v5": Machine(40, 320, 1),
    "Standard_NC80adis_H100_v5": Machine(80, 640, 2),
}


def machines_for(pool: Pool, machine: Machine) -> int:
    """Return how many machines together give pods at least what the pool promises."""
    needs = [
        (pool.cpu.amount, machine.usable_millicores),
        (pool.memory.amount, machine.usable_bytes),
    ]
    if machine.gpus:
        needs.append((pool.gpu, machine.gpus))
    return max(-(-wanted // each) for wanted, each in needs)
