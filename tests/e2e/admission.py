"""When admission policies begin to hold.

The API server takes policies over from its own watch, once a second. Nothing says so from outside,
so a policy that comes last is waited for: it holds only once all before it do.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.e2e.waiting import wait

from tenantry.policies import BINDING_KIND, GROUP, POLICY_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.client import Client, Manifest

_NAMESPACE = "default"


def wait_until_in_force(client: Client) -> None:
    """Return once the API server asks every policy as it was written before this call."""
    # A name of its own for each call: one that is deleted also holds for a while.
    name = f"the-last-one-{secrets.token_hex(4)}"
    made = list(_policy(name))
    for each in made:
        answer = client.create(each)
        assert answer.ok, answer.message
    wait(lambda: not _takes(client, name), "policies in force")
    for each in made:
        answer = client.delete(each)
        assert answer.ok, answer.message


def _takes(client: Client, name: str) -> bool:
    """Whether an object that only the last policy refuses is accepted."""
    place = {"name": name, "namespace": _NAMESPACE}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": place}
    path = f"/api/v1/namespaces/{_NAMESPACE}/configmaps?dryRun=All"
    return client.request("POST", path, manifest).ok


def _policy(name: str) -> Iterator[Manifest]:
    rule = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE"],
        "resources": ["configmaps"],
        "resourceNames": [name],
    }
    validation = {"expression": "false", "message": "Policies are in force."}
    spec = {"matchConstraints": {"resourceRules": [rule]}, "validations": [validation]}
    yield _object(POLICY_KIND, name, spec)
    yield _object(BINDING_KIND, name, {"policyName": name, "validationActions": ["Deny"]})


def _object(kind: str, name: str, spec: dict[str, Any]) -> Manifest:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }
