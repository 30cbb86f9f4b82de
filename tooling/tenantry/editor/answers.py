"""Answers: what somebody wants in a profile, and what is wrong with it before it is written.

Judged by the very model and rules that judge the file. What concerns several teams, such as a
name that another team has, is left to `workspace.neighbours`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from tenantry.editor.block import block_lines
from tenantry.layout import tenant_file
from tenantry.manifest import Tree
from tenantry.reader import read_document
from tenantry.rules import TENANT_RULES
from tenantry.schema.check import check
from tenantry.schema.introspection import field_names
from tenantry.schema.tenant import Profile, TenantFile
from tenantry.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding

#: Fields of one profile, named and nested as in the file: ``{"name": "churn", "quota": {...}}``.
Answers = Mapping[str, Tree]
Groups = Mapping[str, Sequence[str]]

#: What every profile has, in the place of answers that are still to be given.
_STAND_INS: Answers = {"name": "project", "admins": ["jane.doe@example.com"]}


#: Fields that people look for first. All others keep the order of the model.
_FIRST = ("name", "admins", "contributors", "viewers")

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from. Empty where it is not known."""

    tiers: tuple[str, ...] = ()
    default_tier: str = ""
    production_tiers: tuple[str, ...] = ()
    """The tiers that allow a production namespace."""
    clusters: tuple[str, ...] = ()
    claim_kinds: tuple[str, ...] = ()
    """The kinds that need no parameters."""


def choices_of(facts: Facts | None) -> Choices:
    """Return what a platform offers."""
    if facts is None:
        return Choices()
    return Choices(
        tuple(facts.tiers),
        facts.platform.default_tier,
        tuple(name for name, tier in facts.tiers.items() if tier.production),
        _clusters_of_all(facts) or tuple(facts.clusters),
        tuple(
            name
            for name, kind in facts.catalogue.kinds.items()
            if not kind.parameters.get("required")
        ),
    )


def _clusters_of_all(facts: Facts) -> tuple[str, ...]:
    return tuple(n for n, cluster in facts.clusters.items() if cluster.cluster.tenants == "all")


def in_order(fields: Mapping[str, V]) -> dict[str, V]:
    """Return fields of a profile in the order in which they are written."""
    order = list(dict.fromkeys((*_FIRST, *field_names(Profile))))
    return {name: fields[name] for name in sorted(fields, key=order.index)}


def refusals(
    tenant: str, answers: Answers, facts: Facts | None = None, groups: Groups | None = None
) -> list[Finding]:
    """Return what is wrong with answers, of which some may still be missing.

    Without `facts` only the form is judged. `groups` are those of the file that the profile goes
    to. The findings have no positions: what they speak of stands in no file yet.
    """
    return [
        replace(finding, line=0, column=0)
        for finding in _judged(tenant, answers, facts, groups)
        if is_about(finding.field, answers)
    ]


def trial(
    tenant: str, answers: Answers, groups: Groups | None = None
) -> tuple[TenantFile | None, list[Finding]]:
    """Return answers as a file of one profile, with stand-ins for what is still to be given."""
    fields: dict[str, Tree] = {"groups": dict(groups)} if groups else {}
    fields["profiles"] = {**_STAND_INS, **answers}
    content = "\n".join(block_lines(fields)).encode("utf-8", "surrogatepass")
    return check(TenantFile, read_document(tenant_file(tenant), content))


def _judged(
    tenant: str, answers: Answers, facts: Facts | None, groups: Groups | None
) -> Iterator[Finding]:
    file, findings = trial(tenant, answers, groups)
    yield from findings
    if file is None or facts is None:
        return
    for rule in TENANT_RULES:
        yield from rule(Tenant(tenant, file), facts)


def is_about(field: Field, answers: Answers) -> bool:
    """Whether a field is an answer's, and not that of a stand-in or group; () is the whole."""
    if not field:
        return True
    names = [step for step in field if isinstance(step, str)]
    return names[0] == "profiles" and (len(names) == 1 or names[1] in answers)
