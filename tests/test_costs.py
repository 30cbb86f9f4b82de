"""Who costs what: by the company's prices, for whoever is logged in, and for reading only."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.repository import CLUSTERS, ROOT, Files, manifests

from tenantry import layout

_FACTS = yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_bytes())
#: By which OpenCost divides the prices that it is given (opencost/opencost v1.112.0,
#: pkg/cloud/provider/providerconfig.go).
_HOURS_A_MONTH = 730


@pytest.fixture(params=CLUSTERS)
def cluster(request: pytest.FixtureRequest) -> str:
    """Return the name of a cluster."""
    return str(request.param)


def _own(tree: Files, cluster: str, kind: str) -> list[dict[str, Any]]:
    start = f"{cluster}/{layout.rendered_app_folder('opencost')}/"
    return [
        each
        for path, content in tree.items()
        if path.startswith(start)
        for each in manifests(content)
        if each["kind"] == kind
    ]


def _values(tree: Files, cluster: str, app: str) -> dict[str, Any]:
    (application,) = manifests(tree[f"{cluster}/{layout.rendered_app(app)}"])
    source = (application["spec"].get("sources") or [application["spec"].get("source")])[0]
    values = source["helm"]["valuesObject"]
    assert isinstance(values, dict)
    return values


def test_an_hour_costs_what_the_facts_say(own_trees: Files, cluster: str) -> None:
    """As in plans, so that nobody is told two prices for one thing."""
    pricing = _values(own_trees, cluster, "opencost")["opencost"]["customPricing"]
    assert pricing["enabled"] is True
    model = {name: float(price) for name, price in pricing["costModel"].items()}
    prices = _FACTS["prices"]
    assert model["CPU"] / _HOURS_A_MONTH == pytest.approx(prices["cpuHour"])
    assert model["RAM"] / _HOURS_A_MONTH == pytest.approx(prices["memoryGibHour"])
    assert model["GPU"] / _HOURS_A_MONTH == pytest.approx(prices["gpuHour"])
    assert model["storage"] == pytest.approx(prices["storageGibMonth"])
    assert (model["spotCPU"], model["spotRAM"]) == (model["CPU"], model["RAM"])


def test_only_the_gateway_opens_the_page_and_nobody_changes_anything(
    own_trees: Files, cluster: str
) -> None:
    (policy,) = _own(own_trees, cluster, "AuthorizationPolicy")
    people, numbers = policy["spec"]["rules"]
    facts = yaml.safe_load((ROOT / layout.cluster_file(cluster, "cluster.yaml")).read_bytes())
    account = facts["mesh"]["gateway"]["serviceAccount"]
    gateway = f"{facts['mesh']['trustDomain']}/ns/{account['namespace']}/sa/{account['name']}"
    assert people["from"] == [{"source": {"principals": [gateway]}}]
    assert people["to"] == [{"operation": {"methods": ["GET"], "ports": ["9090"]}}]
    # Prometheus is outside the mesh and shows no identity; a NetworkPolicy knows it by its labels.
    assert numbers == {
        "to": [{"operation": {"methods": ["GET"], "paths": ["/metrics"], "ports": ["9003"]}}]
    }


def test_plain_text_is_taken_on_the_one_port_that_prometheus_reads(
    own_trees: Files, cluster: str
) -> None:
    (peers,) = _own(own_trees, cluster, "PeerAuthentication")
    assert peers["spec"]["mtls"] == {"mode": "STRICT"}
    assert peers["spec"]["portLevelMtls"] == {"9003": {"mode": "PERMISSIVE"}}
    callers = {
        rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]: [
            port["port"] for port in rule["ports"]
        ]
        for policy in _own(own_trees, cluster, "NetworkPolicy")
        for rule in policy["spec"].get("ingress", ())
    }
    assert callers == {"istio-system": [9090], "monitoring": [9003]}


def test_what_opencost_is_told_of_prometheus_is_how_prometheus_is_called(
    own_trees: Files, cluster: str
) -> None:
    """The chart names its Service after `fullnameOverride`."""
    asked = _values(own_trees, cluster, "opencost")["opencost"]["prometheus"]["internal"]
    prometheus = _values(own_trees, cluster, "prometheus")
    assert asked["serviceName"] == f"{prometheus['fullnameOverride']}-prometheus"
    assert (asked["namespaceName"], asked["port"]) == ("monitoring", 9090)


def test_costs_are_added_up_by_labels_that_every_namespace_of_a_team_has(
    own_trees: Files, cluster: str
) -> None:
    """OpenCost gives each pod the labels of its namespace (pkg/costmodel/allocation_helpers.go)."""
    found = 0
    for path, content in own_trees.items():
        if path.startswith(f"{cluster}/{layout.RENDERED_TENANTS}/"):
            for each in manifests(content):
                if each["kind"] == "Namespace":
                    assert {"tenantry.dev/tenant", "tenantry.dev/profile"} <= each["metadata"][
                        "labels"
                    ].keys()
                    found += 1
    assert found
