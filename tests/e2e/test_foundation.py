"""What clusters of the tests begin with is made once, anew when anything of it changes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.e2e import control_plane, foundation
from tests.repository import ROOT

from tenantry import layout
from tenantry.workspace import schemas

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Folders = list[Path]


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Return the folders that were filled so far; a file takes the place of etcd's."""
    found: list[Path] = []

    def fill(folder: Path, *_: object) -> None:
        found.append(folder)
        control_plane.data(folder).mkdir()
        (control_plane.data(folder) / "db").write_text(str(len(found)))

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(foundation, "_fill", fill)
    monkeypatch.setattr(schemas, "crd_files", lambda *_: [])
    return found


def _repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for path in (layout.APPS, layout.BINARIES):
        shutil.copytree(ROOT / path, root / path)
    (root / layout.PLATFORM_FACTS).parent.mkdir()
    shutil.copyfile(ROOT / layout.PLATFORM_FACTS, root / layout.PLATFORM_FACTS)
    return root


def test_it_is_made_once(filled: Folders) -> None:
    kept = [foundation.kept(print) for _ in range(2)]
    assert kept[0] == kept[1]
    assert (kept[0] / "db").read_text() == "1"
    assert not filled[0].exists()


def _another_definition(root: Path) -> None:
    (root / layout.APPS / "claim-bucket" / "manifests" / "xrd.yaml").unlink()


def _another_version(root: Path) -> None:
    path = root / layout.BINARIES / "kubernetes" / "go.mod"
    path.write_text(path.read_text() + "\n// another\n")


def _another_namespace(root: Path) -> None:
    (root / layout.APPS / "kueue" / layout.UPSTREAM_FILE).unlink()


@pytest.mark.parametrize("change", [_another_definition, _another_version, _another_namespace])
def test_it_is_made_anew_for_another(
    filled: Folders,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
) -> None:
    root = _repository(tmp_path)
    monkeypatch.setattr(foundation, "ROOT", root)
    before = foundation.kept(print)
    change(root)
    after = foundation.kept(print)
    assert before != after
    assert len(filled) == 2


def test_one_that_was_not_finished_is_not_kept(
    filled: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(folder: Path, *_: object) -> None:
        control_plane.data(folder).mkdir()
        raise AssertionError("refused")

    with monkeypatch.context() as patch:
        patch.setattr(foundation, "_fill", die)
        with pytest.raises(AssertionError, match="refused"):
            foundation.kept(print)
    assert not list((tmp_path / "tenantry" / "foundations").iterdir())
    foundation.kept(print)
    assert len(filled) == 1
