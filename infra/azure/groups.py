"""The two resource groups of a cluster: what the platform stands on, and what teams claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import resources

from infra.azure.place import kept

if TYPE_CHECKING:
    from infra.azure.place import Place


class Groups(pulumi.ComponentResource):
    """Resource groups. Deleting one deletes all that is in it, so both are kept."""

    def __init__(self, place: Place, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tenantry:azure:Groups", "groups", None, opts)
        self.platform = self._group("platform", place.names.platform_group, place)
        self.teams = self._group("teams", place.names.stem, place)
        self.register_outputs({"platform": self.platform.name, "teams": self.teams.name})

    def _group(self, name: str, full_name: str, place: Place) -> resources.ResourceGroup:
        return resources.ResourceGroup(
            name,
            resource_group_name=full_name,
            location=place.location,
            tags=place.tags,
            opts=kept(self),
        )
