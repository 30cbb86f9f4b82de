"""Ways out of a namespace that many need alike."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest

from tenantry.schema.platform import Network, Proxy
from tenantry.ways_out import WAYS_OUT
from tenantry.wiring import Absence, fill

if TYPE_CHECKING:
    from tenantry.facts import ClusterFacts


@pytest.fixture
def behind_a_proxy(dev: ClusterFacts) -> ClusterFacts:
    """Return a cluster in a network that has a proxy."""
    proxy = Proxy(
        http="http://proxy.example.com:8080",
        https="http://proxy.example.com:3128",
        ranges=("10.1.2.0/28", "10.1.3.0/28"),
    )
    network = Network(proxy=proxy)
    return replace(dev, platform=dev.platform.model_copy(update={"network": network}))


def _way(name: str, facts: ClusterFacts) -> Any:  # noqa: ANN401 - a rule, or its absence
    return fill({"fromFact": name}, facts)


def _reaches(rule: dict[str, Any], address: str) -> bool:
    return any(
        ip_address(address) in ip_network(peer["ipBlock"]["cidr"])
        and not any(
            ip_address(address) in ip_network(hole) for hole in peer["ipBlock"].get("except", ())
        )
        for peer in rule["to"]
        if "ipBlock" in peer
    )


def test_the_way_to_the_api_server_names_all_its_ranges(dev: ClusterFacts) -> None:
    assert _way("toApiServer", dev) == {
        "to": [{"ipBlock": {"cidr": "10.0.0.0/28"}}, {"ipBlock": {"cidr": "10.1.0.0/28"}}],
        "ports": [{"protocol": "TCP", "port": 443}],
    }


def test_names_are_asked_by_both_protocols(dev: ClusterFacts) -> None:
    ports = _way("toResolver", dev)["ports"]
    assert {each["protocol"] for each in ports} == {"UDP", "TCP"}


def test_without_a_proxy_the_outside_is_anything_but_the_machines_own_metadata(
    dev: ClusterFacts,
) -> None:
    rule = _way("toOutside", dev)
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert _reaches(rule, "198.51.100.7")
    assert _reaches(rule, "10.99.0.7")
    assert not _reaches(rule, "169.254.169.254")
    assert not _reaches(rule, "168.63.129.16")
    assert _way("toProxy", dev) is Absence.ABSENT


def test_behind_a_proxy_only_the_companys_own_addresses_are_reached_without_it(
    behind_a_proxy: ClusterFacts,
) -> None:
    rule = _way("toOutside", behind_a_proxy)
    assert _reaches(rule, "10.99.0.7")
    assert not _reaches(rule, "198.51.100.7")
    assert not _reaches(rule, "169.254.169.254")
    proxy = _way("toProxy", behind_a_proxy)
    assert [each["port"] for each in proxy["ports"]] == [3128, 8080]
    assert len(proxy["to"]) == 2


def test_a_list_of_rules_loses_only_the_way_that_is_not_there(dev: ClusterFacts) -> None:
    rules: Any = fill([{"fromFact": name} for name in WAYS_OUT], dev)
    assert len(rules) == len(WAYS_OUT) - 1
