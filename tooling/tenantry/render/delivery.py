"""What delivers a tenant: the Application of its folder, and those of its own repositories.

Project, destination and credential come from the folder and the cluster's facts, never from what
a team wrote. A team's project names one repository, one namespace and the kinds that teams
deploy; what it leaves out is refused by Argo CD. docs/decisions tells why each is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.layout import RENDERED_TENANTS, rendered_branch
from tenantry.manifest import Shared
from tenantry.naming import (
    TENANT_LABEL,
    TENANTS_PROJECT,
    slack_channel,
    team_application,
    tenant_application,
)
from tenantry.render.argo_cd import (
    API_VERSION,
    APPLIED,
    CASCADE,
    KEEP_WHILE_USED,
    retry,
    subscriptions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement
    from tenantry.schema.tenant import Profile, Repository
    from tenantry.tenant import Tenant

#: Before the Applications, which need it, and after them when it goes. Those have no wave among
#: themselves: one tenant in trouble must not keep another waiting.
_PROJECT_WAVE = "-1"

#: Role of a team's people in a project of theirs.
_ROLE = "people"

#: Kinds that a team's repository may hold, by API group. Left out on purpose: Secrets
#: (ExternalSecret instead), service accounts and RBAC, quotas, network and Istio objects, Argo CD's
#: own kinds, claims (the tenant's file owns them), volumes (a pruned line would delete data).
_TEAM_KINDS: dict[str, tuple[str, ...]] = {
    "": ("ConfigMap", "Service"),
    "apps": ("Deployment", "StatefulSet"),
    "autoscaling": ("HorizontalPodAutoscaler",),
    "batch": ("CronJob", "Job"),
    "external-secrets.io": ("ExternalSecret",),
    "pipelines.kubeflow.org": ("Pipeline", "PipelineVersion"),
    "policy": ("PodDisruptionBudget",),
    "serving.kserve.io": ("InferenceService", "ServingRuntime"),
    "trainer.kubeflow.org": ("TrainJob", "TrainingRuntime"),
}
_WHITELIST: list[Tree] = [
    {"group": group, "kind": kind} for group, kinds in _TEAM_KINDS.items() for kind in kinds
]

_OPTIONS = ("ApplyOutOfSyncOnly=true", "FailOnSharedResource=true", "PruneLast=true")


def _sync_policy(*options: str) -> Shared:
    return Shared(
        {
            "automated": {"prune": True, "selfHeal": True},
            "syncOptions": [*options, *_OPTIONS],
            "retry": retry(5),
        }
    )


_OF_TENANT = _sync_policy(*APPLIED)

#: What a team writes by hand is validated: an annotation on an object can turn server-side apply
#: off, and the API server would then drop a misspelled field without a word.
_OF_TEAM = _sync_policy("ServerSideApply=true")


def render_delivery(
    tenant: Tenant, facts: ClusterFacts, placements: Sequence[Placement]
) -> Iterator[Manifest]:
    """Yield what delivers a tenant's `placements`, which are those on the cluster of `facts`."""
    yield _tenant_application(tenant, facts, [placement.profile for placement in placements])
    # The order of projects in the file says nothing.
    for placement in sorted(placements, key=lambda placement: placement.namespace):
        repository = placement.profile.repository
        if placement.in_production and repository is not None:
            yield _team_project(placement, repository)
            yield _team_application(placement, repository)


def _tenant_application(
    tenant: Tenant, facts: ClusterFacts, profiles: Iterable[Profile]
) -> Manifest:
    gitops = facts.platform.gitops
    annotations: dict[str, Tree] = {
        # A commit that touches no file of this tenant's folder regenerates nothing here.
        "argocd.argoproj.io/manifest-generate-paths": ".",
        **_subscriptions(profiles),
    }
    return {
        "apiVersion": API_VERSION,
        "kind": "Application",
        "metadata": {
            **_metadata(tenant_application(tenant.name), tenant.name, facts, annotations),
            "finalizers": CASCADE,
        },
        "spec": {
            "project": TENANTS_PROJECT,
            "source": {
                "repoURL": gitops.repository,
                "targetRevision": rendered_branch(facts.name),
                "path": f"{RENDERED_TENANTS}/{tenant.name}",
            },
            "destination": {"server": gitops.server},
            "syncPolicy": _OF_TENANT,
        },
    }


def _team_project(placement: Placement, repository: Repository) -> Manifest:
    name, facts = team_application(placement.namespace), placement.facts
    annotations: dict[str, Tree] = {"argocd.argoproj.io/sync-wave": _PROJECT_WAVE}
    return {
        "apiVersion": API_VERSION,
        "kind": "AppProject",
        "metadata": {
            **_metadata(name, placement.tenant.name, facts, annotations),
            "finalizers": KEEP_WHILE_USED,
        },
        "spec": {
            "description": f"What team {placement.tenant.name} deploys to {placement.namespace}",
            "sourceRepos": [repository.url],
            "destinations": [_destination(placement)],
            # No clusterResourceWhitelist: without one no cluster-scoped object is allowed.
            "namespaceResourceWhitelist": _WHITELIST,
            "roles": [_people(name, placement)],
        },
    }


def _people(project: str, placement: Placement) -> Tree:
    """Return the role with which a team's people see what they deployed, and no more.

    They see what their rights in the namespace show them as well. Nobody may sync, override or
    delete: production changes by Git alone, and Argo CD syncs by itself. Argo CD gives the project
    itself to see with every role. It knows people by the claims that `scopes` of its settings name.
    """
    everyone = {*placement.admins, *placement.contributors, *placement.viewers}
    return {
        "name": _ROLE,
        "description": "The people of the project, who may look",
        "policies": [
            f"p, proj:{project}:{_ROLE}, {resource}, get, {project}/*, allow"
            for resource in ("applications", "logs")
        ],
        "groups": sorted(everyone),
    }


def _team_application(placement: Placement, repository: Repository) -> Manifest:
    name, facts = team_application(placement.namespace), placement.facts
    annotations: dict[str, Tree] = {**_subscriptions([placement.profile])}
    return {
        "apiVersion": API_VERSION,
        "kind": "Application",
        "metadata": {
            **_metadata(name, placement.tenant.name, facts, annotations),
            "finalizers": CASCADE,
        },
        "spec": {
            "project": name,
            "source": {
                "repoURL": repository.url,
                "targetRevision": repository.revision,
                "path": repository.path,
            },
            "destination": _destination(placement),
            "syncPolicy": _OF_TEAM,
        },
    }


def _destination(placement: Placement) -> dict[str, Tree]:
    return {"server": placement.facts.platform.gitops.server, "namespace": placement.namespace}


def _metadata(
    name: str, tenant: str, facts: ClusterFacts, annotations: dict[str, Tree]
) -> dict[str, Tree]:
    metadata: dict[str, Tree] = {
        "name": name,
        "namespace": facts.platform.gitops.namespace,
        "labels": {TENANT_LABEL: tenant},
    }
    if annotations:
        metadata["annotations"] = annotations
    return metadata


def _subscriptions(profiles: Iterable[Profile]) -> dict[str, Tree]:
    """Return the annotations with which the channels of these projects hear of faults."""
    links = {p.monitoring.slack for p in profiles if p.monitoring and p.monitoring.slack}
    return subscriptions(map(slack_channel, links))
