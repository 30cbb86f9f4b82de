"""The workflows as actionlint judges them: their form, expressions, and calls of each other."""

from __future__ import annotations

import subprocess

from tests.repository import ROOT

from tenantry.workspace import toolchain


def test_actionlint_finds_nothing() -> None:
    program = toolchain.find(ROOT, "actionlint", print)
    done = subprocess.run(
        [program, "-no-color"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
