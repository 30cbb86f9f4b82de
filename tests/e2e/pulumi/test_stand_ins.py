"""What the stand-ins refuse: what the real ones would, as far as types tell."""

from __future__ import annotations

import base64
import copy
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
import yaml
from pulumi_azure_native import storage
from tests.e2e.pulumi import azure, kubernetes
from tests.e2e.pulumi.wire import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.pulumi.engine import Bench
    from tests.e2e.pulumi.stand_in import StandIn
    from tests.e2e.pulumi.wire import Values

ACCOUNT = "azure-native:storage:StorageAccount"
CLUSTER = "azure-native:containerservice:ManagedCluster"
VAULT = "azure-native:keyvault:Vault"

RIGHT: dict[str, Values] = {
    ACCOUNT: {
        "resourceGroupName": "ml-platform-dev",
        "kind": "StorageV2",
        "sku": {"name": "Standard_ZRS"},
        "allowBlobPublicAccess": False,
        "minimumTlsVersion": "TLS1_2",
        "networkRuleSet": {
            "defaultAction": "Deny",
            "ipRules": [{"iPAddressOrRange": "10.0.0.0/8"}],
        },
        "tags": {"platform": "ml"},
    },
    CLUSTER: {
        "resourceGroupName": "ml-platform-dev",
        "disableLocalAccounts": True,
        "oidcIssuerProfile": {"enabled": True},
        "networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay"},
        "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 3, "vmSize": UNKNOWN}],
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [UNKNOWN]},
    },
    VAULT: {
        "resourceGroupName": "ml-platform-dev",
        "properties": {
            "tenantId": azure.TENANT,
            "sku": {"family": "A", "name": "standard"},
            "enablePurgeProtection": True,
            "softDeleteRetentionInDays": 90,
        },
    },
    "v1": {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "quota", "namespace": "vision", "labels": {"a": "b"}},
        "spec": {"hard": {"pods": "10"}},
    },
    "networking.k8s.io/v1": {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "allow-dns", "namespace": "vision"},
        "spec": {
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [{"ports": [{"protocol": "UDP", "port": 53}]}],
        },
    },
    "claims.tenantry.dev/v1alpha1": {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": "default", "namespace": "vision"},
        "spec": {"mtls": {"mode": "STRICT"}},
    },
}
ISTIO = "claims.tenantry.dev/v1alpha1"
POLICY = "networking.k8s.io/v1"
QUOTA = "v1"

_GONE = object()

#: Name of a mistake; kind; where; what stands there instead; where the fault is told, if elsewhere.
MISTAKES: list[tuple[str, str, str, Any, str]] = [
    ("account without a resource group", ACCOUNT, "resourceGroupName", _GONE, ""),
    ("account without a kind", ACCOUNT, "kind", _GONE, ""),
    ("account without a sku", ACCOUNT, "sku", _GONE, ""),
    ("account with a sku without a name", ACCOUNT, "sku.name", _GONE, ""),
    ("account with a misspelled switch", ACCOUNT, "allowBlobPublicAcces", False, ""),
    ("account with a misspelled property of a block", ACCOUNT, "networkRuleSet.bypas", "None", ""),
    ("account of an unknown kind", ACCOUNT, "kind", "StorageV3", ""),
    ("account with an unknown action", ACCOUNT, "networkRuleSet.defaultAction", "Denied", ""),
    ("account with an unknown version of TLS", ACCOUNT, "minimumTlsVersion", "TLS1.2", ""),
    ("account with a switch in quotes", ACCOUNT, "allowBlobPublicAccess", "false", ""),
    ("account with a block where a list belongs", ACCOUNT, "networkRuleSet.ipRules", {}, ""),
    ("account with a list where a block belongs", ACCOUNT, "sku", [], ""),
    ("account with a number as a tag", ACCOUNT, "tags.platform", 7, ""),
    ("cluster with a misspelled profile", CLUSTER, "oidcIssuerProfle", {}, ""),
    ("cluster with an unknown plugin", CLUSTER, "networkProfile.networkPlugin", "calico", ""),
    ("cluster with half a node", CLUSTER, "agentPoolProfiles.0.count", 1.5,
     "agentPoolProfiles[0].count"),
    ("cluster with an unknown mode of a pool", CLUSTER, "agentPoolProfiles.0.mode", "Systems",
     "agentPoolProfiles[0].mode"),
    ("cluster with a pool without a name", CLUSTER, "agentPoolProfiles.0.name", _GONE,
     "agentPoolProfiles[0].name"),
    ("cluster with an unknown kind of identity", CLUSTER, "identity.type", "User", ""),
    ("vault without its properties", VAULT, "properties", _GONE, ""),
    ("vault with days as text", VAULT, "properties.softDeleteRetentionInDays", "90", ""),
    ("vault of an unknown family", VAULT, "properties.sku.family", "B", ""),
    ("quota with a misspelled field", QUOTA, "spec.hrad", {}, "spec"),
    ("quota with a list where a block belongs", QUOTA, "spec.hard", [], ""),
    ("quota without a name", QUOTA, "metadata.name", _GONE, "metadata"),
    ("quota with a number as a label", QUOTA, "metadata.labels.a", 1, ""),
    ("policy with a port of text and digits", POLICY, "spec.egress.0.ports.0.protocol", 17, ""),
    ("policy with a type in a block", POLICY, "spec.policyTypes", {"a": "Egress"}, ""),
    ("mesh rule with an unknown mode", ISTIO, "spec.mtls.mode", "STRONG", ""),
    ("mesh rule of an unknown kind", ISTIO, "kind", "PeerAuthentification", ""),
]  # fmt: skip


