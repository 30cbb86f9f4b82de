"""Settings and facts that do not fit: each told with its cure, all at once, before any resource."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from infra.azure.names import Names
from infra.azure.planning import Tenancy, make_plan
from infra.azure.platform import deploy
from infra.azure.settings import Settings
from infra.refusal import RefusedError
from tests.repository import ROOT
from tests.unit.infra.cloud import settings_of, sources

from tenantry.reader.document import Document
from tenantry.report import text_line
from tenantry.schema.check import check
from tenantry.schema.cluster import Certificates

if TYPE_CHECKING:
    from tenantry.facts import ClusterFacts

_NETWORK = {"range": "10.10.0.0/16", "nodes": "10.10.16.0/22", "endpoints": "10.10.1.0/24"}
_SUBNETS = {"nodes": "a", "endpoints": "b", "apiServer": "c"}
_THERE = {
    "resourceGroup": "network",
    "name": "spoke",
    "outbound": "nat-gateway",
    "subnets": _SUBNETS,
}
_POOLS = {"general": {"size": "Standard_D16ds_v5"}, "gpu": {"size": "Standard_NC8as_T4_v3"}}


def facts_of(stack: str = "dev") -> ClusterFacts:
    facts = sources().facts
    assert facts is not None
    return facts.clusters[stack]


def faults(facts: ClusterFacts, **changes: Any) -> list[str]:  # noqa: ANN401 - any field's value
    _, findings = make_plan(facts, settings_of("dev", **changes), Tenancy())
    return [text_line(finding) for finding in findings]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"name": "a-name-that-is-long"},
            (
                'name-too-long: "a-name-that-is-long-dev-own", the name of a key vault, has 27 '
                "characters, more than 24 (shorten name by 3)"
            ),
        ),
        (
            {"network": None},
            "network: the network is given not at all (write network or existing.network)",
        ),
        (
            {"existing": {"network": _THERE}},
            "network: the network is given twice (write network or existing.network)",
        ),
        (
            {"network": {**_NETWORK, "nodes": "10.10.16.1/22"}},
            "network: network.nodes is no range of addresses: 10.10.16.1/22 (write 10.10.16.0/22)",
        ),
        (
            {"network": {**_NETWORK, "nodes": "10.10.16.0/27"}},
            (
                "network: network.nodes (10.10.16.0/27) has 32 addresses, and the pools may need "
                "76 (choose a /25 or larger)"
            ),
        ),
        (
            {"network": {**_NETWORK, "endpoints": "10.11.1.0/24"}},
            (
                "network: network.endpoints (10.11.1.0/24) does not lie in network.range "
                "(10.10.0.0/16) (choose a part of 10.10.0.0/16, or a larger range)"
            ),
        ),
        (
            {"network": {**_NETWORK, "endpoints": "10.10.0.0/24"}},
            (
                "network: network.endpoints (10.10.0.0/24) and apiServer.ranges[0] (10.10.0.0/28) "
                "share addresses (choose ranges that are apart)"
            ),
        ),
        (
            {"serviceRange": "10.10.128.0/20"},
            (
                "network: serviceRange (10.10.128.0/20) and network.range (10.10.0.0/16) share "
                "addresses (choose ranges that are apart)"
            ),
        ),
        (
            {"podRange": "100.64.0.0/19"},
            (
                "network: podRange (100.64.0.0/19) is enough for 32 nodes, and there may be 39 "
                "(choose a /18 or larger)"
            ),
        ),
        (
            {"pools": {"general": _POOLS["general"]}},
            (
                "pools: nobody said which machines the pool gpu is made of (add gpu below pools, "
                "with a size)"
            ),
        ),
        (
            {"pools": {**_POOLS, "gpus": _POOLS["gpu"]}},
            'pools: cluster.yaml names no pool "gpus" below capacity.pools (did you mean "gpu"?)',
        ),
        (
            {"pools": {**_POOLS, "general": {"size": "Standard_D16s_v5"}}},
            (
                'machine-size: the size "Standard_D16s_v5" is not in infra/azure/machines.py (did '
                'you mean "Standard_D16ds_v5"?)'
            ),
        ),
        (
            {"pools": {**_POOLS, "general": {"size": "Standard_NC8as_T4_v3"}}},
            (
                "pools: Standard_NC8as_T4_v3 has GPUs, and the pool general is for general work "
                "(choose a size without GPUs)"
            ),
        ),
        (
            {"pools": {**_POOLS, "general": {"size": "Standard_D16ds_v5", "least": 100}}},
            (
                "pools: the pool general needs at most 17 machines of Standard_D16ds_v5 for what "
                "cluster.yaml promises, and 100 shall always run (write 17 or less)"
            ),
        ),
        (
            {"system": {"least": 7}},
            "pools: the system pool runs at least 7 machines and at most 6 (write 6 or less)",
        ),
        (
            {"existing": {"cluster": {"resourceGroup": "k", "name": "one"}}},
            (
                "pools: the cluster is there already, and whoever runs it decides on its pools "
                "(remove pools)"
            ),
        ),
        (
            {"existing": {"cluster": {"resourceGroup": "k", "name": "one"}}},
            (
                "network: the cluster is there already, and stands in a network that is there as "
                "well (name that one as existing.network, in its place)"
            ),
        ),
        (
            {"network": None, "existing": {"network": _THERE}},
            (
                "front-door: the front door of dev is private, and nobody said at which address "
                "(add a free address of the nodes' subnet as existing.network.frontDoor)"
            ),
        ),
        (
            {"system": {"size": "Standard_NC8as_T4_v3"}},
            (
                "pools: Standard_NC8as_T4_v3 has GPUs, and the system pool runs the cluster's own "
                "parts (choose a size without GPUs)"
            ),
        ),
        (
            {"serviceRange": "172.29.0.0/30"},
            (
                "network: serviceRange (172.29.0.0/30) is too small for Services (choose a /12 to "
                "a /22)"
            ),
        ),
        (
            {"serviceRange": "172.0.0.0/8"},
            (
                "network: serviceRange (172.0.0.0/8) is too large for Services (choose a /12 to a "
                "/22)"
            ),
        ),
        (
            {"network": {**_NETWORK, "endpoints": "10.10.1.0/30"}},
            (
                "network: network.endpoints (10.10.1.0/30) has 4 addresses (choose a /27 or "
                "larger: each vault, account and claim takes one)"
            ),
        ),
        (
            {"apiServerCallers": ["192.0.2.0/24", "192.0.2.1/24"]},
            (
                "network: apiServerCallers[1] is no range of addresses: 192.0.2.1/24 (write "
                "192.0.2.0/24)"
            ),
        ),
        (
            {"zones": ["1", "2", "1"]},
            "zones: zones names a zone twice: 1, 2, 1 (leave 1, 2)",
        ),
        (
            {"pools": {**_POOLS, "gpu": {**_POOLS["gpu"], "zones": ["3", "3"]}}},
            "zones: pools.gpu.zones names a zone twice: 3, 3 (leave 3)",
        ),
        (
            {"budget": {"amount": 1, "since": "2026-12-02"}},
            (
                "budget: budgets begin with a month, and 2026-12-02 is in the midst of one (write "
                "2026-12-01)"
            ),
        ),
        (
            {"exceptions": {"nodes-spreed": "Only one zone is there."}},
            'unknown-guard: there is no guard "nodes-spreed" (did you mean "nodes-spread"?)',
        ),
        (
            {"existing": {"dnsZone": {"zone": "example.org", "resourceGroup": "dns"}}},
            (
                "dns-zone: the domain ml.dev.example.com does not lie in the zone example.org "
                "(name ml.dev.example.com or a parent of it)"
            ),
        ),
    ],
)
def test_settings_that_do_not_fit_are_told(changes: dict[str, Any], fault: str) -> None:
    assert f"Pulumi.dev.yaml: {fault}" in faults(facts_of(), **changes)


def test_a_public_front_door_has_no_address_inside() -> None:
    there = {"network": {**_THERE, "frontDoor": "10.9.0.250"}}

    (fault,) = faults(_with(cluster={"private": False}), network=None, existing=there)

    assert fault == (
        "Pulumi.dev.yaml: front-door: the front door of dev is public, and gets an address from "
        "Azure (remove it, or write private: true in clusters/dev/cluster.yaml)"
    )


def test_a_gpu_pool_without_gpus_names_the_sizes_that_have_some() -> None:
    pools = {**_POOLS, "gpu": {"size": "Standard_D16ds_v5"}}

    (fault,) = faults(facts_of(), pools=pools)

    assert "the pool gpu promises GPUs, and Standard_D16ds_v5 has none" in fault
    assert "Standard_NC24ads_A100_v4" in fault


def _with(**parts: Any) -> ClusterFacts:  # noqa: ANN401 - any field's value
    facts = facts_of()
    cluster = facts.cluster.model_copy(update=parts.pop("cluster", {}))
    platform = facts.platform.model_copy(update=parts)
    return replace(facts, cluster=cluster, platform=platform)


def _registries(*prefixes: str) -> ClusterFacts:
    supply = facts_of().platform.supply.model_copy(update={"registries": prefixes})
    return _with(supply=supply, cluster={"global_": True})


def _group(group: str | None) -> ClusterFacts:
    identity = facts_of().platform.identity.model_copy(update={"platform_group": group})
    return _with(identity=identity)


def _api_server(*ranges: str) -> ClusterFacts:
    api_server = facts_of().cluster.api_server.model_copy(update={"ranges": ranges})
    return _with(cluster={"api_server": api_server})


def test_a_cluster_that_nobody_could_administer_is_refused() -> None:
    path = "clusters/platform.yaml: administrators: identity.platformGroup "
    cure = "(write the object id of the platform engineers' group, a UUID)"

    assert faults(_group(None)) == [
        f"{path}is missing, and nobody could administer the cluster dev {cure}"
    ]
    assert faults(_group("platform-engineers")) == [
        f"{path}is no id of a group in Entra ID, and nobody could administer the cluster dev {cure}"
    ]


def test_a_registry_is_named_by_the_facts_alone() -> None:
    there = {"registry": {"resourceGroup": "images"}}

    assert faults(_registries("registry.example.com/"), existing=there) == [
        (
            "Pulumi.dev.yaml: registry: supply.registries in clusters/platform.yaml names no "
            "registry of Azure (add <name>.azurecr.io/ there, or remove existing.registry here)"
        )
    ]
    assert faults(_registries("onetwo.azurecr.io/", "three.azurecr.io/x/")) == [
        (
            "Pulumi.dev.yaml: registry: supply.registries names several registries of Azure: "
            "onetwo, three (leave one in clusters/platform.yaml)"
        )
    ]
    plan, _ = make_plan(_registries("onetwo.azurecr.io/"), settings_of("dev"), Tenancy())
    assert plan is not None
    assert plan.registry == "onetwo"


def test_a_host_that_only_looks_like_a_registry_of_azure_is_none() -> None:
    plan, _ = make_plan(
        _registries("onetwo.azurecr.io.example.com/"), settings_of("dev"), Tenancy()
    )

    assert plan is not None
    assert plan.registry is None


def test_the_api_server_has_one_range_that_is_large_enough() -> None:
    two = faults(_api_server("10.10.0.0/28", "10.10.0.16/28"))
    small = faults(_api_server("10.10.0.0/29"))
    outside = faults(_api_server("10.12.0.0/28"))

    assert any("names 2 ranges, and the API server's subnet has one" in each for each in two)
    assert any("is smaller than the API server's subnet may be" in each for each in small)
    assert any("does not lie in network.range" in each for each in outside)


def test_the_api_servers_subnet_is_written_from_its_first_address_on() -> None:
    (fault,) = faults(_api_server("10.10.0.1/28"))

    assert "begins in the midst of a range: 10.10.0.1/28 (write 10.10.0.0/28 there)" in fault


def test_a_range_that_meets_the_whole_network_is_told_once_and_with_strangers() -> None:
    said = faults(facts_of(), podRange="10.0.0.0/12")

    assert [each.partition(" and ")[2].partition(" (")[0] for each in said] == [
        "network.range",
        "network.proxy.ranges[0]",
    ]


def test_a_namespace_that_azure_has_no_identity_for_is_told_before_anything_is_made() -> None:
    plan, (finding,) = make_plan(facts_of(), settings_of("dev"), Tenancy(("ab", "abc")))

    assert plan is None
    assert text_line(finding) == (
        "tenants: name-too-short: Azure has no identity for ab: names of them have 3 letters "
        "(lengthen the project's name)"
    )


def test_a_zone_that_nothing_needs_is_refused() -> None:
    facts = _with(cluster={"certificates": Certificates()})
    there = {"dnsZone": {"zone": "example.com", "resourceGroup": "dns"}}

    assert faults(facts, existing=there) == [
        (
            "Pulumi.dev.yaml: dns-zone: nothing needs a DNS zone: dev is private and signs its own "
            "certificate (remove the block, or set certificates.issuer to acme)"
        )
    ]


def test_all_faults_are_told_at_once_and_nothing_is_registered() -> None:
    settings = settings_of("dev", system={"least": 7}, budget={"amount": 1, "since": "2026-12-02"})

    with pytest.raises(RefusedError) as refusal:
        deploy(ROOT, "dev", settings)

    said = str(refusal.value).splitlines()
    assert said[0] == "Pulumi.dev.yaml and clusters/ do not fit; nothing was registered:"
    assert [line.split(": ")[1] for line in said[1:]] == ["budget", "pools"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"zones": ["4"]}, 'write zones in quotes: "1", "2" and "3"'),
        ({"zoness": ["1"]}, 'did you mean "zones"?'),
        ({"name": "Example"}, "use up to 20 lower-case letters"),
        ({"maintenance": {"day": "Sonntag"}}, "write a day in English, such as Sunday"),
        ({"maintenance": {"start": "25:00"}}, 'write a time of day in quotes, such as "22:00"'),
        ({"logs": {"retentionDays": 7}}, "write a number of days from 30 to 730"),
        ({"defender": "yes"}, "write true or false, without quotes"),
        ({"owner": "me"}, "write an e-mail address such as jane.doe@example.com"),
        ({"existing": {"network": {**_THERE, "frontDoor": "10.9.0.256"}}}, "write an IPv4 address"),
        ({"exceptions": {"tags": "no"}}, "say in a sentence why"),
        ({"existing": {"network": {**_THERE, "outbound": "none"}}}, "nat-gateway or route-table"),
    ],
)
def test_a_wrong_setting_is_told_with_its_cure(changes: dict[str, Any], fault: str) -> None:
    given = settings_of("dev").model_dump(mode="json", by_alias=True, exclude_unset=True)

    settings, findings = check(Settings, Document("Pulumi.dev.yaml", {**given, **changes}))

    assert settings is None
    assert len(findings) == 1
    assert fault in text_line(findings[0])


def test_names_that_the_world_shares_stay_within_azures_limits() -> None:
    assert list(Names("ml-platform", "prod").too_long()) == []
    assert {most for _, _, most in Names("ml-platform", "production-two").too_long()} == {24}
