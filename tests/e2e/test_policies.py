"""What admission policies accept and refuse: each case asked of a real API server."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.admission import wait_until_in_force
from tests.e2e.client import ADMINISTRATOR
from tests.e2e.platform import ARGO_CD, PROFILE_CONTROLLER, RBAC, role_binding
from tests.e2e.pods import namespaces_of
from tests.e2e.policy_cases import ask, is_as_expected
from tests.e2e.waiting import wait
from tests.policies import Asked, cases
from tests.repository import manifests

from tenantry.policies import GROUP, POLICY_KIND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.client import Answer, Manifest
    from tests.e2e.platform import Platform

_POLICIES = f"/apis/{GROUP}/v1/validatingadmissionpolicies"
_REFUSED_BY_US = "ValidatingAdmissionPolicy 'tenantry-"
_NEW = "short-lived"


def _name(asked: Asked) -> str:
    return f"{asked.policy.name}: {asked.case.says}"


@pytest.mark.parametrize("asked", list(cases()), ids=_name)
def test_a_request_gets_the_answer_that_its_case_says(platform: Platform, asked: Asked) -> None:
    """Refused ones in the words of the policy itself."""
    answer = ask(platform, asked.case)
    assert is_as_expected(asked, answer), answer.message if not answer.ok else "it was accepted"


def test_nobody_but_argo_cd_deletes_what_is_rendered(platform: Platform) -> None:
    """Every object in a project's namespace, and the namespaces: not even an administrator."""
    own = list(_of_projects(platform))
    assert len({each["kind"] for each in own}) > 15
    spared = [each for each in own if _REFUSED_BY_US not in _deleted(platform, each).message]
    assert [platform.client.path(each) for each in spared] == []
    for each in _one_of_each_kind(own):
        answer = platform.client.request("DELETE", _dry(platform, each), person=ARGO_CD)
        assert answer.ok, answer.message


def test_every_validation_is_needed(platform: Platform) -> None:
    """With one of them weakened, on the server, its cases turn red; and green again afterwards."""
    policies = list(platform.objects(POLICY_KIND))
    refused = [asked for asked in cases() if asked.message]
    spared = []
    for number in range(max(len(each["spec"]["validations"]) for each in policies)):
        with_message = _weaken(platform, policies, number)
        try:
            wait_until_in_force(platform.client)
            for asked in refused:
                if asked.message in with_message:
                    spared += [_name(asked)] * is_as_expected(asked, ask(platform, asked.case))
        finally:
            _restore(platform, policies)
    assert spared == []
    wait_until_in_force(platform.client)
    assert is_as_expected(refused[0], ask(platform, refused[0].case))


def _weaken(platform: Platform, policies: list[Manifest], number: int) -> set[str]:
    """Let one validation of each policy accept everything; return their messages."""
    messages = set()
    for policy in policies:
        validations: list[dict[str, Any]] = policy["spec"]["validations"]
        if number < len(validations):
            messages.add(validations[number]["message"])
            weak = {**validations[number], "expression": "true"}
            changed = [*validations[:number], weak, *validations[number + 1 :]]
            spec = {**policy["spec"], "validations": changed}
            answer = platform.client.apply({**policy, "spec": spec}, person=ARGO_CD)
            assert answer.ok, answer.message
    return messages


def _restore(platform: Platform, policies: list[Manifest]) -> None:
    for policy in policies:
        answer = platform.client.apply(policy, person=ARGO_CD)
        assert answer.ok, answer.message


def test_the_api_server_finds_no_fault_with_the_types_in_a_policy(platform: Platform) -> None:
    """Its own check of every expression against the kinds that the policy looks at."""
    wait(lambda: all(map(_is_looked_at, _policies(platform))), "the check of types")
    warned = [each["status"]["typeChecking"] for each in _policies(platform)]
    assert warned == [{}] * len(warned)
    assert warned


def test_a_projects_namespace_can_be_deleted(platform: Platform) -> None:
    """With all that Git, Kubeflow's controller and people put there; nothing is left hanging."""
    template = next(
        each for each in platform.tree.glob("tenants/*/*.yaml") if not each.stem.endswith("-prod")
    )
    text = template.read_text("utf-8").replace(template.stem, _NEW)
    objects = list(manifests(text.encode()))
    for each in objects:
        _ok(platform.client.apply(each, person=ARGO_CD))
    profile = next(each for each in objects if each["kind"] == "Profile")
    _ok(platform.client.create(_owned_binding(platform, profile), person=PROFILE_CONTROLLER))
    _ok(platform.client.create(_own_policy()))
    elsewhere = [each for each in objects if each["metadata"].get("namespace", _NEW) != _NEW]
    for each in (profile, objects[0], *elsewhere):
        path = f"{platform.client.path(each)}?propagationPolicy=Foreground"
        _ok(platform.client.request("DELETE", path, person=ARGO_CD))
    assert objects[0]["kind"] == "Namespace"
    for each in (profile, objects[0]):
        wait(partial(_is_gone, platform, each), f"the end of {each['kind']} {_NEW}")


def _owned_binding(platform: Platform, profile: Manifest) -> Manifest:
    """Return a binding as Kubeflow's controller makes it: it goes with the Profile object."""
    uid = platform.client.get(profile).body["metadata"]["uid"]
    owner = {
        "apiVersion": profile["apiVersion"],
        "kind": "Profile",
        "name": _NEW,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
    place = {"name": "namespaceAdmin", "namespace": _NEW, "ownerReferences": [owner]}
    subject = {**profile["spec"]["owner"], "apiGroup": RBAC}
    return role_binding(place, "kubeflow-admin", subject)


def _own_policy() -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "mine", "namespace": _NEW},
        "spec": {"podSelector": {}},
    }


def _of_projects(platform: Platform) -> Iterator[Manifest]:
    """Yield what is rendered into the namespaces of projects, those themselves, and Profiles."""
    environments = ("development", "production")
    names = {name for each in environments for name in namespaces_of(platform, each)}
    for each in platform.objects():
        metadata = each["metadata"]
        if metadata.get("namespace") in names or (
            "namespace" not in metadata and metadata["name"] in names
        ):
            yield each


def _one_of_each_kind(objects: list[Manifest]) -> list[Manifest]:
    return list({each["kind"]: each for each in objects}.values())


def _dry(platform: Platform, manifest: Manifest) -> str:
    return f"{platform.client.path(manifest)}?dryRun=All"


def _deleted(platform: Platform, manifest: Manifest) -> Answer:
    """Return what the cluster's administrator hears."""
    return platform.client.request("DELETE", _dry(platform, manifest), person=ADMINISTRATOR)


def _policies(platform: Platform) -> list[Manifest]:
    found: list[Manifest] = platform.client.request("GET", _POLICIES).body["items"]
    return found


def _is_looked_at(policy: Manifest) -> bool:
    seen = policy.get("status", {}).get("observedGeneration")
    return bool(seen == policy["metadata"]["generation"])


def _is_gone(platform: Platform, manifest: Manifest) -> bool:
    return platform.client.get(manifest).status == HTTPStatus.NOT_FOUND


def _ok(answer: Answer) -> None:
    assert answer.ok, answer.message
