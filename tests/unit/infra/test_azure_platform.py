"""The whole platform of a cluster in Azure: what is made, what is read, and what comes out."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_azure_native
import pytest
from infra.azure.access import BUILT_IN, CUSTOM, GRANTS
from infra.azure.cluster import Cluster
from infra.azure.existing import ExistingCluster
from infra.azure.identities import AUDIENCE, WORKLOADS
from infra.azure.machines import MACHINES
from infra.azure.planning import Tenancy, make_plan
from infra.azure.platform import deploy, tenancy_of
from infra.azure.versions import API_VERSIONS, UNTAGGED
from infra.refusal import RefusedError
from tests.repository import ROOT
from tests.unit.infra.cloud import (
    FRONT_DOOR,
    cluster_state,
    plan_of,
    platform,
    run,
    settings_of,
    shipped,
    sources,
)

from tenantry.apps import on_cluster
from tenantry.outputs import judge
from tenantry.reader import read_document
from tenantry.reader.characters import GENERATED
from tenantry.schema.cluster import Certificates, Outputs
from tenantry.wiring import fill
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.azure.planning import Plan
    from tests.unit.infra.cloud import Cloud

    from tenantry.facts import Facts

HUB = "aaaaaaaa-0000-0000-0000-00000000000f"
_READ = "azure-native:network:"
_LOAD_BALANCER = "service.beta.kubernetes.io/azure-load-balancer-"
_CLUSTER = "azure-native:containerservice:getManagedCluster"
EXISTING: dict[str, Any] = {
    "network": {
        "resourceGroup": "network",
        "name": "spoke",
        "outbound": "route-table",
        "frontDoor": "10.9.0.250",
        "subnets": {"nodes": "ml-nodes", "endpoints": "ml-endpoints", "apiServer": "ml-api"},
        "privateDns": {"resourceGroup": "names", "subscriptionId": HUB},
    },
    "cluster": {"resourceGroup": "kubernetes", "name": "aks-one"},
    "dnsZone": {"zone": "example.com", "resourceGroup": "dns", "subscriptionId": HUB},
    "registry": {"resourceGroup": "images", "subscriptionId": HUB},
}
ANSWERS: Mapping[str, dict[str, Any]] = {
    f"{_READ}getVirtualNetwork": {"id": "/there/network"},
    f"{_READ}getSubnet": {"id": "/there/subnet"},
    _CLUSTER: {"id": "/subscriptions/s/resourceGroups/kubernetes/a/b/c/aks-one", **cluster_state()},
}


@cache
def beside_others() -> Cloud:
    """Return a platform for which network, cluster, zone and registry are there already."""
    return platform(plan_of("dev", network=None, pools=None, existing=EXISTING), ANSWERS)


@cache
def public() -> Cloud:
    return platform(plan_of("dev", cluster={"private": False}))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_outputs_are_facts_as_they_stand(stack: str) -> None:
    outputs = shipped(stack).outputs

    facts = Outputs.model_validate({key: value for key, value in outputs.items() if value})

    assert facts.azure is not None
    assert facts.azure.resource_group == f"ml-platform-{stack}"
    assert facts.azure.oidc_issuer == "https://oidc.example.com/one/"
    assert facts.key_vault == f"https://ml-platform-{stack}.vault.azure.net"
    assert facts.platform_key_vault == f"https://ml-platform-{stack}-own.vault.azure.net"
    assert facts.dns is not None
    assert facts.dns.zone == plan_of(stack).facts.cluster.domain
    expected = plan_of(stack)
    named = {*expected.namespaces, *(each.name for each in expected.workloads)}
    assert set(facts.identities) == named
    assert len(set(facts.identities.values())) == len(named)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_samples_of_the_repository_are_what_the_stacks_would_give(stack: str) -> None:
    """Names that are computed, and whose identities there are. Ids are samples."""
    file = ROOT / "clusters" / stack / "outputs.yaml"
    sample = read_document(str(file), file.read_bytes(), GENERATED).data

    assert _without_ids(sample) == _without_ids(shipped(stack).outputs)


def _without_ids(outputs: Any) -> Any:  # noqa: ANN401 - plain data
    return {
        **outputs,
        "azure": {**outputs["azure"], "oidcIssuer": "of Azure's making"},
        "identities": sorted(outputs["identities"]),
    }


def test_tenantry_facts_takes_the_outputs() -> None:
    value, findings = judge("prod", "outputs.json", json.dumps(shipped("prod").outputs).encode())

    assert findings == []
    assert value is not None


def test_nothing_that_is_made_needs_a_fact_of_the_infrastructure() -> None:
    """First the stack, then the facts: a cluster without outputs gets the very same platform."""
    known = plan_of("dev")
    unknown = replace(known, facts=replace(known.facts, outputs=Outputs()))
    assert known.facts.outputs != Outputs()

    def told(cloud: Cloud) -> list[tuple[str, str, Any]]:
        return sorted((each.type, each.name, each.inputs) for each in cloud.registered)

    assert told(platform(unknown)) == told(shipped("dev"))


def test_namespaces_and_repositories_come_from_the_tenants_placed_there() -> None:
    expansion = sources()
    assert expansion.facts is not None

    tenancy = tenancy_of(expansion.tenants, expansion.facts.clusters["dev"])

    assert "smoke-test" in tenancy.namespaces
    assert "churn" not in tenancy.namespaces  # a tenant that is no canary
    assert set(tenancy.repositories) < set(tenancy.namespaces)
    assert not any(each.endswith("-prod") for each in tenancy.repositories)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_each_type_is_made_by_the_api_that_is_written_down(stack: str) -> None:
    for each in shipped(stack).registered:
        if each.type.startswith("azure-native:"):
            assert each.kind in API_VERSIONS


def test_every_type_that_is_written_down_is_used() -> None:
    clouds = (shipped("dev"), shipped("prod"), beside_others(), public())

    assert {each.kind for cloud in clouds for each in cloud.registered} >= set(API_VERSIONS)


@pytest.mark.parametrize(("kind", "version"), API_VERSIONS.items())
def test_the_sdk_makes_each_type_by_the_version_that_is_written_down(
    kind: str, version: str
) -> None:
    """A new SDK that moves one shows it here, and in review."""
    module, _, name = kind.partition(":")
    made = getattr(getattr(pulumi_azure_native, module), name)

    said = set(re.findall(r"Uses Azure REST API version ([\w-]+)\.", inspect.getsource(made)))

    assert said == {version}
    takes_tags = "tags" in made._internal_init.__annotations__  # noqa: SLF001 - the SDK's own form
    assert takes_tags is (kind not in UNTAGGED)


def test_what_is_there_is_read_and_never_made() -> None:
    cloud = beside_others()

    for kind in (
        "network:VirtualNetwork",
        "network:Subnet",
        "network:NatGateway",
        "network:NetworkSecurityGroup",
        "containerservice:ManagedCluster",
        "containerservice:AgentPool",
        "containerregistry:Registry",
        "dns:Zone",
    ):
        assert cloud.of(kind) == {}, kind
    asked = [(token, args) for token, args in cloud.asked]
    assert (_CLUSTER, {"resourceGroupName": "kubernetes", "resourceName": "aks-one"}) in asked
    assert {args.get("subnetName") for token, args in asked if token == f"{_READ}getSubnet"} == {
        "ml-nodes",
        "ml-endpoints",
        "ml-api",
    }


def test_what_is_there_is_used() -> None:
    cloud = beside_others()

    endpoints = cloud.of("network:PrivateEndpoint")
    assert {each.inputs["subnet"]["id"] for each in endpoints.values()} == {"/there/subnet"}
    to_registry = endpoints["registry"].inputs["privateLinkServiceConnections"][0]
    assert to_registry["privateLinkServiceId"] == (
        f"/subscriptions/{HUB}/resourceGroups/images/providers/"
        "Microsoft.ContainerRegistry/registries/mlplatform"
    )
    trusts = cloud.of("managedidentity:FederatedIdentityCredential").values()
    assert {each.inputs["issuer"] for each in trusts} == {"https://oidc.example.com/one/"}
    assert cloud.outputs["dns"] == {
        "zone": "example.com",
        "subscriptionId": HUB,
        "resourceGroup": "dns",
    }
    pulls = cloud.of("authorization:RoleAssignment")["nodes-images"].inputs
    assert pulls["principalId"] == "the-nodes"


def test_zones_of_private_names_may_stand_elsewhere() -> None:
    groups = beside_others().of("network:PrivateDnsZoneGroup").values()

    zones = {each.inputs["privateDnsZoneConfigs"][0]["privateDnsZoneId"] for each in groups}

    elsewhere = f"/subscriptions/{HUB}/resourceGroups/names/providers/Microsoft.Network/"
    assert zones == {
        f"{elsewhere}privateDnsZones/privatelink.{service}"
        for service in ("vaultcore.azure.net", "blob.core.windows.net", "azurecr.io")
    }
    assert set(beside_others().of("privatedns:PrivateZone")) == {"ml.dev.example.com"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"oidcIssuerProfile": {"enabled": False}}, "has no OIDC issuer"),
        ({"securityProfile": None}, "has workload identity switched off"),
        ({"identityProfile": None}, "shows no identity of its nodes"),
        ({"identity": None}, "has no identity in Azure"),
    ],
)
def test_a_cluster_on_which_pods_could_be_nobody_is_refused(
    change: dict[str, Any], message: str
) -> None:
    answers = {**ANSWERS, _CLUSTER: {**ANSWERS[_CLUSTER], **change}}
    there = ExistingCluster.model_validate(EXISTING["cluster"])

    with pytest.raises(pulumi.RunError, match=message):
        run(lambda: _read(there), answers)


def _read(there: ExistingCluster) -> pulumi.Output[list[str]]:
    cluster = Cluster(there)
    return pulumi.Output.all(cluster.kubelet, cluster.principal)


def test_every_part_of_the_platform_is_trusted_as_one_account_of_its_namespace() -> None:
    trusts = shipped("prod").of("managedidentity:FederatedIdentityCredential")

    assert {name: each.inputs["subject"] for name, each in trusts.items()} == {
        "argo-cd": "system:serviceaccount:argocd:argocd-repo-server",
        "cert-manager": "system:serviceaccount:cert-manager:cert-manager",
        "crossplane-azure": "system:serviceaccount:crossplane-system:crossplane-azure",
        "crossplane-entra-id": "system:serviceaccount:crossplane-system:crossplane-entra-id",
        "external-secrets": "system:serviceaccount:external-secrets:platform-secrets",
        "velero": "system:serviceaccount:velero:velero-server",
    }
    assert all(each.inputs["audiences"] == [AUDIENCE] for each in trusts.values())


def test_every_identity_that_an_app_asks_for_is_made_where_the_app_is() -> None:
    """By the name that the app writes, so that no app waits for ever."""
    for cluster in ("dev", "prod"):
        facts = plan_of(cluster).facts
        asked = {
            reference.fact.removeprefix("outputs.identities.")
            for app in _facts().apps
            if on_cluster(app, cluster) and app.name != "certificates-acme"
            for _, reference in app.references
            if reference.fact.startswith("outputs.identities.")
        }
        assert asked <= {each.name for each in plan_of(cluster).workloads}, facts.name
        assert len(asked) >= 2


def _facts() -> Facts:
    facts = sources().facts
    assert facts is not None
    return facts


def test_a_part_that_no_app_installs_has_no_identity() -> None:
    """Else the next tenant of that name would be it."""
    assert "external-dns" in {each.name for each in WORKLOADS}
    assert "external-dns" not in {each.name for each in plan_of("prod").workloads}

    facts = plan_of("prod").facts
    facts = replace(facts, app_namespaces=(*facts.app_namespaces, "external-dns"))
    installed, findings = make_plan(facts, settings_of("prod"), Tenancy())
    assert installed is not None, findings
    assert "external-dns" in {each.name for each in installed.workloads}
    given = platform(installed).of("authorization:RoleAssignment")
    assert given["velero"].inputs["scope"].endswith("/mlplatformprodbak")
    assert given["external-dns"].inputs["scope"].endswith("/ml.example.com")


def test_groups_of_the_world_are_made_from_one_cluster() -> None:
    assert "crossplane-entra-id" in {each.name for each in plan_of("prod").workloads}
    assert "crossplane-entra-id" not in {each.name for each in plan_of("dev").workloads}


def test_teams_get_an_identity_that_nothing_trusts_yet() -> None:
    cloud = shipped("dev")
    made = cloud.of("managedidentity:UserAssignedIdentity")

    for namespace in plan_of("dev").namespaces:
        inputs = made[f"namespace-{namespace}"].inputs
        assert inputs["resourceName"] == namespace
        assert inputs["resourceGroupName"] == cloud.outputs["azure"]["resourceGroup"]
    trusted = cloud.of("managedidentity:FederatedIdentityCredential").values()
    assert not {each.inputs["resourceName"] for each in trusted} & set(plan_of("dev").namespaces)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_only_roles_that_the_page_lists_are_given(stack: str) -> None:
    known = {role: name for name, role in BUILT_IN.items()}
    teams = {f"repository-{each}" for each in plan_of(stack).repositories}

    for name, each in shipped(stack).of("authorization:RoleAssignment").items():
        grant = GRANTS["team-repository" if name in teams else name]
        role = each.inputs["roleDefinitionId"].rpartition("/")[2]
        assert known.get(role, grant.role) == grant.role
        assert (role in known) is (grant.role not in CUSTOM)
        assert each.inputs["principalType"] == "ServicePrincipal"
        assert each.inputs.get("condition", "") == grant.condition


def test_a_project_reads_the_credentials_of_its_own_repository_alone() -> None:
    cloud = shipped("prod")
    vault = cloud.of("keyvault:Vault")["team-secrets"].id
    scopes = {
        name: each.inputs["scope"]
        for name, each in cloud.of("authorization:RoleAssignment").items()
        if name.startswith("repository-")
    }

    assert scopes == {
        f"repository-{each}": f"{vault}/secrets/{each}-repository-credentials"
        for each in plan_of("prod").repositories
    }
    assert scopes


def test_whoever_gives_roles_gives_one_to_programs_only() -> None:
    given = shipped("prod").of("authorization:RoleAssignment")["crossplane-data"].inputs

    assert given["conditionVersion"] == "2.0"
    for action in ("write", "delete"):
        assert (
            f"ActionMatches{{'Microsoft.Authorization/roleAssignments/{action}'}}"
            in (given["condition"])
        )
    only = BUILT_IN["Storage Blob Data Contributor"]
    assert given["condition"].count(f"GuidEquals {{{only}}}") == 2
    assert given["condition"].count("{'ServicePrincipal'}") == 2


def test_the_registry_stands_once_with_the_global_cluster() -> None:
    assert shipped("prod").one("containerregistry:Registry")["registryName"] == "mlplatform"
    assert shipped("dev").of("containerregistry:Registry") == {}


def test_everything_that_holds_data_is_reached_by_a_private_endpoint_and_logged() -> None:
    cloud = shipped("prod")
    reached = {
        each.inputs["privateLinkServiceConnections"][0]["privateLinkServiceId"]
        for each in cloud.of("network:PrivateEndpoint").values()
    }
    logged = {each.inputs["resourceUri"] for each in cloud.of("monitor:DiagnosticSetting").values()}
    for kind in ("keyvault:Vault", "storage:StorageAccount", "containerregistry:Registry"):
        for each in cloud.of(kind).values():
            assert each.id in reached
            assert {each.id, f"{each.id}/blobServices/default"} & logged


def test_a_private_front_door_has_a_fixed_address_that_names_lead_to() -> None:
    records = shipped("prod").of("privatedns:PrivateRecordSet").values()

    assert {each.inputs["relativeRecordSetName"] for each in records} == {"@", "*"}
    assert {each.inputs["aRecords"][0]["ipv4Address"] for each in records} == {"10.20.31.254"}
    assert shipped("prod").of("dns:RecordSet") == {}
    rules = shipped("prod").of("network:NetworkSecurityGroup")["nodes"].inputs["securityRules"]
    assert rules == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_gateway_asks_for_a_private_address_of_the_stack(stack: str) -> None:
    (address,) = {
        record["ipv4Address"]
        for each in shipped(stack).of("privatedns:PrivateRecordSet").values()
        for record in each.inputs["aRecords"]
    }

    assert gateway_annotations(shipped(stack), plan_of(stack)) == {
        f"{_LOAD_BALANCER}internal": "true",
        f"{_LOAD_BALANCER}ipv4": address,
    }


def test_the_gateway_asks_for_the_public_address_where_the_cluster_may_look_it_up() -> None:
    cloud = public()
    address = cloud.of("network:PublicIPAddress")["front-door"]
    group = cloud.of("resources:ResourceGroup")["platform"]

    assert address.inputs["resourceGroupName"] == group.inputs["resourceGroupName"]
    assert gateway_annotations(cloud, plan_of("dev", cluster={"private": False})) == {
        f"{_LOAD_BALANCER}internal": "false",
        f"{_LOAD_BALANCER}ipv4": FRONT_DOOR,
        f"{_LOAD_BALANCER}resource-group": group.inputs["resourceGroupName"],
    }
    given = cloud.of("authorization:RoleAssignment")["cluster-addresses"].inputs
    assert given["scope"] == group.id
    may = cloud.of("authorization:RoleDefinition")["addresses"].inputs["permissions"]
    assert may == [{"actions": ["Microsoft.Network/publicIPAddresses/read"]}]


def gateway_annotations(cloud: Cloud, plan: Plan) -> Mapping[str, Any]:
    """Return what the gateway's Service tells Azure, with a stack's outputs as facts."""
    outputs = Outputs.model_validate({key: it for key, it in cloud.outputs.items() if it})
    app = next(each for each in _facts().apps if each.name == "istio")
    (service,) = (each for each in app.file.patches if each.target.kind == "Service")
    filled: Any = fill(service.patch, replace(plan.facts, outputs=outputs))
    found: Mapping[str, Any] = filled["metadata"]["annotations"]
    return found


def test_a_cluster_that_is_there_may_use_the_front_doors_address() -> None:
    network = {key: it for key, it in EXISTING["network"].items() if key != "frontDoor"}
    there = {**EXISTING, "network": network}
    plan = plan_of("dev", cluster={"private": False}, network=None, pools=None, existing=there)

    given = platform(plan, ANSWERS).of("authorization:RoleAssignment")

    assert given["cluster-front-door"].inputs["principalId"] == "the-cluster"
    assert given["cluster-addresses"].inputs["principalId"] == "the-cluster"


def test_claims_may_have_endpoints_beside_the_platforms_own() -> None:
    cloud = shipped("prod")
    given = cloud.of("authorization:RoleAssignment")["crossplane-endpoints"].inputs
    role = cloud.of("authorization:RoleDefinition")["endpoints"]

    assert given["scope"] == cloud.of("network:Subnet")["endpoints"].id
    assert given["roleDefinitionId"].endswith(f"/{role.inputs['roleDefinitionId']}")
    assert role.inputs["permissions"] == [
        {"actions": ["Microsoft.Network/virtualNetworks/subnets/join/action"]}
    ]


def test_nvidias_plugin_runs_on_every_node_with_gpus_and_on_no_other() -> None:
    app = next(each for each in _facts().apps if each.name == "nvidia-device-plugin")
    plugin: Any = next(it for _, it in app.manifests if it["kind"] == "DaemonSet")
    pod = plugin["spec"]["template"]["spec"]
    (toleration,) = pod["tolerations"]

    for stack in ("dev", "prod"):
        pools = shipped(stack).of("containerservice:AgentPool").values()
        for pool in pools:
            labels, taints = pool.inputs["nodeLabels"], pool.inputs["nodeTaints"]
            chosen = pod["nodeSelector"].items() <= labels.items()
            assert chosen is bool(MACHINES[pool.inputs["vmSize"]].gpus)
            for taint in taints if chosen else ():
                assert taint.startswith(f"{toleration['key']}=")
                assert taint.endswith(f":{toleration['effect']}")
        assert any("gpuProfile" in pool.inputs for pool in pools)


def test_a_public_front_door_has_a_fixed_address_that_names_lead_to() -> None:
    cloud = public()
    address = cloud.of("network:PublicIPAddress")["front-door"]

    assert address.inputs["publicIPAllocationMethod"] == "Static"
    assert address.inputs["zones"] == ["1", "2", "3"]
    records = cloud.of("dns:RecordSet").values()
    assert {each.inputs["relativeRecordSetName"] for each in records} == {"@", "*"}
    assert {each.inputs["targetResource"]["id"] for each in records} == {address.id}
    assert cloud.of("privatedns:PrivateRecordSet") == {}
    (rule,) = cloud.of("network:NetworkSecurityGroup")["nodes"].inputs["securityRules"]
    assert rule["destinationPortRanges"] == ["80", "443"]
    given = cloud.of("authorization:RoleAssignment")["cluster-front-door"].inputs
    assert given["scope"] == address.id


def test_a_cluster_that_needs_no_zone_has_none() -> None:
    cloud = platform(plan_of("dev", cluster={"certificates": Certificates()}))

    assert cloud.outputs["dns"] is None
    assert cloud.of("dns:Zone") == {}
    assert "cert-manager" not in cloud.of("managedidentity:FederatedIdentityCredential")


def test_the_platform_names_its_subscription_for_every_resource() -> None:
    (provider,) = (each for each in shipped("dev").registered if ":providers:" in each.type)

    assert provider.inputs["subscriptionId"] == settings_of("dev").subscription_id
    assert provider.inputs["location"] == plan_of("dev").facts.cluster.region


def test_what_stands_in_another_subscription_is_read_there() -> None:
    network = {**EXISTING["network"], "subscriptionId": HUB}
    changes = {"network": None, "pools": None, "existing": {**EXISTING, "network": network}}

    cloud = platform(plan_of("dev", **changes), ANSWERS)

    providers = {each.name: each for each in cloud.registered if ":providers:" in each.type}
    assert set(providers) == {"azure", "azure-network"}
    assert providers["azure-network"].inputs["subscriptionId"] == HUB


def test_a_source_that_cannot_be_had_is_told_and_nothing_is_registered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(*_: object) -> None:
        raise WorkspaceError("git: no network")

    monkeypatch.setattr("infra.bootstrap.bootstrap", unreachable)

    with pytest.raises(RefusedError, match=r"Argo CD cannot be installed.*: git: no network"):
        run(lambda: deploy(ROOT, "dev", settings_of("dev")))
