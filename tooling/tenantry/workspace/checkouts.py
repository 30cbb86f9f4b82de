"""Files of other people's Git repositories at one revision, fetched once into the user's cache.

Git itself does the fetching, so its settings hold: `url.<folder>.insteadOf` leads to a copy on
this machine where there is no network.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tenantry.workspace import cache
from tenantry.workspace.git import Git, GitError, complaint

if TYPE_CHECKING:
    from types import TracebackType

#: A copy may lack some files. Where kustomize needs one of them, it names it.
_ABSENT = b"unable to read sha1 file"

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")


class Checkouts:
    """Trees of repositories, each laid out once; all are gone at the end."""

    def __init__(self) -> None:
        self._trees: dict[tuple[str, str], Path] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="tenantry-"))

    def __enter__(self) -> Self:
        """Return the trees."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Remove all of them."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def tree(self, repository: str, revision: str) -> Path:
        """Return the folder with all files of a revision. Raises GitError."""
        key = (repository, revision)
        if key not in self._trees:
            copy = self._copy(repository)
            git = Git(copy or _store(repository))
            if copy is None and not _is_there(git, revision):
                _fetch(git, repository, revision)
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            _lay_out(git, revision if _COMMIT.match(revision) else _tag(revision), folder)
            self._trees[key] = folder
        return self._trees[key]

    def _copy(self, repository: str) -> Path | None:
        """Return the folder that Git's settings lead to instead of an address, if they do."""
        said = Git(self._folder).run("ls-remote", "--get-url", repository).decode().strip()
        folder = Path(said.removeprefix("file://"))
        return folder if folder.is_absolute() and folder.is_dir() else None


def _store(repository: str) -> Path:
    """Return the folder of the cache that keeps what was fetched of a repository."""
    folder = cache.folder("upstream") / cache.key(repository.encode())
    if not (folder / "HEAD").exists():
        with cache.replacing(folder) as scratch:
            Git(scratch).run("init", "--quiet", "--bare")
    return folder


def _is_there(git: Git, revision: str) -> bool:
    """Whether a commit need not be fetched. A tag may be news."""
    return bool(_COMMIT.match(revision)) and not (
        git.attempt("cat-file", "-e", f"{revision}^{{tree}}").returncode
    )


def _fetch(git: Git, repository: str, revision: str) -> None:
    """Fetch a revision and nothing else."""
    wanted = revision if _COMMIT.match(revision) else f"+{_tag(revision)}:{_tag(revision)}"
    git.run("fetch", "--quiet", "--depth=1", "--no-tags", "--", repository, wanted)


def _tag(revision: str) -> str:
    return revision if revision.startswith("refs/") else f"refs/tags/{revision}"


def _lay_out(git: Git, commit: str, folder: Path) -> None:
    variables = {
        "GIT_DIR": git.run("rev-parse", "--absolute-git-dir").decode().strip(),
        "GIT_WORK_TREE": str(folder),
        "GIT_INDEX_FILE": str(folder.with_suffix(".index")),
    }
    git.run("read-tree", commit, variables=variables)
    done = Git(folder).attempt("checkout-index", "--all", "--force", variables=variables)
    if done.returncode and _ABSENT not in done.stderr:
        raise GitError(f"git checkout-index failed: {complaint(done.stderr)}")
