"""What a change of the sources changes in the trees: exactly its own files, and only once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.repository import (
    Files,
    entries,
    files,
    make_repository,
    render,
    rendered,
    several_clusters,
    smallest,
    write_tenants,
)

from tenantry import layout
from tenantry.workspace.files import TEMPORARY, WorkspaceError
from tenantry.workspace.tree import Tally

if TYPE_CHECKING:
    from pathlib import Path


def _of(tenant: str, cluster: str, *namespaces: str) -> set[str]:
    paths = {layout.rendered_delivery(tenant)}
    paths |= {layout.rendered_namespace(tenant, namespace) for namespace in namespaces}
    return {f"{cluster}/{path}" for path in paths}


def _differing(left: Files, right: Files) -> set[str]:
    return {path for path in left | right if left.get(path) != right.get(path)}


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a rendered repository of two tenants."""
    root = make_repository(tmp_path / "platform", growth=smallest("churn"), vision=smallest("eyes"))
    rendered(root)
    return root


def test_a_new_team_changes_only_its_own_files_in_every_tree(tmp_path: Path) -> None:
    """On several clusters, beside other teams; and leaving takes exactly those files away."""
    root = several_clusters(tmp_path / "platform")
    before = rendered(root)
    write_tenants(root, {"newcomers": smallest("first-try")})
    after = rendered(root)
    assert _differing(before, after) == _of("newcomers", "prod", "first-try")
    shutil.rmtree(root / layout.tenant_folder("newcomers"))
    assert rendered(root) == before
    assert not (root / "build" / "prod" / "tenants" / "newcomers").exists()


def test_a_new_team_on_all_clusters_changes_only_its_own_files_in_each(tmp_path: Path) -> None:
    root = several_clusters(tmp_path / "platform")
    before = rendered(root)
    both = smallest("first-try") + "  clusters:\n    - dev\n    - prod\n"
    write_tenants(root, {"newcomers": both})
    dev, prod = (_of("newcomers", cluster, "first-try") for cluster in ("dev", "prod"))
    assert _differing(before, rendered(root)) == dev | prod


def test_a_renamed_project_takes_its_file_along(root: Path) -> None:
    before = files(root / "build")
    write_tenants(root, {"growth": smallest("uplift")})
    outcome = render(root)
    assert outcome.tally == Tally(written=1, unchanged=len(before) - 1, removed=1)
    after = files(root / "build")
    assert set(before) - set(after) == {"prod/tenants/growth/churn.yaml"}
    assert set(after) - set(before) == {"prod/tenants/growth/uplift.yaml"}


def test_a_renamed_team_takes_its_folder_along(root: Path) -> None:
    before = files(root / "build")
    (root / "tenants" / "growth").rename(root / "tenants" / "retention")
    after = rendered(root)
    assert _differing(before, after) == _of("growth", "prod", "churn") | _of(
        "retention", "prod", "churn"
    )
    assert "prod/tenants/growth" not in entries(root / "build")


def test_a_project_that_leaves_production_loses_that_file_only(root: Path) -> None:
    before = files(root / "build")
    production = smallest("churn") + "  tier: ml-product\n  production: true\n"
    write_tenants(root, {"growth": production})
    assert "prod/tenants/growth/churn-prod.yaml" in rendered(root)
    write_tenants(root, {"growth": smallest("churn")})
    assert rendered(root) == before


def test_a_second_render_writes_nothing(root: Path) -> None:
    before = _stamps(root / "build")
    outcome = render(root)
    assert outcome.tally == Tally(written=0, unchanged=len(before), removed=0)
    assert _stamps(root / "build") == before


