"""Guards of what holds data: accounts, vaults, the registry, and whatever must not be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.guards.resource import Guard, must, shown, switched_off, switched_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.guards.resource import Made

_LEAST_DAYS = 7
_VAULT_DAYS = 90

#: Types that hold what nobody can make anew. A cluster's own disks hold the teams' volumes; a
#: public address and a zone are what others have written down.
KEPT = (
    "containerregistry:Registry",
    "containerservice:ManagedCluster",
    "dns:Zone",
    "keyvault:Vault",
    "network:PublicIPAddress",
    "operationalinsights:Workspace",
    "resources:ResourceGroup",
    "storage:BlobContainer",
    "storage:StorageAccount",
)


def _closed_account(made: Made) -> Iterator[str]:
    yield from must(made, "Disabled", "public_network_access")
    yield from must(made, "Deny", "network_rule_set", "default_action")
    yield from switched_off(made, "allow_blob_public_access")


def _closed_container(made: Made) -> Iterator[str]:
    yield from must(made, "None", "public_access")


def _no_keys(made: Made) -> Iterator[str]:
    yield from switched_off(made, "allow_shared_key_access")
    yield from switched_off(made, "is_local_user_enabled")


def _encrypted(made: Made) -> Iterator[str]:
    yield from switched_on(made, "enable_https_traffic_only")
    yield from switched_on(made, "encryption", "require_infrastructure_encryption")
    tls = made.get("minimum_tls_version")
    if tls not in ("TLS1_2", "TLS1_3"):
        yield f"minimum_tls_version {shown(tls)}, and must be 'TLS1_2' or newer"


def _recoverable(made: Made) -> Iterator[str]:
    yield from switched_on(made, "is_versioning_enabled")
    for policy in ("delete_retention_policy", "container_delete_retention_policy"):
        yield from switched_on(made, policy, "enabled")
        yield from _at_least(made, _LEAST_DAYS, policy, "days")


def _vault_recoverable(made: Made) -> Iterator[str]:
    yield from switched_on(made, "properties", "enable_purge_protection")
    yield from switched_on(made, "properties", "enable_soft_delete")
    yield from _at_least(made, _VAULT_DAYS, "properties", "soft_delete_retention_in_days")


def _vault_closed(made: Made) -> Iterator[str]:
    yield from must(made, "disabled", "properties", "public_network_access")
    yield from must(made, "Deny", "properties", "network_acls", "default_action")


def _vault_roles(made: Made) -> Iterator[str]:
    yield from switched_on(made, "properties", "enable_rbac_authorization")
    if made.get("properties", "access_policies"):
        yield "properties.access_policies is given: they go round the roles"


def _registry_closed(made: Made) -> Iterator[str]:
    yield from must(made, "Disabled", "public_network_access")
    yield from switched_off(made, "anonymous_pull_enabled")


def _registry_passwords(made: Made) -> Iterator[str]:
    yield from switched_off(made, "admin_user_enabled")


def _kept(made: Made) -> Iterator[str]:
    if not made.protected:
        yield "it is not protected: deleting its lines would delete it (protect=True)"
    if not made.retained:
        yield "it would not outlive its lines (retain_on_delete=True)"


def _at_least(made: Made, least: int, *path: str) -> Iterator[str]:
    found = made.get(*path)
    if not isinstance(found, int) or isinstance(found, bool) or found < least:
        yield f"{'.'.join(path)} {shown(found)}, and must be {least} or more"


_ACCOUNT = ("storage:StorageAccount",)
_VAULT = ("keyvault:Vault",)
_REGISTRY = ("containerregistry:Registry",)

GUARDS = (
    Guard(
        "storage-closed",
        _ACCOUNT,
        "An account of storage is reached from our network only, and no blob is public.",
        "One switch makes a container readable by everybody, and nobody notices.",
        _closed_account,
    ),
    Guard(
        "container-closed",
        ("storage:BlobContainer",),
        "No container is public.",
        "The same switch, one level down.",
        _closed_container,
    ),
    Guard(
        "storage-no-keys",
        _ACCOUNT,
        "An account takes no key and no local user: only identities of Entra ID.",
        "A key opens everything, never expires, and shows nobody's name in the log.",
        _no_keys,
    ),
    Guard(
        "storage-encrypted",
        _ACCOUNT,
        "Data is encrypted on its way (TLS 1.2 or newer) and twice where it lies.",
        "The second layer cannot be added to an account that is there.",
        _encrypted,
    ),
    Guard(
        "storage-recoverable",
        ("storage:BlobServiceProperties",),
        f"Versions are kept, and what was deleted can be brought back for {_LEAST_DAYS} days.",
        "People and programs overwrite and delete by mistake.",
        _recoverable,
    ),
    Guard(
        "vault-recoverable",
        _VAULT,
        f"Nobody can purge a vault or secret for {_VAULT_DAYS} days after it was deleted.",
        "Without purge protection one command loses every secret for good.",
        _vault_recoverable,
    ),
    Guard(
        "vault-closed",
        _VAULT,
        "A vault is reached from our network only.",
        "A stolen token is of no use outside.",
        _vault_closed,
    ),
    Guard(
        "vault-roles",
        _VAULT,
        "Roles say who reads a vault, and no access policies.",
        "A policy opens the whole vault, a role may open one secret; and whoever may write to the "
        "vault may write policies for themselves.",
        _vault_roles,
    ),
    Guard(
        "registry-closed",
        _REGISTRY,
        "The registry is reached from our network only, and never without a name.",
        "Images hold code that is nobody else's business.",
        _registry_closed,
    ),
    Guard(
        "registry-no-passwords",
        _REGISTRY,
        "The registry has no administrator's password.",
        "One password that pushes anything, and that everybody shares.",
        _registry_passwords,
    ),
    Guard(
        "data-kept",
        KEPT,
        "What holds data is protected, and stays in Azure when Pulumi forgets it.",
        "A deleted line, a renamed resource or `pulumi destroy` must not delete a company's data.",
        _kept,
    ),
)
