"""The rows of the table as people read them in docs/network.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.network.table import SECTIONS, Row
from tests.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = ROOT / "docs" / "network.md"

BEGIN = "<!-- Generated from tests/network/verdicts.yaml; do not edit below. -->"


def tables() -> str:
    """Return all sections, each a heading and a table."""
    return "\n".join(line for section in _sections() for line in section)


def _sections() -> Iterator[list[str]]:
    for section in SECTIONS:
        rows = [_line(_cells(row)) for row in section.rows]
        head = [_line(["from", "to", "how", "verdict", "why"]), "|---|---|---|---|---|"]
        yield ["", f"### {section.title}", "", f"In {section.where}.", "", *head, *rows]


def _cells(row: Row) -> Iterable[str]:
    yield _listed(row.said("from"))
    yield _listed(row.said("to"))
    yield "; ".join(_said(row))
    yield row.verdict
    yield row.why


def _said(row: Row) -> Iterator[str]:
    """Yield port and request; a web address says its own port."""
    if not all("://" in destination for destination in row.said("to")):
        yield _listed(row.said("port"))
    if row.said("user"):
        yield f"as {_listed(row.said('user'))}"
    if row.method:
        yield row.method
    for word in ("host", "path", "server_name"):
        if row.said(word):
            values = _listed(f"`{each}`" for each in row.said(word))
            yield f"{word.replace('_', ' ')} {values}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" if "://" in word else word for word in words)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
