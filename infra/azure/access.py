"""Who may do what in Azure: every role that is given, where, and why. Nothing else gives one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import authorization

from infra.azure.place import below

if TYPE_CHECKING:
    from infra.azure.place import Place

_STORAGE = "Microsoft.Storage/storageAccounts"
_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
_ROLES = "Microsoft.Authorization/roleDefinitions"
_ATTRIBUTES = f"{_ASSIGNMENTS}:RoleDefinitionId"
_PRINCIPALS = f"{_ASSIGNMENTS}:PrincipalType"

#: Roles that Azure brings, by name. Source: "Azure built-in roles" in the Azure RBAC manual.
BUILT_IN = {
    "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "DNS Zone Contributor": "befefa01-2a29-4197-83a8-272ff33ce314",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
}

#: Roles of our own, where every one that Azure brings allows more. Named by what they are for.
CUSTOM: dict[str, tuple[str, ...]] = {
    # What claims are made of, and whom Azure believes about a team's pods.
    "Claims": (
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        f"{_STORAGE}/*",
        "Microsoft.DBforPostgreSQL/flexibleServers/*",
        "Microsoft.Cache/redis/*",
        "Microsoft.Network/privateEndpoints/*",
        "Microsoft.Network/privateDnsZones/join/action",
        f"{_IDENTITIES}/read",
        f"{_IDENTITIES}/federatedIdentityCredentials/*",
    ),
    # Endpoints of claims stand beside the platform's own.
    "Endpoints": ("Microsoft.Network/virtualNetworks/subnets/join/action",),
    # The cluster finds the front door's address by looking through its resource group.
    "Addresses": ("Microsoft.Network/publicIPAddresses/read",),
    # Proof of who owns a domain. It cannot lead the domain elsewhere.
    "Challenges": (
        "Microsoft.Network/dnsZones/read",
        "Microsoft.Network/dnsZones/TXT/*",
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody gets, as the page of documentation shows it."""

    who: str
    role: str
    on: str
    why: str
    condition: str = ""


def _only(role: str) -> str:
    """Return a condition: assignments of one role, to programs, may be made and taken away."""
    wanted = BUILT_IN[role]
    made, gone = f"{_ASSIGNMENTS}/write", f"{_ASSIGNMENTS}/delete"

    def when(action: str, source: str) -> str:
        return (
            f"((!(ActionMatches{{'{action}'}})) OR "
            f"(@{source}[{_ATTRIBUTES}] ForAnyOfAnyValues:GuidEquals {{{wanted}}} AND "
            f"@{source}[{_PRINCIPALS}] ForAnyOfAnyValues:StringEqualsIgnoreCase "
            "{'ServicePrincipal'}))"
        )

    return f"{when(made, 'Request')} AND {when(gone, 'Resource')}"


GRANTS = {
    "cluster-nodes": Grant(
        "the cluster",
        "Network Contributor",
        "the nodes' subnet",
        "It puts nodes and internal load balancers there.",
    ),
    "cluster-api-server": Grant(
        "the cluster",
        "Network Contributor",
        "the API server's subnet",
        "It puts the API server's addresses there.",
    ),
    "cluster-front-door": Grant(
        "the cluster",
        "Network Contributor",
        "the front door's public address",
        "It hangs the address on its load balancer.",
    ),
    "cluster-addresses": Grant(
        "the cluster",
        "Addresses",
        "the platform's resource group",
        "It looks up there which address is the front door's.",
    ),
    "nodes-images": Grant(
        "the nodes", "AcrPull", "the registry", "They pull images, without a password."
    ),
    "crossplane-claims": Grant(
        "Crossplane",
        "Claims",
        "the teams' resource group",
        "It makes what teams claim, and tells Azure which service accounts to believe.",
    ),
    "crossplane-endpoints": Grant(
        "Crossplane",
        "Endpoints",
        "the private endpoints' subnet",
        "It puts the endpoints of what teams claim there.",
    ),
    "crossplane-data": Grant(
        "Crossplane",
        "Role Based Access Control Administrator",
        "the teams' resource group",
        "It lets a project's identity into the buckets that the project claimed. It can give this "
        "one role, to programs only.",
        condition=_only("Storage Blob Data Contributor"),
    ),
    "external-secrets": Grant(
        "External Secrets",
        "Key Vault Secrets User",
        "the platform's vault",
        "It copies the platform's own secrets into the cluster.",
    ),
    "cert-manager": Grant(
        "cert-manager",
        "Challenges",
        "the DNS zone",
        "It proves by a TXT record who owns the domain.",
    ),
    "external-dns": Grant(
        "external-dns", "DNS Zone Contributor", "the DNS zone", "It writes records of services."
    ),
    "argo-cd": Grant(
        "Argo CD", "AcrPull", "the registry", "It fetches Helm charts that are kept there."
    ),
    "velero": Grant(
        "Velero",
        "Storage Blob Data Contributor",
        "the account of backups",
        "It writes backups and reads them back.",
    ),
    "team-repository": Grant(
        "each project with a repository",
        "Key Vault Secrets User",
        "its own secret `<namespace>-repository-credentials`, no other",
        "Its notebooks clone and push the team's repository.",
    ),
}


def _path(subscription: str, role: str) -> str:
    """Return a role as Azure itself writes it, whatever scope it was made for."""
    return f"/subscriptions/{subscription}/providers/{_ROLES}/{role}"


class Access(pulumi.ComponentResource):
    """All roles that are given."""

    def __init__(self, place: Place, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tenantry:azure:Access", "access", None, opts)
        self._place = place
        self.register_outputs({})

    def give(
        self,
        grant: str,
        to: pulumi.Input[str],
        on: pulumi.Input[str],
        name: str | None = None,
        subscription: str | None = None,
    ) -> authorization.RoleAssignment:
        """Give what a grant names to a principal, on a scope. The scope's subscription, or ours."""
        wanted = GRANTS[grant]
        # Not the id that the role has once it is there: guards must see which one it is.
        known = BUILT_IN.get(wanted.role) or self._known(wanted.role)
        after = [] if wanted.role in BUILT_IN else [self._custom(wanted.role, on)]
        return authorization.RoleAssignment(
            name or grant,
            principal_id=to,
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=_path(subscription or self._place.subscription_id, known),
            scope=on,
            description=wanted.why,
            condition=wanted.condition or None,
            condition_version="2.0" if wanted.condition else None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _known(self, role: str) -> str:
        """Return a role's UUID. One that follows from the names is the same in every preview."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._place.names.stem}/{role}"))

    def _custom(self, role: str, scope: pulumi.Input[str]) -> authorization.RoleDefinition:
        return authorization.RoleDefinition(
            role.lower(),
            role_definition_id=self._known(role),
            role_name=f"{self._place.names.stem} {role}",
            role_type="CustomRole",
            scope=scope,
            assignable_scopes=[scope],
            permissions=[authorization.PermissionArgs(actions=list(CUSTOM[role]))],
            opts=below(self),
        )
