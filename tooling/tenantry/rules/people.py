"""People: who may be named, under which role, and the groups that stand for several."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tenantry.findings import Severity
from tenantry.naming import kfam_binding
from tenantry.rules.contract import Rule
from tenantry.spelling import nearest
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.schema.tenant import Profile
    from tenantry.tenant import Tenant

ADDRESS_OUTSIDE_DOMAINS = Rule(
    "address-outside-domains",
    "A person's address is in none of the domains that may log in.",
    "The grant would wait for whoever gets hold of such an account.",
)
PLATFORM_IDENTITY = Rule(
    "platform-identity",
    'A person has an address that ends in ".invalid".',
    "Such addresses are the platform's own; the owner of all namespaces has one.",
)
PERSON_IN_TWO_ROLES = Rule(
    "person-in-two-roles",
    "One person has two roles in one project.",
    "Taking one role away would leave the other, unseen.",
)
DUPLICATE_PERSON = Rule(
    "duplicate-person",
    "One person is listed twice in the same place.",
    "Deleting one of the lines would not take the role away.",
)
BINDINGS_COLLIDE = Rule(
    "bindings-collide",
    "Kubeflow makes one name of the addresses of two people.",
    "The RoleBinding of one would overwrite that of the other.",
)
BINDING_NAME_TOO_LONG = Rule(
    "binding-name-too-long",
    "The name that Kubeflow makes of an address is longer than Kubernetes allows.",
    "The cluster would refuse the person's RoleBinding.",
)
UNKNOWN_GROUP = Rule(
    "unknown-group",
    "A role names a group that the file does not have.",
    "Nobody would get the role.",
)
UNUSED_GROUP = Rule(
    "unused-group",
    "No role names a group of the file.",
    "Its people seem to have access, and have none.",
    Severity.WARNING,
)
RULES = (
    ADDRESS_OUTSIDE_DOMAINS,
    PLATFORM_IDENTITY,
    PERSON_IN_TWO_ROLES,
    DUPLICATE_PERSON,
    BINDINGS_COLLIDE,
    BINDING_NAME_TOO_LONG,
    UNKNOWN_GROUP,
    UNUSED_GROUP,
)

#: A role's field, its name for people, and its name in KFAM's bindings.
_ROLES = (
    ("admins", "an admin", "admin"),
    ("contributors", "a contributor", "edit"),
    ("viewers", "a viewer", "view"),
)

#: Longest name of a RoleBinding, and the longest address whose binding's name fits in it.
_MAX_NAME = 253
_MAX_ADDRESS = _MAX_NAME - len(kfam_binding("", "admin"))

#: Drops what KFAM turns into hyphens: addresses that stay different have different bindings.
_LETTERS = str.maketrans("", "", "._%+'-@")


class _Grant(NamedTuple):
    address: str
    role: tuple[str, str, str]
    field: Field
    group: str | None

    @property
    def shown(self) -> str:
        through = f" through the group {self.group}" if self.group else ""
        return f"{self.role[1]}{through}"


@lru_cache(maxsize=8)
def _login_domains(facts: Facts) -> frozenset[str]:
    return frozenset(domain.lower() for domain in facts.platform.company.email_domains)


def check_people(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at everybody whom one file names."""
    domains = _login_domains(facts)
    groups = tenant.file.groups
    for number, profile in enumerate(tenant.profiles):
        if groups or not _is_plain(profile, domains):
            yield from _check_profile(tenant, number, profile, facts)
    if groups:
        yield from _check_groups(tenant, facts)


def _is_plain(profile: Profile, domains: frozenset[str]) -> bool:
    """Whether the people of a profile are so ordinary that no rule could refuse one."""
    people = profile.admins + profile.contributors + profile.viewers
    text = "\n".join(people).lower()
    if len(set(text.translate(_LETTERS).split("\n"))) < len(people):
        return False
    for address in text.split("\n"):
        if address.rpartition("@")[2] not in domains or len(address) > _MAX_ADDRESS:
            return False
    return True


def _check_profile(
    tenant: Tenant, number: int, profile: Profile, facts: Facts
) -> Iterator[Finding]:
    for role in _ROLES:
        for item, entry in enumerate(getattr(profile, role[0])):
            field = profile_field(number, role[0], item)
            if "@" in entry:
                yield from _check_address(tenant.path, field, entry, facts)
            elif entry not in tenant.file.groups:
                yield _unknown_group(tenant, field, entry)
            elif entry in getattr(profile, role[0])[:item]:
                yield _duplicate(tenant.path, field, f"the group {entry}")
    grants = list(_grants(tenant, number, profile))
    yield from _check_roles(tenant, profile, grants)
    yield from _check_bindings(tenant, profile, grants)


