"""What Crossplane's providers are told goes together: kinds, configurations, accounts, clusters."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.repository import ROOT, Files, manifests

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Groups of what providers keep: those of the generation that stands in namespaces.
_MANAGED = re.compile(r"(?P<group>[a-z]+\.(?:azure|azuread|github)\.m\.upbound\.io)/v[0-9a-z]+\Z")

#: How Crossplane calls the family where it installs it by itself, because a member asks for it.
_DEPENDENCY = "crossplane-contrib-provider-family-azure"


@pytest.fixture(scope="module")
def clusters(own_trees: Files) -> dict[str, list[dict[str, Any]]]:
    """Return every object of each cluster."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, content in own_trees.items():
        found[path.partition("/")[0]] += manifests(content)
    return found


def _of_kind(objects: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    return (each for each in objects if each["kind"] == kind)


def _managed(objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object that a provider keeps, with the name of its definition."""
    for each in objects:
        found = _MANAGED.match(each["apiVersion"])
        if found is not None:
            yield f"{each['kind'].lower()}s.{found['group']}", each


def test_every_kind_that_a_provider_keeps_is_activated(
    clusters: dict[str, list[dict[str, Any]]],
) -> None:
    """Without a policy that names it, Crossplane does not even define the kind."""
    for cluster, objects in clusters.items():
        active = {
            name
            for policy in _of_kind(objects, "ManagedResourceActivationPolicy")
            for name in policy["spec"]["activate"]
        }
        used = {name for name, _ in _managed(objects)}
        if (ROOT / layout.cluster_file(cluster, layout.OUTPUTS_FILE)).exists():
            assert used, cluster
        assert used - active == set(), cluster


def test_every_object_names_a_configuration_that_its_cluster_has(
    clusters: dict[str, list[dict[str, Any]]],
) -> None:
    for cluster, objects in clusters.items():
        known = {
            (each["apiVersion"].partition("/")[0], each["metadata"]["name"])
            for each in _of_kind(objects, "ClusterProviderConfig")
        }
        for name, each in _managed(objects):
            reference = each["spec"]["providerConfigRef"]
            provider = name.split(".", 2)[2]
            assert reference["kind"] == "ClusterProviderConfig"
            assert (provider, reference["name"]) in known, (cluster, name)


def test_what_exists_once_in_the_world_has_one_keeper(
    clusters: dict[str, list[dict[str, Any]]],
) -> None:
    """Two clusters that keep one group or repository would undo each other's changes."""
    facts = (ROOT / layout.CLUSTERS).glob(f"*/{layout.CLUSTER_FILE}")
    (owner,) = [
        each.parent.name for each in facts if yaml.safe_load(each.read_bytes()).get("global")
    ]
    kept = defaultdict(set)
    for cluster, objects in clusters.items():
        for each in _of_kind(objects, "ClusterProviderConfig"):
            kept[each["apiVersion"].partition("/")[0]].add(cluster)
    assert kept["azuread.m.upbound.io"] == kept["github.m.upbound.io"] == {owner}
    assert kept["azure.m.upbound.io"] == set(clusters)


def test_every_provider_runs_as_an_account_of_its_app_at_the_strictest_level(
    clusters: dict[str, list[dict[str, Any]]],
) -> None:
    """Another account's name would make one that no cloud believes, and nobody would be told."""
    for objects in clusters.values():
        accounts = {each["metadata"]["name"] for each in _of_kind(objects, "ServiceAccount")}
        runtimes = {
            each["metadata"]["name"]: each["spec"]["deploymentTemplate"]["spec"]["template"]["spec"]
            for each in _of_kind(objects, "DeploymentRuntimeConfig")
        }
        for provider in _of_kind(objects, "Provider"):
            pod = runtimes[provider["spec"]["runtimeConfigRef"]["name"]]
            (container,) = pod["containers"]
            assert pod["serviceAccountName"] in accounts
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert container["name"] == "package-runtime"
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert not container["securityContext"]["allowPrivilegeEscalation"]


def test_a_provider_finds_its_token_where_its_configuration_says(
    clusters: dict[str, list[dict[str, Any]]],
) -> None:
    for objects in clusters.values():
        mounted = {
            f"{mount['mountPath']}/{source['serviceAccountToken']['path']}"
            for runtime in _of_kind(objects, "DeploymentRuntimeConfig")
            for pod in [runtime["spec"]["deploymentTemplate"]["spec"]["template"]["spec"]]
            for mount in pod["containers"][0].get("volumeMounts", ())
            for source in pod["volumes"][0]["projected"]["sources"]
        }
        read = {
            each["spec"]["oidcTokenFilePath"]
            for each in _of_kind(objects, "ClusterProviderConfig")
            if each["spec"]["credentials"]["source"] == "OIDCTokenFile"
        }
        assert read == mounted


def test_providers_are_pinned_kept_and_of_one_version_a_family(
    clusters: dict[str, list[dict[str, Any]]],
) -> None:
    for objects in clusters.values():
        family = set()
        for provider in _of_kind(objects, "Provider"):
            package, _, version = provider["spec"]["package"].partition(":")
            assert re.fullmatch(r"v[0-9]+\.[0-9]+\.[0-9]+", version), package
            options = provider["metadata"]["annotations"]["argocd.argoproj.io/sync-options"]
            assert options == "Prune=false,Delete=false"
            if re.search(r"/provider-(family-)?azure(-|\Z)", package):
                family.add(version)
        assert len(family) == 1


def test_a_family_goes_before_its_members(clusters: dict[str, list[dict[str, Any]]]) -> None:
    """Otherwise Crossplane installs it by itself, without an account that any cloud believes."""
    for objects in clusters.values():
        early = {
            each["metadata"]["name"]
            for each in _of_kind(objects, "Provider")
            if "argocd.argoproj.io/sync-wave" not in each["metadata"]["annotations"]
            and "azure" in each["spec"]["package"].replace("azuread", "")
        }
        assert early == {_DEPENDENCY}
