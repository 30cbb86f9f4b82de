"""What the platform's files come to is remembered, and nobody could tell but by the time."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.repository import ROOT, TODAY, files, lay, several_clusters

from tenantry import cli, layout
from tenantry.reader import read_document
from tenantry.workspace import cache, documents, kept, pipeline, platform
from tenantry.workspace.pipeline import Job, run
from tenantry.workspace.platform import load_platform
from tenantry.workspace.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from tests.repository import Files

    from tenantry.findings import Finding

_APP = layout.app_file("istio")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path / "cache" / "tenantry"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a small repository."""
    return several_clusters(tmp_path / "platform")


def _outcome(root: Path, *, remembers: bool = True) -> tuple[list[Finding], Files]:
    output = root.parent / "output"
    shutil.rmtree(output, ignore_errors=True)
    found = run(Job(root, TODAY, output, remembers=remembers)).findings
    return found, files(output)


def _kept_files(home: Path) -> list[Path]:
    return sorted(path for path in home.glob("*/*") if path.is_file())


def test_this_repository_comes_to_the_same_with_and_without_it(tmp_path: Path, home: Path) -> None:
    root = lay(tmp_path / "platform", ROOT)
    without = _outcome(root, remembers=False)
    assert not home.exists()
    assert _outcome(root) == without
    assert len(_kept_files(home)) == len(("documents", "platforms"))
    assert _outcome(root) == without


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"{text}unknown: field\n",
        lambda text: f"{text}syncOptions: [CreateNamespace=no, yes]\n",
        lambda text: f"{text}  : [\n",
        lambda text: f"{text}values: {{x: &anchor 1, y: 0o17, z: }}\n",
        lambda text: f"{text}needs:\n  nobody: It is not there.\n",
    ],
)
def test_a_faulty_app_is_told_of_alike_every_time(
    change: Callable[[str], str], tmp_path: Path
) -> None:
    """Its position too, whether the fault is one of reading, of the model, or of a rule."""
    root = lay(tmp_path / "platform", ROOT)
    sound = root / layout.app_file("claim-cache")
    sound.write_text(change(sound.read_text()))
    without, _ = _outcome(root, remembers=False)
    assert [found for found in without if found.is_error and found.line]
    for _ in range(2):
        assert _outcome(root) == (without, {})


def test_what_did_not_change_is_neither_read_nor_judged_nor_rendered_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = _outcome(root)
    monkeypatch.setattr(documents, "read_document", _fail)
    monkeypatch.setattr(platform, "_judged", _fail)
    monkeypatch.setattr(platform, "_rendered", _fail)
    assert _outcome(root) == once


def _fail(*_: object) -> None:
    raise AssertionError


def _text_added(root: Path, path: str) -> None:
    with (root / path).open("a", encoding="utf-8") as stream:
        stream.write("\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda root: _text_added(root, layout.PLATFORM_FACTS),
        lambda root: _text_added(root, layout.cluster_file("prod", layout.CLUSTER_FILE)),
        lambda root: _text_added(root, layout.cluster_file("prod", layout.RELEASE_FILE)),
        lambda root: _text_added(root, layout.app_file("istio")),
        lambda root: _text_added(root, layout.app_file("istio", layout.UPSTREAM_FILE)),
        lambda root: _text_added(root, layout.app_file("claim-cache", "manifests/xrd.yaml")),
        lambda root: _text_added(root, layout.COMPATIBILITY),
        lambda root: _text_added(root, next(iter(_policies(root)))),
        lambda root: (root / layout.tenant_folder("newcomers")).mkdir(),
        lambda root: (root / layout.app_file("istio", layout.UPSTREAM_FILE)).unlink(),
        lambda root: (root / layout.app_file("istio", layout.UPSTREAM_FILE)).rename(
            root / layout.app_file("istio", "other.json")
        ),
    ],
)
def test_whatever_is_read_counts(change: Callable[[Path], object], tmp_path: Path) -> None:
    root = lay(tmp_path / "platform", ROOT)
    before = _of(root, TODAY)
    assert before == _of(root, TODAY) is not None
    change(root)
    assert _of(root, TODAY) != before


def test_what_cannot_be_read_is_not_remembered(root: Path) -> None:
    """It is no part of what counts."""
    (root / layout.POLICIES).mkdir(exist_ok=True)
    (root / layout.POLICIES / "link").symlink_to("nowhere")
    assert _of(root, TODAY) is None


def test_any_name_may_stand_there(root: Path, home: Path) -> None:
    """A name that is no text is a finding, and nothing that anybody trips over."""
    (root / layout.tenant_folder("y\udcffz")).mkdir(parents=True)
    without, _ = _outcome(root, remembers=False)
    for _ in range(2):
        assert _outcome(root) == (without, {})
    kept.keep("documents", root, {"y\udcffz": 1})
    assert kept.load("documents", root) == {"y\udcffz": 1}
    assert _kept_files(home)


