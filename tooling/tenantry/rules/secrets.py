"""Secrets: that nobody writes one into a text that everybody may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.rules.contract import Rule
from tenantry.schema.redaction import bears_secret_mark
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.tenant import Tenant

SECRET_IN_TEXT = Rule(
    "secret-in-text",
    "A description or parameter holds what looks like a secret.",
    "Everybody who may read this repository, or its history, could use it.",
)
RULES = (SECRET_IN_TEXT,)


def check_secrets(tenant: Tenant, _facts: Facts) -> Iterator[Finding]:
    """Look at the free texts of one file; the other fields take no form that a secret has."""
    for number, profile in enumerate(tenant.profiles):
        if profile.description is not None and bears_secret_mark(profile.description):
            yield _secret(tenant.path, profile_field(number, "description"), "the description")
        for item, claim in enumerate(profile.claims):
            field = profile_field(number, "claims", item, "parameters")
            for place in _secret_places(claim.parameters, field):
                yield _secret(tenant.path, place, f"a parameter of the claim {claim.name}")


def _secret_places(tree: object, field: Field) -> Iterator[Field]:
    if isinstance(tree, str) and bears_secret_mark(tree):
        yield field
    elif isinstance(tree, dict):
        for name, value in tree.items():
            yield from _secret_places(value, (*field, name))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from _secret_places(value, (*field, number))


def _secret(path: str, field: Field, what: str) -> Finding:
    return SECRET_IN_TEXT.finding(
        path,
        field,
        f"{what} holds what looks like a secret",
        "delete it and make a new one: this one is known to all who read this file. Secrets of a "
        "project belong in the key vault",
    )
