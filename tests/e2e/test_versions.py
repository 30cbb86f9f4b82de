"""Where something else runs here than on a cluster, a person who reads the output learns of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.e2e.versions import Component, StaleNoteError, components
from tests.repository import ROOT

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what names versions."""
    for part in (layout.CLUSTERS, layout.APPS, layout.UPSTREAM, layout.BINARIES):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def test_every_version_that_differs_is_named() -> None:
    """Of this repository: what runs here ahead of a cluster, or behind."""
    found = list(components(ROOT))
    ahead, behind = "Kubernetes", "github.com/external-secrets/external-secrets"
    # What AKS brings to a cluster, with no app.
    of_the_cluster = "github.com/kubernetes-csi/external-snapshotter/client/v8"
    assert {each.name for each in found if each.differs} == {ahead, behind, of_the_cluster}
    assert any(each.name == "istio.io/api" and not each.differs for each in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        (
            "apps/crossplane/app.yaml",
            "version: 2.3.4",
            "version: 2.4.0",
            "github.com/crossplane/crossplane/v2 v2.3.4: apps/crossplane/app.yaml installs 2.4.0",
        ),
        (
            "clusters/dev/cluster.yaml",
            'kubernetesVersion: "1.35"',
            'kubernetesVersion: "1.34"',
            "Kubernetes v1.36.3: clusters/dev/cluster.yaml installs 1.34",
        ),
    ],
)
def test_a_version_that_moves_shows(copy: Path, file: str, old: str, new: str, line: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    assert line in [str(each) for each in components(copy) if each.differs]


def test_a_note_about_another_commit_is_refused(copy: Path) -> None:
    path = copy / "apps/istio-crds/app.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("revision: 9fca", "revision: 0000"), encoding="utf-8")
    with pytest.raises(StaleNoteError, match=r"istio\.io/api is in 9fca80cba541"):
        list(components(copy))


@pytest.mark.parametrize(
    ("here", "there", "differs"),
    [
        ("v1.36.3", "1.36", False),
        ("v1.36.3", "1.36.3", False),
        ("v1.36.3", "1.3", True),
        ("v1.36.3", "1.36.4", True),
        ("v0.20.4", "", True),
    ],
)
def test_a_version_is_compared_as_far_as_it_is_named(
    here: str, there: str, *, differs: bool
) -> None:
    assert Component("x", here, there, "file").differs is differs
