"""Answers: what somebody wants in a profile, and what is wrong with it before it is written.

Knows the model and the few facts in `Choices`; all that needs other files is left to `rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace


from tenantry.editor.block import block_lines
from tenantry.findings import Finding
from tenantry.manifest import Tree
from tenantry.reader import read_document
from tenantry.schema.check import check, nearest
from tenantry.schema.tenant import TenantFile

#: Fields of one profile, named and nested as in the file: ``{"name": "churn", "quota": {...}}``.
Answers = Mapping[str, Tree]

ROLES = ("admins", "contributors", "viewers")

#: Fields that every profile has, as they stand in for answers that are still to be given.
_STAND_INS: Answers = {"name": "project", "admins": ["jane.doe@example.com"]}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from. An empty field means that it is not known."""

    tiers: tuple[str, ...] = ()
    default_tier: str = ""
    domains: tuple[str, ...] = ()
    """Domains of the addresses that may log in."""
    groups: tuple[str, ...] = ()
    """Groups of the file that the profile goes to."""


def refusals(path: str, answers: Answers, choices: Choices) -> list[Finding]:
    """Return what is wrong with answers, of which some may still be missing.

    The findings carry fields and no positions: what they speak of stands in no file yet.
    """
    text = "\n".join(block_lines({"profiles": {**_STAND_INS, **answers}}))
    _, findings = check(TenantFile, read_document(path, text.encode("utf-8", "surrogatepass")))
    if not findings:
        findings = [*_tiers(path, answers, choices), *_people(path, answers, choices)]
    return [replace(finding, line=0, column=0) for finding in findings]


def _tiers(path: str, answers: Answers, choices: Choices) -> Iterator[Finding]:
    tier = answers.get("tier")
    if isinstance(tier, str) and choices.tiers and tier not in choices.tiers:
        yield Finding(
            path,
            "unknown-tier",
            f'"{tier}" is not a tier of this platform',
            nearest(tier, choices.tiers),
            ("profiles", "tier"),
        )


def _people(path: str, answers: Answers, choices: Choices) -> Iterator[Finding]:
    role_of: dict[str, str] = {}
    for role in ROLES:
        for number, person in enumerate(people(answers, role)):
            field = ("profiles", role, number)
            cure = _cure_of_person(person, choices)
            if cure:
                yield Finding(path, *cure, field)
            other = role_of.setdefault(person.lower(), role)
            if other != role:
                yield Finding(
                    path,
                    "two-roles",
                    f"{person} stands in {other} and in {role}",
                    f"keep one: {other} may do all that {role} may",
                    field,
                )


def people(answers: Answers, role: str) -> Sequence[str]:
    """Return the people that answers name for a role."""
    named = answers.get(role)
    if isinstance(named, str) or not isinstance(named, Sequence):
        return ()
    return [person for person in named if isinstance(person, str)]


def _cure_of_person(person: str, choices: Choices) -> tuple[str, str, str] | None:
    """Return rule, message and cure where a person cannot stand in the file."""
    _, at, domain = person.rpartition("@")
    if not at:
        if person in choices.groups:
            return None
        known = f", or one of the file's groups: {', '.join(choices.groups)}"
        return (
            "unknown-group",
            f'"{person}" is not an e-mail address, and no group of this file',
            "write an e-mail address such as jane.doe@example.com"
            + (known if choices.groups else ""),
        )
    if choices.domains and domain.lower() not in choices.domains:
        return (
            "foreign-address",
            f"{person} cannot log in to this platform",
            f"use an address that ends with @{' or @'.join(choices.domains)}",
        )
    return None
