"""`tenantry conform`: arguments, words, exit codes. The real kubeconform runs in tests/e2e."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from tenantry.cli import USAGE
from tenantry.cli import conform as command
from tenantry.findings import Finding
from tenantry.workspace import conformance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FAULT = Finding("tenants/a/profiles.yaml", "object-not-conformant", "wrong", "tell us", line=2)


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the trees that are judged; the first of them has a fault."""
    found: list[str] = []

    def conform(_: Path, trees: Sequence[Path], __: object) -> conformance.Conformance:
        found.extend(tree.name for tree in trees)
        faults = [_FAULT] if (trees[0] / "fault").exists() else []
        return conformance.Conformance(faults, 1200)

    monkeypatch.setattr(conformance, "conform", conform)
    for name in ("dev", "prod"):
        (tmp_path / "build" / name).mkdir(parents=True)
    return found


def _run(root: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    arguments = parser.parse_args(words)
    arguments.root = root
    return command.main(arguments)


def test_all_trees_are_judged_and_counted(
    tmp_path: Path, judged: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(tmp_path) == 0
    shown = capsys.readouterr()
    assert judged == ["dev", "prod"]
    assert (shown.out, shown.err) == ("", "1,200 objects: all as their kinds want them\n")


def test_one_tree_can_be_chosen(tmp_path: Path, judged: list[str]) -> None:
    assert _run(tmp_path, "--cluster", "prod") == 0
    assert judged == ["prod"]


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_fault_is_written_in_every_form_and_fails(
    tmp_path: Path, judged: list[str], capsys: pytest.CaptureFixture[str], form: str
) -> None:
    (tmp_path / "build" / "dev" / "fault").touch()
    assert _run(tmp_path, "--format", form) == 1
    shown = capsys.readouterr()
    assert judged
    assert "object-not-conformant" in shown.out
    assert shown.err == "1,200 objects: 1 error\n"
    assert form != "json" or json.loads(shown.out)["errors"] == 1


def test_what_was_not_rendered_cannot_be_judged(
    tmp_path: Path, judged: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(tmp_path, "--output", str(tmp_path / "nothing")) == USAGE
    assert "run `tenantry render` first" in capsys.readouterr().err
    assert _run(tmp_path, "--cluster", "prodd") == USAGE
    assert "holds no tree of prodd; it holds: dev, prod" in capsys.readouterr().err
    assert judged == []