def _check_address(path: str, field: Field, address: str, facts: Facts) -> Iterator[Finding]:
    domain = address.rpartition("@")[2].lower()
    domains = _login_domains(facts)
    if domain.endswith(".invalid"):
        yield PLATFORM_IDENTITY.finding(
            path,
            field,
            f"{address} is not a person: addresses under .invalid belong to the platform",
            "write the address that the person logs in with",
        )
    elif domain not in domains:
        yield ADDRESS_OUTSIDE_DOMAINS.finding(
            path,
            field,
            f"{address} cannot log in: {domain} is not one of the company's domains",
            f"write an address that ends in @{_nearest_domain(domain, domains)}",
        )
    if len(address) > _MAX_ADDRESS:
        binding = kfam_binding(address, "admin")
        yield BINDING_NAME_TOO_LONG.finding(
            path,
            field,
            f"the person's RoleBinding would be called {binding}, which has {len(binding)} "
            f"characters; Kubernetes allows {_MAX_NAME}",
            f"use an address of at most {_MAX_ADDRESS} characters",
        )


def _nearest_domain(domain: str, domains: frozenset[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - slow to import, rarely needed

    close = get_close_matches(domain, sorted(domains), n=1)
    return " or @".join(close or sorted(domains))


def _unknown_group(tenant: Tenant, field: Field, entry: str) -> Finding:
    names = list(tenant.file.groups)
    cure = nearest(entry, names) if names else "write an e-mail address, or add it under groups:"
    return UNKNOWN_GROUP.finding(
        tenant.path, field, f'"{entry}" is neither an e-mail address nor a group of this file', cure
    )


def _grants(tenant: Tenant, number: int, profile: Profile) -> Iterator[_Grant]:
    groups = tenant.file.groups
    for role in _ROLES:
        for item, entry in enumerate(getattr(profile, role[0])):
            field = profile_field(number, role[0], item)
            if entry in groups:
                for address in groups[entry]:
                    yield _Grant(address.lower(), role, field, entry)
            elif "@" in entry:
                yield _Grant(entry.lower(), role, field, None)


def _check_roles(tenant: Tenant, profile: Profile, grants: list[_Grant]) -> Iterator[Finding]:
    first: dict[str, _Grant] = {}
    for grant in grants:
        earlier = first.setdefault(grant.address, grant)
        if earlier.role != grant.role:
            yield PERSON_IN_TWO_ROLES.finding(
                tenant.path,
                grant.field,
                f"{grant.address} is {earlier.shown} and {grant.shown} of {profile.name}",
                "keep the stronger role; it includes the weaker",
            )
        elif earlier is not grant and earlier.group is None and grant.group is None:
            yield _duplicate(tenant.path, grant.field, grant.address)


def _duplicate(path: str, field: Field, address: str) -> Finding:
    return DUPLICATE_PERSON.finding(
        path,
        field,
        f"{address} is listed twice; upper and lower case are the same",
        "delete one of the two lines",
    )


def _check_bindings(tenant: Tenant, profile: Profile, grants: list[_Grant]) -> Iterator[Finding]:
    """Production gives everybody the same role, so there all addresses meet."""
    first: dict[str, _Grant] = {}
    for grant in grants:
        role = "view" if profile.production else grant.role[2]
        earlier = first.setdefault(kfam_binding(grant.address, role), grant)
        if earlier.address != grant.address:
            yield BINDINGS_COLLIDE.finding(
                tenant.path,
                grant.field,
                f"{grant.address} and {earlier.address} would share the RoleBinding "
                f"{kfam_binding(grant.address, role)}",
                f"give only one of the two a role in {profile.name}, or have one address changed",
            )


def _check_groups(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    used = {
        entry
        for profile in tenant.profiles
        for entry in profile.admins + profile.contributors + profile.viewers
    }
    for name, members in tenant.file.groups.items():
        yield from _check_members(tenant, name, members, facts)
        if name not in used:
            yield UNUSED_GROUP.finding(
                tenant.path,
                ("groups", name),
                f'no project names the group "{name}"',
                "name it under admins, contributors or viewers, or delete it",
                at_key=True,
            )


def _check_members(
    tenant: Tenant, name: str, members: tuple[str, ...], facts: Facts
) -> Iterator[Finding]:
    seen: set[str] = set()
    for item, address in enumerate(members):
        field = ("groups", name, item)
        yield from _check_address(tenant.path, field, address, facts)
        if address.lower() in seen:
            yield _duplicate(tenant.path, field, address.lower())
        seen.add(address.lower())
