"""Node pools: what the facts promise, on the machines that are configured. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.azure.machines import MACHINES, machines_for
from infra.azure.names import MAX_POOL
from infra.azure.pools import PoolPlan
from tenantry.schema.cluster import Purpose
from tenantry.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.azure.faults import Fault
    from infra.azure.machines import Machine
    from infra.azure.settings import PoolMachines, Settings
    from tenantry.schema.cluster import Cluster, Pool

#: Name of the pool of what the cluster itself runs.
SYSTEM = "system"

#: Most nodes of one pool, and of a cluster. Source: "Service quotas" in the AKS manual.
MAX_NODES = 1000

_NAME = re.compile(rf"[a-z][a-z0-9]{{0,{MAX_POOL - 1}}}")


def plan_pools(
    cluster: Cluster, settings: Settings
) -> tuple[PoolPlan, list[PoolPlan], list[Fault]]:
    """Return the system pool, the others, and what does not fit."""
    system = settings.system
    faults = list(_check_system(settings))
    own = PoolPlan(SYSTEM, system.size, system.least, system.most, settings.zones, system=True)
    if settings.existing.cluster is not None:
        if settings.pools:
            message = "the cluster is there already, and whoever runs it decides on its pools"
            faults.append(("pools", ("pools",), message, "remove pools"))
        return own, [], faults
    pools: list[PoolPlan] = []
    for name, pool in cluster.capacity.pools.items():
        found = list(_check_pool(name, pool, settings))
        faults += found
        if not found:
            pools.append(_plan(name, pool, settings.pools[name], settings))
    faults += _check_strangers(cluster, settings)
    faults += [fault for pool in pools for fault in _check_size(pool)]
    return own, pools, faults


def _plan(name: str, pool: Pool, machines: PoolMachines, settings: Settings) -> PoolPlan:
    machine = MACHINES[machines.size]
    return PoolPlan(
        name,
        machines.size,
        machines.least,
        machines_for(pool, machine),
        machines.zones or settings.zones,
        gpu=bool(machine.gpus),
    )


def _check_system(settings: Settings) -> Iterator[Fault]:
    system = settings.system
    if system.size not in MACHINES:
        yield _unknown_size(("system", "size"), system.size)
    elif MACHINES[system.size].gpus:
        message = f"{system.size} has GPUs, and the system pool runs the cluster's own parts"
        yield "pools", ("system", "size"), message, "choose a size without GPUs"
    if system.least > system.most:
        message = f"the system pool runs at least {system.least} machines and at most {system.most}"
        yield "pools", ("system", "least"), message, f"write {system.most} or less"


def _check_pool(name: str, pool: Pool, settings: Settings) -> Iterator[Fault]:
    if not _NAME.fullmatch(name) or name == SYSTEM:
        message = f'AKS takes no node pool called "{name}"'
        cure = f"rename it in cluster.yaml: up to {MAX_POOL} small letters and digits, not system"
        yield "pools", ("pools", name), message, cure
    machines = settings.pools.get(name)
    if machines is None:
        message = f"nobody said which machines the pool {name} is made of"
        yield "pools", ("pools", name), message, f"add {name} below pools, with a size"
    elif machines.size not in MACHINES:
        yield _unknown_size(("pools", name, "size"), machines.size)
    else:
        yield from _check_gpus(name, pool, MACHINES[machines.size], machines.size)


def _check_gpus(name: str, pool: Pool, machine: Machine, size: str) -> Iterator[Fault]:
    wanted = pool.purpose is Purpose.GPU
    if wanted and not machine.gpus:
        cure = f"choose one of: {', '.join(known for known, it in MACHINES.items() if it.gpus)}"
        message = f"the pool {name} promises GPUs, and {size} has none"
        yield "pools", ("pools", name, "size"), message, cure
    if machine.gpus and not wanted:
        message = f"{size} has GPUs, and the pool {name} is for general work"
        yield "pools", ("pools", name, "size"), message, "choose a size without GPUs"


def _check_strangers(cluster: Cluster, settings: Settings) -> Iterator[Fault]:
    known = sorted(cluster.capacity.pools)
    for name in settings.pools:
        if name not in known:
            message = f'cluster.yaml names no pool "{name}" below capacity.pools'
            yield "pools", ("pools", name), message, nearest(name, known)


def _check_size(pool: PoolPlan) -> Iterator[Fault]:
    if pool.most > MAX_NODES:
        message = (
            f"the pool {pool.name} would need {pool.most} machines of {pool.size}, more than "
            f"{MAX_NODES}"
        )
        yield "pools", ("pools", pool.name, "size"), message, "choose a larger size"
    if pool.least > pool.most:
        message = (
            f"the pool {pool.name} needs at most {pool.most} machines of {pool.size} for what "
            f"cluster.yaml promises, and {pool.least} shall always run"
        )
        yield "pools", ("pools", pool.name, "least"), message, f"write {pool.most} or less"


def _unknown_size(field: tuple[str | int, ...], size: str) -> Fault:
    message = f'the size "{size}" is not in infra/azure/machines.py'
    return "machine-size", field, message, nearest(size, sorted(MACHINES))
