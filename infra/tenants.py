"""The tenants' expansion as a preview: every object that `tenantry render` writes, as a resource.

Owns how tenants are shared among stacks and how their objects are grouped. The objects come from
the same core as the rendered trees. They go to a folder: Argo CD alone writes to a cluster.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pulumi_kubernetes import Provider

from infra.manifests import Object
from infra.refusal import refused
from tenantry.placement import placements
from tenantry.render import render_placement
from tenantry.render.delivery import render_delivery
from tenantry.report import text_line
from tenantry.workspace.pipeline import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest
    from tenantry.placement import Placement
    from tenantry.tenant import Tenant

#: Where the provider puts the objects, seen from infra/, in which Pulumi starts it. It is no tree
#: that Argo CD reads. A path from the root of the disk would differ on every machine.
FOLDER = "../.preview"

#: A preview of more takes over half a minute: the engine needs 25 ms for each.
MOST = 1100


@dataclass(frozen=True, slots=True)
class Share:
    """The tenants that one stack registers for a cluster."""

    cluster: str
    number: int
    of: int

    def __contains__(self, tenant: str) -> bool:
        """Whether a tenant is in it."""
        return share_of(tenant, self.of) == self.number


def share_of(tenant: str, shares: int) -> int:
    """Return the number of the share that a tenant is in, whoever else is there.

    Jump consistent hashing (Lamping and Veach, 2014): one more share moves one tenant in `shares`.
    """
    key = int.from_bytes(hashlib.sha256(tenant.encode()).digest()[:8], "big")
    number, jump = -1, 0
    while jump < shares:
        number = jump
        key = (key * 2862933555777941757 + 1) % 2**64
        jump = int((number + 1) * (2**31 / ((key >> 33) + 1)))
    return number


class Group(pulumi.ComponentResource):
    """What belongs together in a preview; nothing on a cluster."""

    #: Its type, by what it groups. The types stand in the identity of all objects below.
    TYPES: ClassVar = {
        "tenant": "tenantry:tenants:Tenant",
        "profile": "tenantry:tenants:Profile",
        "namespace": "tenantry:tenants:Namespace",
    }
    #: Types that a group had before. Who renames one adds it here: else Pulumi would delete and
    #: make again whatever is below.
    FORMER_TYPES: ClassVar[dict[str, tuple[str, ...]]] = {}

    def __init__(self, what: str, name: str, opts: pulumi.ResourceOptions) -> None:
        former = [pulumi.Alias(type_=known) for known in self.FORMER_TYPES.get(what, ())]
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=former))
        super().__init__(self.TYPES[what], name, None, opts)


def register(root: Path, share: Share) -> None:
    """Register all objects of a share. Raises RefusedError, before any, where something is wrong.

    Whatever is wrong with any tenant or fact stops every share, as it stops a render.
    """
    expansion = expand(root, datetime.now(UTC).date())
    outcome, facts = expansion.outcome, expansion.facts
    if outcome.failed or facts is None:
        raise refused(outcome.findings, "the sources are not valid; nothing was registered:")
    for finding in outcome.findings:
        pulumi.log.debug(text_line(finding))  # `tenantry validate` says them; here they distract
    mine = [tenant for tenant in expansion.tenants if tenant.name in share]
    count = _register(facts.clusters[share.cluster], mine)
    if count > MOST:
        pulumi.log.warn(
            f"this stack has {count:,} objects, and a preview of more than {MOST:,} takes over 30 "
            f"seconds (raise `shards` in Pulumi.yaml, now {share.of})"
        )


def _register(facts: ClusterFacts, tenants: Iterable[Tenant]) -> int:
    provider = Provider("rendered", render_yaml_to_directory=f"{FOLDER}/{pulumi.get_stack()}")
    below_stack = pulumi.ResourceOptions(providers=[provider])
    return sum(_register_tenant(tenant, facts, below_stack) for tenant in tenants)


def _register_tenant(tenant: Tenant, facts: ClusterFacts, opts: pulumi.ResourceOptions) -> int:
    placed = list(placements(tenant, facts))
    if not placed:
        return 0
    group = _below(Group("tenant", tenant.name, opts))
    count = _register_all(render_delivery(tenant, facts, placed), group)
    for profile, spaces in _by_profile(placed):
        below_profile = _below(Group("profile", profile, group))
        for placement in spaces:
            below = _below(Group("namespace", placement.namespace, below_profile))
            count += _register_all(render_placement(placement), below)
    return count


def _by_profile(placed: Sequence[Placement]) -> Iterator[tuple[str, list[Placement]]]:
    names = dict.fromkeys(placement.profile.name for placement in placed)
    for name in names:
        yield name, [placement for placement in placed if placement.profile.name == name]


def _below(group: Group) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=group)


def _register_all(manifests: Iterable[Manifest], opts: pulumi.ResourceOptions) -> int:
    return len([Object(manifest, opts) for manifest in manifests])
