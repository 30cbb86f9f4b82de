"""What becomes of looking at apps: files, findings. The builders are played; see tests/e2e."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.repository import BASE, lay

from tenantry.workspace import inspection, kustomize, toolchain
from tenantry.workspace.building import BuildError
from tenantry.workspace.checkouts import Checkouts
from tenantry.workspace.inspection import inspect

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY, _NEXT = date(2026, 11, 22), date(2026, 11, 23)
_APP = """\
description: Carries traffic.
namespace: mesh
git:
  repository: https://git.example.com/mesh
  path: deploy
  revision: v1.2.3
clusterKinds:
  - Namespace
"""
_NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mesh"}}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with an app whose source holds a namespace."""
    lay(tmp_path, BASE)
    (tmp_path / "tenants").mkdir()
    (tmp_path / "apps" / "mesh").mkdir()
    (tmp_path / "apps" / "mesh" / "app.yaml").write_text(_APP)
    monkeypatch.setattr(toolchain, "find", lambda *_: Path("kustomize"))
    monkeypatch.setattr(toolchain, "version", lambda *_: "v5")
    monkeypatch.setattr(Checkouts, "tree", lambda *_: tmp_path)
    monkeypatch.setattr(kustomize, "build", lambda *_: [_NAMESPACE])
    return tmp_path


def _look(root: Path, day: date = _DAY, *names: str) -> inspection.Inspection:
    return inspect(root, names, day, lambda _: None)


def _file(root: Path) -> dict[str, Any]:
    data = json.loads((root / "apps" / "mesh" / "upstream.json").read_text())
    assert isinstance(data, dict)
    return data


def _fail(*_: object) -> Sequence[object]:
    raise BuildError("kustomize build failed: no such folder")


def test_what_a_source_holds_stands_beside_the_app(root: Path) -> None:
    found = _look(root)
    assert (found.findings, found.looked_at, found.written) == ([], 1, 1)
    assert next(iter(_file(root))) == "$comment"
    assert _file(root)["namespaces"] == {"mesh": {}}
    assert _file(root)["checked"] == "2026-11-22"


def test_a_second_look_that_finds_the_same_writes_nothing(root: Path) -> None:
    _look(root)
    assert _look(root, _NEXT).written == 0
    assert _file(root)["checked"] == "2026-11-22"


def test_only_the_named_apps_are_looked_at(root: Path) -> None:
    assert _look(root, _DAY, "claim-cache").looked_at == 0


def test_a_failure_is_told_and_noted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kustomize, "build", _fail)
    (finding,) = _look(root).findings
    assert (finding.path, finding.rule) == ("apps/mesh/app.yaml", "app-unchecked")
    assert _file(root)["unchecked"] == "kustomize build failed: no such folder"


def test_a_failure_does_not_replace_what_is_known_of_the_same_source(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _look(root)
    monkeypatch.setattr(kustomize, "build", _fail)
    assert len(_look(root).findings) == 1
    assert "unchecked" not in _file(root)


def test_after_a_failure_facts_of_the_same_source_stay_and_those_of_another_go(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _look(root)
    monkeypatch.setattr(kustomize, "build", _fail)
    patch = "patches: [{why: It would not work., target: {kind: A, name: b}, patch: {a: 1}}]\n"
    (root / "apps" / "mesh" / "app.yaml").write_text(_APP + patch)
    _look(root)
    assert "unchecked" in _file(root)
    assert _file(root)["namespaces"] == {"mesh": {}}
    (root / "apps" / "mesh" / "app.yaml").write_text(_APP.replace("v1.2.3", "v1.2.4"))
    _look(root)
    assert "namespaces" not in _file(root)
