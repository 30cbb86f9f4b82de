"""What is backed up is what Git does not hold: no more, and nothing that nobody knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.repository import CLUSTERS, ROOT, Files, manifests

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path


#: Resources of Kubernetes itself and of Azure's driver for disks.
_OF_THE_CLUSTER = {
    "configmaps",
    "persistentvolumeclaims",
    "volumesnapshots.snapshot.storage.k8s.io",
}


@pytest.fixture(params=CLUSTERS)
def cluster(request: pytest.FixtureRequest) -> str:
    """Return the name of a cluster."""
    return str(request.param)


@pytest.fixture
def values(own_trees: Files, cluster: str) -> dict[str, Any]:
    """Return what the chart is told on a cluster."""
    (application,) = manifests(own_trees[f"{cluster}/{layout.rendered_app('velero')}"])
    found = application["spec"]["sources"][0]["helm"]["valuesObject"]
    assert isinstance(found, dict)
    return found


def _template(values: dict[str, Any], schedule: str) -> dict[str, Any]:
    template = values["schedules"][schedule]["template"]
    assert isinstance(template, dict)
    return template


def test_every_kind_that_is_backed_up_is_one_that_an_app_brings(values: dict[str, Any]) -> None:
    brought = {
        f"{each['resource']}.{kind.partition('/')[0]}"
        for path in ROOT.glob(f"{layout.APPS}/*/{layout.UPSTREAM_FILE}")
        for kind, each in json.loads(path.read_bytes()).get("definitions", {}).items()
    }
    kinds = {
        kind
        for schedule in values["schedules"]
        for kind in _template(values, schedule)["includedNamespaceScopedResources"]
    }
    assert kinds - brought == _OF_THE_CLUSTER


def test_no_secret_is_backed_up(values: dict[str, Any]) -> None:
    """Backups lie in a store in clear, and a key vault has them anyway."""
    for schedule in values["schedules"]:
        template = _template(values, schedule)
        assert "secrets" not in template["includedNamespaceScopedResources"]
        # All kinds that no list names, Secrets among them, would be backed up with either of these.
        assert not template.keys() & {"includedResources", "excludedResources"}


def test_what_holds_the_platform_is_left_to_git(
    values: dict[str, Any], own_trees: Files, cluster: str
) -> None:
    """All namespaces of apps, so that restoring teams' work brings no old platform back."""
    excluded = _template(values, "teams")["excludedNamespaces"]
    placed = {
        application["spec"]["destination"]["namespace"]
        for path, content in own_trees.items()
        if path.startswith(f"{cluster}/{layout.PLATFORM_APPLICATIONS}/")
        for application in manifests(content)
    }
    argo_cd = yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_bytes())["gitops"]["namespace"]
    assert placed - set(excluded) <= {argo_cd, "default"}


def test_the_disks_of_kubeflow_that_are_kept_on_purpose_are_backed_up(
    values: dict[str, Any],
) -> None:
    """What Argo CD may not prune because data would be lost is worth a backup as well."""
    kept = [
        path.parent.name
        for path in ROOT.glob(f"{layout.APPS}/*/{layout.APP_FILE}")
        if any(
            patch["target"]["kind"] == "PersistentVolumeClaim"
            for patch in yaml.safe_load(path.read_bytes()).get("patches", ())
        )
    ]
    namespaces = {
        yaml.safe_load((ROOT / layout.app_file(app)).read_bytes())["namespace"] for app in kept
    }
    template = _template(values, "kubeflow")
    assert namespaces == set(template["includedNamespaces"])
    assert "persistentvolumeclaims" in template["includedNamespaceScopedResources"]


def test_velero_signs_in_as_itself_and_holds_no_key(
    values: dict[str, Any], own_root: Path, cluster: str
) -> None:
    outputs = yaml.safe_load((own_root / layout.cluster_file(cluster, "outputs.yaml")).read_bytes())
    assert values["credentials"] == {"useSecret": False}
    assert values["podLabels"]["azure.workload.identity/use"] == "true"
    annotations = values["serviceAccount"]["server"]["annotations"]
    assert annotations["azure.workload.identity/client-id"] == outputs["identities"]["velero"]
    (location,) = values["configuration"]["backupStorageLocation"]
    assert location["bucket"] == outputs["backup"]["container"]
    assert location["prefix"] == cluster
    # With a storage key instead of a token, whoever reads it could delete every backup.
    assert location["config"]["useAAD"] == "true"


def test_a_disk_outlives_the_object_that_stands_for_its_copy(
    values: dict[str, Any], own_trees: Files, cluster: str
) -> None:
    folder = f"{cluster}/{layout.rendered_app_folder('velero')}/"
    (snapshots,) = (
        each
        for path, content in own_trees.items()
        if path.startswith(folder)
        for each in manifests(content)
        if each["kind"] == "VolumeSnapshotClass"
    )
    assert snapshots["deletionPolicy"] == "Retain"
    assert snapshots["metadata"]["labels"] == {"velero.io/csi-volumesnapshot-class": "true"}
    assert values["configuration"]["features"] == "EnableCSI"
