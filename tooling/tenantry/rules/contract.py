"""What a rule is: its name and reason for people; the forms of function that look for faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.findings import Field, Finding, Severity

if TYPE_CHECKING:
    from tenantry.facts import Facts
    from tenantry.index import Index
    from tenantry.tenant import Tenant

#: Looks at one tenant's file.
TenantRule = Callable[["Tenant", "Facts"], Iterator[Finding]]
#: Looks across all tenants.
IndexRule = Callable[["Index", "Facts"], Iterator[Finding]]
#: Looks at the platform's own facts.
FactsRule = Callable[["Facts"], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is refused or warned about. Not the function that looks for it."""

    id: str
    """Stable, in kebab-case; the same in code, pages and tests."""
    meaning: str
    """What was found, in a sentence."""
    reason: str
    """What would happen without the rule."""
    severity: Severity = Severity.ERROR

    def finding(
        self, path: str, field: Field, message: str, cure: str, *, at_key: bool = False
    ) -> Finding:
        """Return one case of this rule."""
        return Finding(path, self.id, message, cure, field, self.severity, at_key=at_key)
