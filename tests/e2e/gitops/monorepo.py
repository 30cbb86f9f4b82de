"""A scratch copy of this repository, with a remote that Argo CD reads: edited, merged, published.

Owns the Git side of the tests with Argo CD. Publishing is `tenantry publish` itself.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Nobody's own settings of Git take part.
_WHO = {
    "GIT_AUTHOR_NAME": "Jane Doe",
    "GIT_AUTHOR_EMAIL": "jane.doe@example.com",
    "GIT_COMMITTER_NAME": "Jane Doe",
    "GIT_COMMITTER_EMAIL": "jane.doe@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Repository:
    """A working copy, and the bare repository that it pushes to."""

    folder: Path
    branch: str
    hosts: Path
    """Where all repositories lie that are served, by host."""
    url: str

    @property
    def remote(self) -> Path:
        """The bare repository that is served."""
        return served(self.hosts, self.url)

    def facts(self) -> dict[str, Any]:
        """Return the facts that all clusters share."""
        return dict(yaml.safe_load((self.folder / layout.PLATFORM_FACTS).read_bytes()))

    def address(self, person: str) -> str:
        """Return an e-mail address that this company allows."""
        return f"{person}@{self.facts()['company']['emailDomains'][0]}"

    def git(self, *words: str) -> str:
        """Run Git in the working copy; return what it prints."""
        return run(["git", *words], self.folder)

    def write(self, path: str, text: str) -> None:
        """Write a file, and the folders that it lies in."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def merge(self, message: str) -> str:
        """Commit everything to the branch of pull requests, and push it; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")
        self.git("push", "--quiet", "origin", self.branch)
        return self.git("rev-parse", "HEAD").strip()

    def publish(self) -> str:
        """Render what was merged and push the trees, as a build server does."""
        words = [sys.executable, "-m", "tenantry", "publish", "--remote", "origin"]
        return run(words, self.folder)

    def tree(self, revision: str) -> dict[str, bytes]:
        """Return the files of a revision on the remote, by path."""
        words = ["git", "archive", "--format=tar", revision]
        done = subprocess.run(words, cwd=self.remote, capture_output=True, check=True)
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            found = {each.name: archive.extractfile(each) for each in archive if each.isfile()}
            return {path: file.read() for path, file in found.items() if file is not None}

    def tenants(self) -> dict[str, int]:
        """Return how many tenants were published to each cluster."""
        branches = self.git("ls-remote", "--heads", "origin", layout.rendered_branch("*"))
        names = [line.rpartition("/")[2] for line in branches.splitlines()]
        return {name: self._tenants(layout.rendered_branch(name)) for name in names}

    def _tenants(self, branch: str) -> int:
        words = ["git", "ls-tree", "--name-only", branch, f"{layout.RENDERED_TENANTS}/"]
        return len(run(words, self.remote).splitlines())

    @contextlib.contextmanager
    def tampering(self, branch: str) -> Iterator[Path]:
        """Give the files of a branch to change by hand; what was changed is then pushed to it."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as scratch:
            folder = Path(scratch) / "branch"
            start = ["git", "clone", "--quiet", f"--branch={branch}", str(self.remote)]
            run([*start, str(folder)], self.folder)
            yield folder
            run(["git", "commit", "--quiet", "--all", "--message=Change it by hand"], folder)
            run(["git", "push", "--quiet"], folder)


def served(hosts: Path, url: str) -> Path:
    """Return where the repository of an address lies, among those that are served."""
    parts = urllib.parse.urlsplit(url)
    path = parts.path.strip("/").removesuffix(".git")
    return hosts / str(parts.hostname) / path


def urls(hosts: Path) -> list[str]:
    """Return the addresses of all repositories that are served."""
    heads = sorted(hosts.glob("*/**/HEAD"))
    bare = (head.parent for head in heads if (head.parent / "objects").is_dir())
    return [f"https://{path.relative_to(hosts).as_posix()}" for path in bare]


def make(folder: Path, hosts: Path, url: str, branch: str) -> Repository:
    """Make an empty repository that is served under `url`, with a working copy in `folder`."""
    remote = served(hosts, url)
    remote.parent.mkdir(parents=True, exist_ok=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    start = f"--initial-branch={branch}"
    run(["git", "init", "--quiet", "--bare", start, str(remote)], folder.parent)
    run(["git", "init", "--quiet", start, str(folder)], folder.parent)
    repository = Repository(folder, branch, hosts, url)
    repository.git("remote", "add", "origin", str(remote))
    return repository


def copy(root: Path, folder: Path, hosts: Path) -> Repository:
    """Copy the repository in `root` as it stands, what is not committed yet included.

    But for its tests: three quarters of all files, and nothing that is rendered reads them.
    """
    facts = yaml.safe_load((root / layout.PLATFORM_FACTS).read_bytes())["gitops"]
    repository = make(folder, hosts, facts["repository"], facts["branch"])
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in filter(None, run([*listed, "--", ":!tests"], root).split("\0")):
        source, target = root / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    repository.merge("Start")
    return repository


def run(words: list[str], folder: Path) -> str:
    """Run a program in a folder; return what it prints."""
    variables = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        words,
        cwd=folder,
        env=variables | _WHO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout
