"""Promises about docs/secrets.md: who fills what it lists has filled all that clusters ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.repository import CLUSTERS, GLOBAL_CLUSTER, ROOT, Files, lay, manifests

from tenantry import layout
from tenantry.workspace.generated import generated_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROW = re.compile(r"^\| `([^`]+)` \| (.*) \|$", re.MULTILINE)
_WORDS = ("purpose", "filled-by", "without-it")


def _rows(page: str) -> dict[str, list[str]]:
    """Return the cells of each row, by key or Secret."""
    return {name: cells.split(" | ") for name, cells in _ROW.findall(page)}


def _rendered(trees: Files) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what a row must be for: key or Secret, cluster, and the object that asks."""
    for path, content in trees.items():
        cluster, _, inner = path.partition("/")
        if not inner.startswith(f"{layout.RENDERED_APPS}/"):
            continue
        for each in manifests(content):
            if each["kind"] == "ExternalSecret":
                place = f"{each['metadata']['namespace']}/{each['spec']['target']['name']}"
                keys = [item["remoteRef"]["key"] for item in each["spec"].get("data", ())]
                for name in keys or [place]:
                    yield name, cluster, each


def test_the_page_lists_exactly_what_clusters_ask_for(own_trees: Files) -> None:
    rows = _rows((ROOT / layout.SECRETS_PAGE).read_text("utf-8"))
    asked = list(_rendered(own_trees))
    assert len(rows) > 5
    assert rows.keys() == {name for name, _, _ in asked}
    for name, cluster, each in asked:
        cells = rows[name]
        for word in _WORDS:
            said = " ".join(each["metadata"]["annotations"][f"tenantry.dev/{word}"].split())
            assert said in " | ".join(cells), (name, word)
        assert cluster in cells[-1] or cells[-1] == "all", name


_APP = """\
description: An app
namespace: external-secrets
local: true
"""
_MANIFEST = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: example
  namespace: external-secrets
  labels: {tenantry.dev/secret: platform}
  annotations:
    tenantry.dev/purpose: An example.
    tenantry.dev/filled-by: somebody
    tenantry.dev/without-it: Nothing breaks.
spec:
  dataFrom:
    - extract: {key: platform-example}
"""


@pytest.mark.parametrize(
    ("clusters", "shown"),
    [
        ("", "all"),
        (f"clusters: [{GLOBAL_CLUSTER}]", GLOBAL_CLUSTER if len(CLUSTERS) > 1 else "all"),
        (f"clusters: [{', '.join(CLUSTERS)}]", "all"),
    ],
)
def test_a_secret_is_listed_for_the_clusters_of_its_app(
    clusters: str, shown: str, tmp_path: Path
) -> None:
    assert _cells(tmp_path, clusters) == [
        "An example.",
        "`external-secrets/example` ([example](components.md#example))",
        "somebody",
        "Nothing breaks.",
        shown,
    ]


def test_a_secret_of_a_retired_app_is_not_listed(tmp_path: Path) -> None:
    assert _cells(tmp_path, "clusters: []") == []


def _cells(root: Path, clusters: str) -> list[str]:
    """Return the row of one more secret in a copy of this repository."""
    lay(root, ROOT)
    manifest = root / layout.app_file("example", f"{layout.MANIFESTS}/secret.yaml")
    manifest.parent.mkdir(parents=True)
    manifest.write_text(_MANIFEST, "utf-8")
    (root / layout.app_file("example")).write_text(f"{_APP}{clusters}\n", "utf-8")
    findings, files = generated_files(root)
    assert findings == []
    return _rows(files[layout.SECRETS_PAGE]).get("platform-example", [])
