"""Apps that are for some clusters, and what they need there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.rules.app_facts import check_app_facts
from tenantry.rules.app_sources import check_app_sources
from tenantry.rules.apps import check_apps

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp, MakeFacts

    from tenantry.manifest import Manifest

_GIT = "git: {repository: https://github.com/example/x, path: base, revision: v1.2.3}"
_VALUES = "helm: {repository: https://charts.example.com, chart: x, version: 1.2.3}\nvalues: "


def test_a_need_is_missed_only_where_the_app_is(make_app: MakeApp, make_facts: MakeFacts) -> None:
    low = make_app("low", f"clusters: [dev]\n{_GIT}")
    beside = make_app("x", f"clusters: [dev]\nneeds: {{low: why}}\n{_GIT}")
    assert list(check_apps(make_facts(low, beside))) == []
    elsewhere = make_app("x", f"clusters: [prod]\nneeds: {{low: why}}\n{_GIT}")
    (finding,) = check_apps(make_facts(low, elsewhere))
    assert (finding.path, finding.rule) == ("apps/x/app.yaml", "need-not-on-cluster")


def test_what_is_left_out_takes_along_what_needs_it_on_that_cluster(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    """The cluster dev has no key vault yet."""
    vault = make_app("vault", f"clusters: [dev]\n{_VALUES}{{a: {{fromFact: outputs.keyVault}}}}")
    user = make_app("user", f"clusters: [dev]\nneeds: {{vault: why}}\n{_GIT}")
    awaited, needing = check_app_facts(make_facts(user, vault))
    assert {awaited.path, needing.path} == {"apps/user/app.yaml", "apps/vault/app.yaml"}
    assert {awaited.rule, needing.rule} == {"app-left-out"}
    assert "cluster dev does without user, which needs vault" in {awaited.message, needing.message}


def test_an_app_is_not_missed_where_it_is_not_meant_to_be(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    """The cluster dev has no key vault yet, and the app is for prod alone."""
    app = make_app("x", f"clusters: [prod]\n{_VALUES}{{a: {{fromFact: outputs.keyVault}}}}")
    assert list(check_app_facts(make_facts(app))) == []


def test_a_fact_below_a_name_of_somebodys_choice_may_be_known_later(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    known = "cluster.capacity.pools.general.cpu"
    waiting = "outputs.identities.churn"
    values = f"{{a: {{fromFact: {known}}}, b: {{fromFact: {waiting}}}}}"
    findings = list(check_app_facts(make_facts(make_app("x", f"{_VALUES}{values}"))))
    assert {finding.rule for finding in findings} == {"app-left-out"}


def test_a_marker_in_a_list_of_an_apps_own_object_is_looked_at(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    settings: Manifest = {
        "apiVersion": "example.com/v1",
        "kind": "Settings",
        "metadata": {"name": "settings", "namespace": "x"},
        "spec": {"hosts": [{"from-fact": "cluster.domain"}]},
    }
    app = make_app("x", "local: true", settings=settings)
    (finding,) = check_app_facts(make_facts(app))
    assert (finding.path, finding.rule) == ("apps/x/manifests/settings.yaml", "malformed-fact")
    assert finding.field == ("spec", "hosts", 0, "from-fact")
    assert finding.cure == 'did you mean "fromFact"?'


def test_one_way_to_say_what_is_ignored_is_enough(make_app: MakeApp, make_facts: MakeFacts) -> None:
    item = "{why: It is set by itself., group: apps, kind: Deployment, jsonPointers: [/spec]}"
    app = make_app("x", f"{_GIT}\nignoreDifferences: [{item}]")
    assert list(check_app_sources(make_facts(app))) == []
