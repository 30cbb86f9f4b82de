"""Key vaults: one of the platform's own secrets, one of the teams'.

What is in them is no business of a program: one that writes a secret has it in its state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import keyvault

from infra.azure.links import Service
from infra.azure.place import kept

if TYPE_CHECKING:
    from infra.azure.links import Links
    from infra.azure.place import Place

#: The longest time that Azure keeps what was deleted.
_KEPT_DAYS = 90


class Vaults(pulumi.ComponentResource):
    """The two vaults, reached through private endpoints only."""

    def __init__(
        self, place: Place, tenant_id: str, links: Links, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("tenantry:azure:Vaults", "vaults", None, opts)
        self._place, self._tenant_id, self._links = place, tenant_id, links
        self.platform = self._vault("platform-secrets", place.names.platform_vault)
        self.teams = self._vault("team-secrets", place.names.team_vault)
        self.register_outputs(
            {"platform": address_of(self.platform), "teams": address_of(self.teams)}
        )

    def _vault(self, name: str, full_name: str) -> keyvault.Vault:
        vault = keyvault.Vault(
            name,
            resource_group_name=self._place.group,
            vault_name=full_name,
            location=self._place.location,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=self._tenant_id,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
                enable_rbac_authorization=True,
                enable_purge_protection=True,
                enable_soft_delete=True,
                soft_delete_retention_in_days=_KEPT_DAYS,
                public_network_access="disabled",
                network_acls=keyvault.NetworkRuleSetArgs(
                    bypass=keyvault.NetworkRuleBypassOptions.NONE,
                    default_action=keyvault.NetworkRuleAction.DENY,
                ),
            ),
            tags=self._place.tags,
            opts=kept(self),
        )
        self._links.lead(name, vault.id, Service.VAULT)
        return vault


def address_of(vault: keyvault.Vault) -> pulumi.Output[str]:
    """Return a vault's address as facts have it. Azure ends it with a slash."""
    found: pulumi.Output[str] = vault.properties.apply(
        lambda it: str(it.vault_uri or "").rstrip("/")
    )
    return found
