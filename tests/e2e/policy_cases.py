"""Asks the API server what the cases of policies say, each as a dry run in a filled platform.

Owns whom and what the words of a case mean here, and how a request is made of one.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tests.e2e.client import ADMINISTRATOR, Person
from tests.e2e.people import STRANGER, people, service_account
from tests.e2e.platform import ARGO_CD
from tests.e2e.pods import namespaces_of, ready_namespace
from tests.e2e.waiting import wait
from tests.policies import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.e2e.client import Answer, Manifest
    from tests.e2e.platform import Platform
    from tests.policies import Asked

    from tenantry.schema.policy import Case

#: A namespace of the platform, which no policy looks at.
_OF_THE_PLATFORM = "kubeflow"
_METHODS = {
    "create": "POST",
    "update": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETE",
}
_MERGE = "application/merge-patch+json"
_STRATEGIC = "application/strategic-merge-patch+json"
_EVERYTHING = "system:masters"


def ask(platform: Platform, case: Case) -> Answer:
    """Make the request of a case; nothing of it stays."""
    place = _Place(platform, _namespace(platform, case))
    with _made(platform, place, case.before):
        manifest = place.object(case.object)
        path = platform.client.path(_named(manifest))
        if case.verb in ("create", "deletecollection"):
            path = path.rpartition("/")[0]
        elif case.subresource:
            path += f"/{case.subresource}"
        return platform.client.request(
            _METHODS[case.verb],
            f"{path}?dryRun=All",
            None if case.verb.startswith("delete") else manifest,
            content=_content(case.verb, manifest["kind"]),
            person=place.person(case.by),
        )


def is_as_expected(asked: Asked, answer: Answer) -> bool:
    """Whether the API server said what the case says."""
    if not asked.message:
        return answer.ok
    name = f"ValidatingAdmissionPolicy 'tenantry-{asked.policy.name}' with binding"
    return not answer.ok and name in answer.message and asked.message in answer.message


def _namespace(platform: Platform, case: Case) -> str:
    """Return the namespace of a case: of a team with an admin and a contributor."""
    if case.where == "platform":
        return _OF_THE_PLATFORM
    if case.where == "production":
        return ready_namespace(platform, case.where)
    return _of_a_team(tuple(namespaces_of(platform, case.where)))["namespace"]


@cache
def _of_a_team(namespaces: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, dict[str, str]] = {}
    for grant in people(namespaces):
        role = grant.role.removeprefix("kubeflow-")
        found.setdefault(grant.namespace, {"namespace": grant.namespace})[role] = grant.person.user
    return next(each for each in found.values() if {"admin", "edit"} <= each.keys())


@dataclass(frozen=True)
class _Place:
    """Where a case is asked, and whom and what its words mean there."""

    platform: Platform
    namespace: str

    def person(self, word: str) -> Person:
        """Return who asks. Only people and the team's own accounts need their real roles."""
        team = _of_a_team(tuple(namespaces_of(self.platform, "development")))
        known = {
            "administrator": ADMINISTRATOR,
            "admin": Person(team["admin"]),
            "contributor": Person(team["edit"]),
            "default-editor": service_account(self.namespace, "default-editor"),
            "argo-cd": ARGO_CD,
        }
        return known.get(word) or Person(str(self.fill(word)), (_EVERYTHING,))

    def object(self, tree: Manifest) -> Manifest:
        """Return an object of a case, in the namespace where it is asked."""
        filled: Manifest = self.fill(tree)
        kind = filled["apiVersion"], filled["kind"]
        inside = {"namespace": self.namespace} if self.platform.client.is_namespaced(*kind) else {}
        return {**filled, "metadata": {**inside, **filled["metadata"]}}

    def fill(self, tree: Any) -> Any:  # noqa: ANN401 - any part of a case
        """Return a part of a case with the words in angle brackets replaced."""
        if isinstance(tree, dict):
            return {self.fill(key): self.fill(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self.fill(each) for each in tree]
        if isinstance(tree, str):
            for word, meaning in self._words().items():
                tree = tree.replace(f"<{word}>", meaning)
        return tree

    def _words(self) -> dict[str, str]:
        others = namespaces_of(self.platform, "development")
        return {
            "namespace": self.namespace,
            "other": next(each for each in others if each != self.namespace),
            "registry": facts().platform.supply.registries[0],
            "admin": _of_a_team(tuple(others))["admin"],
            "stranger": STRANGER.user,
        }


def _content(verb: str, kind: str) -> str:
    """Return how a change is sent. Nobody could write out what a pod's containers were given."""
    if verb != "update":
        return "application/json"
    return _STRATEGIC if kind == "Pod" else _MERGE


def _named(manifest: Manifest) -> Manifest:
    return {**manifest, "metadata": {"name": "any", **manifest["metadata"]}}


@contextmanager
def _made(platform: Platform, place: _Place, manifest: Manifest | None) -> Iterator[None]:
    """Keep an object in the cluster, made by a controller that policies trust."""
    if manifest is None:
        yield
        return
    whole = place.object(manifest)
    person = Person(_CONTROLLER, (_EVERYTHING,))
    made = platform.client.create(whole, person=person)
    assert made.ok, made.message
    try:
        yield
    finally:
        _delete(platform, whole, person)


def _delete(platform: Platform, manifest: Manifest, person: Person) -> None:
    """Delete an object to its end: nobody is here who would do what its finalizers wait for."""
    client = platform.client
    free = {"metadata": {"finalizers": None}}
    path = client.path(manifest)
    for answer in (
        client.request("PATCH", path, free, content=_MERGE, person=person),
        client.delete(manifest, person=person),
    ):
        assert answer.ok, answer.message
    wait(lambda: client.get(manifest).status == HTTPStatus.NOT_FOUND, f"the end of {path}")


_CONTROLLER = "system:serviceaccount:kubeflow:any-controller"
