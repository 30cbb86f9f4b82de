"""Apps that are for some clusters, and what they need there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.rules.app_facts import check_app_facts
from tenantry.rules.apps import check_apps

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp, MakeFacts

_GIT = "git: {repository: https://github.com/example/x, path: base, revision: v1.2.3}"
_VALUES = "helm: {repository: https://charts.example.com, chart: x, version: 1.2.3}\nvalues: "


def test_a_need_is_missed_only_where_the_app_is(make_app: MakeApp, make_facts: MakeFacts) -> None:
    low = make_app("low", f"clusters: [dev]\n{_GIT}")
    beside = make_app("x", f"clusters: [dev]\nneeds: [low]\n{_GIT}")
    assert list(check_apps(make_facts(low, beside))) == []
    elsewhere = make_app("x", f"clusters: [prod]\nneeds: [low]\n{_GIT}")
    (finding,) = check_apps(make_facts(low, elsewhere))
    assert (finding.path, finding.rule) == ("apps/x/app.yaml", "need-not-on-cluster")


def test_what_is_left_out_takes_along_what_needs_it_on_that_cluster(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    """The cluster dev has no key vault yet."""
    vault = make_app("vault", f"clusters: [dev]\n{_VALUES}{{a: {{fromFact: outputs.keyVault}}}}")
    user = make_app("user", f"clusters: [dev]\nneeds: [vault]\n{_GIT}")
    awaited, needing = check_app_facts(make_facts(user, vault))
    assert {awaited.path, needing.path} == {"apps/user/app.yaml", "apps/vault/app.yaml"}
    assert {awaited.rule, needing.rule} == {"app-left-out"}
    assert "cluster dev does without user, which needs vault" in {awaited.message, needing.message}
