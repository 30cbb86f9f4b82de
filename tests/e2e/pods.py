"""Pods and services that tests offer to a namespace, as a dry run: every admission plugin is asked.

No pod runs here, and none is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.people import service_account
from tests.e2e.waiting import wait

if TYPE_CHECKING:
    from tests.e2e.client import Answer, Manifest, Person
    from tests.e2e.platform import Platform

#: What the pod-security level `restricted` asks of every container.
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_ENVIRONMENT = "tenantry.dev/environment"


def namespaces_of(platform: Platform, environment: str) -> list[str]:
    """Return the names of a cluster's namespaces of one environment."""
    return [
        each["metadata"]["name"]
        for each in platform.namespaces()
        if each["metadata"]["labels"][_ENVIRONMENT] == environment
    ]


def ready_namespace(platform: Platform, environment: str) -> str:
    """Return a namespace of an environment, once its quota is counted."""
    name = namespaces_of(platform, environment)[0]
    wait(lambda: "hard" in quota(platform, name).get("status", {}), f"the quota of {name}")
    wait(lambda: _account_exists(platform, name), f"the service account of {name}")
    return name


def quota(platform: Platform, namespace: str) -> Manifest:
    """Return the namespace's quota as it is now."""
    quotas = platform.client.request("GET", f"/api/v1/namespaces/{namespace}/resourcequotas").body
    return next(iter(quotas["items"]))


def _account_exists(platform: Platform, namespace: str) -> bool:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/default-editor"
    return platform.client.request("GET", path).ok


def container(name: str, resources: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return a container that every pod-security level takes."""
    return {
        "name": name,
        "image": "registry.example.com/python:3.11",
        "resources": resources,
        "securityContext": RESTRICTED,
        **more,
    }


def pod(namespace: str, containers: list[dict[str, Any]], **more: object) -> Manifest:
    """Return a pod of a namespace's own workloads."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "trial-", "namespace": namespace},
        "spec": {"serviceAccountName": "default-editor", "containers": containers, **more},
    }


def service(namespace: str, kind: str) -> Manifest:
    """Return a service of one type."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "trial", "namespace": namespace},
        "spec": {"type": kind, "selector": {"app": "x"}, "ports": [{"port": 80}]},
    }


def offer(platform: Platform, manifest: Manifest) -> Answer:
    """Offer a pod as a notebook or a training controller would: as a workload of the namespace."""
    namespace = manifest["metadata"]["namespace"]
    return try_to_create(platform, "pods", manifest, service_account(namespace, "default-editor"))


def try_to_create(platform: Platform, plural: str, manifest: Manifest, person: Person) -> Answer:
    """Ask whether an object of the core API would be created for somebody."""
    namespace = manifest["metadata"]["namespace"]
    path = f"/api/v1/namespaces/{namespace}/{plural}?dryRun=All&fieldValidation=Strict"
    return platform.client.request("POST", path, manifest, person=person)
