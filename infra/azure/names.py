"""Every name that is computed for a resource of Azure, and its limit.

Sources: "Naming rules and restrictions for Azure resources" in the Azure Resource Manager manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Longest name of a key vault, and of a storage account. Both are names in the whole world.
MAX_VAULT = 24
MAX_ACCOUNT = 24
#: Shortest name of a managed identity.
MIN_IDENTITY = 3
#: Longest name of a node pool of Linux.
MAX_POOL = 12


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one cluster's resources."""

    prefix: str
    cluster: str

    @property
    def stem(self) -> str:
        """What all begin with; also the resource group of what teams claim."""
        return f"{self.prefix}-{self.cluster}"

    @property
    def platform_group(self) -> str:
        """Resource group of what the platform itself stands on."""
        return f"{self.stem}-platform"

    @property
    def nodes_group(self) -> str:
        """Resource group that AKS makes for its machines and disks."""
        return f"{self.stem}-nodes"

    @property
    def team_vault(self) -> str:
        """Key vault of the teams' secrets."""
        return self.stem

    @property
    def platform_vault(self) -> str:
        """Key vault of the platform's own secrets."""
        return f"{self.stem}-own"

    @property
    def artifacts_account(self) -> str:
        """Storage account of pipelines' artifacts."""
        return f"{self._letters}art"

    @property
    def backup_account(self) -> str:
        """Storage account of backups."""
        return f"{self._letters}bak"

    @property
    def _letters(self) -> str:
        return self.stem.replace("-", "")

    def too_long(self) -> Iterator[tuple[str, str, int]]:
        """Yield what a name is for, the name, and the most characters that it may have."""
        for purpose, name, most in (
            ("key vault", self.platform_vault, MAX_VAULT),
            ("storage account", self.backup_account, MAX_ACCOUNT),
        ):
            if len(name) > most:
                yield purpose, name, most


def own(name: str, *parts: str) -> str:
    """Return the name of something that belongs to something named."""
    return "-".join((name, *parts))
