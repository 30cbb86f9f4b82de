"""`tenantry facts` asks the real Pulumi: what it prints, hides, and refuses to say."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pulumi
import pytest
from tests.repository import ROOT, make_repository, smallest
from tests.unit.test_outputs import STACK, TEXT

from tenantry.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.pulumi.engine import Bench

FILE = "clusters/prod/outputs.yaml"


@pytest.fixture
def root(tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository of one cluster and one tenant, where Pulumi finds the bench's state."""
    bench.vault = ""
    for name, value in bench.variables().items():
        monkeypatch.setenv(name, value)
    root = make_repository(tmp_path / "platform", growth=smallest("churn"))
    (root / "Pulumi.yaml").write_text("name: tenantry\nruntime: python\n", encoding="utf-8")
    return root


def _export(*, secret: bool = False) -> None:
    for name, value in STACK.items():
        hidden = secret and name == "keyVault"
        pulumi.export(name, pulumi.Output.secret(value) if hidden else value)


def _facts(root: Path, *words: str) -> int:
    return run(["facts", "--root", str(root), *words])


def test_what_a_program_exports_becomes_the_file_and_agrees_with_it(
    root: Path, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = bench.stack("prod", _export)
    assert _facts(root) == 1
    assert "output-missing: the stack prod has no outputs: it was never" in capsys.readouterr().out
    assert not stack.up().failed
    assert _facts(root) == 0
    assert "  growth: identity gained by churn\n" in capsys.readouterr().err
    assert _facts(root, "--check") == 0
    assert (root / FILE).read_text("utf-8") == TEXT.replace("stack dev", "stack prod")


def test_a_secret_output_is_neither_written_nor_shown(
    root: Path, bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not bench.stack("prod", lambda: _export(secret=True)).up().failed
    capsys.readouterr()
    assert _facts(root) == 1
    shown = capsys.readouterr()
    assert f"{FILE}: secret-output: keyVault is a secret in the stack prod" in shown.out
    assert STACK["keyVault"] not in shown.out + shown.err
    assert not (root / FILE).exists()


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("PULUMI_CONFIG_PASSPHRASE", "another", "incorrect passphrase"),
        ("PULUMI_BACKEND_URL", "", "PULUMI_ACCESS_TOKEN"),
    ],
)
def test_a_state_that_cannot_be_read_is_told_with_its_cure(
    root: Path, bench: Bench, variable: str, value: str, told: str
) -> None:
    assert not bench.stack("prod", lambda: _export(secret=True)).up().failed
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "tenantry", "facts", "--root", root],
        env={**os.environ, variable: value},
        capture_output=True,
        text=True,
        check=False,
    )
    (line,) = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "nothing was written\n")
    assert line.startswith(f"{FILE}: stack-unreadable: the outputs of the stack prod cannot be")
    assert told in line
    assert "docs/infrastructure.md" not in line  # the cure is one of its own
