"""What one more profile would clash with: names that others make, and the clusters' capacity.

Owns the comparison with everybody's files. A profile on its own is judged by `editor`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tenantry.index import Entry, Index, entry_of
from tenantry.rules import INDEX_RULES
from tenantry.tenant import Tenant
from tenantry.workspace.sources import Sources
from tenantry.workspace.tenants import load_tenant, tenant_names

if TYPE_CHECKING:
    from pathlib import Path

    from tenantry.facts import Facts
    from tenantry.findings import Finding
    from tenantry.index import Space
    from tenantry.schema.tenant import TenantFile


@dataclass(frozen=True)
class Neighbours:
    """All tenants, one of which is to get one more profile. They are read when first asked for."""

    root: Path
    tenant: str
    facts: Facts
    file: TenantFile | None = None
    """What the tenant has already."""

    def clashes(self, file: TenantFile) -> list[Finding]:
        """Return the errors that are there only with the profile of `file`.

        Those in the tenant's own file speak of that profile, the others of what all share.
        """
        own = self._own
        added = entry_of(Tenant(self.tenant, file), self.facts).spaces
        found = self._judged((*self._others, Entry(self.tenant, own + added)))
        known = {(finding.path, finding.rule, finding.field) for finding in self._before}
        return [
            finding
            for finding in found
            if finding.is_error and (finding.path, finding.rule, finding.field) not in known
        ]

    @property
    def added(self) -> int:
        """The number that the new profile has among those of its tenant."""
        return len(self._own)

    @cached_property
    def _own(self) -> tuple[Space, ...]:
        if self.file is None:
            return ()
        return entry_of(Tenant(self.tenant, self.file), self.facts).spaces

    @cached_property
    def _others(self) -> tuple[Entry, ...]:
        """What the other tenants take up, as far as their files can be read."""
        names = tenant_names(Sources(self.root))
        loaded = (load_tenant(self.root, name)[0] for name in names if name != self.tenant)
        return tuple(entry_of(tenant, self.facts) for tenant in loaded if tenant is not None)

    @cached_property
    def _before(self) -> list[Finding]:
        return self._judged((*self._others, Entry(self.tenant, self._own)))

    def _judged(self, entries: tuple[Entry, ...]) -> list[Finding]:
        index = Index.of(entries)
        return [finding for rule in INDEX_RULES for finding in rule(index, self.facts)]
