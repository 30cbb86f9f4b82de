"""`tenantry schema`: what is generated, written and held against what stands in the repository."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.repository import ROOT, lay

from tenantry import layout
from tenantry.cli import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a copy of this repository's sources and generated pages."""
    lay(tmp_path, ROOT)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    return tmp_path


def test_a_stale_page_is_a_finding(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the page and the command that mends it, and the command does."""
    page = root / layout.RULES_PAGE
    page.write_text("# Rules\n", "utf-8")
    assert run(["schema", "--check", f"--root={root}"]) == 1
    assert capsys.readouterr().out.startswith(f"{layout.RULES_PAGE}: stale-generated-file: ")
    assert page.read_text("utf-8") == "# Rules\n"
    assert run(["schema", "--write", f"--root={root}"]) == 0
    assert run(["schema", "--check", f"--root={root}"]) == 0


def test_a_schema_is_printed_that_editors_can_use(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schema", f"--root={root}"]) == 0
    assert json.loads(capsys.readouterr().out)["required"] == ["profiles"]
