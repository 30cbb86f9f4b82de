"""Which pods a namespace takes: whatever states its needs in any of four ways, up to the quota.

No pod runs here and none is kept: each is offered to the API server as a dry run, which asks every
admission plugin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.people import service_account
from tests.e2e.platform import wait

if TYPE_CHECKING:
    from tests.e2e.client import Answer, Manifest, Person
    from tests.e2e.platform import Platform

_SMALL = {"cpu": "50m", "memory": "64Mi"}
_SHAPES: dict[str, dict[str, Any]] = {
    "no requests": {},
    "only requests": {"requests": _SMALL},
    "only limits": {"limits": _SMALL},
    "requests and limits": {"requests": _SMALL, "limits": _SMALL},
}
#: What the pod-security level `restricted` asks of every container.
_RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_LEVEL = "pod-security.kubernetes.io/enforce"
_ENVIRONMENT = "tenantry.dev/environment"


def _environment(platform: Platform, environment: str) -> list[str]:
    return [
        each["metadata"]["name"]
        for each in platform.namespaces()
        if each["metadata"]["labels"][_ENVIRONMENT] == environment
    ]


@pytest.fixture(scope="module", params=("development", "production"))
def namespace(request: pytest.FixtureRequest, platform: Platform) -> str:
    """Return a namespace of each environment, once its quota is counted."""
    name = _environment(platform, request.param)[0]
    wait(lambda: "hard" in _quota(platform, name).get("status", {}), f"the quota of {name}")
    wait(lambda: _account_exists(platform, name), f"the service account of {name}")
    return name


def _quota(platform: Platform, namespace: str) -> Manifest:
    quotas = platform.client.request("GET", f"/api/v1/namespaces/{namespace}/resourcequotas").body
    return next(iter(quotas["items"]))


def _account_exists(platform: Platform, namespace: str) -> bool:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/default-editor"
    return platform.client.request("GET", path).ok


def _container(name: str, resources: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "name": name,
        "image": "registry.example.com/python:3.11",
        "resources": resources,
        "securityContext": _RESTRICTED,
        **more,
    }


def _pod(namespace: str, containers: list[dict[str, Any]], **more: object) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "trial-", "namespace": namespace},
        "spec": {"serviceAccountName": "default-editor", "containers": containers, **more},
    }


def _offer(platform: Platform, pod: Manifest) -> Answer:
    """Offer a pod as a notebook or a training controller would: as a workload of the namespace."""
    namespace = pod["metadata"]["namespace"]
    return _create(platform, "pods", pod, service_account(namespace, "default-editor"))


def _create(platform: Platform, plural: str, manifest: Manifest, person: Person) -> Answer:
    namespace = manifest["metadata"]["namespace"]
    path = f"/api/v1/namespaces/{namespace}/{plural}?dryRun=All&fieldValidation=Strict"
    return platform.client.request("POST", path, manifest, person=person)


@pytest.mark.parametrize("shape", _SHAPES)
def test_a_pod_is_admitted_however_it_states_its_needs(
    platform: Platform, namespace: str, shape: str
) -> None:
    answer = _offer(platform, _pod(namespace, [_container("main", _SHAPES[shape])]))
    assert answer.ok, answer.message
    requests = answer.body["spec"]["containers"][0]["resources"]["requests"]
    assert {"cpu", "memory"} <= requests.keys()


@pytest.mark.parametrize("shape", _SHAPES)
def test_a_pod_with_injected_sidecars_is_admitted(
    platform: Platform, namespace: str, shape: str
) -> None:
    """A notebook as Istio 1.30 leaves it with its CNI plugin, and a Katib metrics collector."""
    mesh = {"requests": {"cpu": "10m", "memory": "40Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}}
    before = [
        _container("istio-validation", mesh),
        _container("istio-proxy", mesh, restartPolicy="Always"),
        _container("storage-initializer", _SHAPES[shape]),
    ]
    containers = [
        _container("main", _SHAPES[shape]),
        _container("metrics-logger-and-collector", _SHAPES[shape]),
    ]
    answer = _offer(platform, _pod(namespace, containers, initContainers=before))
    assert answer.ok, answer.message


@pytest.mark.parametrize("resource", ["cpu", "memory"])
def test_a_pod_over_the_quota_is_refused(platform: Platform, namespace: str, resource: str) -> None:
    """And one that takes exactly what the quota holds is not."""
    held = _quota(platform, namespace)["status"]["hard"][f"requests.{resource}"]
    needs = {**_SMALL, resource: held}
    fits = _offer(platform, _pod(namespace, [_container("main", {"requests": needs})]))
    assert fits.ok, fits.message
    two = [_container(name, {"requests": needs}) for name in ("main", "second")]
    answer = _offer(platform, _pod(namespace, two))
    assert answer.status == 403
    assert "exceeded quota: quota, requested: " in answer.message
    assert f"limited: requests.{resource}={held}" in answer.message


def test_a_gpu_over_the_quota_is_refused(platform: Platform, namespace: str) -> None:
    """Also where the tier gives none: the quota then says 0, it does not leave GPUs out."""
    gpus = _quota(platform, namespace)["status"]["hard"]["requests.nvidia.com/gpu"]
    needs = {"limits": {"nvidia.com/gpu": str(int(gpus) + 1)}}
    answer = _offer(platform, _pod(namespace, [_container("main", needs)]))
    assert answer.status == 403
    assert f"limited: requests.nvidia.com/gpu={gpus}" in answer.message


@pytest.mark.parametrize(
    ("kind", "counted"), [("LoadBalancer", "loadbalancers"), ("NodePort", "nodeports")]
)
def test_no_service_leaves_the_cluster_by_itself(
    platform: Platform, namespace: str, kind: str, counted: str
) -> None:
    """One inside the cluster is admitted."""
    person = service_account(namespace, "default-editor")
    inside = _create(platform, "services", _service(namespace, "ClusterIP"), person)
    assert inside.ok, inside.message
    answer = _create(platform, "services", _service(namespace, kind), person)
    assert answer.status == 403
    assert f"limited: services.{counted}=0" in answer.message


def _service(namespace: str, kind: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "trial", "namespace": namespace},
        "spec": {"type": kind, "selector": {"app": "x"}, "ports": [{"port": 80}]},
    }


_HOSTILE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a privileged container": ({"securityContext": {"privileged": True}}, {}, "privileged"),
    "the host's network": ({}, {"hostNetwork": True}, "host namespaces"),
    "the host's processes": ({}, {"hostPID": True}, "host namespaces"),
    "a path of the host": (
        {},
        {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]},
        "hostPath",
    ),
    "a port of the host": ({"ports": [{"containerPort": 80, "hostPort": 80}]}, {}, "hostPort"),
    "more capabilities": (
        {"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}},
        {},
        "capabilities",
    ),
}


@pytest.mark.parametrize("wish", _HOSTILE)
def test_a_pod_that_reaches_for_the_host_is_refused(
    platform: Platform, namespace: str, wish: str
) -> None:
    of_container, of_pod, words = _HOSTILE[wish]
    pod = _pod(namespace, [_container("main", {}) | of_container], **of_pod)
    answer = _offer(platform, pod)
    assert answer.status == 403
    assert "violates PodSecurity" in answer.message
    assert words in answer.message


def test_only_production_asks_for_the_strictest_pods(platform: Platform) -> None:
    """A root container is admitted for development and refused in production."""
    for environment, admitted in (("development", True), ("production", False)):
        name = _environment(platform, environment)[0]
        container = _container("main", {}) | {"securityContext": {"runAsUser": 0}}
        answer = _offer(platform, _pod(name, [container]))
        assert answer.ok is admitted, answer.message
        assert admitted or 'violates PodSecurity "restricted' in answer.message


def test_every_namespace_enforces_its_level(platform: Platform) -> None:
    levels = {"development": "baseline", "production": "restricted"}
    for each in platform.namespaces():
        labels = each["metadata"]["labels"]
        assert labels[_LEVEL] == levels[labels[_ENVIRONMENT]]
