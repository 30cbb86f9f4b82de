"""Which program a stack's name means, and running it. What programs register is theirs.

`<cluster>` is a cluster's platform, `<cluster>-tenants-NN` a share of the tenants on it. Imports
nothing heavy: a stack loads only the SDKs of the providers that it uses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from infra.configuration import Nothing, Project, read, read_project
from infra.refusal import RefusedError
from tenantry import layout
from tenantry.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_TENANTS = re.compile(r"(?P<cluster>.+)-tenants-(?P<shard>[0-9]{2,})")


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack of this project. Not a cluster: each cluster has several."""

    cluster: str
    shard: int | None = None
    """Which share of the cluster's tenants; None is the platform under the cluster."""

    @property
    def name(self) -> str:
        """Its name, as in ``pulumi preview --stack prod-tenants-03``."""
        return self.cluster if self.shard is None else f"{self.cluster}-tenants-{self.shard:02}"


def stacks(clusters: Sequence[str], shards: int) -> list[Stack]:
    """Return all stacks, the platforms first."""
    platforms = [Stack(cluster) for cluster in clusters]
    return platforms + [Stack(cluster, n) for cluster in clusters for n in range(shards)]


def clusters_of(root: Path) -> list[str]:
    """Return the names of the clusters that a repository describes, sorted."""
    found = root.glob(f"{layout.CLUSTERS}/*/{layout.CLUSTER_FILE}")
    return sorted(path.parent.name for path in found)


def stack_called(name: str, clusters: Sequence[str], shards: int) -> Stack:
    """Return the stack of that name. Raises RefusedError where there is none."""
    known = {stack.name: stack for stack in stacks(clusters, shards)}
    if name in known:
        return known[name]
    match = _TENANTS.fullmatch(name)
    if match and match["cluster"] in clusters:
        last = Stack(match["cluster"], shards - 1).name
        cure = f"the last one is {last}; `shards` in Pulumi.yaml says how many there are"
    else:
        cure = nearest(name, list(known))
    raise RefusedError(f'stack "{name}" is none of this project ({cure})')


def run(root: Path) -> None:
    """Run the program of the selected stack, over the repository at `root`."""
    project = read_project()
    stack = stack_called(pulumi.get_stack(), clusters_of(root), project.shards)
    if stack.shard is None:
        _run_platform(root, stack.cluster)
    else:
        _run_tenants(root, stack, project)


def _run_platform(root: Path, cluster: str) -> None:
    from infra.azure.platform import deploy  # noqa: PLC0415 - loads the SDK of Azure
    from infra.azure.settings import Settings  # noqa: PLC0415 - only this stack has them

    deploy(root, cluster, read(Settings))


def _run_tenants(root: Path, stack: Stack, project: Project) -> None:
    from infra.tenants import Share, register  # noqa: PLC0415 - loads the SDK of Kubernetes

    read(Nothing)
    register(root, Share(stack.cluster, stack.shard or 0, project.shards))
