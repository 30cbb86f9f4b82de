"""Programs by version: found, built, or missed in one line. With programs of paper."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tenantry import layout
from tenantry.workspace import cache, gomodules, toolchain
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

#: A `go` that "builds" a program which says the version that was stamped into it.
_GO = """\
#!{python}
import pathlib, sys
words = sys.argv[1:]
if words == ["version"]:
    print("go version go{version} linux/amd64"); sys.exit()
stamp = next(word for word in words if word.startswith("-ldflags")).rpartition("=")[2]
target = pathlib.Path(next(word for word in words if word.startswith("-o="))[3:])
{build}
"""
_BUILD = """\
target.write_text(f"#!/bin/sh\\necho {stamp}\\n"); target.chmod(0o755)
pathlib.Path("{log}").open("a").write("built\\n")
"""
_FAIL = 'print("go: cannot find the module", file=sys.stderr); sys.exit(1)'


class Machine:
    """A machine with nothing on PATH but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "repository"
        self.path = folder / "bin"
        self.log = folder / "builds"
        self.path.mkdir()
        module = self.root / layout.BINARIES / "kubeconform"
        module.mkdir(parents=True)
        text = "module x\n\nrequire github.com/yannh/kubeconform v0.8.0 // indirect\n"
        (module / "go.mod").write_text(text, encoding="utf-8")
        (module / "go.sum").write_text("", encoding="utf-8")

    def put(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        program = self.path / name
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)

    def put_go(self, version: str = "1.26.1", build: str = _BUILD) -> None:
        """Put a `go` on PATH."""
        build = build.replace("{log}", str(self.log))
        self.put("go", _GO.format(python=sys.executable, version=version, build=build))

    def builds(self) -> int:
        """Return how often something was built."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine of its own, with a cache of its own."""
    found = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(found.path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return found


def _say(version: str) -> str:
    return f"#!/bin/sh\necho {version}\n"


def test_a_program_on_path_of_the_right_version_is_taken(machine: Machine) -> None:
    machine.put("kubeconform", _say("v0.8.0"))
    found = toolchain.find(machine.root, "kubeconform")
    assert found == machine.path / "kubeconform"


@pytest.mark.parametrize("version", ["v0.7.0", "v0.8.0-rc.1", "v10.8.0", "v0.8.01", "nothing"])
def test_a_program_on_path_of_another_version_is_not(machine: Machine, version: str) -> None:
    machine.put("kubeconform", _say(version))
    assert toolchain.at_hand(machine.root, "kubeconform") is None
    machine.put_go()
    assert toolchain.find(machine.root, "kubeconform").is_relative_to(cache.folder("binaries"))


def test_a_program_is_built_once_and_said_so(machine: Machine) -> None:
    machine.put_go()
    told: list[str] = []
    first = toolchain.find(machine.root, "kubeconform", told.append)
    assert toolchain.find(machine.root, "kubeconform", told.append) == first
    assert machine.builds() == len(told) == 1
    assert "kubeconform v0.8.0" in told[0]


def test_another_pin_is_another_program(machine: Machine) -> None:
    machine.put_go()
    first = toolchain.find(machine.root, "kubeconform")
    go_mod = machine.root / layout.BINARIES / "kubeconform" / "go.mod"
    go_mod.write_text(go_mod.read_text().replace("v0.8.0", "v0.8.1"))
    assert toolchain.find(machine.root, "kubeconform") != first
    assert machine.builds() == 2


@pytest.mark.parametrize("damage", ["", "#!/bin/sh\nexit 1\n", "no program"])
def test_a_stale_program_in_the_cache_is_built_anew(machine: Machine, damage: str) -> None:
    machine.put_go()
    found = toolchain.find(machine.root, "kubeconform")
    found.write_text(damage)
    assert toolchain.find(machine.root, "kubeconform") == found
    assert machine.builds() == 2


def test_a_missing_go_is_one_line_that_says_how_to_get_it(machine: Machine) -> None:
    with pytest.raises(WorkspaceError) as refusal:
        toolchain.find(machine.root, "kubeconform")
    assert str(refusal.value) == gomodules.MISSING
    assert "https://go.dev/dl" in gomodules.MISSING


def test_a_go_that_is_too_old_is_named(machine: Machine) -> None:
    machine.put_go("1.19.8")
    with pytest.raises(WorkspaceError, match=r"Go 1.24 or newer is needed.*go1\.19\.8"):
        toolchain.find(machine.root, "kubeconform")


def test_a_build_that_fails_says_why_and_leaves_nothing(machine: Machine) -> None:
    machine.put_go(build=_FAIL)
    with pytest.raises(WorkspaceError, match="could not be built: go: cannot find the module"):
        toolchain.find(machine.root, "kubeconform")
    assert list(cache.folder("binaries").iterdir()) == []


def test_a_build_of_the_wrong_version_is_refused(machine: Machine) -> None:
    machine.put_go(build=_BUILD.replace("{stamp}", "v9"))
    with pytest.raises(WorkspaceError, match=r"was built, but .* says another version"):
        toolchain.find(machine.root, "kubeconform")


def test_a_cache_that_cannot_be_written_is_named(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.put_go()
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(WorkspaceError, match=r"cannot be written .* XDG_CACHE_HOME"):
        toolchain.find(machine.root, "kubeconform")


def test_every_tool_has_a_pin_in_this_repository() -> None:
    from tests.repository import ROOT  # noqa: PLC0415 - this test alone looks at the real pins

    for tool in toolchain.TOOLS.values():
        assert toolchain.version(ROOT, tool).startswith("v")


def test_a_build_that_dies_leaves_the_cache_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "kept"
    with cache.replacing(target) as scratch:
        (scratch / "a").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        _die_halfway(target)
    assert (target / "a").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def _die_halfway(target: Path) -> None:
    with cache.replacing(target) as scratch:
        (scratch / "a").write_text("half")
        raise KeyboardInterrupt
