"""A tenant: the validated file of one team, with its name and with its groups expanded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.layout import tenant_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenantry.findings import Field
    from tenantry.schema.tenant import Profile, TenantFile


@dataclass(frozen=True, slots=True)
class Tenant:
    """A team. Not a namespace, and not a customer."""

    name: str
    """The name of its folder."""
    file: TenantFile

    @property
    def path(self) -> str:
        """Its file, relative to the repository."""
        return tenant_file(self.name)

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """Its projects, as written."""
        return self.file.profiles

    def people(self, entries: Iterable[str]) -> list[str]:
        """Expand groups; return addresses in lower case, sorted, each once.

        Identity providers compare addresses without regard to case.
        """
        if not self.file.groups:
            return sorted({entry.lower() for entry in entries})
        return sorted(
            {
                address.lower()
                for entry in entries
                for address in self.file.groups.get(entry, (entry,))
            }
        )


def profile_field(number: int, *steps: str | int) -> Field:
    """Return a profile's field; `Document.normal` drops the number of a profile without a list."""
    return ("profiles", number, *steps)
