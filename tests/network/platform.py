"""The fixed small platform in which connections are judged, and its clusters.

Owns what it is made of: the facts and tenants beside this module, which no fork has to change, and
this repository's own apps of the mesh.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import yaml
from tests.network.cluster import Cluster
from tests.network.table import PLACES
from tests.network.world import HERE
from tests.repository import ROOT, lay, rendered

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

#: Apps with policies of our own.
_APPS = ("istio-crds", "istio-egress", "istio-namespace")


def clusters(folder: Path) -> dict[str, Cluster]:
    """Lay out and render the platform in a folder; return its clusters by name."""
    lay(folder, HERE / "repository")
    for app in _with_needs(*_APPS):
        path = f"{layout.APPS}/{app}"
        shutil.copytree(ROOT / path, folder / path)
    tree = rendered(folder)
    return {place.cluster: Cluster.rendered(place.cluster, tree) for place in PLACES}


def _with_needs(*apps: str) -> set[str]:
    """Return apps with all that they need."""
    found = set(apps)
    for app in apps:
        words = yaml.safe_load((ROOT / layout.app_file(app)).read_bytes())
        found |= _with_needs(*words.get("needs", []))
    return found
