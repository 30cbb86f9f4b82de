"""The page on infrastructure lists guards, roles and versions of Azure's API as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from infra.azure.access import CUSTOM, GRANTS
from infra.azure.versions import API_VERSIONS
from infra.guards import GUARDS
from tests.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = (ROOT / "docs" / "infrastructure.md").read_text("utf-8")

TABLES: dict[str, Iterable[tuple[str, ...]]] = {
    "guard | what holds | why": [(f"`{it.id}`", it.promise, it.reason) for it in GUARDS],
    "who | role | on | why": [(it.who, it.role, it.on, it.why) for it in GRANTS.values()],
    "type | version": [(f"`{kind}`", version) for kind, version in API_VERSIONS.items()],
}


@pytest.mark.parametrize("head", TABLES)
def test_a_table_of_the_page_is_as_the_code_has_it(head: str) -> None:
    """Where it fails: these are the rows to write."""
    columns = head.count("|") + 1
    rows = [f"| {' | '.join(row)} |" for row in TABLES[head]]

    table = "\n".join([f"| {head} |", "|" + "---|" * columns, *rows, ""])

    assert table in PAGE


@pytest.mark.parametrize("role", CUSTOM)
def test_each_role_of_our_own_is_written_out(role: str) -> None:
    assert f"*{role}*" in PAGE
    assert "; ".join(f"`{action}`" for action in CUSTOM[role]) in PAGE
