"""A small platform in a real Git repository, and a stand-in for the render."""

from __future__ import annotations

import argparse
import os
import subprocess
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from tenantry.cli import publish, verify
from tenantry.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


def stand_in(root: Path, output: Path, clusters: Sequence[str]) -> list[Finding]:
    """Render as little as shows where bytes came from; a tenant called broken has a fault."""
    tenants = sorted(path.parent for path in root.glob("tenants/*/profiles.yaml"))
    faults = [
        Finding("tenants/broken/profiles.yaml", "unknown-field", "x is no field", "remove it")
        for tenant in tenants
        if tenant.name == "broken"
    ]
    for cluster in () if faults else clusters:
        (output / cluster).mkdir()
        for tenant in tenants:
            target = output / cluster / "tenants" / tenant.name / "main.yaml"
            target.parent.mkdir(parents=True)
            target.write_bytes(f"# {cluster}\n".encode() + (tenant / "profiles.yaml").read_bytes())
    return faults


@dataclass(frozen=True)
class Platform:
    """A platform repository of two clusters and one tenant, all committed."""

    root: Path

    def git(
        self, *words: str, feed: bytes = b"", variables: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """Run Git as a person would; return what it prints."""
        return self._run(words, feed, variables).decode().strip()

    def show(self, name: str) -> bytes:
        """Return the bytes of a file in Git."""
        return self._run(("cat-file", "blob", name), b"", {})

    def _run(self, words: Sequence[str], feed: bytes, variables: Mapping[str, str]) -> bytes:
        run = subprocess.run(
            ["git", "-C", str(self.root), *words],
            input=feed,
            capture_output=True,
            check=False,
            env={**os.environ, **variables},
        )
        assert run.returncode == 0, run.stderr.decode()
        return run.stdout

    def write(self, **files: str) -> None:
        """Write tenants' files, by tenant."""
        for tenant, text in files.items():
            folder = self.root / "tenants" / tenant
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "profiles.yaml").write_bytes(text.encode())

    def commit(self, **files: str) -> str:
        """Write tenants' files and commit all; return the commit."""
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def merge(self, **files: str) -> None:
        """Commit tenants' files, and let the remote's main have them."""
        self.commit(**files)
        self.git("push", "--quiet", "origin", "main")

    def surroundings(self) -> tuple[object, ...]:
        """Return what belongs to the person: index, HEAD, working tree."""
        git = self.root / ".git"
        files = sorted(path for path in self.root.rglob("*") if ".git" not in path.parts)
        contents = [(path, path.read_bytes()) for path in files if path.is_file()]
        return ((git / "index").read_bytes(), (git / "HEAD").read_text(), contents)

    def tips(self) -> dict[str, str]:
        """Return the rendered branches and their commits."""
        form = "--format=%(refname:short) %(objectname)"
        listing = self.git("for-each-ref", form, "refs/heads/rendered")
        return dict(line.split(" ") for line in listing.splitlines())

    def tamper(
        self, branch: str, files: Mapping[str, str | None], message: str | None = None
    ) -> str:
        """Commit to a rendered branch by hand, by default with the message of its last commit."""
        index = {"GIT_INDEX_FILE": str(self.root.parent / "tamper.index")}
        self.git("read-tree", branch, variables=index)
        for path, text in files.items():
            words = ["--force-remove", path]
            if text is not None:
                blob = self.git("hash-object", "-w", "--stdin", feed=text.encode())
                words = ["--add", "--cacheinfo", f"100644,{blob},{path}"]
            self.git("update-index", *words, variables=index)
        tree = self.git("write-tree", variables=index)
        message = message or self.git("log", "-1", "--format=%B", branch)
        commit = self.git("commit-tree", tree, "-p", branch, feed=message.encode())
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def publish(self, *words: str, render: Callable[..., list[Finding]] = stand_in) -> int:
        """Run `tenantry publish`."""
        parser = argparse.ArgumentParser()
        publish.add_arguments(parser)
        arguments = parser.parse_args(words)
        arguments.root = self.root
        return publish.main(arguments, render)

    def verify(self, *words: str, render: Callable[..., list[Finding]] = stand_in) -> int:
        """Run `tenantry verify`."""
        parser = argparse.ArgumentParser()
        verify.add_arguments(parser)
        arguments = parser.parse_args(words)
        arguments.root = self.root
        return verify.main(arguments, render)


@pytest.fixture(autouse=True)
def _plain_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of this machine take part."""
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = Jane Doe\nemail = jane.doe@example.com\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "EMAIL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """Return a platform repository on branch main."""
    platform = Platform(tmp_path / "platform")
    for cluster in ("dev", "prod"):
        folder = platform.root / "clusters" / cluster
        folder.mkdir(parents=True)
        (folder / "cluster.yaml").write_text("purpose: a test\n", encoding="utf-8")
        (folder / "release.yaml").write_text("revision: main\n", encoding="utf-8")
    facts = platform.root / "clusters" / "platform.yaml"
    facts.write_text("gitops:\n  branch: main\n", encoding="utf-8")
    platform.git("init", "--quiet", "--initial-branch=main")
    platform.commit(vision="one\n")
    return platform


@pytest.fixture
def remote(platform: Platform, tmp_path: Path) -> Platform:
    """Return a bare repository that `platform` knows as origin."""
    platform.git("clone", "--quiet", "--bare", ".", str(tmp_path / "remote.git"))
    platform.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    platform.git("fetch", "--quiet", "origin")
    return Platform(tmp_path / "remote.git")
