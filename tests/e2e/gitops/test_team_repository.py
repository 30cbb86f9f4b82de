"""A team's own repository deploys what its AppProject allows, and goes round it in no way."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.e2e.gitops import argo_cd, delivery, trial

from tenantry import layout, naming

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.client import Manifest
    from tests.e2e.gitops.delivery import Delivery
    from tests.e2e.gitops.monorepo import Repository

_RBAC = "rbac.authorization.k8s.io"
_HOOK = "argocd.argoproj.io/hook"
_FILE = "deploy/objects.yaml"

_SUBJECT = {"apiGroup": _RBAC, "kind": "User", "name": "stranger@example.com"}


def _object(api_version: str, kind: str, name: str, **more: Any) -> Manifest:  # noqa: ANN401 - parts of an object
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **more}


def _binding(name: str, hook: str = "") -> Manifest:
    reference = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "kubeflow-admin"}
    found = _object(f"{_RBAC}/v1", "RoleBinding", name, roleRef=reference, subjects=[_SUBJECT])
    return _with_hook(found, hook)


def _with_hook(manifest: Manifest, hook: str) -> Manifest:
    manifest["metadata"]["annotations"] = {_HOOK: hook} if hook else {}
    return manifest


def _elsewhere(name: str, hook: str = "") -> Manifest:
    found = _object("v1", "ConfigMap", name, data={"reached": "another team"})
    found["metadata"]["namespace"] = trial.BROKEN
    return _with_hook(found, hook)


def _refusal(group: str, kind: str) -> str:
    return f"resource {group}:{kind} is not permitted in project {trial.APPLICATION}"


_OUTSIDE = f"namespace {trial.BROKEN} is not permitted in project '{trial.APPLICATION}'"

#: What a team may try, with Argo CD's own answer.
FORBIDDEN: tuple[tuple[Manifest, str], ...] = (
    (
        _object(f"{_RBAC}/v1", "ClusterRole", "trial-role", rules=[]),
        _refusal(_RBAC, "ClusterRole"),
    ),
    (_elsewhere("trial-elsewhere"), _OUTSIDE),
    (
        _object(
            "argoproj.io/v1alpha1",
            "Application",
            "trial-application",
            spec={"project": "platform", "destination": {}, "source": {"repoURL": ""}},
        ),
        _refusal("argoproj.io", "Application"),
    ),
    (
        _object("v1", "ResourceQuota", "trial-quota", spec={"hard": {"pods": "9999"}}),
        _refusal("", "ResourceQuota"),
    ),
    (_binding("trial-binding"), _refusal(_RBAC, "RoleBinding")),
    (_binding("trial-before", hook="PreSync"), _refusal(_RBAC, "RoleBinding")),
    (_binding("trial-during", hook="Sync"), _refusal(_RBAC, "RoleBinding")),
    (_binding("trial-after", hook="PostSync"), _refusal(_RBAC, "RoleBinding")),
    (_binding("trial-failed", hook="SyncFail"), _refusal(_RBAC, "RoleBinding")),
    (_elsewhere("trial-hook-elsewhere", hook="PreSync"), _OUTSIDE),
)


@pytest.fixture(autouse=True)
def _settled(cluster: Delivery) -> None:
    cluster.catch_up("the sync")


def _deploy(team: Repository, *objects: Manifest) -> str:
    team.write(_FILE, yaml.safe_dump_all(objects, sort_keys=False))
    return team.merge("Deploy")


def _answers(cluster: Delivery, commit: str) -> dict[str, str]:
    """Return what Argo CD said about each object of a commit, by the object's name.

    Of a commit that it took, nothing may be left to say: a second sync finds all in its place.
    """

    def is_tried() -> bool:
        """Whether the first attempt is over; a failed one is tried again for minutes."""
        operation = _operation(cluster)
        return operation.get("syncResult", {}).get("revision") == commit and (
            operation.get("finishedAt") is not None or bool(operation.get("retryCount"))
        )

    cluster.refresh(trial.APPLICATION)
    cluster.wait(is_tried, "a try to sync the team's repository")
    return {
        each["name"]: each.get("message", "")
        for each in _operation(cluster)["syncResult"].get("resources") or ()
    }


def _operation(cluster: Delivery) -> dict[str, Any]:
    found = cluster.applications()[trial.APPLICATION]["status"].get("operationState", {})
    return dict(found)


def _reached(cluster: Delivery) -> list[str]:
    """Return those of the forbidden objects that are on the cluster."""
    return [each["metadata"]["name"] for each, _ in FORBIDDEN if _is_there(cluster, each)]


def _is_there(cluster: Delivery, manifest: Manifest) -> bool:
    place = {"namespace": trial.NAMESPACE, **manifest["metadata"]}
    return cluster.client.get({**manifest, "metadata": place}).ok


def _assert_refused(cluster: Delivery, team: Repository) -> None:
    """Try everything that is forbidden at once; each must be refused, in Argo CD's words."""
    settings = _object("v1", "ConfigMap", "trial-beside")
    answers = _answers(cluster, _deploy(team, settings, *(each for each, _ in FORBIDDEN)))
    expected = {each["metadata"]["name"]: words for each, words in FORBIDDEN}
    assert {name: answers.get(name) for name in expected} == expected
    assert _reached(cluster) == []


