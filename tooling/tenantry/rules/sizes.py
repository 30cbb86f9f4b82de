"""Sizes: that a short file does not become more objects than a cluster bears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.placement import environments
from tenantry.rules.contract import Rule
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Finding
    from tenantry.tenant import Tenant

#: Bindings of one team. The largest teams we know of have some hundred people in ten projects.
MAX_BINDINGS = 5_000

TOO_MANY_BINDINGS = Rule(
    "too-many-bindings",
    "The people of one team make more bindings than a cluster should hold for it.",
    "A large group in many projects becomes hundreds of thousands of objects.",
)
RULES = (TOO_MANY_BINDINGS,)


def check_sizes(tenant: Tenant, _facts: Facts) -> Iterator[Finding]:
    """Look at how many bindings one file would become: a person and namespace make one."""
    if len(tenant.profiles) == 1 and not tenant.file.groups:
        return  # the model bounds the people of a profile well below the limit
    total = 0
    for number, profile in enumerate(tenant.profiles):
        people = tenant.people((*profile.admins, *profile.contributors, *profile.viewers))
        total += len(people) * len(environments(profile))
        if total > MAX_BINDINGS:
            yield TOO_MANY_BINDINGS.finding(
                tenant.path,
                profile_field(number, "name"),
                f"with {profile.name} the team's people and projects make {total:,} bindings, more "
                f"than {MAX_BINDINGS:,}",
                "name fewer people in each project, or talk to the platform engineers",
            )
            return
