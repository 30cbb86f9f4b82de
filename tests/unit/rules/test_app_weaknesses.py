"""What apps would let strangers in with is refused, wherever it comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tenantry.rules.app_weaknesses import check_app_weaknesses
from tenantry.schema.upstream import Upstream

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp, MakeFacts

_STORE = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "store"},
    "data": {"keys": "minio:minio123"},
}


def _login(*audiences: str) -> dict[str, Any]:
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "RequestAuthentication",
        "metadata": {"name": "login", "namespace": "x"},
        "spec": {"jwtRules": [{"issuer": "https://login.example.com", "audiences": [*audiences]}]},
    }


@pytest.mark.parametrize(
    ("manifest", "rule", "named"),
    [(_STORE, "plain-password", "store, keys"), (_login(), "token-for-anybody", "x/login")],
)
def test_an_object_of_its_own_folder(
    manifest: dict[str, Any], rule: str, named: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    (finding,) = check_app_weaknesses(make_facts(make_app("x", own=manifest)))
    assert (finding.rule, finding.path) == (rule, "apps/x/app.yaml")
    assert named in finding.message


@pytest.mark.parametrize(
    ("field", "rule"), [("passwords", "plain-password"), ("audienceless", "token-for-anybody")]
)
def test_an_object_of_its_source(
    field: str, rule: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    found = {"source": {}, "changes": "", "checked": date(2026, 11, 22), field: ["found"]}
    app = replace(make_app("x"), upstream=Upstream.model_validate(found))
    (finding,) = check_app_weaknesses(make_facts(app))
    assert finding.rule == rule
    assert "found" in finding.message


def test_a_token_for_this_platform_is_right(make_app: MakeApp, make_facts: MakeFacts) -> None:
    app = make_app("x", own=_login("platform"))
    assert list(check_app_weaknesses(make_facts(app))) == []