def test_a_change_leaves_the_other_files_untouched(root: Path) -> None:
    """Not even rewritten with the same bytes."""
    before = _stamps(root / "build")
    write_tenants(root, {"growth": smallest("churn").replace("jane", "joan")})
    render(root)
    after = _stamps(root / "build")
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"prod/tenants/growth/churn.yaml"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tenants/vision/profiles.yaml", smallest("eyes").replace("admins", "admin")),
        ("tenants/vision/profiles.yaml", "profiles: ["),
        ("tenants/vision/profiles.yaml", smallest("uplift")),
        ("tenants/zoo/profiles.yaml", smallest("Zebra")),
        ("clusters/platform.yaml", "{}"),
        ("clusters/prod/cluster.yaml", "x: 1"),
        ("clusters/prod/release.yaml", "revision: yesterday"),
        ("apps/claim-cache/app.yaml", "description: 1"),
    ],
)
def test_one_wrong_file_means_that_nothing_is_written(root: Path, path: str, text: str) -> None:
    """Also where other files changed, are new or are gone: not a byte, not a time stamp."""
    before, stamps = files(root / "build"), _stamps(root / "build")
    write_tenants(root, {"growth": smallest("uplift"), "new": smallest("fresh")})
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
    outcome = render(root)
    assert outcome.failed
    assert outcome.tally == Tally()
    assert files(root / "build") == before
    assert _stamps(root / "build") == stamps


def test_a_wrong_file_makes_no_output_folder(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "platform", growth="profiles: 1\n")
    assert render(root).failed
    assert not (root / "build").exists()


@pytest.mark.parametrize(
    "stale",
    [
        "prod/tenants/growth/gone.yaml",
        "prod/tenants/gone/churn.yaml",
        "prod/applications/tenants/gone.yaml",
        "prod/applications/platform/gone.yaml",
        "prod/apps/gone/xrd.yaml",
        "prod/apps/claim-cache/gone.yaml",
        "gone/tenants/growth/churn.yaml",
    ],
)
def test_what_is_no_longer_rendered_is_removed(root: Path, stale: str) -> None:
    before, known = files(root / "build"), entries(root / "build")
    path = root / "build" / stale
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# Generated from elsewhere by tenantry; do not edit.\n", encoding="utf-8")
    assert render(root).tally.removed == 1
    assert files(root / "build") == before
    assert entries(root / "build") == known


@pytest.mark.parametrize(
    "foreign",
    [
        "prod/tenants/growth/notes.txt",
        "prod/tenants/gone/notes.txt",
        "prod/applications/mine.yaml",
        "prod/mine.yaml",
        "mine/notes.txt",
    ],
)
def test_a_file_that_no_render_wrote_stops_the_render(root: Path, foreign: str) -> None:
    path = root / "build" / foreign
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# The only copy of my notes\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="was not written by tenantry"):
        render(root)
    assert path.read_text("utf-8") == "# The only copy of my notes\n"


def test_a_link_in_the_tree_is_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.yaml").write_text("# Generated from x\n", encoding="utf-8")
    (root / "build" / "prod" / "tenants" / "gone").symlink_to(outside)
    with pytest.raises(WorkspaceError, match="was not written by tenantry"):
        render(root)
    assert (outside / "x.yaml").exists()


def test_a_file_that_a_crash_left_half_written_is_removed(root: Path) -> None:
    before = files(root / "build")
    for folder in ("prod/tenants/growth", "prod/applications/tenants", "prod/applications"):
        (root / "build" / folder / f"x.yaml{TEMPORARY}").write_text("half", encoding="utf-8")
    assert rendered(root) == before


def test_one_cluster_alone_leaves_the_trees_of_others(tmp_path: Path) -> None:
    root = several_clusters(tmp_path / "platform")
    before = rendered(root)
    both = smallest("first-try") + "  clusters:\n    - dev\n    - prod\n"
    write_tenants(root, {"newcomers": both})
    after = rendered(root, clusters=("dev",))
    assert _differing(before, after) == _of("newcomers", "dev", "first-try")


def test_a_repository_without_tenants_renders_the_platform(tmp_path: Path) -> None:
    """And what the last tenant had goes with it."""
    root = make_repository(tmp_path / "platform")
    before = rendered(root)
    assert "prod/applications/root.yaml" in before
    write_tenants(root, {"growth": smallest("churn")})
    assert set(rendered(root)) - set(before) == _of("growth", "prod", "churn")
    shutil.rmtree(root / "tenants" / "growth")
    assert rendered(root) == before
