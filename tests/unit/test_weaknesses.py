"""What in an object would let strangers in."""

from __future__ import annotations

from typing import Any

import pytest

from tenantry.containers import containers_of
from tenantry.weaknesses import passwords_of, takes_tokens_for_anybody


def _config(text: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"k": text}}


def _pod(**variable: object) -> dict[str, Any]:
    spec = {"containers": [{"name": "x", "env": [variable]}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": spec}


def _passwords(each: dict[str, Any]) -> list[str]:
    return list(passwords_of(each, containers_of(each).variables))


@pytest.mark.parametrize(
    "text",
    [
        "staticPasswords:\n- email: user@example.com\n",
        "enablePasswordDB: true\n",
        "hash: $2y$12$4K/VkmDd1q1Orb3xAt82zu8gk7Ad6ReFR4LCP9UeYE90NLiN9Df72\n",
        "accesskey: minio\nsecretkey: minio123\n",
        "DEX_USER_PASSWORD=12341234\n",
        "postgres://root:test@db/katib\n",
    ],
)
def test_what_upstream_publishes_is_seen_in_a_config_map(text: str) -> None:
    assert _passwords(_config(text)) == ["ConfigMap x, k"]


@pytest.mark.parametrize(
    "text",
    [
        "clientSecret: $login-client:client-secret\n",
        'defaultPipelineRoot: "minio://mlpipeline/v2/artifacts"\n',
        "name: mlpipeline-minio-artifact\n",
        "enablePasswordDB: false\n",
        "port: 112341234\n",
    ],
)
def test_the_name_of_a_secret_is_no_password(text: str) -> None:
    assert _passwords(_config(text)) == []


@pytest.mark.parametrize(
    "variable",
    [
        {"name": "MYSQL_ROOT_PASSWORD", "value": "test"},
        {"name": "AWS_SECRET_ACCESS_KEY", "value": "x"},
        {"name": "OAUTH2_PROXY_COOKIE_SECRET", "value": "x"},
        {"name": "ANYTHING", "value": "minio123"},
    ],
)
def test_a_variable_that_is_given_its_secret_as_it_is_is_seen(variable: dict[str, str]) -> None:
    assert _passwords(_pod(**variable)) == [f"Pod x, {variable['name']}"]


@pytest.mark.parametrize(
    "variable",
    [
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}},
        {"name": "PASSWORD", "value": "$(OTHER)"},
        {"name": "PASSWORD", "value": ""},
        {"name": "PASSWORD"},
        {"name": "TLS_SECRET_NAME", "value": "certificate"},
        {"name": "PASSWORD", "value": {"fromFact": "cluster.domain"}},
    ],
)
def test_a_variable_that_says_where_its_secret_is_is_none(variable: dict[str, Any]) -> None:
    assert _passwords(_pod(**variable)) == []


def test_variables_of_a_workloads_pods_are_seen_and_those_of_a_definition_are_not() -> None:
    template = {"template": _pod(name="PASSWORD", value="x")}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "x"},
    }
    assert _passwords({**deployment, "spec": template}) == ["Deployment x, PASSWORD"]
    assert _passwords({**definition, "spec": template}) == []


@pytest.mark.parametrize(
    ("rules", "for_anybody"),
    [
        ([{"issuer": "a", "audiences": ["x"]}], False),
        ([{"issuer": "a", "audiences": [{"fromFact": "platform.identity.audience"}]}], False),
        ([{"issuer": "a"}], True),
        ([{"issuer": "a", "audiences": []}], True),
        ([{"issuer": "a", "audiences": ["x"]}, {"issuer": "b"}], True),
        ([], False),
    ],
)
def test_a_token_must_be_made_for_this_platform(
    rules: list[dict[str, Any]],
    for_anybody: bool,  # noqa: FBT001 - a verdict
) -> None:
    request = {
        "apiVersion": "security.istio.io/v1",
        "kind": "RequestAuthentication",
        "metadata": {"name": "x"},
        "spec": {"jwtRules": rules},
    }
    assert takes_tokens_for_anybody(request) == for_anybody
