"""The page about the network shows the table as it is."""

from __future__ import annotations

import pytest
from tests.network.page import BEGIN, PAGE, tables
from tests.network.table import PLACES, SECTIONS


def test_the_page_shows_every_row(*, update_examples: bool) -> None:
    words, found, shown = PAGE.read_text("utf-8").partition(BEGIN)
    if update_examples:
        PAGE.write_text(f"{words}{BEGIN}\n{tables()}\n", "utf-8")
        pytest.fail("docs/network.md was written anew: read it, then run without the option")
    assert found
    assert shown == f"\n{tables()}\n"


def test_the_page_names_every_gap() -> None:
    """What is known to be open, or wrongly shut, does not hide among the rows."""
    words = PAGE.read_text("utf-8").partition(BEGIN)[0]
    gaps = {row.why for section in SECTIONS for row in section.rows if row.why.startswith("A ")}
    marked = {why for why in gaps if why.startswith(("A gap: ", "A known limit: "))}
    assert marked
    assert words.count("\n- **") == len(marked)


def test_the_table_is_large_enough_to_mean_something() -> None:
    rows = [row for section in SECTIONS for row in section.rows]
    verdicts = {row.verdict for row in rows}
    assert len(rows) > 150
    assert {"allowed", "refused by egress", "refused by ingress", "refused by mesh"} <= verdicts
    assert {place.cluster for place in PLACES} == {"prod", "dev"}
    assert {sample["environment"] for sample in PLACES.values()} == {"development", "production"}
