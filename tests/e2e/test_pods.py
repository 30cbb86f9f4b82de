"""Which pods a namespace takes: whatever states its needs in any of four ways, up to the quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.people import service_account
from tests.e2e.pods import (
    container,
    namespaces_of,
    offer,
    pod,
    quota,
    ready_namespace,
    service,
    try_to_create,
)

if TYPE_CHECKING:
    from tests.e2e.platform import Platform

_SMALL = {"cpu": "50m", "memory": "64Mi"}
_SHAPES: dict[str, dict[str, Any]] = {
    "no requests": {},
    "only requests": {"requests": _SMALL},
    "only limits": {"limits": _SMALL},
    "requests and limits": {"requests": _SMALL, "limits": _SMALL},
}
_LEVEL = "pod-security.kubernetes.io/enforce"


@pytest.fixture(scope="module", params=("development", "production"))
def namespace(request: pytest.FixtureRequest, platform: Platform) -> str:
    """Return a namespace of each environment, once its quota is counted."""
    return ready_namespace(platform, request.param)


@pytest.mark.parametrize("shape", _SHAPES)
def test_a_pod_is_admitted_however_it_states_its_needs(
    platform: Platform, namespace: str, shape: str
) -> None:
    answer = offer(platform, pod(namespace, [container("main", _SHAPES[shape])]))
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
        container("istio-validation", mesh),
        container("istio-proxy", mesh, restartPolicy="Always"),
        container("storage-initializer", _SHAPES[shape]),
    ]
    containers = [
        container("main", _SHAPES[shape]),
        container("metrics-logger-and-collector", _SHAPES[shape]),
    ]
    answer = offer(platform, pod(namespace, containers, initContainers=before))
    assert answer.ok, answer.message


@pytest.mark.parametrize("resource", ["cpu", "memory"])
def test_a_pod_over_the_quota_is_refused(platform: Platform, namespace: str, resource: str) -> None:
    """And one that takes exactly what the quota holds is not."""
    held = quota(platform, namespace)["status"]["hard"][f"requests.{resource}"]
    needs = {**_SMALL, resource: held}
    fits = offer(platform, pod(namespace, [container("main", {"requests": needs})]))
    assert fits.ok, fits.message
    two = [container(name, {"requests": needs}) for name in ("main", "second")]
    answer = offer(platform, pod(namespace, two))
    assert answer.status == 403
    assert "exceeded quota: quota, requested: " in answer.message
    assert f"limited: requests.{resource}={held}" in answer.message


def test_a_gpu_over_the_quota_is_refused(platform: Platform, namespace: str) -> None:
    """Also where the tier gives none: the quota then says 0, it does not leave GPUs out."""
    gpus = quota(platform, namespace)["status"]["hard"]["requests.nvidia.com/gpu"]
    needs = {"limits": {"nvidia.com/gpu": str(int(gpus) + 1)}}
    answer = offer(platform, pod(namespace, [container("main", needs)]))
    assert answer.status == 403
    assert f"limited: requests.nvidia.com/gpu={gpus}" in answer.message


@pytest.mark.parametrize(
    ("kind", "counted"), [("LoadBalancer", "loadbalancers"), ("NodePort", "nodeports")]
)
def test_no_service_leaves_the_cluster_by_itself(
    platform: Platform, namespace: str, kind: str, counted: str
) -> None:
    """One inside the cluster is admitted. The quota says so too, should the policy be gone."""
    person = service_account(namespace, "default-editor")
    inside = try_to_create(platform, "services", service(namespace, "ClusterIP"), person)
    assert inside.ok, inside.message
    answer = try_to_create(platform, "services", service(namespace, kind), person)
    assert answer.status == 403
    assert "ValidatingAdmissionPolicy 'tenantry-services'" in answer.message
    assert quota(platform, namespace)["status"]["hard"][f"services.{counted}"] == "0"


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
    hostile = pod(namespace, [container("main", {}) | of_container], **of_pod)
    answer = offer(platform, hostile)
    assert answer.status == 403
    assert "violates PodSecurity" in answer.message
    assert words in answer.message


def test_only_production_asks_for_the_strictest_pods(platform: Platform) -> None:
    """A root container is admitted for development and refused in production."""
    for environment, admitted in (("development", True), ("production", False)):
        name = namespaces_of(platform, environment)[0]
        root = container("main", {}) | {"securityContext": {"runAsUser": 0}}
        answer = offer(platform, pod(name, [root]))
        assert answer.ok is admitted, answer.message
        assert admitted or 'violates PodSecurity "restricted' in answer.message


def test_every_namespace_enforces_its_level(platform: Platform) -> None:
    levels = {"development": "baseline", "production": "restricted"}
    for each in platform.namespaces():
        labels = each["metadata"]["labels"]
        assert labels[_LEVEL] == levels[labels["tenantry.dev/environment"]]
