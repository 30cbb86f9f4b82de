"""The dashboard shows the company's name, colors and links, and is the page that was looked at."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.repository import (
    CLUSTERS,
    GLOBAL_CLUSTER,
    ROOT,
    Files,
    lay_own,
    manifests,
    rendered,
    vary,
)

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

_APP = "kubeflow-dashboard"
_PAGE = f"{layout.rendered_app_folder(_APP)}/page.yaml"
_SERVED = "/usr/src/app/dist/public/index.html"


def _page(trees: Files, cluster: str) -> str:
    (found,) = manifests(trees[f"{cluster}/{_PAGE}"])
    return str(found["data"]["index.html"])


def _patches(trees: Files, cluster: str, kind: str) -> list[dict[str, Any]]:
    """Return what our patches change of the objects of a kind."""
    (application,) = manifests(trees[f"{cluster}/{layout.rendered_app(_APP)}"])
    return [
        yaml.safe_load(patch["patch"])
        for source in application["spec"]["sources"]
        for patch in source.get("kustomize", {}).get("patches", [])
        if patch["target"]["kind"] == kind
    ]


def _mounting(trees: Files, cluster: str) -> dict[str, Any]:
    """Return the pod template that the page is mounted in."""
    (found,) = (
        patch["spec"]["template"]
        for patch in _patches(trees, cluster, "Deployment")
        if "template" in patch["spec"]
    )
    return dict(found)


def _links(trees: Files, cluster: str) -> dict[str, Any]:
    (found,) = (
        json.loads(patch["data"]["links"])
        for patch in _patches(trees, cluster, "ConfigMap")
        if "links" in patch["data"]
    )
    return dict(found)


def test_the_page_is_that_of_the_dashboard_that_runs() -> None:
    """Another version may need another page: build it, compare dist/public/index.html."""
    text = (ROOT / layout.app_file(_APP, f"{layout.MANIFESTS}/page.yaml")).read_text("utf-8")
    found = re.search(r"kubeflow/dashboard (v\S+)", text)
    assert found is not None
    known = json.loads((ROOT / layout.app_file(_APP, layout.UPSTREAM_FILE)).read_bytes())
    assert known["images"] == [f"ghcr.io/kubeflow/dashboard/dashboard:{found[1]}"]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_page_takes_the_place_of_the_one_in_the_image(own_trees: Files, cluster: str) -> None:
    pod = _mounting(own_trees, cluster)["spec"]
    (volume,) = pod["volumes"]
    (mount,) = pod["containers"][0]["volumeMounts"]
    (page,) = manifests(own_trees[f"{cluster}/{_PAGE}"])
    assert volume == {"name": mount["name"], "configMap": {"name": page["metadata"]["name"]}}
    assert (mount["mountPath"], [mount["subPath"]]) == (_SERVED, list(page["data"]))
    assert mount["readOnly"] is True


def test_name_and_colors_are_the_companys_and_restart_the_pods(
    own_trees: Files, tmp_path: Path
) -> None:
    """A file mounted alone does not change in a pod that runs."""
    vary(
        lay_own(tmp_path) / layout.PLATFORM_FACTS,
        company__name="O'Hara & Sons",
        company__colors={"menu": "#00ff01", "accent": "#00ff02"},
    )
    before, after = own_trees, rendered(tmp_path)
    page = _page(after, GLOBAL_CLUSTER)
    assert "<title>O'Hara & Sons ML platform</title>" in page
    assert "--primary-background-color: #00ff01; --accent-color: #00ff02;" in page
    assert '<meta name="theme-color" content="#00ff01">' in page
    annotations = [
        _mounting(trees, GLOBAL_CLUSTER)["metadata"]["annotations"] for trees in (before, after)
    ]
    assert annotations[0] != annotations[1]


def test_the_companys_pages_are_in_the_menu(own_trees: Files) -> None:
    links = yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_text("utf-8")).get("links", {})
    for cluster in CLUSTERS:
        found = _links(own_trees, cluster)
        domain = yaml.safe_load(
            (ROOT / layout.cluster_file(cluster, layout.CLUSTER_FILE)).read_text("utf-8")
        )["domain"]
        shown = {each["link"] for each in found["externalLinks"]}
        assert f"https://argocd.{domain}" in shown
        assert {links[name] for name in ("support", "costs", "tekton") if name in links} <= shown
        documented = {each["link"] for each in found["documentationItems"]}
        assert {links[name] for name in ("documentation",) if name in links} <= documented
