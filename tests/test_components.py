"""Promises about the platform's components together: what one says, the others must not deny.

Looks at what Argo CD is given: patches and the apps' own objects. Whether a patch meets its object
in upstream's repository is not decided here, since upstream's files are not at hand.
"""

from __future__ import annotations

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
)

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Components that take the user's name from a header.
_READERS = {
    "kserve-models-web-app",
    "kubeflow-dashboard",
    "kubeflow-katib",
    "kubeflow-notebooks-web-app",
    "kubeflow-pipelines",
    "kubeflow-profiles",
    "kubeflow-tensorboards-web-app",
    "kubeflow-volumes-web-app",
}

#: Service accounts that upstream's files hold, with the app that brings them. Source: each app's
#: path, built at its revision.
_ACCOUNTS = {
    ("istio-system", "cluster-local-gateway-service-account"): "istio-cluster-local-gateway",
    ("istio-system", "istio-ingressgateway-service-account"): "istio",
    ("kubeflow", "dashboard"): "kubeflow-dashboard",
    ("kubeflow", "ml-pipeline-ui"): "kubeflow-pipelines",
    ("kubeflow", "notebook-controller-service-account"): "kubeflow-notebooks",
}

_PRINCIPAL = re.compile(r"([a-z0-9.-]+)/ns/([a-z0-9-]+)/sa/([a-z0-9-]+)")
_HEADER_KEY = re.compile(r"request\.headers\[([^]]+)]")


class Components:
    """The apps of one cluster's tree."""

    def __init__(self, tree: Files, cluster: str) -> None:
        self.cluster = cluster
        self.facts = _facts(ROOT, cluster)
        self._tree = {
            path.removeprefix(f"{cluster}/"): content
            for path, content in tree.items()
            if path.startswith(f"{cluster}/")
        }

    def names(self) -> set[str]:
        """Return the name of each app."""
        start = f"{layout.PLATFORM_APPLICATIONS}/"
        return {
            path.removeprefix(start).removesuffix(".yaml")
            for path in self._tree
            if path.startswith(start)
        }

    def parts(self, app: str) -> Iterator[Any]:
        """Yield what an app is given: its patches and values, then its own objects."""
        for application in manifests(self._tree[layout.rendered_app(app)]):
            spec = application["spec"]
            for source in spec.get("sources") or [spec["source"]]:
                for patch in source.get("kustomize", {}).get("patches", []):
                    yield yaml.safe_load(patch["patch"])
                yield source.get("helm", {}).get("valuesObject", {})
        yield from self.objects(app)

    def objects(self, app: str) -> Iterator[dict[str, Any]]:
        """Yield an app's own objects."""
        for path, content in self._tree.items():
            if path.startswith(f"{layout.rendered_app_folder(app)}/"):
                yield from manifests(content)

    def of_tenants(self, kind: str) -> Iterator[dict[str, Any]]:
        """Yield the objects of a kind in all tenants' namespaces."""
        for path, content in self._tree.items():
            if path.startswith(f"{layout.RENDERED_TENANTS}/"):
                yield from (item for item in manifests(content) if item["kind"] == kind)

    def patch(self, app: str, *way: str) -> Any:  # noqa: ANN401 - whatever stands there
        """Return what a patch of an app sets at a place."""
        for part in self.parts(app):
            here = part
            for step in way:
                here = here.get(step) if isinstance(here, dict) else None
            if here is not None:
                return here
        pytest.fail(f"{app} sets no {'.'.join(way)}")


@pytest.fixture(params=CLUSTERS)
def components(request: pytest.FixtureRequest, own_trees: Files) -> Components:
    """Return the apps of this repository's clusters."""
    return Components(own_trees, request.param)


def test_every_component_reads_the_users_name_from_the_same_header(components: Components) -> None:
    found = {app: _headers(list(components.parts(app))) for app in components.names()}
    readers = {app: headers for app, headers in found.items() if headers}
    assert readers.keys() == _READERS
    header = components.facts["identity"]["userHeader"]
    assert {name for headers in readers.values() for name in headers} == {header}


def test_every_principal_is_of_a_service_account_that_an_app_brings(
    components: Components,
) -> None:
    own = {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for app in components.names()
        for item in components.objects(app)
        if item["kind"] == "ServiceAccount"
    }
    mesh = components.facts["mesh"]
    for app in sorted(components.names()):
        for domain, namespace, name in _principals(list(components.parts(app))):
            assert domain == mesh["trustDomain"], app
            account = (namespace, name)
            assert account in own or _ACCOUNTS[account] in components.names(), app