def test_the_day_counts(root: Path) -> None:
    assert _of(root, TODAY) != _of(root, TODAY.replace(day=1))


def _of(root: Path, today: date) -> str | None:
    return load_platform(Sources(root), today, remembers=True).of


def _policies(root: Path) -> list[str]:
    found = sorted((root / layout.POLICIES).glob(f"*/{layout.POLICY_FILE}"))
    return [path.relative_to(root).as_posix() for path in found]


def test_a_changed_manifest_is_rendered_as_it_is_now(tmp_path: Path) -> None:
    root = lay(tmp_path / "platform", ROOT)
    _outcome(root)
    path = root / layout.app_file("claim-cache", "manifests/xrd.yaml")
    path.write_text(path.read_text().replace("description: ", "description: Now, ", 1))
    changed = _outcome(root)
    assert changed == _outcome(root, remembers=False)
    assert any(b"Now, " in content for content in changed[1].values())


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nothing")


_DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "changed": lambda path: path.write_bytes(path.read_bytes().replace(b"kind", b"mind")),
    "no text": lambda path: path.write_bytes(b"\xff" * 200),
    "a program": lambda path: path.write_bytes(b"cos\nsystem\n(S'false'\ntR."),
    "a folder": _folder,
    "a link to nothing": _link,
}


@pytest.mark.parametrize("damage", _DAMAGE.values(), ids=_DAMAGE)
def test_what_is_damaged_does_not_count(
    root: Path, home: Path, damage: Callable[[Path], object]
) -> None:
    once = _outcome(root)
    for path in _kept_files(home):
        damage(path)
    assert _outcome(root) == once
    assert _outcome(root) == once


def test_what_is_damaged_is_replaced(root: Path, home: Path) -> None:
    _outcome(root)
    sound = {path: path.read_bytes() for path in _kept_files(home)}
    for path in sound:
        path.write_bytes(path.read_bytes()[:-20])
    _outcome(root)
    assert {path: path.read_bytes() for path in _kept_files(home)} == sound


def test_other_tooling_reads_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _outcome(root)
    assert kept.load("documents", root)
    monkeypatch.setattr(kept, "_tooling", lambda: b"another")
    assert kept.load("documents", root) is None


def test_a_changed_module_is_other_tooling(tmp_path: Path) -> None:
    """Even one of the same size, whose time somebody set back."""
    module = tmp_path / "rules" / "names.py"
    module.parent.mkdir()
    module.write_text("limit = 1\n")
    before, times = kept.modules(str(tmp_path)), module.stat()
    assert kept.modules(str(tmp_path)) == before
    module.write_text("limit = 2\n")
    os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert kept.modules(str(tmp_path)) != before


def test_a_cache_that_cannot_be_written_is_done_without(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = _outcome(root)
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert _outcome(root) == once


def test_a_user_without_a_home_does_without(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = _outcome(root)

    def homeless(_: str) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache, "folder", homeless)
    assert _outcome(root) == once


def test_only_what_was_used_last_is_kept(root: Path, home: Path) -> None:
    for number in range(12):
        kept.keep("documents", root / str(number), {})
    assert len(_kept_files(home)) == 8
    assert kept.load("documents", root / "11") == {}
    assert kept.load("documents", root / "0") is None


def test_what_is_too_large_is_not_kept(root: Path, home: Path) -> None:
    kept.keep("documents", root, "x" * 17 * 1024 * 1024)
    assert not home.exists()


def test_what_is_kept_is_data(root: Path, home: Path) -> None:
    """A digest and JSON: nothing in it can run."""
    _outcome(root)
    for path in _kept_files(home):
        content = path.read_bytes()
        assert isinstance(json.loads(content[64:]), dict)


def test_files_with_doubts_are_always_read_anew(root: Path) -> None:
    content = b"a: 0o17\n"
    for _ in range(2):
        read = documents.open_documents(root)
        assert read.read("x.yaml", content).doubts == read_document("x.yaml", content).doubts == 1
        read.keep()


@pytest.mark.parametrize(("variables", "kinds"), [({}, 2), ({"CI": "true"}, 0)])
def test_a_build_machine_does_without(
    root: Path, home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], kinds: int
) -> None:
    """It judges other people's changes, and its cache may come from one of them."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for command in ("validate", "render"):
        cli.run([command, "--root", str(root), "--today", TODAY.isoformat()])
    assert len(_kept_files(home)) == kinds


def test_nobody_remembers_unless_told() -> None:
    """Publishing and verifying, previews and plans run a job as it is by default."""
    assert not pipeline.Job(ROOT, TODAY).remembers