def faults(kind: str, inputs: Values) -> list[tuple[str, str]]:
    """Return what the stand-in of a kind finds."""
    if kind.startswith("azure-native:"):
        return list(azure.faults(kind, inputs))
    return list(kubernetes.faults(inputs))


def changed(values: Values, where: str, value: object) -> Values:
    """Return values with another one at a place, or none."""
    values = copy.deepcopy(values)
    *way, last = where.split(".")
    here: Any = values
    for step in way:
        here = here[int(step)] if isinstance(here, list) else here[step]
    if value is _GONE:
        del here[last]
    else:
        here[last] = value
    return values


@pytest.mark.parametrize("kind", RIGHT)
def test_what_is_right_is_taken(kind: str) -> None:
    assert faults(kind, RIGHT[kind]) == []


@pytest.mark.parametrize(
    ("kind", "where", "value", "told"),
    [pytest.param(*rest, id=name) for name, *rest in MISTAKES],
)
def test_a_mistake_is_refused_where_it_stands(
    kind: str, where: str, value: object, told: str
) -> None:
    found = faults(kind, changed(RIGHT[kind], where, value))
    assert [path for path, _ in found] == [told or where]


def test_at_least_25_mistakes_are_named() -> None:
    assert len({name for name, *_ in MISTAKES}) >= 25


def test_a_type_that_is_none_is_refused() -> None:
    assert faults("azure-native:storage:StorageAcount", {}) == [
        ("", "azure-native:storage:StorageAcount is no type of this provider")
    ]


def _misspelled() -> None:
    class Account(pulumi.CustomResource):
        pass

    inputs = changed(RIGHT[ACCOUNT], "allowBlobPublicAcces", value=True)
    Account(ACCOUNT, "data", inputs)


def _wrong_value() -> None:
    storage.StorageAccount(
        "data",
        resource_group_name="ml-platform-dev",
        kind="StorageV3",
        sku=storage.SkuArgs(name="Standard_ZRS"),
    )


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (_misspelled, 'is no property here (did you mean "allowBlobPublicAccess"?)'),
        (_wrong_value, 'not a value of Kind (did you mean "StorageV2"?)'),
    ],
)
def test_a_mistake_stops_the_engine_before_anything_is_made(
    bench: Bench, on_azure: StandIn, program: Callable[[], None], message: str
) -> None:
    stack = bench.stack("mistaken", program)
    assert message in stack.preview().said()
    assert message in stack.up().said()
    assert on_azure.cloud == {}


def test_outputs_flow_into_the_inputs_of_others(bench: Bench, on_azure: StandIn) -> None:
    def program() -> None:
        account = storage.StorageAccount(
            "data",
            resource_group_name="ml-platform-dev",
            kind="StorageV2",
            sku=storage.SkuArgs(name="Standard_ZRS"),
        )
        storage.BlobContainer(
            "container",
            resource_group_name="ml-platform-dev",
            account_name=account.name,
            metadata={"of": account.primary_endpoints.apply(lambda all_: str(all_.blob))},
        )

    assert not bench.stack("flow", program).up().failed
    metadata = [inputs["metadata"] for inputs in on_azure.cloud.values() if "metadata" in inputs]
    assert metadata == [{"of": "https://data.blob.core.windows.net/"}]


def test_a_secret_is_not_in_a_state_whose_key_a_vault_keeps(bench: Bench) -> None:
    stack = bench.stack("kept", lambda: pulumi.export("word", pulumi.Output.secret("rosebud")))
    assert not stack.up().failed
    assert stack.outputs() == {"word": "rosebud"}
    state = bench.state("kept")
    assert b"ciphertext" in state
    assert b"rosebud" not in state


def test_a_vault_that_does_not_know_a_key_opens_no_state(bench: Bench) -> None:
    stack = bench.stack("kept", lambda: None)
    configuration = bench.work / "Pulumi.kept.yaml"
    content = yaml.safe_load(configuration.read_bytes())
    content["encryptedkey"] = base64.b64encode(b"vault:v2:unknown").decode()
    configuration.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert "invalid ciphertext, or no such key" in stack.up().said()
