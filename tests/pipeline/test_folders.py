"""What may stand in `tenants/`: a folder a team, with one regular file in each."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.repository import make_repository, render, smallest

from tenantry.report import text_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _lines(root: Path) -> list[str]:
    outcome = render(root)
    assert outcome.failed
    assert not (root / "build").exists()
    return [text_line(finding) for finding in outcome.findings if finding.is_error]


def _remove_file(team: Path) -> None:
    (team / "profiles.yaml").unlink()


def _add_notes(team: Path) -> None:
    (team / "notes.md").write_text("Hello\n", encoding="utf-8")


def _add_folder(team: Path) -> None:
    (team / "models").mkdir()


def _link_file(team: Path) -> None:
    (team / "profiles.yaml").rename(team.parent.parent / "profiles.yaml")
    (team / "profiles.yaml").symlink_to("../../profiles.yaml")


def _link_nowhere(team: Path) -> None:
    (team / "profiles.yaml").unlink()
    (team / "profiles.yaml").symlink_to("nowhere")


def _mark_executable(team: Path) -> None:
    (team / "profiles.yaml").chmod(0o755)


def _make_folder_of_file(team: Path) -> None:
    (team / "profiles.yaml").unlink()
    (team / "profiles.yaml").mkdir()


def _make_pipe_of_file(team: Path) -> None:
    (team / "profiles.yaml").unlink()
    os.mkfifo(team / "profiles.yaml")


def _link_folder(team: Path) -> None:
    (team.parent / "alias").symlink_to("growth")


def _add_file_beside(team: Path) -> None:
    (team.parent / "profiles.yaml").write_text(smallest("lost"), encoding="utf-8")


_LINK = (
    "link: this is a symbolic link, and links are not followed (replace it with the file itself)"
)
_UNEXPECTED = (
    "unexpected-file: a tenant's folder holds profiles.yaml and nothing else "
    "(move it to the team's own repository, or delete it)"
)
_IRREGULAR = (
    "unreadable-file: the file cannot be read: it is not a regular file "
    "(make it a regular file that you may read)"
)
_EXECUTABLE = (
    "executable-file: the file is marked as executable "
    "(run: git update-index --chmod=-x tenants/growth/profiles.yaml)"
)
_MISSING = (
    "missing-file: the folder has no profiles.yaml "
    "(add tenants/growth/profiles.yaml, or delete the folder)"
)
_STRAY = (
    "unexpected-file: tenants/ holds one folder a team, a README.md, and nothing else "
    "(move it to tenants/<team>/profiles.yaml, or delete it)"
)


@pytest.mark.parametrize(
    ("change", "path", "told"),
    [
        (_remove_file, "tenants/growth", _MISSING),
        (_add_notes, "tenants/growth/notes.md", _UNEXPECTED),
        (_add_folder, "tenants/growth/models", _UNEXPECTED),
        (_link_file, "tenants/growth/profiles.yaml", _LINK),
        (_link_nowhere, "tenants/growth/profiles.yaml", _LINK),
        (_mark_executable, "tenants/growth/profiles.yaml", _EXECUTABLE),
        (_make_folder_of_file, "tenants/growth/profiles.yaml", _IRREGULAR),
        (_make_pipe_of_file, "tenants/growth/profiles.yaml", _IRREGULAR),
        (_link_folder, "tenants/alias", _LINK),
        (_add_file_beside, "tenants/profiles.yaml", _STRAY),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_anything_else_is_a_finding_with_a_cure(
    tmp_path: Path, change: Callable[[Path], None], path: str, told: str
) -> None:
    root = make_repository(tmp_path / "platform", growth=smallest("churn"))
    change(root / "tenants" / "growth")
    assert _lines(root) == [f"{path}: {told}"]


def test_a_file_that_may_not_be_read_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "platform", growth=smallest("churn"))
    really_open = os.open

    def refuse(path: str, flags: int, *rest: int) -> int:
        if str(path).endswith("growth/profiles.yaml"):
            raise PermissionError(13, "Permission denied", str(path))
        return really_open(path, flags, *rest)

    monkeypatch.setattr(os, "open", refuse)
    told = (
        "unreadable-file: the file cannot be read: Permission denied "
        "(make it a regular file that you may read)"
    )
    assert _lines(root) == [f"tenants/growth/profiles.yaml: {told}"]


def test_a_note_beside_the_teams_is_welcome(tmp_path: Path) -> None:
    """Git keeps no empty folder, and a README.md says what the folder is for."""
    root = make_repository(tmp_path / "platform", growth=smallest("churn"))
    (root / "tenants" / "README.md").write_text("One folder a team.\n", encoding="utf-8")
    assert not render(root).failed
    assert (root / "build/prod/tenants/growth/churn.yaml").is_file()


def test_a_platform_without_any_tenant_is_one(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "platform")
    shutil.rmtree(root / "tenants", ignore_errors=True)
    outcome = render(root)
    assert (outcome.failed, outcome.tenants) == (False, 0)
