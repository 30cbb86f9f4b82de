"""A stand-in for Azure in memory: programs of `infra/` run against it, and it remembers all.

Pulumi's own mocks. It answers as Azure would as far as other resources read the answer.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pulumi
from infra.azure.assembly import Platform
from infra.azure.planning import Plan, Tenancy, make_plan
from infra.azure.platform import tenancy_of
from infra.azure.settings import Settings
from infra.guards import Watch, made_of
from pulumi.runtime import register_stack_transformation
from pulumi.runtime.settings import set_root_resource
from tests.repository import ROOT

from tenantry.reader import read_document
from tenantry.reader.document import Document
from tenantry.schema.check import check
from tenantry.workspace.pipeline import Expansion, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.guards.resource import Made

SUBSCRIPTION = "aaaaaaaa-0000-0000-0000-000000000001"
TODAY = date(2026, 11, 22)
THE_CLUSTER = {"clientId": "a-client", "principalId": "the-cluster"}
FRONT_DOOR = "203.0.113.7"
_OWN_NAME = "azure-native:resources:ResourceGroup"


@dataclass(frozen=True)
class Registered:
    """A resource as the engine is told of it."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    id: str

    @property
    def kind(self) -> str:
        """Its type without the provider."""
        return self.type.partition(":")[2]


@dataclass
class Cloud(pulumi.runtime.Mocks):
    """Takes every resource, and remembers it."""

    answers: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """What it says when asked for something that is there, by the asked function."""
    registered: list[Registered] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    """The same resources as the guards saw them."""
    outputs: Any = None
    """What the program gave."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Make a resource."""
        inputs = dict(args.inputs)
        state = {"name": _name(args.typ, args.name, inputs), **inputs, **_answer(args, inputs)}
        path = _path(args.typ, state["name"], inputs)
        self.registered.append(Registered(args.typ, args.name, inputs, path))
        return path, state

    def call(
        self, args: pulumi.runtime.MockCallArgs
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answer a question about what is there."""
        self.asked.append((args.token, dict(args.args)))
        return self.answers[args.token], []

    def of(self, kind: str) -> dict[str, Registered]:
        """Return all resources of a type, by name."""
        return {each.name: each for each in self.registered if each.kind == kind}

    def one(self, kind: str) -> Mapping[str, Any]:
        """Return what the only resource of a type was given."""
        (found,) = self.of(kind).values()
        return found.inputs


def _name(type_: str, name: str, inputs: Mapping[str, Any]) -> str:
    if type_ == _OWN_NAME:
        return str(inputs["resourceGroupName"])
    # Other names are those of what it is part of.
    part = type_.rpartition(":")[2]
    given = {key.lower(): value for key, value in inputs.items() if key.endswith("Name")}
    given.pop("resourcegroupname", None)
    own = next((value for key, value in given.items() if key == f"{part.lower()}name"), None)
    return str(own or next(iter(given.values()), name))


def _path(type_: str, name: str, inputs: Mapping[str, Any]) -> str:
    group = inputs.get("resourceGroupName", "none")
    kind = type_.partition(":")[2].replace(":", "/")
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{kind}/{name}"


def _answer(args: pulumi.runtime.MockResourceArgs, inputs: dict[str, Any]) -> dict[str, Any]:
    kind = args.typ.rpartition(":")[2]
    if kind == "UserAssignedIdentity":
        named = f"{inputs['resourceGroupName']}/{inputs['resourceName']}"
        return {
            "clientId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"client/{named}")),
            "principalId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"principal/{named}")),
        }
    if kind == "Vault":
        address = f"https://{inputs['vaultName']}.vault.azure.net/"
        return {"properties": {**inputs["properties"], "vaultUri": address}}
    if kind == "PublicIPAddress":
        return {"ipAddress": FRONT_DOOR}
    return cluster_state() if kind == "ManagedCluster" else {}


def cluster_state() -> dict[str, Any]:
    """Return what Azure says of a cluster, as far as somebody asks."""
    return {
        "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://oidc.example.com/one/"},
        "identityProfile": {"kubeletidentity": {"objectId": "the-nodes"}},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/it": THE_CLUSTER}},
        "securityProfile": {"workloadIdentity": {"enabled": True}},
    }


def run(program: Callable[[], Any], answers: Mapping[str, dict[str, Any]] | None = None) -> Cloud:
    """Run a program against an empty cloud. Raises whatever the program raises."""
    cloud = Cloud(answers or {})
    set_root_resource(None)  # type: ignore[arg-type] # each program is a stack of its own
    pulumi.runtime.set_mocks(cloud, project="tenantry", stack="dev", preview=False)

    def see(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        cloud.made.append(made_of(args))
        # The SDK names each type as it was called in every version. That is half of all work.
        args.opts.aliases = None
        return pulumi.ResourceTransformationResult(args.props, args.opts)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def whole() -> pulumi.Output[None]:
        register_stack_transformation(see)
        given = pulumi.Output.from_input(program())
        return given.apply(lambda value: setattr(cloud, "outputs", value))

    try:
        whole()
    finally:
        set_root_resource(None)  # type: ignore[arg-type] # and leaves nothing to the next
    return cloud


def settings_of(stack: str, **changes: Any) -> Settings:  # noqa: ANN401 - any field's value
    """Return the settings of a stack file of this repository, with some of them changed."""
    path = f"Pulumi.{stack}.yaml"
    document = read_document(path, (ROOT / path).read_bytes())
    data: Any = document.data
    given = {key[9:]: value for key, value in data["config"].items() if key.startswith("tenantry:")}
    data = {key: value for key, value in {**given, **changes}.items() if value is not None}
    settings, findings = check(Settings, Document(path, data))
    assert settings is not None, findings
    return settings


@cache
def sources() -> Expansion:
    """Return the judged sources of this repository."""
    return expand(ROOT, TODAY)


def plan_of(stack: str, *, cluster: Mapping[str, Any] | None = None, **changes: Any) -> Plan:  # noqa: ANN401 - any field's value
    """Return the plan of a stack of this repository, with facts and settings changed."""
    expansion = sources()
    assert expansion.facts is not None
    facts = expansion.facts.clusters[stack]
    facts = replace(facts, cluster=facts.cluster.model_copy(update=dict(cluster or {})))
    varied = bool(cluster or changes)  # such a plan is not about teams
    tenancy = Tenancy() if varied else tenancy_of(expansion.tenants, facts)
    plan, findings = make_plan(facts, settings_of(stack, **changes), tenancy)
    assert plan is not None, findings
    return plan


@cache
def shipped(stack: str) -> Cloud:
    """Return the cloud after a platform of this repository was made in it."""
    return platform(plan_of(stack))


def platform(plan: Plan, answers: Mapping[str, dict[str, Any]] | None = None) -> Cloud:
    """Return the cloud after a platform was made in it."""

    def program() -> Mapping[str, Any]:
        with Watch("Pulumi.dev.yaml", frozenset(plan.settings.exceptions)):
            return Platform(plan).outputs()

    return run(program, answers)
