"""An analyser that is not ours agrees with the table of verdicts, and with our own analyser."""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.cyclonus import Cyclonus
from tests.network import network_policies, platform
from tests.network.table import CASES, Case
from tests.network.world import Connection, Endpoint, Objects, Request
from tests.repository import ROOT

from tenantry.workspace import toolchain

if TYPE_CHECKING:
    from tests.network.cluster import Cluster

_WORLDS = 400
_QUESTIONS = 12
_KEYS = ("app", "tier")
_VALUES = ("a", "b", "c")
_PORTS = (53, 80, 443, 8080)


@pytest.fixture(scope="module")
def cyclonus(tmp_path_factory: pytest.TempPathFactory) -> Cyclonus:
    def tell(message: str) -> None:
        print(f"\ntenantry: {message}", file=sys.__stderr__, flush=True)

    program = toolchain.find(ROOT, "cyclonus", tell)
    return Cyclonus(program, tmp_path_factory.mktemp("cyclonus"))


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cluster]:
    return platform.clusters(tmp_path_factory.mktemp("network"))


def _policies(objects: Objects) -> list[dict[str, Any]]:
    return [each for each in objects if each["kind"] == "NetworkPolicy"]


def _asked(cluster: Cluster, *, left: bool) -> list[tuple[Case, Connection]]:
    """Return the cases of a cluster that come to a connection."""
    cases = [each for each in CASES if each.place.cluster == cluster.name and each.left is left]
    found = [(case, cluster.connection(case)) for case in cases]
    return [(case, to) for case, to in found if isinstance(to, Connection)]


@pytest.mark.parametrize("left", [False, True], ids=["in use", "after leaving"])
@pytest.mark.parametrize("name", ["prod", "dev"])
def test_cyclonus_gives_the_verdicts_of_the_table(
    name: str, *, left: bool, clusters: dict[str, Cluster], cyclonus: Cyclonus
) -> None:
    cluster = clusters[name].after_leaving() if left else clusters[name]
    asked = _asked(cluster, left=left)
    answers = cyclonus.lets_through(_policies(cluster.objects), [each for _, each in asked])
    wrong = {
        str(case): (case.row.verdict, answer)
        for (case, _), answer in zip(asked, answers, strict=True)
        if answer is any(layer in case.row.verdict for layer in ("egress", "ingress"))
    }
    assert wrong == {}
    assert set(answers) == ({False} if left else {True, False})


def test_cyclonus_notices_each_missing_policy_as_our_own_analyser_does(
    clusters: dict[str, Cluster], cyclonus: Cyclonus
) -> None:
    cluster = clusters["prod"]
    connections = [each for case, each in _asked(cluster, left=False) if "churn" in str(case)]
    for policy in cluster.objects.of("NetworkPolicy", "churn"):
        without = cluster.objects.with_(policy, None)
        answers = cyclonus.lets_through(_policies(without), connections)
        assert answers == [_ours(without, each) for each in connections]


def test_cyclonus_agrees_with_our_own_analyser_on_policies_that_nobody_would_write(
    cyclonus: Cyclonus,
) -> None:
    """So that what the renderers will write next is judged as it should be."""
    random = Random(20261122)  # noqa: S311 - the same policies in every run
    policies: list[dict[str, Any]] = []
    connections: list[Connection] = []
    for number in range(_WORLDS):
        namespaces = f"one-{number}", f"two-{number}"
        policies += [_policy(random, name) for name in namespaces for _ in range(2)]
        connections += [_connection(random, namespaces) for _ in range(_QUESTIONS)]
    answers = cyclonus.lets_through(policies, connections)
    ours = Objects(policies)
    different = [
        (connection, answer)
        for connection, answer in zip(connections, answers, strict=True)
        if answer is not _ours(ours, connection)
    ]
    assert different == []
    assert 0.1 < sum(answers) / len(answers) < 0.9


def _ours(objects: Objects, connection: Connection) -> bool:
    return network_policies.lets_out(objects, connection) and network_policies.lets_in(
        objects, connection
    )


def _policy(random: Random, namespace: str) -> dict[str, Any]:
    types = random.choice([["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    spec: dict[str, Any] = {"podSelector": _selector(random), "policyTypes": types}
    for direction, side in (("Ingress", "from"), ("Egress", "to")):
        if direction in types:
            spec[direction.lower()] = [_rule(random, side) for _ in range(random.randrange(3))]
    name = f"p{random.randrange(10**9)}"
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def _rule(random: Random, side: str) -> dict[str, Any]:
    rule = {
        side: [_peer(random) for _ in range(random.randrange(3))],
        "ports": [_port(random) for _ in range(random.randrange(3))],
    }
    return {key: values for key, values in rule.items() if values or random.random() < 0.5}


def _peer(random: Random) -> dict[str, Any]:
    if random.random() < 0.25:
        return {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.64.0.0/10"]}}
    peer = {"podSelector": _selector(random), "namespaceSelector": _selector(random)}
    gone = random.choice([None, "podSelector", "namespaceSelector"])
    return {key: value for key, value in peer.items() if key != gone}


def _port(random: Random) -> dict[str, Any]:
    port: dict[str, Any] = {"protocol": random.choice(["TCP", "UDP"])}
    if random.random() < 0.8:
        port["port"] = random.choice(_PORTS)
        if random.random() < 0.3:
            port["endPort"] = port["port"] + 400
    return port


def _selector(random: Random) -> dict[str, Any]:
    # Without NotIn: where the label is missing it matches, but not in Cyclonus
    # (k8s.io/apimachinery pkg/labels/selector.go against its own pkg/kube/labelselector.go).
    operator = random.choice(["In", "Exists", "DoesNotExist"])
    words: dict[str, Any] = {"key": random.choice(_KEYS), "operator": operator}
    if operator == "In":
        words["values"] = random.sample(_VALUES, 2)
    return random.choice([{}, {"matchLabels": _labels(random)}, {"matchExpressions": [words]}])


def _labels(random: Random) -> dict[str, str]:
    return {key: random.choice(_VALUES) for key in random.sample(_KEYS, random.randrange(1, 3))}


def _connection(random: Random, namespaces: tuple[str, str]) -> Connection:
    source, destination = (_end(random, namespaces) for _ in range(2))
    protocol = random.choice(["TCP", "UDP"])
    return Connection(source, destination, protocol, random.choice([*_PORTS, 450]), Request())


def _end(random: Random, namespaces: tuple[str, str]) -> Endpoint:
    address = random.choice(["10.1.2.3", "10.70.0.1", "198.51.100.7"])
    if random.random() < 0.2:
        return Endpoint(address)
    return Endpoint(address, random.choice(namespaces), _labels(random), _labels(random))
