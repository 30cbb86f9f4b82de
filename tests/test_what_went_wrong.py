"""The page of mistakes shows what the tool prints: each file on it is run, wrong and mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.cases import Printed, materialise, validate
from tests.repository import ROOT, write_tenants

if TYPE_CHECKING:
    from pathlib import Path

_PAGE = (ROOT / "docs" / "what-went-wrong.md").read_text("utf-8")
_LIST = re.compile(r"^## Ten mistakes\n(.*?)^## ", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^### \d+\. ", re.MULTILINE)
#: A file that begins with a comment, so that no reader and no test takes it for a good one; what is
#: printed of it; and the mended file, followed by what was learned.
_MISTAKE = re.compile(
    r"(?P<title>[^\n]+)\n\n"
    r"```yaml\n(?P<wrong># Wrong\n.*?)^```\n\n"
    r"```\n(?P<printed>.*?)^```\n\n"
    r"Write:\n\n"
    r"```yaml\n(?P<mended>.*?)^```\n\n"
    r"(?P<learned>\S.*)",
    re.DOTALL | re.MULTILINE,
)


class Mistake(NamedTuple):
    """A section of the list."""

    title: str
    wrong: str
    printed: str
    mended: str
    learned: str


def _mistakes() -> list[Mistake]:
    listed = _LIST.search(_PAGE)
    assert listed is not None
    sections = _HEADING.split(listed[1])[1:]
    return [Mistake(**found.groupdict()) for found in map(_MISTAKE.match, sections) if found]


MISTAKES = _mistakes()

every_mistake = pytest.mark.parametrize(
    "mistake", MISTAKES, ids=lambda mistake: mistake.title.replace(" ", "-").lower()
)


def _validate(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    write_tenants(folder / "case", {"weather": text})
    return validate(materialise(folder / "case", folder / "repository"), capsys)


def test_there_are_ten() -> None:
    """So that no section is passed over because it has another form."""
    assert len(MISTAKES) == len(_HEADING.findall(_PAGE)) == 10


@every_mistake
def test_a_mistake_prints_the_lines_that_the_page_shows(
    mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = _validate(mistake.wrong, tmp_path, capsys)
    assert printed.lines == mistake.printed.splitlines()
    assert printed.code == 1


@every_mistake
def test_what_the_page_says_to_write_mends_the_file(
    mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = _validate(mistake.mended, tmp_path, capsys)
    assert printed.lines == []
    assert printed.errors == "1 tenant: nothing to complain about\n"
    assert printed.code == 0
