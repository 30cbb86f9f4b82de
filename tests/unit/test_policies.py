"""The policies of this repository, as far as their files tell: what they say, cases and all.

What the API server makes of them is asked in `tests/e2e/test_policies.py`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tests.policies import cases, cases_of, facts
from tests.repository import Files, manifests

from tenantry import layout, naming
from tenantry.policies import BINDING_KIND, POLICY_KIND
from tenantry.render.identity import SECRET_STORE
from tenantry.rules.app_sources import check_app_sources
from tenantry.rules.names import RESERVED_NAME, check_names
from tenantry.schema.tenant import Environment, TenantFile
from tenantry.tenant import Tenant
from tenantry.wiring import fill

if TYPE_CHECKING:
    from tenantry.policies import Policy


FACTS = facts()
CLUSTER = next(iter(FACTS.clusters.values()))
POLICIES = FACTS.policies

_ACCOUNT = re.compile(r"system:serviceaccount:([a-z0-9-]+):")
_LABEL = re.compile(r"tenantry\.dev/[a-z-]*")


def _object(policy: Policy, name: str = layout.POLICY_FILE) -> Any:  # noqa: ANN401 - an object
    return fill(dict(policy.objects)[name], CLUSTER)


def _bindings(policy: Policy) -> list[Any]:
    return [_object(policy, name) for name, _ in policy.objects if name != layout.POLICY_FILE]


def _text(policy: Policy) -> str:
    return json.dumps([_object(policy, name) for name, _ in policy.objects])


def _variable(policy: str, name: str) -> str:
    (found,) = (each for each in POLICIES if each.name == policy)
    variables = _object(found)["spec"]["variables"]
    return str(next(each["expression"] for each in variables if each["name"] == name))


each_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)


@each_policy
def test_a_policy_is_found_by_the_name_in_its_refusal(policy: Policy) -> None:
    """The API server names policy and binding: both are called like the folder."""
    names = {each["metadata"]["name"] for each in (_object(policy), *_bindings(policy))}
    assert names == {f"tenantry-{policy.name}"}


@each_policy
def test_a_policy_refuses_also_where_it_cannot_decide(policy: Policy) -> None:
    assert _object(policy)["spec"]["failurePolicy"] == "Fail"
    assert [each["spec"]["validationActions"] for each in _bindings(policy)] == [["Deny"]]


@each_policy
def test_every_validation_has_cases_that_quote_it(policy: Policy) -> None:
    """And no case quotes what no validation says."""
    messages = [each["message"] for each in _object(policy)["spec"]["validations"]]
    assert Counter(messages) == Counter(each.message for each in cases_of(policy).refused)


@each_policy
def test_a_refused_case_differs_from_an_accepted_one(policy: Policy) -> None:
    """Which it names, so that a refusal is not owed to something else."""
    known = {case.says for case in cases_of(policy).accepted}
    named = {case.unlike for refusal in cases_of(policy).refused for case in refusal.cases}
    assert named <= known


def test_no_two_cases_say_the_same() -> None:
    said = Counter((asked.policy.name, asked.case.says) for asked in cases())
    assert [each for each, times in said.items() if times > 1] == []


def test_no_two_validations_say_the_same() -> None:
    messages = Counter(
        each["message"] for policy in POLICIES for each in _object(policy)["spec"]["validations"]
    )
    assert [message for message, times in messages.items() if times > 1] == []
    assert all(message.endswith(".") and "\n" not in message for message in messages)


@each_policy
def test_a_policy_looks_for_labels_that_are_rendered(policy: Policy) -> None:
    known = {naming.TENANT_LABEL, naming.PROFILE_LABEL, naming.ENVIRONMENT_LABEL}
    assert set(_LABEL.findall(_text(policy))) <= known | {f"{naming.PREFIX}/"}


def test_production_is_called_as_the_model_calls_it() -> None:
    (policy,) = (each for each in POLICIES if each.name == "images")
    (binding,) = _bindings(policy)
    (selected,) = binding["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"]
    assert selected == {
        "key": naming.ENVIRONMENT_LABEL,
        "operator": "In",
        "values": [Environment.PRODUCTION.value],
    }


def _trusted() -> set[str]:
    """Return every namespace whose service accounts some policy lets through."""
    named = {name for policy in POLICIES for name in _ACCOUNT.findall(_text(policy))}
    return named | {"kube-system", *CLUSTER.app_namespaces}


@pytest.mark.parametrize("namespace", sorted(_trusted()))
def test_no_project_can_have_a_namespace_that_policies_trust(namespace: str) -> None:
    """The rule on names and the policies agree: else a team would name itself an exception."""
    file = TenantFile.model_validate(
        {"profiles": [{"name": namespace, "admins": ["jane.doe@example.com"]}]}
    )
    found = check_names(Tenant("growth", file), FACTS)
    assert [finding.rule for finding in found] == [RESERVED_NAME.id]


def test_policies_trust_the_namespaces_of_all_apps_but_argo_cds() -> None:
    """Argo CD writes what teams' repositories hold, which is judged like anybody's."""
    namespaces = sorted(
        {each for app in FACTS.apps for each in app.namespaces} - {FACTS.platform.gitops.namespace}
    )
    assert "kubeflow" in namespaces
    for policy in (
        "argo-cd-annotations",
        "cloud-identity",
        "rendered-objects",
        "routes",
        "services",
    ):
        assert json.loads(_variable(policy, "platformNamespaces")) == namespaces


def test_policies_know_argo_cd_by_the_namespace_in_the_facts() -> None:
    known = {
        _variable(policy.name, "argoCd")
        for policy in POLICIES
        if "argoCd" in {each["name"] for each in _object(policy)["spec"]["variables"]}
    }
    namespace = FACTS.platform.gitops.namespace
    assert known == {f'"system:serviceaccount:{namespace}:argocd-application-controller"'}


def test_production_runs_images_of_the_registries_in_the_facts() -> None:
    """Each ends with a slash, which the model asks for and the policy counts on."""
    registries = json.loads(_variable("images", "registries"))
    assert registries == list(FACTS.platform.supply.registries)
    assert all(each.endswith("/") for each in registries)
    assert json.loads(_variable("images", "platformImages")) == list(
        FACTS.platform.supply.platform_images
    )


def test_secrets_come_from_the_store_that_is_rendered() -> None:
    (policy,) = (each for each in POLICIES if each.name == "cloud-identity")
    assert f"== '{SECRET_STORE}'" in _text(policy)


def test_admission_and_argo_cds_projects_let_teams_deploy_the_same(own_trees: Files) -> None:
    """The kinds that a team's project lists are those that the policy lets through."""
    listed = {
        f"{each['group']}/{each['kind'].lower()}s"
        for path, content in own_trees.items()
        if f"/{layout.TENANT_APPLICATIONS}/" in path
        for manifest in manifests(content)
        if manifest["kind"] == "AppProject"
        for each in manifest["spec"]["namespaceResourceWhitelist"]
    }
    quoted = re.findall(r"'([^']+)'", _variable("team-repositories", "kinds"))
    assert listed == set(quoted)
    assert len(quoted) == len(set(quoted))


