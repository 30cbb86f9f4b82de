"""What docs/apps.md tells of four changes is what checks say of them, and what a render writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.cases import validate
from tests.repository import CLUSTERS, GLOBAL_CLUSTER, ROOT, Files, lay_own, rendered, vary

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PAGE = (ROOT / "docs" / "apps.md").read_text("utf-8")
_SECTION = re.compile(r"^## What a change becomes\n(.*?)^## ", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_VERSION = re.compile(r"\b\d+(\.\d+)+\b")
_MOVED = "external-secrets"
_DROPPED = "opencost"
_NEEDED = "crossplane"
_ADDED = "greeting"


def _without_versions(text: str) -> str:
    """Leave out what a bump of the example changes in its messages."""
    return _VERSION.sub("N", text)


def _shown() -> list[str]:
    """Return the message of each block, with the global cluster as it is called here."""
    section = _SECTION.search(_PAGE)
    assert section is not None
    text = section[1].replace("on cluster prod ", f"on cluster {GLOBAL_CLUSTER} ")
    return [_without_versions(block.splitlines()[0]) for block in _BLOCK.findall(text)]


def _app(root: Path, name: str) -> Path:
    return root / layout.app_file(name)


def _move(root: Path, *names: str) -> None:
    old = yaml.safe_load(_app(root, _MOVED).read_bytes())["helm"]["version"]
    for name in (layout.APP_FILE, *names):
        path = root / layout.app_file(_MOVED, name)
        path.write_text(path.read_text("utf-8").replace(old, "98.7.6"), "utf-8")


def _inspected(root: Path) -> None:
    """Move the version, and write what `tenantry inspect` would, had only the version moved."""
    _move(root, layout.UPSTREAM_FILE)


def _add_uninspected(root: Path) -> None:
    source = {"repository": "https://charts.example.com", "chart": _ADDED, "version": "1.2.3"}
    _write(root, {"helm": source})


def _add(root: Path) -> None:
    _write(root, {"local": True, "clusterKinds": ["Namespace"]})
    keep = {
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
        "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
    }
    metadata = {"name": _ADDED, "annotations": keep}
    path = root / layout.app_file(_ADDED, f"{layout.MANIFESTS}/namespace.yaml")
    path.parent.mkdir()
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    path.write_text(yaml.safe_dump(namespace), "utf-8")


def _drop_needed(root: Path) -> None:
    vary(_app(root, _NEEDED), clusters=[])


def _write(root: Path, source: dict[str, object]) -> None:
    _app(root, _ADDED).parent.mkdir()
    app = {"description": "Greets whoever asks.", "namespace": _ADDED, **source}
    _app(root, _ADDED).write_text(yaml.safe_dump(app, sort_keys=False), "utf-8")


CHANGES = (_move, _inspected, _add_uninspected, _drop_needed)


@pytest.mark.parametrize("number", range(len(CHANGES)), ids=[each.__name__ for each in CHANGES])
def test_a_change_is_answered_as_the_page_shows(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    CHANGES[number](lay_own(tmp_path))
    said = [_without_versions(line) for line in validate(tmp_path, capsys).lines]
    assert len(_shown()) == len(CHANGES)
    assert _shown()[number] in said


def _differing(root: Path, before: Files, change: Callable[[Path], object]) -> set[str]:
    change(root)
    after = rendered(root)
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}


def test_another_version_changes_one_file_a_cluster(own_trees: Files, tmp_path: Path) -> None:
    found = _differing(lay_own(tmp_path), own_trees, _inspected)
    assert found == {f"{cluster}/{layout.rendered_app(_MOVED)}" for cluster in CLUSTERS}


def test_another_domain_changes_its_cluster_alone(own_trees: Files, tmp_path: Path) -> None:
    file = lay_own(tmp_path) / layout.cluster_file(GLOBAL_CLUSTER, layout.CLUSTER_FILE)
    found = _differing(tmp_path, own_trees, lambda _: vary(file, domain="ml.other.example.net"))
    assert {path.partition("/")[0] for path in found} == {GLOBAL_CLUSTER}


def test_one_app_more_changes_who_knows_the_platforms_namespaces(
    own_trees: Files, tmp_path: Path
) -> None:
    found = _differing(lay_own(tmp_path), own_trees, _add)
    policies = f"{layout.rendered_app_folder('admission-policies')}/"
    old = {path.partition("/")[2] for path in found if path in own_trees}
    assert {path for path in old if not path.startswith(policies)} == {
        layout.PROJECTS,
        layout.rendered_app("velero"),
    }


def test_one_app_less_takes_its_own_files_alone(own_trees: Files, tmp_path: Path) -> None:
    lay_own(tmp_path)
    found = _differing(tmp_path, own_trees, lambda root: vary(_app(root, _DROPPED), clusters=[]))
    own = (layout.rendered_app(_DROPPED), f"{layout.rendered_app_folder(_DROPPED)}/")
    assert found
    assert [path for path in found if not path.partition("/")[2].startswith(own)] == []
