"""Storage accounts: pipelines' artifacts, and backups. Versions are kept, old ones grow cheap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import storage

from infra.azure.links import Service
from infra.azure.place import below, kept

if TYPE_CHECKING:
    from infra.azure.links import Links
    from infra.azure.place import Place


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what is kept where. Days since the last change, or since a version was replaced."""

    deleted: int
    """How long a deleted blob or container can be brought back."""
    versions: int
    """How long an overwritten version stays."""
    cool: int
    """When a blob moves to where it is cheaper to keep and dearer to read."""
    expire: int | None = None
    """When a blob is deleted. None: never."""


#: Artifacts stay until somebody deletes them: a model in use may be years old.
ARTIFACTS = Keeping(deleted=30, versions=90, cool=60)
#: A backup that is older than a year would bring back people who left.
BACKUPS = Keeping(deleted=30, versions=30, cool=30, expire=365)

#: Name of the account's container, as of the account's resource.
BACKUPS_CONTAINER = "backups"


class Storage(pulumi.ComponentResource):
    """The two accounts with a container each, reached through private endpoints only."""

    def __init__(
        self, place: Place, links: Links, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("tenantry:azure:Storage", "storage", None, opts)
        self._place, self._links = place, links
        self.artifacts = self._account("artifacts", place.names.artifacts_account, ARTIFACTS)
        self.backups = self._account(BACKUPS_CONTAINER, place.names.backup_account, BACKUPS)
        self.register_outputs({"artifacts": self.artifacts.name, "backups": self.backups.name})

    def _account(self, name: str, full_name: str, keeping: Keeping) -> storage.StorageAccount:
        account = storage.StorageAccount(
            name,
            resource_group_name=self._place.group,
            account_name=full_name,
            location=self._place.location,
            kind=storage.Kind.STORAGE_V2,
            sku=storage.SkuArgs(name=storage.SkuName.STANDARD_ZRS),
            access_tier=storage.AccessTier.HOT,
            public_network_access=storage.PublicNetworkAccess.DISABLED,
            network_rule_set=storage.NetworkRuleSetArgs(
                default_action=storage.DefaultAction.DENY, bypass=storage.Bypass.NONE
            ),
            allow_blob_public_access=False,
            allow_shared_key_access=False,
            allow_cross_tenant_replication=False,
            default_to_o_auth_authentication=True,
            enable_https_traffic_only=True,
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            is_local_user_enabled=False,
            encryption=_encryption(),
            tags=self._place.tags,
            opts=kept(self),
        )
        self._keep(name, account, keeping)
        self._links.lead(name, account.id, Service.BLOB)
        return account

    def _keep(self, name: str, account: storage.StorageAccount, keeping: Keeping) -> None:
        days = storage.DeleteRetentionPolicyArgs(enabled=True, days=keeping.deleted)
        service = storage.BlobServiceProperties(
            name,
            resource_group_name=self._place.group,
            account_name=account.name,
            blob_services_name="default",
            is_versioning_enabled=True,
            change_feed=storage.ChangeFeedArgs(enabled=True),
            delete_retention_policy=days,
            container_delete_retention_policy=days,
            opts=below(account),
        )
        storage.BlobContainer(
            name,
            resource_group_name=self._place.group,
            account_name=account.name,
            container_name=name,
            public_access=storage.PublicAccess.NONE,
            opts=pulumi.ResourceOptions.merge(
                kept(account), pulumi.ResourceOptions(depends_on=[service])
            ),
        )
        storage.ManagementPolicy(
            name,
            resource_group_name=self._place.group,
            account_name=account.name,
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(rules=[_lifecycle(keeping)]),
            # Azure refuses rules for versions before versions are kept.
            opts=pulumi.ResourceOptions.merge(
                below(account), pulumi.ResourceOptions(depends_on=[service])
            ),
        )


def _encryption() -> storage.EncryptionArgs:
    """Return encryption in two layers, with keys that Azure keeps and renews."""
    own = storage.EncryptionServiceArgs(enabled=True, key_type=storage.KeyType.ACCOUNT)
    return storage.EncryptionArgs(
        key_source=storage.KeySource.MICROSOFT_STORAGE,
        require_infrastructure_encryption=True,
        services=storage.EncryptionServicesArgs(blob=own, file=own),
    )


def _lifecycle(keeping: Keeping) -> storage.ManagementPolicyRuleArgs:
    current = storage.ManagementPolicyBaseBlobArgs(
        tier_to_cool=_unchanged(keeping.cool),
        delete=_unchanged(keeping.expire) if keeping.expire else None,
    )
    versions = storage.ManagementPolicyVersionArgs(
        delete=storage.DateAfterCreationArgs(days_after_creation_greater_than=keeping.versions)
    )
    return storage.ManagementPolicyRuleArgs(
        name="keeping",
        type=storage.RuleType.LIFECYCLE,
        enabled=True,
        definition=storage.ManagementPolicyDefinitionArgs(
            filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"]),
            actions=storage.ManagementPolicyActionArgs(base_blob=current, version=versions),
        ),
    )


def _unchanged(days: int) -> storage.DateAfterModificationArgs:
    return storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
