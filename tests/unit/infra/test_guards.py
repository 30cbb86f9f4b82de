"""Guards of resources: each refuses its case, and what they find stops everything."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from infra.guards import GUARDS, Watch, judge
from infra.guards.resource import LATER, plain
from infra.guards.storage import KEPT
from infra.guards.upkeep import TAGS
from infra.refusal import RefusedError
from pulumi_azure_native import Provider, authorization, resources, storage
from tests.unit.infra.cloud import Cloud, plan_of, platform, run, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.guards.resource import Made

_PATH = "Pulumi.prod.yaml"
_OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
_GIVES = "/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
_GONE = object()

#: Guard, name and type of a resource that passes, where to change it, and to what.
CASES: list[tuple[str, str, str, tuple[str | int, ...], Any]] = [
    ("storage-closed", "artifacts", "StorageAccount", ("public_network_access",), "Enabled"),
    ("storage-closed", "backups", "StorageAccount", ("public_network_access",), _GONE),
    (
        "storage-closed",
        "backups",
        "StorageAccount",
        ("network_rule_set", "default_action"),
        "Allow",
    ),
    ("storage-closed", "artifacts", "StorageAccount", ("allow_blob_public_access",), True),
    ("storage-closed", "artifacts", "StorageAccount", ("allow_blob_public_access",), LATER),
    ("container-closed", "backups", "BlobContainer", ("public_access",), "Blob"),
    ("storage-no-keys", "artifacts", "StorageAccount", ("allow_shared_key_access",), True),
    ("storage-no-keys", "artifacts", "StorageAccount", ("is_local_user_enabled",), _GONE),
    ("storage-encrypted", "artifacts", "StorageAccount", ("minimum_tls_version",), "TLS1_0"),
    ("storage-encrypted", "artifacts", "StorageAccount", ("enable_https_traffic_only",), False),
    ("storage-encrypted", "backups", "StorageAccount", ("encryption",), _GONE),
    ("storage-recoverable", "backups", "BlobServiceProperties", ("is_versioning_enabled",), False),
    (
        "storage-recoverable",
        "backups",
        "BlobServiceProperties",
        ("delete_retention_policy", "days"),
        1,
    ),
    (
        "vault-recoverable",
        "team-secrets",
        "Vault",
        ("properties", "enable_purge_protection"),
        _GONE,
    ),
    (
        "vault-recoverable",
        "team-secrets",
        "Vault",
        ("properties", "soft_delete_retention_in_days"),
        7,
    ),
    (
        "vault-closed",
        "platform-secrets",
        "Vault",
        ("properties", "public_network_access"),
        "Enabled",
    ),
    ("vault-roles", "team-secrets", "Vault", ("properties", "enable_rbac_authorization"), False),
    ("vault-roles", "team-secrets", "Vault", ("properties", "access_policies"), [{"tenant": "x"}]),
    ("registry-closed", "registry", "Registry", ("public_network_access",), "Enabled"),
    ("registry-closed", "registry", "Registry", ("anonymous_pull_enabled",), True),
    ("registry-no-passwords", "registry", "Registry", ("admin_user_enabled",), True),
    ("cluster-no-local-accounts", "cluster", "ManagedCluster", ("disable_local_accounts",), False),
    ("cluster-people", "cluster", "ManagedCluster", ("aad_profile", "enable_azure_rbac"), True),
    ("cluster-people", "cluster", "ManagedCluster", ("aad_profile", "admin_group_object_ids"), []),
    ("cluster-people", "cluster", "ManagedCluster", ("enable_rbac",), False),
    (
        "cluster-api-closed",
        "cluster",
        "ManagedCluster",
        ("api_server_access_profile", "enable_private_cluster"),
        False,
    ),
    (
        "cluster-api-closed",
        "cluster",
        "ManagedCluster",
        ("api_server_access_profile",),
        {"authorized_ip_ranges": ["192.0.2.0/24", "0.0.0.0/0"]},
    ),
    (
        "cluster-api-closed",
        "cluster",
        "ManagedCluster",
        ("api_server_access_profile",),
        {"authorized_ip_ranges": ["the office"]},
    ),
    (
        "cluster-workload-identity",
        "cluster",
        "ManagedCluster",
        ("oidc_issuer_profile", "enabled"),
        False,
    ),
    (
        "cluster-network-policies",
        "cluster",
        "ManagedCluster",
        ("network_profile", "network_policy"),
        "none",
    ),
    (
        "cluster-way-out",
        "cluster",
        "ManagedCluster",
        ("network_profile", "outbound_type"),
        "loadBalancer",
    ),
    (
        "cluster-upgrades",
        "cluster",
        "ManagedCluster",
        ("auto_upgrade_profile", "upgrade_channel"),
        "none",
    ),
    (
        "cluster-upgrades",
        "cluster",
        "ManagedCluster",
        ("auto_upgrade_profile", "node_os_upgrade_channel"),
        "Unmanaged",
    ),
    (
        "cluster-image-cleaner",
        "cluster",
        "ManagedCluster",
        ("security_profile", "image_cleaner"),
        _GONE,
    ),
    ("cluster-promised", "cluster", "ManagedCluster", ("sku", "tier"), "Free"),
    ("nodes-encrypted", "gpu", "AgentPool", ("enable_encryption_at_host",), False),
    (
        "nodes-encrypted",
        "cluster",
        "ManagedCluster",
        ("agent_pool_profiles", 0, "enable_encryption_at_host"),
        _GONE,
    ),
    ("nodes-closed", "general", "AgentPool", ("enable_node_public_ip",), True),
    ("nodes-closed", "general", "AgentPool", ("security_profile", "ssh_access"), "LocalUser"),
    ("nodes-spread", "general", "AgentPool", ("availability_zones",), ["1"]),
    ("nodes-scaling", "gpu", "AgentPool", ("enable_auto_scaling",), False),
    ("gpu-tainted", "gpu", "AgentPool", ("node_taints",), []),
    ("gpu-tainted", "gpu", "AgentPool", ("node_taints",), ["nvidia.com/gpu=x:PreferNoSchedule"]),
    ("gpu-tainted", "general", "AgentPool", ("vm_size",), "standard_nc8as_t4_v3"),
    ("gpu-tainted", "general", "AgentPool", ("vm_size",), LATER),
    ("roles-narrow", "cert-manager", "RoleAssignment", ("role_definition_id",), _OWNER),
    ("roles-narrow", "cert-manager", "RoleAssignment", ("role_definition_id",), _GIVES),
    ("roles-narrow", "cert-manager", "RoleAssignment", ("role_definition_id",), f"{_OWNER}/"),
    ("roles-narrow", "cert-manager", "RoleAssignment", ("role_definition_id",), LATER),
    ("roles-narrow", "cert-manager", "RoleAssignment", ("scope",), "/subscriptions/one"),
    ("roles-narrow", "cert-manager", "RoleAssignment", ("scope",), "/Subscriptions/one"),
    ("roles-narrow", "cert-manager", "RoleAssignment", ("scope",), "/"),
    (
        "roles-narrow",
        "cert-manager",
        "RoleAssignment",
        ("scope",),
        "/providers/Microsoft.Management/managementGroups/all",
    ),
    *(
        ("custom-roles-narrow", "claims", "RoleDefinition", ("permissions", 0, kind), actions)
        for kind in ("actions", "data_actions")
        for actions in (
            ["*"],
            ["*/read"],
            ["Microsoft.Storage/*"],
            ["Microsoft.Auth*/roleAssignments/write"],
            ["microsoft.authorization/roleassignments/write"],
            [LATER],
            LATER,
        )
    ),
    ("custom-roles-narrow", "claims", "RoleDefinition", ("permissions",), LATER),
    (
        "custom-roles-narrow",
        "claims",
        "RoleDefinition",
        ("permissions", 0, "actions"),
        ["Microsoft.Authorization/roleAssignments/write"],
    ),
    (
        "trust-narrow",
        "crossplane-azure",
        "FederatedIdentityCredential",
        ("subject",),
        "system:serviceaccount:*:crossplane-azure",
    ),
    ("trust-narrow", "crossplane-azure", "FederatedIdentityCredential", ("audiences",), ["any"]),
    ("tags", "network", "VirtualNetwork", ("tags",), _GONE),
    ("tags", "network", "VirtualNetwork", ("tags", "owner"), ""),
]


def _passing() -> Iterator[Made]:
    yield from (made for made in shipped("prod").made if made.type.startswith("azure-native:"))


def _one(name: str, kind: str) -> Made:
    (found,) = (made for made in _passing() if made.name == name and made.type.endswith(f":{kind}"))
    return found


def _changed(made: Made, path: tuple[str | int, ...], value: object) -> Made:
    properties = copy.deepcopy(dict(made.properties))
    place: Any = properties
    for step in path[:-1]:
        place = place[step]
    if value is _GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return replace(made, properties=properties)


def _ids(made: Made, *without: str) -> set[str]:
    return {finding.rule for finding in judge(made, _PATH, without)}


def test_what_we_make_passes() -> None:
    for made in _passing():
        assert not _ids(made), made.name


@pytest.mark.parametrize(("guard", "name", "kind", "path", "value"), CASES)
def test_a_guard_refuses(
    guard: str, name: str, kind: str, path: tuple[str | int, ...], value: object
) -> None:
    changed = _changed(_one(name, kind), path, value)

    assert _ids(changed) == {guard}
    assert not _ids(changed, guard)  # an exception is for this one alone


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("option", ["protected", "retained"])
def test_what_holds_data_is_protected_and_outlives_its_lines(kind: str, option: str) -> None:
    found = [made for made in _passing() if made.type.endswith(f":{kind}")]
    assert found
    for made in found:
        assert _ids(replace(made, **{option: False})) == {"data-kept"}  # type: ignore[arg-type] # a switch


def test_a_type_whose_api_nobody_wrote_down_is_refused() -> None:
    made = replace(_one("network", "VirtualNetwork"), type="azure-native:network:VirtualHub")

    assert _ids(made) == {"api-version-known"}


@pytest.mark.parametrize("pools", [_GONE, LATER, [], [LATER]])
def test_pools_that_nobody_could_judge_are_refused(pools: object) -> None:
    changed = _changed(_one("cluster", "ManagedCluster"), ("agent_pool_profiles",), pools)

    assert _ids(changed) >= {"nodes-encrypted", "nodes-closed", "nodes-spread", "nodes-scaling"}


@pytest.mark.parametrize(
    "type_",
    [
        "azure-native:storage/v20240101:StorageAccount",
        "azure-native_storage_v20240101:storage:StorageAccount",
    ],
)
def test_a_class_for_another_version_of_azures_api_is_judged_as_well(type_: str) -> None:
    made = replace(_one("artifacts", "StorageAccount"), type=type_)
    opened = _changed(made, ("public_network_access",), "Enabled")

    assert _ids(made) == {"api-version-known"}
    assert _ids(opened, "api-version-known") == {"storage-closed"}


def test_every_guard_has_a_case() -> None:
    cases = {case[0] for case in CASES} | {"data-kept", "api-version-known"}

    assert {guard.id for guard in GUARDS} == cases
    assert len({guard.id for guard in GUARDS}) == len(GUARDS)


def test_every_tag_is_asked_for() -> None:
    for tag in TAGS:
        made = _changed(_one("network", "VirtualNetwork"), ("tags", tag), "")
        (finding,) = judge(made, _PATH)
        assert finding.message == f"network (VirtualNetwork): it has no tag {tag}"


def _open_storage() -> None:
    Provider("azure")
    group = resources.ResourceGroup("first")
    part = pulumi.ComponentResource("tenantry:azure:Part", "part")
    storage.BlobContainer(
        "second",
        account_name=group.name,
        resource_group_name=group.name,
        public_access=storage.PublicAccess.BLOB,
        opts=pulumi.ResourceOptions(parent=part, depends_on=[group]),
    )


def test_all_that_is_found_stops_everything_at_once() -> None:
    """Nothing reaches the engine: no resource, no component and no provider."""
    clouds: list[Cloud] = []

    def program() -> None:
        clouds.append(_cloud())
        with Watch("Pulumi.dev.yaml"):
            _open_storage()

    with pytest.raises(RefusedError) as refusal:
        run(program)

    assert clouds[0].registered == []
    said = str(refusal.value).splitlines()
    assert said[0] == "guards stop this; nothing was registered:"
    assert (
        "Pulumi.dev.yaml: container-closed: second (BlobContainer): public_access is 'Blob', and "
        "must be 'None' (change setting or component, or name container-closed below exceptions, "
        "with the reason)"
    ) in said
    assert {line.split(": ")[1] for line in said[1:]} == {"container-closed", "data-kept", "tags"}


def test_a_scope_is_judged_when_it_is_known() -> None:
    """The id of another resource is not known as the program runs; what it turns out to be is."""

    def program() -> object:
        with Watch("Pulumi.dev.yaml"):
            given = authorization.RoleAssignment(
                "wide",
                principal_id="somebody",
                role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{_PULL}",
                scope=pulumi.Output.from_input("one").apply(lambda it: f"/subscriptions/{it}"),
            )
        return given.scope

    with pytest.raises(RefusedError, match=r"roles-narrow: wide .* whole subscription"):
        run(program)


def _cloud() -> Cloud:
    mocks = pulumi.runtime.settings.SETTINGS.monitor.mocks
    assert isinstance(mocks, Cloud)
    return mocks


def test_a_program_that_fails_registers_nothing_either() -> None:
    """And what is said is its own fault, not the guards'."""
    clouds: list[Cloud] = []

    def program() -> None:
        clouds.append(_cloud())
        with Watch("Pulumi.dev.yaml"):
            _open_storage()
            raise ValueError("a fault of ours")

    with pytest.raises(ValueError, match="a fault of ours"):
        run(program)

    assert clouds[0].registered == []


def test_a_resource_that_comes_later_is_refused_alone() -> None:
    def program() -> pulumi.Output[None]:
        with Watch("Pulumi.dev.yaml"):
            later = pulumi.Output.from_input("known")
        return later.apply(lambda _: _open_storage())

    with pytest.raises(RefusedError, match="data-kept: first"):
        run(program)


def test_a_stack_may_do_without_a_guard_and_says_why() -> None:
    reason = "The trial in spring uses one zone only, until 2027-04-01."
    plan = plan_of("dev", zones=["1"], exceptions={"nodes-spread": reason})

    assert platform(plan).of("containerservice:ManagedCluster")
    with pytest.raises(RefusedError, match="nodes-spread: general"):
        platform(plan_of("dev", zones=["1"]))


def test_values_are_seen_as_azure_will_see_them() -> None:
    async def coming() -> str:
        return "x"

    waiting = coming()
    args = storage.SkuArgs(name=storage.SkuName.STANDARD_ZRS)

    assert plain({"sku": args, "list": (1, None), "none": None}) == {
        "sku": {"name": "Standard_ZRS"},
        "list": [1, None],
    }
    assert plain(waiting) is LATER
    waiting.close()
