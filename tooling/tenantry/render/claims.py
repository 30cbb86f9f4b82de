"""Claims of a namespace, as namespaced Crossplane composite resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.manifest import Shared
from tenantry.render.metadata import KEPT_ANNOTATIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement
    from tenantry.schema.tenant import Claim


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield the claims of the placement's environment, by kind and name."""
    claims = [c for c in placement.profile.claims if c.environment is placement.environment]
    if not claims:
        return
    place = _place(placement)
    for claim in sorted(claims, key=lambda claim: (claim.kind, claim.name)):
        yield _claim(placement, claim, place)


def _claim(placement: Placement, claim: Claim, place: Shared) -> Manifest:
    kind = placement.facts.catalogue.kinds[claim.kind]
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": metadata(placement, claim.name, KEPT_ANNOTATIONS),
        "spec": {"parameters": in_order(claim.parameters), "placement": place},
    }


def _place(placement: Placement) -> Shared:
    """Return what the platform, not the team, says about a claim."""
    facts = placement.facts
    place: dict[str, Tree] = {
        "tenant": placement.tenant.name,
        "profile": placement.profile.name,
        "environment": placement.environment.value,
        "cluster": facts.name,
        "region": facts.cluster.region,
        "tier": placement.tier_name,
    }
    if placement.profile.cost_center is not None:
        place["costCenter"] = placement.profile.cost_center
    return Shared(place)


def in_order(tree: Tree) -> Tree:
    """Return a team's own tree with its keys sorted: their order in the file says nothing."""
    if isinstance(tree, dict):
        return {key: in_order(tree[key]) for key in sorted(tree)}
    if isinstance(tree, list):
        return [in_order(item) for item in tree]
    return tree
