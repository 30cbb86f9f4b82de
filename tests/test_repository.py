"""Promises about everything that is rendered, and about the files of this repository."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML
from tests.repository import ROOT, Files, manifests

from tenantry import layout
from tenantry.manifest import identity

#: Tree with cluster, path in the tree, object.
Placed = tuple[str, str, dict[str, Any]]

#: Every kind that is rendered, and where its version was read.
KINDS = {
    ("v1", "ConfigMap"): "Kubernetes 1.36",
    ("v1", "LimitRange"): "Kubernetes 1.36",
    ("v1", "Namespace"): "Kubernetes 1.36",
    ("v1", "ResourceQuota"): "Kubernetes 1.36",
    ("v1", "ServiceAccount"): "Kubernetes 1.36",
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"): "Kubernetes 1.36",
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"): "Kubernetes 1.36",
    ("networking.k8s.io/v1", "NetworkPolicy"): "Kubernetes 1.36",
    ("policy/v1", "PodDisruptionBudget"): "Kubernetes 1.36",
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): "Kubernetes 1.36",
    ("kubeflow.org/v1", "Profile"): "kubeflow/dashboard v2.0.0, profile-controller",
    ("kubeflow.org/v1alpha1", "PodDefault"): "kubeflow/dashboard v2.0.0, poddefaults-webhooks",
    ("security.istio.io/v1", "AuthorizationPolicy"): "Istio 1.30.1",
    ("security.istio.io/v1", "PeerAuthentication"): "Istio 1.30.1",
    ("networking.istio.io/v1", "DestinationRule"): "Istio 1.30.1",
    ("networking.istio.io/v1", "ServiceEntry"): "Istio 1.30.1",
    ("networking.istio.io/v1", "Sidecar"): "Istio 1.30.1",
    ("networking.istio.io/v1", "VirtualService"): "Istio 1.30.1",
    ("argoproj.io/v1alpha1", "AppProject"): "Argo CD 3.5.1",
    ("argoproj.io/v1alpha1", "Application"): "Argo CD 3.5.1",
    ("apiextensions.crossplane.io/v2", "CompositeResourceDefinition"): "Crossplane 2.3.4",
    (
        "managedidentity.azure.m.upbound.io/v1beta1",
        "FederatedIdentityCredential",
    ): "crossplane-contrib/provider-upjet-azure, apis/namespaced/managedidentity/v1beta1",
    ("pkg.crossplane.io/v1", "Provider"): "Crossplane 2.3.4",
    ("pkg.crossplane.io/v1beta1", "DeploymentRuntimeConfig"): "Crossplane 2.3.4",
    (
        "apiextensions.crossplane.io/v1alpha1",
        "ManagedResourceActivationPolicy",
    ): "Crossplane 2.3.4",
    ("azure.m.upbound.io/v1beta1", "ClusterProviderConfig"): "provider-upjet-azure 2.7.0",
    ("azuread.m.upbound.io/v1beta1", "ClusterProviderConfig"): "provider-upjet-azuread 2.4.0",
    ("github.m.upbound.io/v1beta1", "ClusterProviderConfig"): "provider-upjet-github 0.19.1",
    ("operator.tekton.dev/v1alpha1", "TektonPipeline"): "Tekton's operator 0.81.1",
    ("operator.tekton.dev/v1alpha1", "TektonTrigger"): "Tekton's operator 0.81.1",
    ("v1", "Service"): "Kubernetes 1.36",
    ("apps/v1", "DaemonSet"): "Kubernetes 1.36",
    ("apps/v1", "Deployment"): "Kubernetes 1.36",
    ("rbac.authorization.k8s.io/v1", "ClusterRole"): "Kubernetes 1.36",
    ("networking.istio.io/v1", "Gateway"): "Istio 1.30.1",
    ("networking.istio.io/v1alpha3", "EnvoyFilter"): "Istio 1.30.1",
    ("cert-manager.io/v1", "Certificate"): "cert-manager 1.20.2",
    ("cert-manager.io/v1", "ClusterIssuer"): "cert-manager 1.20.2",
    ("cert-manager.io/v1", "Issuer"): "cert-manager 1.20.2",
    ("external-secrets.io/v1", "ClusterSecretStore"): "External Secrets 2.9.0",
    ("generators.external-secrets.io/v1alpha1", "Password"): "External Secrets 2.9.0",
    ("external-secrets.io/v1", "ExternalSecret"): "External Secrets 2.9.0",
    ("external-secrets.io/v1", "SecretStore"): "External Secrets 2.9.0",
    ("kueue.x-k8s.io/v1beta2", "ClusterQueue"): "Kueue 0.19.2",
    ("kueue.x-k8s.io/v1beta2", "LocalQueue"): "Kueue 0.19.2",
    ("kueue.x-k8s.io/v1beta2", "ResourceFlavor"): "Kueue 0.19.2",
    ("monitoring.coreos.com/v1", "PodMonitor"): "Prometheus Operator 0.93.1",
    ("monitoring.coreos.com/v1", "PrometheusRule"): "Prometheus Operator 0.93.1",
    ("monitoring.coreos.com/v1", "ServiceMonitor"): "Prometheus Operator 0.93.1",
    ("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig"): "Prometheus Operator 0.93.1",
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass"): "external-snapshotter client 8.7.0",
    ("claims.tenantry.dev/v1alpha1", "Bucket"): "apps/claim-bucket",
    ("claims.tenantry.dev/v1alpha1", "Cache"): "apps/claim-cache",
    ("claims.tenantry.dev/v1alpha1", "Database"): "apps/claim-database",
}

#: Paths that exist on one machine only, and hosts of registries that a fork does not use.
_OF_A_MACHINE = re.compile(
    # /home/jovyan is where the images of notebooks keep people's files.
    rb"(?<![\w.$~}/-])/(?:root|home(?!/jovyan\b)|work|Users)/\w"
    rb"|files\.pythonhosted\.org|pypi\.org/simple|registry\.npmjs|proxy\.golang"
)

_BETWEEN = re.compile(r"^---\n", re.MULTILINE)
#: The lines of an object that say whose it is.
_WHOSE = re.compile(r"^(?:#.*|  namespace: .*|    tenantry\.dev/[a-z]+: .*)\n", re.MULTILINE)


@pytest.fixture(scope="session")
def trees(own_trees: Files, example_trees: dict[str, Files]) -> dict[str, Files]:
    """Every tree that the tests know, by name: of this repository and of the examples."""
    return {"this repository": own_trees, **example_trees}


@pytest.fixture(scope="session")
def objects(trees: dict[str, Files]) -> list[Placed]:
    """Every object, with its tree and cluster, and its path in the tree."""
    return [
        (f"{name}: {cluster}", inner, manifest)
        for name, tree in trees.items()
        for path, content in tree.items()
        for cluster, _, inner in [path.partition("/")]
        for manifest in manifests(content)
    ]


def test_every_rendered_kind_has_a_known_source(objects: list[Placed]) -> None:
    """And nothing is in the table that is not rendered."""
    found = {(manifest["apiVersion"], manifest["kind"]) for _, _, manifest in objects}
    assert found == set(KINDS)


def test_no_test_of_what_is_rendered_here_names_a_cluster_of_the_samples() -> None:
    """A fork has clusters of its own, and its tests judge those."""
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "e2e" not in path.parts and re.search(r"\bown_trees: ", text := path.read_text("utf-8"))
        for match in re.finditer(r"""["'](dev|prod)["'/]""", text)
    ]
    assert found == []