def test_a_team_deploys_what_is_its_own(cluster: Delivery, team: Repository) -> None:
    """The Yes to all that follows: the very same way, with a kind that teams may use."""
    _answers(cluster, _deploy(team, _object("v1", "ConfigMap", "trial-settings")))
    assert _operation(cluster)["phase"] == "Succeeded"
    assert cluster.get("v1", "ConfigMap", "trial-settings", trial.NAMESPACE) is not None


def test_a_team_goes_round_its_project_in_no_way(cluster: Delivery, team: Repository) -> None:
    """Neither with objects nor with hooks, whatever their phase."""
    _assert_refused(cluster, team)
    _mend(cluster, team)


def test_a_weakened_project_is_noticed(cluster: Delivery, team: Repository) -> None:
    """With RoleBindings allowed by hand, the same assertions fail."""
    with _role_bindings_allowed(cluster), pytest.raises(AssertionError, match="RoleBinding"):
        _assert_refused(cluster, team)
    _mend(cluster, team)


@contextmanager
def _role_bindings_allowed(cluster: Delivery) -> Iterator[None]:
    file = f"{layout.TENANT_APPLICATIONS}/{trial.TEAM}.yaml"
    with cluster.sources.tampering(cluster.branch) as folder:
        objects = list(yaml.safe_load_all((folder / file).read_text(encoding="utf-8")))
        for each in objects:
            if each["kind"] == "AppProject":
                allowed = each["spec"]["namespaceResourceWhitelist"]
                allowed.append({"group": _RBAC, "kind": "RoleBinding"})
        (folder / file).write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    cluster.refresh(naming.TENANTS)
    cluster.wait(lambda: "RoleBinding" in _kinds(cluster), "the weakened project")
    yield
    cluster.restore()
    cluster.refresh(naming.TENANTS)
    cluster.wait(lambda: "RoleBinding" not in _kinds(cluster), "the project as it was")


def _kinds(cluster: Delivery) -> list[str]:
    """Return the kinds that the team's project allows, as it is on the cluster."""
    project = cluster.get(delivery.ARGO, "AppProject", trial.APPLICATION, argo_cd.NAMESPACE)
    return [each["kind"] for each in project["spec"]["namespaceResourceWhitelist"]]


def _mend(cluster: Delivery, team: Repository) -> None:
    commit = _deploy(team, _object("v1", "ConfigMap", "trial-settings"))
    cluster.terminate(trial.APPLICATION)
    _answers(cluster, commit)
    cluster.catch_up("the mended repository")


def test_a_hook_after_deletion_reaches_nothing(cluster: Delivery, team: Repository) -> None:
    """Argo CD v3.2.11 asks no project about these hooks; a project without repository runs them."""
    hooks = (
        _binding("trial-farewell", hook="PostDelete"),
        _elsewhere("trial-farewell", hook="PostDelete"),
    )
    commit = _deploy(team, _object("v1", "ConfigMap", "trial-last"), *hooks)
    _answers(cluster, commit)
    assert cluster.get("v1", "ConfigMap", "trial-last", trial.NAMESPACE) is not None
    trial.remove_repository(cluster.sources)
    cluster.sources.merge("Deploy by hand")
    cluster.sources.publish()
    cluster.refresh(naming.TENANTS)
    cluster.wait(lambda: trial.APPLICATION not in cluster.applications(), "the end of it")
    assert [each["kind"] for each in hooks if _is_there(cluster, each)] == []
    assert cluster.get("v1", "ConfigMap", "trial-last", trial.NAMESPACE) is None
