"""The program of a platform stack: judges sources and settings, makes the platform, exports it.

Nothing here needs a fact that the infrastructure itself gives: first the stack, then the facts,
then the rendering.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pulumi

from infra.azure.assembly import Platform
from infra.azure.planning import Plan, Tenancy, make_plan, stack_file
from infra.guards import Watch
from infra.refusal import RefusedError, refused
from tenantry import layout
from tenantry.placement import placements
from tenantry.report import text_line
from tenantry.schema.tenant import Environment
from tenantry.workspace.files import WorkspaceError
from tenantry.workspace.pipeline import expand
from tenantry.workspace.sources import place_findings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from infra.azure.settings import Settings
    from tenantry.facts import ClusterFacts, Facts
    from tenantry.findings import Finding
    from tenantry.tenant import Tenant


def deploy(root: Path, cluster: str, settings: Settings) -> Platform:
    """Make a cluster's platform, and export its outputs.

    Raises RefusedError, before anything is registered, where the sources are not valid, do not fit
    the settings, or a guard stops a resource.
    """
    facts, plan = _plan(root, cluster, settings)
    with Watch(stack_file(cluster), frozenset(settings.exceptions)):
        platform = Platform(plan)
        _install_argo_cd(root, facts, platform)
    for guard, reason in settings.exceptions.items():
        pulumi.log.warn(f"without the guard {guard}: {reason}")
    for name, value in platform.outputs().items():
        pulumi.export(name, value)
    return platform


def _install_argo_cd(root: Path, facts: Facts, platform: Platform) -> None:
    from infra.bootstrap import bootstrap  # noqa: PLC0415 - loads the SDK of Kubernetes

    try:
        bootstrap(root, facts, platform.plan.facts.name, platform.cluster.kubeconfig())
    except WorkspaceError as error:
        raise RefusedError(
            f"Argo CD cannot be installed; nothing was registered: {error}"
        ) from None


def _plan(root: Path, cluster: str, settings: Settings) -> tuple[Facts, Plan]:
    expansion = expand(root, datetime.now(UTC).date())
    if expansion.outcome.failed or expansion.facts is None:
        raise refused(
            expansion.outcome.findings, "the sources are not valid; nothing was registered:"
        )
    for finding in expansion.outcome.findings:
        pulumi.log.debug(text_line(finding))  # `tenantry validate` says them; here they distract
    facts = expansion.facts.clusters[cluster]
    plan, findings = make_plan(facts, settings, tenancy_of(expansion.tenants, facts))
    if plan is None:
        reason = f"{stack_file(cluster)} and clusters/ do not fit; nothing was registered:"
        raise refused(_placed(root, findings), reason)
    return expansion.facts, plan


def _placed(root: Path, findings: Iterable[Finding]) -> list[Finding]:
    """Give findings in files of ours their line. Pulumi's own files have another form."""
    ours = [each for each in findings if each.path.startswith(layout.CLUSTERS)]
    return [*place_findings(root, ours), *(each for each in findings if each not in ours)]


def tenancy_of(tenants: Iterable[Tenant], facts: ClusterFacts) -> Tenancy:
    """Return what teams have on a cluster."""
    placed = [each for tenant in tenants for each in placements(tenant, facts)]
    development = [each for each in placed if each.environment is Environment.DEVELOPMENT]
    return Tenancy(
        tuple(sorted(each.namespace for each in placed)),
        tuple(sorted(each.namespace for each in development if each.profile.repository)),
    )