def test_no_secret_is_rendered(objects: list[Placed]) -> None:
    assert [path for _, path, manifest in objects if manifest["kind"] == "Secret"] == []


def test_what_an_external_secret_reads_says_every_default(objects: list[Placed]) -> None:
    """Argo CD compares lists as a whole: without them it would be out of sync for ever."""
    reads = [
        reference["remoteRef"]
        for _, _, manifest in objects
        if manifest["kind"] == "ExternalSecret"
        for reference in manifest["spec"].get("data", ())
    ]
    assert reads
    defaults = {"conversionStrategy", "decodingStrategy", "metadataPolicy"}
    assert [each["key"] for each in reads if not defaults <= each.keys()] == []


def test_no_object_stands_twice_in_a_cluster(objects: list[Placed]) -> None:
    found = Counter((tree, identity(manifest)) for tree, _, manifest in objects)
    assert [str(key) for key, times in found.items() if times > 1] == []


def test_a_namespaces_file_reaches_no_other_namespace(objects: list[Placed]) -> None:
    """But the egress gateway's, where the permission of the namespace itself stands."""
    for tree, path, manifest in objects:
        if not path.startswith(f"{layout.RENDERED_TENANTS}/"):
            continue
        own, found = Path(path).stem, identity(manifest)
        if found.namespace:
            permission = ("AuthorizationPolicy", f"tenant-{own}")
            assert found.namespace == own or (found.kind, found.name) == permission
        else:
            assert (found.kind, found.name) in {("Namespace", own), ("Profile", own)}, tree


def test_what_delivers_tenants_stands_in_argo_cds_namespace(objects: list[Placed]) -> None:
    kinds, namespaces = set(), set()
    for tree, path, manifest in objects:
        if path.startswith(f"{layout.APPLICATIONS}/"):
            kinds.add(manifest["kind"])
            namespaces.add((tree, identity(manifest).namespace))
    assert kinds == {"Application", "AppProject"}
    assert len(namespaces) == len({tree for tree, _ in namespaces})


def test_every_object_of_a_namespace_names_its_tenant(objects: list[Placed]) -> None:
    for _, path, manifest in objects:
        if path.startswith(f"{layout.RENDERED_TENANTS}/"):
            tenant = path.split("/")[1]
            assert manifest["metadata"]["labels"]["tenantry.dev/tenant"] == tenant, path


def test_every_file_reads_the_same_in_yaml_1_1_and_1_2(trees: dict[str, Files]) -> None:
    """Of objects that differ only in whose they are, one is read: YAML 1.2's reader is slow."""
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    shapes: dict[str, str] = {}
    for tree in trees.values():
        for content in tree.values():
            for document in _BETWEEN.split(content.decode()):
                shapes.setdefault(_WHOSE.sub("", document), document)
    text = "---\n".join(shapes.values())
    assert list(yaml.load_all(text, Loader=yaml.CSafeLoader)) == list(reader.load_all(text))


def test_generated_files_are_current() -> None:
    result = _run(sys.executable, "-m", "tenantry", "schema", "--check", "--root", str(ROOT))
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_modules_import_only_in_the_allowed_directions() -> None:
    result = _run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert result.returncode == 0, result.stdout


def test_no_file_names_a_path_or_registry_of_one_machine() -> None:
    tracked = _run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = [ROOT / name for name in tracked.stdout.split("\0") if name]
    assert paths
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in paths
        if path.is_file() and path != Path(__file__).resolve()
        for match in [_OF_A_MACHINE.search(path.read_bytes())]
        if match
    ]
    assert found == []


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, check=False, text=True, cwd=ROOT)
