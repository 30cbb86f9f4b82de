"""Managed identities: who a workload is in Azure, and which service account Azure takes for it.

A team's identity is made here, without any trust: the rendered objects make that, when the team's
namespace is there (docs/decisions/004-identities-are-facts.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import managedidentity

from infra.azure.names import own
from infra.azure.place import below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from infra.azure.place import Place

#: Audience of a token that Azure takes for one of its own.
AUDIENCE = "api://AzureADTokenExchange"


@dataclass(frozen=True, slots=True)
class Workload:
    """A part of the platform that acts in Azure."""

    name: str
    """The app that it belongs to, and the name under which that asks for the identity."""
    namespace: str
    account: str
    """Its service account."""

    @property
    def subject(self) -> str:
        """What its tokens say that it is."""
        return f"system:serviceaccount:{self.namespace}:{self.account}"


#: Makes groups, which exist once in the world. Its rights are Microsoft Graph's, no role of Azure.
ENTRA_ID = "crossplane-entra-id"
#: All parts that may have an identity. One whose namespace no app has gets none: a name that nobody
#: guards could be somebody else's tomorrow. Argo CD's namespace is a fact.
WORKLOADS = (
    Workload("crossplane-azure", "crossplane-system", "crossplane-azure"),
    Workload(ENTRA_ID, "crossplane-system", ENTRA_ID),
    Workload("external-secrets", "external-secrets", "platform-secrets"),
    Workload("cert-manager", "cert-manager", "cert-manager"),
    Workload("external-dns", "external-dns", "external-dns"),
    Workload("velero", "velero", "velero-server"),
)
ARGO_CD = "argo-cd"
_ARGO_CD_ACCOUNT = "argocd-repo-server"


def workloads(app_namespaces: Iterable[str], argo_cd: str) -> Iterator[Workload]:
    """Yield the parts that are installed and act in Azure."""
    installed = set(app_namespaces)
    yield from (each for each in WORKLOADS if each.namespace in installed)
    yield Workload(ARGO_CD, argo_cd, _ARGO_CD_ACCOUNT)


@dataclass(frozen=True)
class IdentitiesArgs:
    """What identities need to know."""

    platform: Place
    teams: Place
    issuer: pulumi.Input[str]
    """Issuer of the cluster's service accounts' tokens."""
    workloads: tuple[Workload, ...]
    namespaces: tuple[str, ...]
    """Namespaces of teams on this cluster."""


class Identities(pulumi.ComponentResource):
    """The identities of the platform's parts and of the teams' namespaces."""

    def __init__(self, args: IdentitiesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tenantry:azure:Identities", "identities", None, opts)
        self.workloads: Mapping[str, managedidentity.UserAssignedIdentity] = {
            each.name: self._workload(each, args) for each in args.workloads
        }
        self.teams: Mapping[str, managedidentity.UserAssignedIdentity] = {
            each: self._identity(f"namespace-{each}", each, args.teams) for each in args.namespaces
        }
        self.client_ids: dict[str, pulumi.Output[str]] = {
            each.name: self.workloads[each.name].client_id for each in args.workloads
        }
        self.client_ids |= {name: made.client_id for name, made in self.teams.items()}
        self.register_outputs({})

    def _workload(
        self, workload: Workload, args: IdentitiesArgs
    ) -> managedidentity.UserAssignedIdentity:
        place = args.platform
        name = own(place.names.stem, workload.name)
        identity = self._identity(f"workload-{workload.name}", name, place)
        managedidentity.FederatedIdentityCredential(
            workload.name,
            resource_group_name=place.group,
            resource_name_=identity.name,
            federated_identity_credential_resource_name=own(place.names.cluster, workload.account),
            issuer=args.issuer,
            subject=workload.subject,
            audiences=[AUDIENCE],
            opts=below(identity),
        )
        return identity

    def _identity(
        self, name: str, full_name: str, place: Place
    ) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            name,
            resource_group_name=place.group,
            resource_name_=full_name,
            location=place.location,
            tags=place.tags,
            opts=below(self),
        )