def test_only_teams_have_applications_that_the_policy_takes_for_a_teams(own_trees: Files) -> None:
    """An app of the platform cannot have such a name, and a team's is named by its namespace."""
    names = {
        (manifest["metadata"]["name"], manifest["spec"]["destination"].get("namespace"))
        for path, content in own_trees.items()
        if f"/{layout.APPLICATIONS}/" in path
        for manifest in manifests(content)
        if manifest["kind"] == "Application"
    }
    teams = {(name, namespace) for name, namespace in names if name.startswith("team-")}
    assert teams
    assert teams == {(naming.team_application(str(namespace)), namespace) for _, namespace in teams}
    assert not list(check_app_sources(FACTS))


def test_policies_are_delivered_before_any_tenant(own_trees: Files) -> None:
    """By an app that waits for none."""
    for cluster in FACTS.clusters:
        (app,) = manifests(own_trees[f"{cluster}/{layout.rendered_app('admission-policies')}"])
        (tenants,) = manifests(own_trees[f"{cluster}/{layout.TENANTS_APPLICATION}"])
        waves = [
            int(each["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
            for each in (app, tenants)
        ]
        assert waves[0] == 0 < waves[1]


def test_every_policy_is_on_every_cluster(own_trees: Files) -> None:
    folder = layout.rendered_app_folder("admission-policies")
    for cluster in FACTS.clusters:
        kinds = Counter(
            manifest["kind"]
            for path, content in own_trees.items()
            if path.startswith(f"{cluster}/{folder}/")
            for manifest in manifests(content)
        )
        assert kinds == {POLICY_KIND: len(POLICIES), BINDING_KIND: len(POLICIES)}
    assert POLICIES
