"""Files of Go modules, with a `go` of paper."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.repository import ROOT

from tenantry import layout
from tenantry.workspace import gomodules
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

_GO = """\
#!{python}
import json, sys
if sys.argv[1:] == ["version"]:
    print("go version go1.26.1 linux/amd64"); sys.exit()
for name in sys.argv[4:]:
    path, _, version = name.partition("@")
    print(json.dumps(dict(Path=path, Version=version, Sum="h1:x", Dir="/m/" + path), indent=1))
"""


@pytest.fixture(autouse=True)
def _go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "go"
    program.write_text(_GO.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_every_module_is_found() -> None:
    modules = [gomodules.Module(path, "v1", "h1:x") for path in ("a.example/a", "b.example/b")]
    found = gomodules.files_of(modules)
    assert {path: str(folder) for path, folder in found.items()} == {
        "a.example/a": "/m/a.example/a",
        "b.example/b": "/m/b.example/b",
    }


def test_a_module_that_is_not_the_pinned_one_is_refused() -> None:
    with pytest.raises(WorkspaceError, match=r"a\.example/a v1 is not the one that was pinned"):
        gomodules.files_of([gomodules.Module("a.example/a", "v1", "h1:other")])


def test_schemas_and_programs_pin_the_same_kubernetes() -> None:
    """Else `conform` would judge by another version than the API server of the tests."""
    pins = yaml.safe_load((ROOT / layout.UPSTREAM / "modules.yaml").read_bytes())["kubernetes"]
    sums = (ROOT / layout.BINARIES / "kubernetes" / "go.sum").read_text(encoding="utf-8")
    assert f"{pins['module']} {pins['version']} {pins['sum']}\n" in sums
