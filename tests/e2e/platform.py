"""A cluster of the platform, as far as it can run here: our tree, on its foundation.

The tree is written under Argo CD's name, what Kubeflow's controller makes under its own: admission
policies tell them from people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml
from tests.e2e.admission import wait_until_in_force
from tests.e2e.people import service_account
from tests.e2e.trees import Step, steps
from tests.repository import ROOT

from tenantry import layout
from tenantry.policies import BINDING_KIND, POLICY_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.client import Answer, Client, Manifest, Person
    from tests.e2e.control_plane import ControlPlane

RBAC = "rbac.authorization.k8s.io"
_FACTS = yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_bytes())
#: Who writes what Git holds. Its own installation lets it do everything (argo-cd v3.2.11,
#: manifests/cluster-rbac/application-controller).
ARGO_CD = service_account(_FACTS["gitops"]["namespace"], "argocd-application-controller")
#: A cluster admin (kubeflow/dashboard v2.0.0, profile-controller, profiles-cluster-rolebinding).
PROFILE_CONTROLLER = service_account("kubeflow", "profiles-controller-service-account")

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


def fill(platform: Platform) -> None:
    """Put the tree into an empty cluster, in the order of a first sync."""
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
