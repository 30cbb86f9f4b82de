"""Nobody may do more than their role says: asked of a real API server, cell by cell."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from tests.e2e import reviews
from tests.e2e.people import (
    STRANGER,
    Deed,
    Grant,
    grants_deed,
    people,
    service_account,
    service_accounts,
)
from tests.e2e.platform import ARGO_CD, RBAC, role_binding
from tests.e2e.waiting import wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.e2e.client import Person
    from tests.e2e.platform import Platform

_READ = ("get", "list", "watch")
_WRITE = ("create", "update", "patch", "delete", "deletecollection")

#: What decides whether tenants are apart: asked of everybody in every namespace.
KINDS = (
    ("", "pods"),
    ("", "pods/exec"),
    ("", "secrets"),
    ("", "configmaps"),
    ("", "services"),
    ("", "serviceaccounts"),
    ("", "serviceaccounts/token"),
    ("", "persistentvolumeclaims"),
    ("", "resourcequotas"),
    ("", "limitranges"),
    ("apps", "deployments"),
    ("networking.k8s.io", "networkpolicies"),
    ("networking.k8s.io", "ingresses"),
    ("rbac.authorization.k8s.io", "roles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("networking.istio.io", "virtualservices"),
    ("networking.istio.io", "sidecars"),
    ("security.istio.io", "authorizationpolicies"),
    ("security.istio.io", "peerauthentications"),
    ("kubeflow.org", "notebooks"),
    ("kubeflow.org", "poddefaults"),
    ("serving.kserve.io", "inferenceservices"),
    ("external-secrets.io", "externalsecrets"),
    ("external-secrets.io", "secretstores"),
    ("kueue.x-k8s.io", "localqueues"),
    ("managedidentity.azure.m.upbound.io", "federatedidentitycredentials"),
    ("claims.tenantry.dev", "databases"),
    ("claims.tenantry.dev", "buckets"),
    ("argoproj.io", "applications"),
)
#: Enough to tell whether somebody has any role in a namespace.
_TELLING = (
    ("", "pods", "list"),
    ("", "pods", "create"),
    ("", "pods/exec", "create"),
    ("", "secrets", "get"),
    ("", "configmaps", "get"),
    ("networking.k8s.io", "networkpolicies", "delete"),
    ("rbac.authorization.k8s.io", "rolebindings", "create"),
    ("security.istio.io", "authorizationpolicies", "get"),
)
#: What no role of a tenant may ever hold, in any namespace.
_NEVER: tuple[Deed, ...] = (
    ("rbac.authorization.k8s.io", "roles", "escalate"),
    ("rbac.authorization.k8s.io", "roles", "bind"),
    ("rbac.authorization.k8s.io", "clusterroles", "escalate"),
    ("rbac.authorization.k8s.io", "clusterroles", "bind"),
    ("", "serviceaccounts", "impersonate"),
    ("", "users", "impersonate"),
    ("", "groups", "impersonate"),
    ("", "resourcequotas", "create"),
    ("", "resourcequotas", "update"),
    ("", "resourcequotas", "delete"),
    ("", "limitranges", "delete"),
    ("security.istio.io", "authorizationpolicies", "create"),
    ("security.istio.io", "authorizationpolicies", "delete"),
    ("networking.istio.io", "sidecars", "delete"),
    ("argoproj.io", "applications", "create"),
    ("argoproj.io", "appprojects", "create"),
)
_CLUSTER_WIDE: tuple[Deed, ...] = tuple(
    (group, resource, verb)
    for group, resource in (
        ("", "namespaces"),
        ("", "nodes"),
        ("", "persistentvolumes"),
        ("kubeflow.org", "profiles"),
        ("rbac.authorization.k8s.io", "clusterroles"),
        ("rbac.authorization.k8s.io", "clusterrolebindings"),
        ("apiextensions.k8s.io", "customresourcedefinitions"),
        ("admissionregistration.k8s.io", "validatingadmissionpolicies"),
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        ("apiextensions.crossplane.io", "compositeresourcedefinitions"),
        ("external-secrets.io", "clustersecretstores"),
    )
    for verb in _WRITE
)
_ROLES = ("kubeflow-admin", "kubeflow-edit", "kubeflow-view")

#: What everybody who is logged in may ask the API server about themselves.
_ABOUT_ONESELF = {
    "selfsubjectaccessreviews",
    "selfsubjectrulesreviews",
    "selfsubjectreviews",
}

Question = tuple["Person", str, Deed]


@pytest.fixture(scope="module")
def grants(platform: Platform) -> list[Grant]:
    """Return what everybody should be, with the bindings of a Profile controller in place."""
    names = [each["metadata"]["name"] for each in platform.namespaces()]
    return [*people(names), *service_accounts(names)]


@pytest.fixture(scope="module")
def everybody(platform: Platform, grants: list[Grant]) -> list[Person]:
    """Return everyone who could ask: people, service accounts, and a stranger from the company."""
    names = [each["metadata"]["name"] for each in platform.namespaces()]
    others = [service_account(name, account) for name in names for account in _POWERLESS]
    return sorted({STRANGER, *others, *(grant.person for grant in grants)}, key=str)


_POWERLESS = ("default", "external-secrets")


@pytest.fixture(scope="module")
def rules(platform: Platform) -> dict[str, list[dict[str, object]]]:
    """Return the rules of each role, as the API server gathered them."""
    root = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    return {name: platform.client.request("GET", f"{root}/{name}").body["rules"] for name in _ROLES}


def test_everybody_may_do_what_their_role_says_and_no_more(
    platform: Platform, grants: list[Grant], rules: dict[str, list[dict[str, object]]]
) -> None:
    """In their own namespaces: every kind and verb that matters."""
    expected = {
        (grant.person, grant.namespace, deed): grants_deed(rules[grant.role], deed)
        for grant in grants
        for deed in _deeds()
    }
    assert _differences(platform, expected) == []
    assert any(expected.values())


def test_nobody_reaches_a_namespace_of_others(
    platform: Platform, grants: list[Grant], everybody: list[Person]
) -> None:
    """Everybody times every namespace where they have no role: all that they may do is nothing."""
    own = {(grant.person, grant.namespace) for grant in grants}
    foreign = [cell for cell in product(everybody, _namespaces(platform)) if cell not in own]
    platform.rule_sets += len(foreign)
    found = reviews.ask(platform.plane, [reviews.rules(*cell) for cell in foreign])
    reached = [
        f"{person.user} may {rule['verbs']} {rule.get('resources')} in {name}"
        for (person, name), status in zip(foreign, found, strict=True)
        for rule in status["resourceRules"]
        if not set(rule.get("resources", ())) <= _ABOUT_ONESELF
    ]
    assert reached == []
    assert foreign


def test_nobody_may_grant_themselves_more(
    platform: Platform, grants: list[Grant], rules: dict[str, list[dict[str, object]]]
) -> None:
    """No role holds escalate, bind or impersonate, nor writes what keeps tenants apart."""
    cells = [(grant.person, grant.namespace) for grant in grants]
    assert _differences(platform, _none(cells, _NEVER)) == []
    held = [(role, deed) for role in _ROLES for deed in _NEVER if grants_deed(rules[role], deed)]
    assert held == []


def test_nobody_may_write_what_belongs_to_the_whole_cluster(
    platform: Platform, everybody: list[Person]
) -> None:
    cells = [(person, "") for person in everybody]
    assert _differences(platform, _none(cells, _CLUSTER_WIDE)) == []


def test_no_person_writes_in_production(platform: Platform, grants: list[Grant]) -> None:
    """Production changes through Git alone; a person may look at it."""
    writes = [deed for deed in _deeds() if deed[2] in _WRITE]
    cells = {
        (grant.person, grant.namespace): grant
        for grant in grants
        if grant.namespace.endswith("-prod") and "@" in grant.person.user
    }
    assert _differences(platform, _none(cells, writes)) == []
    looking = {(*cell, ("", "pods", "list")): True for cell in cells}
    assert _differences(platform, looking) == []
    assert cells or platform.cluster == "dev"


def test_the_matrix_notices_one_binding_too_many(platform: Platform) -> None:
    """A role for a stranger, put beside what was rendered, shows in the cells of that namespace.

    Put there under Argo CD's name: admission refuses it from anybody else.
    """
    name = _namespaces(platform)[0]
    place = {"name": "one-too-many", "namespace": name}
    subject = {"apiGroup": RBAC, "kind": "User", "name": STRANGER.user}
    binding = role_binding(place, "kubeflow-view", subject)
    questions = _none([(STRANGER, name)], _TELLING)
    assert platform.client.create(binding, person=ARGO_CD).ok
    try:
        wait(lambda: bool(_differences(platform, questions)), "the stranger's rights")
        assert f"stranger@example.com may list pods. in {name}" in _differences(platform, questions)
    finally:
        assert platform.client.delete(binding, person=ARGO_CD).ok
    wait(lambda: not _differences(platform, questions), "the end of the stranger's rights")


def _none(cells: Iterable[tuple[Person, str]], deeds: Iterable[Deed]) -> dict[Question, bool]:
    return {(*cell, deed): False for cell, deed in product(cells, deeds)}


def _deeds() -> Iterator[Deed]:
    for group, resource in KINDS:
        for verb in (*_READ, *_WRITE):
            yield group, resource, verb


def _namespaces(platform: Platform) -> list[str]:
    return [each["metadata"]["name"] for each in platform.namespaces()]


def _differences(platform: Platform, expected: dict[Question, bool]) -> list[str]:
    """Ask all questions; return those that were answered otherwise than expected."""
    platform.cells += len(expected)
    asked = [reviews.access(each[0], _attributes(each)) for each in expected]
    found = (status["allowed"] for status in reviews.ask(platform.plane, asked))
    return [
        f"{person.user} may {'' if is_allowed else 'not '}"
        f"{deed[2]} {deed[1]}.{deed[0]} in {namespace or 'the cluster'}"
        for (person, namespace, deed), is_allowed in zip(expected, found, strict=True)
        if is_allowed != expected[person, namespace, deed]
    ]


def _attributes(question: Question) -> dict[str, str]:
    _, namespace, (group, resource, verb) = question
    name, _, inner = resource.partition("/")
    return {
        "namespace": namespace,
        "group": group,
        "resource": name,
        "subresource": inner,
        "verb": verb,
    }
