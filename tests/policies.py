"""The policies of this repository, with their cases."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tests.repository import ROOT, TODAY

from tenantry import layout
from tenantry.schema.policy import Cases
from tenantry.workspace.sources import Sources, load_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.policies import Policy
    from tenantry.schema.policy import Case


class Asked(NamedTuple):
    """A case, and the policy that it belongs to."""

    policy: Policy
    case: Case
    message: str
    """What the refusal says; nothing where it is accepted."""


@cache
def facts() -> Facts:
    """Return the facts of this repository."""
    found = load_facts(Sources(ROOT), TODAY)
    assert found is not None
    return found


def cases_of(policy: Policy) -> Cases:
    """Return the cases of a policy. What is wrong with them is shown with its place."""
    return _read(policy.path(layout.CASES_FILE))


@cache
def _read(path: str) -> Cases:
    sources = Sources(ROOT)
    found = sources.model(Cases, path, "whoever adds the policy")
    assert found is not None, list(map(str, sources.findings))
    assert sources.findings == []
    return found


def cases() -> Iterator[Asked]:
    """Yield every case of every policy."""
    for policy in facts().policies:
        found = cases_of(policy)
        for case in found.accepted:
            yield Asked(policy, case, "")
        for refusal in found.refused:
            for refused in refusal.cases:
                yield Asked(policy, refused, refusal.message)
