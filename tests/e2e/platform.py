"""A cluster of the platform, as far as it can run here: what apps would bring, then our tree.

Owns what stands in for the apps that are fetched from elsewhere: their definitions, Kubeflow's
roles, and their namespaces. The tree is written under Argo CD's name, what Kubeflow's controller
makes under its own: admission policies tell them from people.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml
from tests.e2e.admission import wait_until_in_force
from tests.e2e.people import service_account
from tests.e2e.trees import Step, steps
from tests.e2e.waiting import wait
from tests.repository import ROOT

from tenantry import layout
from tenantry.conform.claims import claim_crd
from tenantry.policies import BINDING_KIND, POLICY_KIND
from tenantry.workspace import schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.client import Answer, Client, Manifest, Person
    from tests.e2e.control_plane import ControlPlane

RBAC = "rbac.authorization.k8s.io"
UPSTREAM = ROOT / "tests" / "e2e" / "upstream"

_FACTS = yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_bytes())
#: Who writes what Git holds. Its own installation lets it do everything (argo-cd v3.2.11,
#: manifests/cluster-rbac/application-controller).
ARGO_CD = service_account(_FACTS["gitops"]["namespace"], "argocd-application-controller")
#: A cluster admin (kubeflow/dashboard v2.0.0, profile-controller, profiles-cluster-rolebinding).
PROFILE_CONTROLLER = service_account("kubeflow", "profiles-controller-service-account")

#: The roles that people get, and an aggregated role far down that shows that all is gathered.
_AGGREGATED = ("kubeflow-admin", "kubeflow-edit", "kubeflow-view")
_LAST_GATHERED = "kserve.io"

#: Crossplane v2.3.4 stores XRDs as v1, whatever is sent. The default of a field that only v1 has
#: (defaultCompositeDeletePolicy) is stored by the second write, so that one changes bytes once.
#: A policy's status is written by a controller, which checks types; the second write then puts the
#: list of who wrote which field into another order.
_STORED_OTHERWISE = ("CompositeResourceDefinition", POLICY_KIND)


@dataclass(frozen=True)
class Refusal:
    """An object that the API server did not take, or took with a warning."""

    step: str
    path: str
    words: str

    def __str__(self) -> str:
        """Show it in a line."""
        return f"{self.step}: {self.path}: {self.words}"


@dataclass
class Platform:
    """A cluster with a rendered tree in it."""

    cluster: str
    tree: Path
    plane: ControlPlane
    client: Client
    steps: list[Step] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)
    accepted: int = 0
    cells: int = 0
    """How many questions of who may do what were answered, each about one verb and kind."""
    rule_sets: int = 0
    """How many times everything was read that somebody may do in a namespace."""

    def objects(self, *kinds: str) -> Iterator[Manifest]:
        """Yield every rendered object, or those of some kinds, in the order of the steps."""
        for step in self.steps:
            for each in step.objects:
                if not kinds or each["kind"] in kinds:
                    yield each

    def namespaces(self) -> list[Manifest]:
        """Return the Namespace of every placement."""
        return [
            each
            for each in self.objects("Namespace")
            if "tenantry.dev/profile" in each["metadata"].get("labels", {})
        ]


def fill(platform: Platform, tell: Callable[[str], None]) -> None:
    """Put everything into an empty cluster, in the order of a first sync."""
    prepare(platform.client, tell)
    for person in (ARGO_CD, PROFILE_CONTROLLER):
        _make_cluster_admin(platform.client, person)
    platform.steps = steps(platform.tree)
    for step in platform.steps:
        for each in step.objects:
            _apply(platform, step, each)
        if any(each["kind"] == BINDING_KIND for each in step.objects):
            wait_until_in_force(platform.client)
    for profile in platform.objects("Profile"):
        _act_as_profile_controller(platform.client, profile)


def prepare(client: Client, tell: Callable[[str], None]) -> None:
    """Put into an empty cluster what apps from elsewhere would bring."""
    _install_definitions(client, tell)
    _install_roles(client)
    for name in _foreign_namespaces():
        made = client.create(_namespace(name))
        assert made.ok, made.message


def _foreign_namespaces() -> list[str]:
    """Return the namespaces of apps whose source is elsewhere, and Argo CD's, which a person makes.

    Such an app may hold its Namespace itself. Here it is synced no more than the rest of it.
    """
    found = {_FACTS["gitops"]["namespace"]}
    for path in ROOT.glob(f"{layout.APPS}/*/{layout.UPSTREAM_FILE}"):
        found |= json.loads(path.read_bytes()).get("namespaces", {}).keys()
        for own in path.parent.glob(f"{layout.MANIFESTS}/*namespace.yaml"):
            found.add(yaml.safe_load(own.read_bytes())["metadata"]["name"])
    return sorted(found)


def changed_by_another_apply(platform: Platform) -> list[str]:
    """Apply everything once more; return the paths of the objects that this changed."""
    for each in platform.objects(*_STORED_OTHERWISE):
        platform.client.apply(each, person=ARGO_CD)
    found = []
    for each in platform.objects():
        before = _version(platform.client.get(each))
        if _version(platform.client.apply(each, person=ARGO_CD)) != before:
            found.append(platform.client.path(each))
    return found


def _version(answer: Answer) -> str:
    assert answer.ok, answer.message
    version: str = answer.body["metadata"]["resourceVersion"]
    return version


def _apply(platform: Platform, step: Step, manifest: Manifest) -> None:
    try:
        path = platform.client.path(manifest)
    except LookupError as error:
        name = manifest["metadata"]["name"]
        platform.refusals.append(Refusal(step.application, name, str(error)))
        return
    answer = platform.client.apply(manifest, person=ARGO_CD)
    if not answer.ok:
        platform.refusals.append(Refusal(step.application, path, answer.message))
        return
    platform.accepted += 1
    platform.warnings += [Refusal(step.application, path, words) for words in answer.warnings]


def _install_definitions(client: Client, tell: Callable[[str], None]) -> None:
    """Install every CustomResourceDefinition, those of claims as Crossplane would make them."""
    crds = [json.loads(path.read_bytes()) for path in schemas.crd_files(ROOT, tell)]
    xrds = sorted((ROOT / "apps").glob("*/manifests/xrd.yaml"))
    crds += [claim_crd(yaml.safe_load(path.read_bytes())) for path in xrds]
    for crd in crds:
        made = client.create(crd)
        assert made.ok, f"{crd['metadata']['name']}: {made.message}"
        assert not made.warnings, f"{crd['metadata']['name']}: {made.warnings}"
    for crd in crds:
        wait(partial(_is_established, client, crd), crd["metadata"]["name"])


def _install_roles(client: Client) -> None:
    text = (UPSTREAM / "kubeflow-cluster-roles.yaml").read_bytes()
    roles = list(yaml.safe_load_all(text))
    for role in roles:
        made = client.create(role)
        assert made.ok, made.message
    wait(lambda: _gathered(client), "the aggregation of Kubeflow's roles")


def _gathered(client: Client) -> bool:
    """Whether the controller has put the rules of all roles together."""
    for name in _AGGREGATED:
        role = client.request("GET", f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}").body
        groups = {group for rule in role["rules"] or () for group in rule.get("apiGroups", ())}
        if not any(group.endswith(_LAST_GATHERED) for group in groups):
            return False
    return True


def _act_as_profile_controller(client: Client, profile: Manifest) -> None:
    """Make what Kubeflow's controller makes for a Profile object, as far as it grants anything.

    Source: kubeflow/dashboard v2.0.0, profile_controller.go. It cannot run here.
    """
    namespace = profile["metadata"]["name"]
    for name, role in (("default-editor", "kubeflow-edit"), ("default-viewer", "kubeflow-view")):
        account = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
        place = {"name": name, "namespace": namespace}
        for each in (
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": place},
            role_binding(place, role, account),
        ):
            made = client.create(each, person=PROFILE_CONTROLLER)
            assert made.ok, made.message
    owner = {**profile["spec"]["owner"], "apiGroup": RBAC}
    place = {"name": "namespaceAdmin", "namespace": namespace}
    binding = role_binding(place, "kubeflow-admin", owner)
    made = client.create(binding, person=PROFILE_CONTROLLER)
    assert made.ok, made.message


def _make_cluster_admin(client: Client, person: Person) -> None:
    _, _, namespace, name = person.user.split(":")
    account = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    binding = role_binding({"name": f"{name}-in-tests"}, "cluster-admin", account)
    made = client.create({**binding, "kind": "ClusterRoleBinding"})
    assert made.ok, made.message


def role_binding(place: Manifest, role: str, subject: Manifest) -> Manifest:
    """Return a RoleBinding of one subject to a ClusterRole."""
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": place,
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }


def _is_established(client: Client, crd: Manifest) -> bool:
    # A definition that no controller has looked at yet has `status: {conditions: null}`.
    conditions = client.get(crd).body.get("status", {}).get("conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
