"""What Tekton is told keeps teams apart, and is of one version."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.repository import ROOT, Files, manifests

from tenantry import layout

#: Each fetches what a team names with the platform's rights and network
#: (tektoncd/pipeline v1.15.0, config/resolvers/config-feature-flags.yaml).
_RESOLVERS = {"bundles", "cluster", "git", "http", "hub"}

#: Kinds of the whole cluster (tektoncd/triggers v0.37.0, config/300-*.yaml).
_OF_THE_CLUSTER = {"clusterinterceptors", "clustertriggerbindings"}


@pytest.fixture(scope="module")
def tekton(own_trees: Files) -> list[dict[str, Any]]:
    """Return every object of the app on every cluster."""
    folder = f"/{layout.rendered_app_folder('tekton')}/"
    return [each for path, text in own_trees.items() if folder in path for each in manifests(text)]


def test_nobody_fetches_a_teams_pipeline_for_it(tekton: list[dict[str, Any]]) -> None:
    """One that does reads other teams' namespaces, and hosts that the team's network refuses."""
    settings = [each["spec"] for each in tekton if each["kind"] == "TektonPipeline"]
    assert settings
    for spec in settings:
        flags = {
            **spec,
            **spec["options"]["configMaps"]["resolvers-feature-flags"]["data"],
        }
        off = {
            name for name in _RESOLVERS if flags.get(f"enable-{name}-resolver") in (False, "false")
        }
        assert off == _RESOLVERS


def test_people_get_no_kind_of_the_whole_cluster(tekton: list[dict[str, Any]]) -> None:
    roles = [each for each in tekton if each["kind"] == "ClusterRole"]
    assert roles
    for role in roles:
        named = {resource for rule in role["rules"] for resource in rule["resources"]}
        assert not named & (_OF_THE_CLUSTER | {"*"})


def test_viewers_only_look(tekton: list[dict[str, Any]]) -> None:
    (verbs,) = {
        tuple(verb for rule in each["rules"] for verb in rule["verbs"])
        for each in tekton
        if each["metadata"]["name"] == "kubeflow-tekton-view"
    }
    assert set(verbs) == {"get", "list", "watch"}


def test_every_image_of_the_operator_is_of_the_version_that_it_is_pinned_to() -> None:
    """Its folder in Git holds no images, so a change of the revision alone changes nothing."""
    app = yaml.safe_load((ROOT / layout.app_file("tekton-operator")).read_bytes())
    containers = [
        container
        for patch in app["patches"]
        if patch["target"]["kind"] == "Deployment"
        for container in patch["patch"]["spec"]["template"]["spec"]["containers"]
    ]
    images = [container["image"] for container in containers]
    settings = [each["value"] for container in containers for each in container.get("env", ())]
    versions = {text.rpartition(":")[2] for text in (*images, *settings)}
    assert versions == {app["git"]["revision"]}