def test_what_the_facts_say_of_identity_reaches_every_component(
    own_trees: Files, tmp_path: Path
) -> None:
    """With other facts each place that names header, mesh or gateway names the new one."""
    lay_own(tmp_path)
    old = _facts(ROOT, GLOBAL_CLUSTER)
    gateway = old["mesh"]["gateway"]
    changes = {
        f"userHeader: {old['identity']['userHeader']}": "userHeader: x-another-user",
        f"trustDomain: {old['mesh']['trustDomain']}": "trustDomain: another.mesh",
        f"name: {gateway['serviceAccount']['name']}": "name: another-gateway",
    }
    for path in (tmp_path / layout.CLUSTERS).rglob("*.yaml"):
        text = path.read_text("utf-8")
        for written, instead in changes.items():
            text = text.replace(written, instead)
        path.write_text(text, "utf-8")
    after = Components(rendered(tmp_path), GLOBAL_CLUSTER)
    before = Components(own_trees, GLOBAL_CLUSTER)
    assert after.names() == before.names()
    for app in sorted(before.names()):
        was, now = list(before.parts(app)), list(after.parts(app))
        assert _headers(now) == ["x-another-user"] * len(_headers(was)), app
        assert _principals(now) == {
            (
                "another.mesh",
                namespace,
                "another-gateway" if name == gateway["serviceAccount"]["name"] else name,
            )
            for _, namespace, name in _principals(was)
        }, app


def test_notebooks_start_only_from_the_images_of_the_facts(components: Components) -> None:
    text = components.patch("kubeflow-notebooks-web-app", "data", "spawner_ui_config.yaml")
    form = yaml.safe_load(text)["spawnerFormDefaults"]
    catalogue = components.facts["supply"]["notebooks"]
    assert form["allowCustomImage"] is False
    assert {
        kind: form[kind]["options"] for kind in ("image", "imageGroupOne", "imageGroupTwo")
    } == {
        "image": catalogue["jupyter"],
        "imageGroupOne": catalogue["vscode"],
        "imageGroupTwo": catalogue["rstudio"],
    }


def test_what_the_notebook_form_ticks_is_in_every_development_namespace(
    components: Components,
) -> None:
    """A tick without a PodDefault would do nothing, and say nothing."""
    text = components.patch("kubeflow-notebooks-web-app", "data", "spawner_ui_config.yaml")
    ticked = set(yaml.safe_load(text)["spawnerFormDefaults"]["configurations"]["value"])
    offered: dict[str, set[str]] = {
        profile["metadata"]["name"]: set() for profile in components.of_tenants("Profile")
    }
    for item in components.of_tenants("PodDefault"):
        offered.get(item["metadata"]["namespace"], set()).add(item["metadata"]["name"])
    assert offered
    assert [namespace for namespace, names in offered.items() if not ticked <= names] == []


def test_no_served_model_can_take_the_host_name_of_an_exposed_service(
    components: Components,
) -> None:
    """Exposed services stand directly below the domain, models below a name without a hyphen."""
    domain = components.facts["domain"]
    ingress = yaml.safe_load(components.patch("kserve", "data", "ingress"))
    knative = components.patch("knative-serving", "data", "domain-template")
    assert ingress["ingressDomain"] == f"models.{domain}"
    assert ingress["domainTemplate"].endswith(".{{ .IngressDomain }}")
    assert knative.endswith(f".models.{domain}")
    exposed = [
        host.removesuffix(f".{domain}")
        for route in components.of_tenants("VirtualService")
        if route["metadata"]["name"].startswith("expose-")
        for host in route["spec"]["hosts"]
    ]
    assert [label for label in exposed if "." in label or "-" not in label] == []


def test_queues_hand_out_what_the_pools_have(components: Components) -> None:
    """Each pool with a queue has a ClusterQueue of that name, and no other queue is named."""
    queues = {
        item["metadata"]["name"]: item["spec"]["resourceGroups"][0]["flavors"][0]["resources"]
        for item in components.objects("kueue")
        if item["kind"] == "ClusterQueue"
    }
    pools = {
        pool["queue"]: {
            "cpu": str(pool["cpu"]),
            "memory": pool["memory"],
            "nvidia.com/gpu": str(pool["gpu"]),
        }
        for pool in components.facts["capacity"]["pools"].values()
        if "queue" in pool
    }
    assert {
        name: {resource["name"]: str(resource["nominalQuota"]) for resource in resources}
        for name, resources in queues.items()
    } == pools
    assert {item["spec"]["clusterQueue"] for item in components.of_tenants("LocalQueue")} <= set(
        queues
    )


def _facts(root: Path, cluster: str) -> dict[str, Any]:
    """Return the facts of all clusters and of this one, as they are written."""
    shared = yaml.safe_load((root / layout.PLATFORM_FACTS).read_text("utf-8"))
    own = yaml.safe_load(
        (root / layout.cluster_file(cluster, layout.CLUSTER_FILE)).read_text("utf-8")
    )
    return {**shared, **own}


def _headers(tree: object) -> list[str]:
    """Return the header that each place in a tree takes the user's name from.

    A place is an environment variable, a setting, or a policy's condition.
    """
    if isinstance(tree, list):
        return [header for item in tree for header in _headers(item)]
    if isinstance(tree, str):
        # A policy may ask for other headers, too: these are no names of users.
        return [header for header in _HEADER_KEY.findall(tree) if header != "authorization"]
    if not isinstance(tree, dict):
        return []
    if str(tree.get("name")).endswith("USERID_HEADER"):
        return [tree["value"]]
    named = [value for key, value in tree.items() if key.endswith("USERID_HEADER")]
    return named + [header for value in tree.values() for header in _headers(value)]


def _principals(tree: object) -> set[tuple[str, str, str]]:
    """Return the principals in a tree: trust domain, namespace, service account."""
    return {tuple(found) for found in _PRINCIPAL.findall(yaml.safe_dump(tree))}
