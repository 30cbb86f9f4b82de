"""Each part of the platform in Azure, in what it is given: defaults of production, and why."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from infra.azure.alerts import METRICS, QUERIES
from infra.azure.cluster_profiles import dns_address, trusted
from infra.azure.dns import records
from infra.azure.machines import MACHINES, machines_for
from infra.azure.observability import CLUSTER_LOGS
from tests.unit.infra.cloud import plan_of, platform, shipped

from tenantry.quantity import Quantity
from tenantry.schema.cluster import Pool, Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.infra.cloud import Cloud


def prod() -> Cloud:
    return shipped("prod")


@cache
def chosen() -> Mapping[str, Any]:
    """Return a cluster for which somebody chose otherwise."""
    cloud = platform(plan_of("dev", apiServerCallers=["192.0.2.0/24"], defender=False))
    return cloud.one("containerservice:ManagedCluster")


def cluster() -> Mapping[str, Any]:
    return prod().one("containerservice:ManagedCluster")


def test_facts_of_the_cluster_are_not_said_twice() -> None:
    facts = plan_of("prod").facts.cluster

    assert cluster()["kubernetesVersion"] == facts.kubernetes_version
    assert cluster()["location"] == facts.region
    subnet = prod().of("network:Subnet")["api-server"]
    assert subnet.inputs["addressPrefix"] == facts.api_server.ranges[0]
    assert cluster()["apiServerAccessProfile"]["subnetId"] == subnet.id
    assert prod().one("dns:Zone")["zoneName"] == facts.domain
    pools = prod().of("containerservice:AgentPool")
    assert set(pools) == set(facts.capacity.pools)


def test_people_come_from_entra_id_and_administrators_from_the_facts() -> None:
    group = plan_of("prod").facts.platform.identity.platform_group

    assert cluster()["aadProfile"]["adminGroupObjectIDs"] == [group]
    assert cluster()["aadProfile"]["enableAzureRBAC"] is False
    assert cluster()["disableLocalAccounts"] is True


def test_cilium_fences_tenants_in() -> None:
    network = cluster()["networkProfile"]

    assert (network["networkPlugin"], network["networkPluginMode"]) == ("azure", "overlay")
    assert (network["networkDataplane"], network["networkPolicy"]) == ("cilium", "cilium")
    assert network["outboundType"] == "userAssignedNATGateway"
    assert network["dnsServiceIP"] == "172.29.0.10"
    assert dns_address("10.0.0.0/16") == "10.0.0.10"


def test_the_api_server_is_in_the_network_only_unless_callers_are_named() -> None:
    private = cluster()["apiServerAccessProfile"]
    assert private["enablePrivateCluster"] is True
    assert private["enableVnetIntegration"] is True
    assert "authorizedIPRanges" not in private

    opened = chosen()["apiServerAccessProfile"]
    assert opened["enablePrivateCluster"] is False
    assert opened["authorizedIPRanges"] == ["192.0.2.0/24"]


def test_only_the_clusters_own_parts_run_on_the_system_pool() -> None:
    (pool,) = cluster()["agentPoolProfiles"]

    assert pool["mode"] == "System"
    assert pool["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]
    assert pool["availabilityZones"] == ["1", "2", "3"]


def test_gpus_are_for_pods_that_request_them() -> None:
    pools = prod().of("containerservice:AgentPool")

    assert pools["gpu"].inputs["nodeTaints"] == ["nvidia.com/gpu=present:NoSchedule"]
    assert pools["gpu"].inputs["availabilityZones"] == ["1", "2"]
    assert pools["gpu"].inputs["minCount"] == 0
    assert pools["general"].inputs["nodeTaints"] == []
    assert pools["general"].inputs["mode"] == "User"


def test_a_pool_grows_to_what_the_facts_promise() -> None:
    """The largest of what cores, memory and GPUs need: nothing is promised that cannot be had."""
    for name, promised in plan_of("prod").facts.cluster.capacity.pools.items():
        pool = prod().of("containerservice:AgentPool")[name].inputs
        machine, count = MACHINES[pool["vmSize"]], pool["maxCount"]
        assert machine.usable_millicores * count >= promised.cpu.amount
        assert machine.usable_bytes * count >= promised.memory.amount
        assert machine.gpus * count >= promised.gpu
        fewer = count - 1
        assert (
            machine.usable_millicores * fewer < promised.cpu.amount
            or machine.usable_bytes * fewer < promised.memory.amount
            or machine.gpus * fewer < promised.gpu
        )


@pytest.mark.parametrize(
    ("cores", "gib", "gpus", "size", "count"),
    [
        (15, 1, 0, "Standard_D16ds_v5", 1),
        (16, 1, 0, "Standard_D16ds_v5", 2),
        (1, 58, 0, "Standard_D16ds_v5", 1),
        (1, 64, 0, "Standard_D16ds_v5", 2),
        (1, 1, 3, "Standard_NC64as_T4_v3", 1),
        (1, 1, 5, "Standard_NC64as_T4_v3", 2),
    ],
)
def test_machines_are_counted_by_what_pods_can_use(
    cores: int, gib: int, gpus: int, size: str, count: int
) -> None:
    pool = Pool.model_construct(
        purpose=Purpose.GPU,
        cpu=Quantity(cores * 1000, ""),
        memory=Quantity(gib * 2**30, ""),
        gpu=gpus,
        queue=None,
    )

    assert machines_for(pool, MACHINES[size]) == count


def test_upgrades_come_in_a_window() -> None:
    windows = prod().of("containerservice:MaintenanceConfiguration")

    assert {each.inputs["configName"] for each in windows.values()} == {
        "aksManagedAutoUpgradeSchedule",
        "aksManagedNodeOSUpgradeSchedule",
    }
    for each in windows.values():
        window = each.inputs["maintenanceWindow"]
        assert window["schedule"]["weekly"] == {"dayOfWeek": "Sunday", "intervalWeeks": 1}
        assert (window["startTime"], window["durationHours"]) == ("01:00", 4)
    assert cluster()["autoUpgradeProfile"] == {
        "upgradeChannel": "patch",
        "nodeOSUpgradeChannel": "NodeImage",
    }


def test_the_cluster_may_use_its_subnets_before_it_is_made() -> None:
    """Azure refuses to make it else."""
    whole = [each.name for each in prod().registered if each.type.startswith("azure-native:")]
    kinds = [each.kind for each in prod().registered if each.type.startswith("azure-native:")]
    made = kinds.index("containerservice:ManagedCluster")

    for grant, subnet in (("cluster-nodes", "nodes"), ("cluster-api-server", "api-server")):
        assert whole.index(grant) < made
        given = prod().of("authorization:RoleAssignment")[grant].inputs
        assert given["scope"] == prod().of("network:Subnet")[subnet].id


def test_nodes_trust_the_companys_authorities() -> None:
    bundle = plan_of("prod").facts.platform.network.ca_bundle
    assert bundle is not None

    (only,) = cluster()["securityProfile"]["customCATrustCertificates"]

    assert base64.b64decode(only).decode() == bundle
    assert trusted(bundle + bundle) == [only, only]
    assert trusted(None) is None


def test_defender_can_be_switched_off() -> None:
    assert "defender" in cluster()["securityProfile"]

    assert "defender" not in chosen()["securityProfile"]


def test_subnets_lead_out_by_the_gateway_and_no_other_way() -> None:
    subnets = prod().of("network:Subnet")
    gateway = prod().of("network:NatGateway")["outbound"].id

    assert all(each.inputs["defaultOutboundAccess"] is False for each in subnets.values())
    assert subnets["nodes"].inputs["natGateway"] == {"id": gateway}
    assert not any("natGateway" in subnets[each].inputs for each in ("api-server", "endpoints"))
    (delegation,) = subnets["api-server"].inputs["delegations"]
    assert delegation["serviceName"] == "Microsoft.ContainerService/managedClusters"


def test_old_versions_are_thrown_away_and_backups_end() -> None:
    rules = {
        name: each.inputs["policy"]["rules"][0]["definition"]["actions"]
        for name, each in prod().of("storage:ManagementPolicy").items()
    }

    assert rules["artifacts"]["version"]["delete"] == {"daysAfterCreationGreaterThan": 90}
    assert "delete" not in rules["artifacts"]["baseBlob"]
    assert rules["backups"]["baseBlob"]["delete"] == {"daysAfterModificationGreaterThan": 365}


def test_control_planes_logs_and_every_alert_lead_to_people() -> None:
    cloud = prod()
    recorded = cloud.of("monitor:DiagnosticSetting")["cluster"].inputs
    assert [each["category"] for each in recorded["logs"]] == list(CLUSTER_LOGS)
    assert recorded["workspaceId"] == cloud.of("operationalinsights:Workspace")["logs"].id

    people = cloud.of("monitor:ActionGroup")["people"]
    assert people.inputs["emailReceivers"][0]["emailAddress"] == "ml-platform@example.com"
    metrics = cloud.of("monitor:MetricAlert")
    assert set(metrics) == {each.name for each in METRICS}
    for alert in metrics.values():
        assert alert.inputs["actions"] == [{"actionGroupId": people.id}]
    queries = cloud.of("monitor:ScheduledQueryRule")
    assert set(queries) == {each.name for each in QUERIES}
    for query in queries.values():
        assert query.inputs["actions"]["actionGroups"] == [people.id]


def test_costs_of_all_groups_are_told_before_they_are_spent() -> None:
    budget = prod().one("consumption:Budget")

    assert budget["filter"]["dimensions"]["values"] == [
        "ml-platform-prod-platform",
        "ml-platform-prod-nodes",
        "ml-platform-prod",
    ]
    assert budget["timePeriod"] == {"startDate": "2026-12-01T00:00:00Z"}
    told = {(each["thresholdType"], each["threshold"]) for each in budget["notifications"].values()}
    assert told == {("Actual", 80), ("Actual", 100), ("Forecasted", 110)}


@pytest.mark.parametrize(
    ("domain", "zone", "names"),
    [
        ("ml.example.com", "ml.example.com", ["@", "*"]),
        ("ml.example.com", "example.com", ["ml", "*.ml"]),
        ("ml.dev.example.com", "example.com", ["ml.dev", "*.ml.dev"]),
    ],
)
def test_records_are_named_within_their_zone(domain: str, zone: str, names: list[str]) -> None:
    assert [record for _, record in records(domain, zone)] == names
