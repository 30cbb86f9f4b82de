"""Who should be allowed what: read from tenants' files and Kubernetes' own rules, not from renders.

An oracle of its own on purpose: were it built on the renderers, a fault there would hide itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from tests.e2e.client import Person
from tests.repository import ROOT

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_FIELDS = {
    "admins": "kubeflow-admin",
    "contributors": "kubeflow-edit",
    "viewers": "kubeflow-view",
}
#: Somebody of the company, in whatever groups its directory puts everyone.
STRANGER = Person("stranger@example.com", ("employees", "developers", "kubeflow-users"))
#: What Kubeflow's Profile controller gives to its service accounts; we do the same in production.
_ACCOUNTS = {"default-editor": "kubeflow-edit", "default-viewer": "kubeflow-view"}

#: A group, a resource (with its subresource) and a verb.
Deed = tuple[str, str, str]


@dataclass(frozen=True)
class Grant:
    """What somebody should be in a namespace."""

    person: Person
    namespace: str
    role: str


def people(namespaces: Iterable[str]) -> Iterator[Grant]:
    """Yield what the tenants' files promise to people, in the namespaces that a cluster has."""
    there = frozenset(namespaces)
    for path in sorted((ROOT / layout.TENANTS).glob(f"*/{layout.TENANT_FILE}")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        profiles = document["profiles"]
        for profile in profiles if isinstance(profiles, list) else [profiles]:
            for grant in _of_profile(profile, document.get("groups", {})):
                if grant.namespace in there:
                    yield grant


def service_accounts(namespaces: Iterable[str]) -> Iterator[Grant]:
    """Yield what every namespace's own service accounts should be; others are nobody."""
    for namespace in namespaces:
        for name, role in (
            ("default-editor", "kubeflow-edit"),
            ("default-viewer", "kubeflow-view"),
        ):
            yield Grant(service_account(namespace, name), namespace, role)


def service_account(namespace: str, name: str) -> Person:
    """Return a service account as the API server sees it."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")
    return Person(f"system:serviceaccount:{namespace}:{name}", groups)


def _of_profile(profile: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Iterator[Grant]:
    for field, role in _FIELDS.items():
        for entry in profile.get(field, ()):
            for address in groups.get(entry, [entry]):
                yield Grant(Person(address), profile["name"], role)
                if profile.get("production"):
                    yield Grant(Person(address), f"{profile['name']}-prod", "kubeflow-view")


def grants_deed(rules: Iterable[Mapping[str, Any]], deed: Deed) -> bool:
    """Whether RBAC rules allow a deed (the API server's own reading, without names)."""
    group, resource, verb = deed
    return any(
        not rule.get("resourceNames")
        and _has(rule.get("verbs"), verb)
        and _has(rule.get("apiGroups"), group)
        and _has_resource(rule.get("resources") or (), resource)
        for rule in rules
    )


def _has(listed: Iterable[str] | None, wanted: str) -> bool:
    return bool({"*", wanted} & set(listed or ()))


def _has_resource(listed: Iterable[str], wanted: str) -> bool:
    _, _, inner = wanted.partition("/")
    return bool({"*", wanted, f"*/{inner}" if inner else wanted} & set(listed))
