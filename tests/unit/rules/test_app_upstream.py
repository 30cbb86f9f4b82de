"""What is refused of that which apps' sources hold, and of what apps may touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tenantry.findings import Severity
from tenantry.pins import changes_of, source_of
from tenantry.rules.app_rights import check_app_rights
from tenantry.rules.app_upstream import check_app_upstream, is_pinned
from tenantry.rules.apps import check_apps
from tenantry.schema.upstream import Upstream

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp, MakeFacts

    from tenantry.apps import App
    from tenantry.findings import Finding

_GIT = "git: {repository: https://github.com/example/x, path: base, revision: v1.2.3}\n"
_MADE = "syncOptions: [CreateNamespace=true]\n"
_PATCH = "patches: [{why: It would not work., target: {kind: A, name: b}, patch: {a: 1}}]\n"


def _looked_at(app: App, **facts: Any) -> App:  # noqa: ANN401 - fields of a model
    """Return the app with what its source holds."""
    found = {"source": source_of(app.file), "changes": changes_of(app.file), **facts}
    return replace(app, upstream=Upstream.model_validate({"checked": date(2026, 11, 22), **found}))


def _only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def test_nobody_looked(make_app: MakeApp, make_facts: MakeFacts) -> None:
    finding = _only(list(check_app_upstream(make_facts(make_app("x", _GIT)))))
    assert (finding.rule, finding.field) == ("not-inspected", ("git",))
    assert finding.cure == "run: tenantry inspect x"


def test_what_an_app_may_bring_that_nobody_looked_at_is_not_missed(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    """One forgotten file would hide behind a complaint of every app that needs its kinds."""
    user = _looked_at(make_app("user", _GIT + _MADE), objects={"user": {"a.io/B": 1}})
    finding = _only(list(check_app_upstream(make_facts(user))))
    assert (finding.rule, finding.field) == ("kind-without-app", ("git",))
    both = make_facts(user, make_app("x", _GIT))
    assert [each.rule for each in check_app_upstream(both)] == ["not-inspected"]


def test_somebody_looked_at_another_revision(make_app: MakeApp, make_facts: MakeFacts) -> None:
    app = _looked_at(make_app("x", _GIT), source={"revision": "v1.2.2"})
    finding = _only(list(check_app_upstream(make_facts(app))))
    assert finding.rule == "not-inspected"
    assert finding.message.endswith("it was v1.2.2")


def test_another_reason_of_a_patch_changes_nothing_and_another_target_does(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    before = make_app("x", _GIT + _MADE + _PATCH)
    patched = [{"target": "A b", "objects": ["A b"]}]
    known = _looked_at(before, patched=patched).upstream
    reworded = make_app("x", (_GIT + _MADE + _PATCH).replace("It would", "It could"))
    assert list(check_app_upstream(make_facts(replace(reworded, upstream=known)))) == []
    moved = make_app("x", (_GIT + _MADE + _PATCH).replace("name: b", "name: c"))
    finding = _only(list(check_app_upstream(make_facts(replace(moved, upstream=known)))))
    assert finding.message == "the patches of x are not those that were looked at"


def test_an_app_that_could_not_be_looked_at_is_only_warned_about(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    app = _looked_at(make_app("x", _GIT), unchecked="no such host")
    finding = _only(list(check_app_upstream(make_facts(app))))
    assert (finding.rule, finding.severity) == ("unchecked-app", Severity.WARNING)
    assert finding.message.endswith(": no such host")


def test_a_retired_app_need_not_be_looked_at(make_app: MakeApp, make_facts: MakeFacts) -> None:
    app = make_app("x", _GIT + "clusters: []\n")
    assert list(check_app_upstream(make_facts(app))) == []


def test_a_patch_matches_something(make_app: MakeApp, make_facts: MakeFacts) -> None:
    app = _looked_at(make_app("x", _GIT + _PATCH), patched=[{"target": "A b", "objects": []}])
    finding = _only(list(check_app_upstream(make_facts(app))))
    assert (finding.rule, finding.field) == ("patch-without-object", ("patches", 0, "target"))


@pytest.mark.parametrize(
    ("facts", "rule", "part"),
    [
        ({"objects": {"x": {"a.io/B": 1}}}, "kind-without-app", "kind a.io/B"),
        ({"objects": {"y": {"ConfigMap": 1}}}, "namespace-without-app", "namespace y"),
        ({"secrets": ["x/root"]}, "upstream-secret", "Secret x/root"),
        ({"images": ["busybox"]}, "unpinned-image", "busybox"),
        ({"unkept": ["Namespace x"]}, "not-kept", "Namespace x"),
        ({"emptied": ["editor"]}, "aggregated-rules", "ClusterRole editor"),
    ],
)
def test_what_must_not_be_installed(
    facts: dict[str, Any], rule: str, part: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    app = _looked_at(make_app("x", _GIT + _MADE), **facts)
    finding = _only(list(check_app_upstream(make_facts(app))))
    assert finding.rule == rule
    assert part in finding.message


def test_what_nothing_is_lost_with_may_be_deleted(make_app: MakeApp, make_facts: MakeFacts) -> None:
    """But only of the groups that the app names, and never a namespace."""
    unkept = ["CustomResourceDefinition bs.a.io", "CustomResourceDefinition cs.b.a.io"]
    app = make_app("x", f"{_GIT}{_MADE}disposable: {{a.io: It is written anew.}}\n")
    found = _looked_at(app, unkept=[*unkept, "Namespace a"])
    messages = [each.message for each in check_app_upstream(make_facts(found))]
    assert [message.partition(" of x")[0] for message in messages] == [unkept[1], "Namespace a"]


def test_what_an_apps_own_webhook_judges_comes_after_it(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    webhook = {"name": "w", "mutating": False, "fails": True, "service": "x/w"}
    facts: dict[str, Any] = {
        "definitions": {"a.io/B": {"resource": "bs", "scope": "Namespaced"}},
        "objects": {"x": {"a.io/B": 1}},
        "webhooks": [{**webhook, "resources": ["a.io/bs"]}],
    }
    app = make_app("x", _GIT + _MADE)
    finding = _only(list(check_app_upstream(make_facts(_looked_at(app, **facts)))))
    assert (finding.rule, finding.severity) == ("judged-by-itself", Severity.WARNING)
    later = _looked_at(app, **facts, later=["a.io/B"])
    assert list(check_app_upstream(make_facts(later))) == []


def test_a_large_definition_is_applied_on_the_servers_side(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    large = {"a.io/B": {"resource": "bs", "scope": "Cluster", "kibibytes": 300}}
    app = _looked_at(
        make_app("x", f"{_GIT}syncOptions: [ServerSideApply=false]"), definitions=large
    )
    finding = _only(list(check_app_upstream(make_facts(app))))
    assert (finding.rule, finding.field) == ("large-definition", ("syncOptions", 0))
    assert (
        list(check_app_upstream(make_facts(_looked_at(make_app("x", _GIT), definitions=large))))
        == []
    )


def test_an_app_may_touch_what_it_holds_and_no_more(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    rights = "namespaces: [there]\nclusterKinds: [Namespace]\n"
    app = _looked_at(make_app("x", _GIT + rights), objects={"": {"Node": 1}, "z": {"Pod": 1}})
    found = {finding.rule: finding for finding in check_app_rights(make_facts(app))}
    assert set(found) == {
        "cluster-kind-not-listed",
        "namespace-not-listed",
        "unused-cluster-kind",
        "unused-namespace",
    }
    assert found["unused-namespace"].field == ("namespaces", 0)
    exact = _looked_at(
        make_app("x", _GIT + rights), objects={"": {"Namespace": 1}, "there": {"Pod": 1}}
    )
    assert list(check_app_rights(make_facts(exact))) == []


def test_a_need_that_objects_show_is_not_written(make_app: MakeApp, make_facts: MakeFacts) -> None:
    kinds = {"a.io/B": {"resource": "bs", "scope": "Namespaced"}}
    low = _looked_at(make_app("low", _GIT), definitions=kinds)
    high = _looked_at(make_app("x", "needs: {low: why}\n" + _GIT), objects={"x": {"a.io/B": 1}})
    finding = _only(list(check_apps(make_facts(low, high))))
    assert (finding.rule, finding.field) == ("seen-need", ("needs", "low"))
    assert finding.message == "x comes after low anyway: its kind a.io/B"


@pytest.mark.parametrize(
    ("image", "pinned"),
    [
        ("busybox", False),
        ("busybox:latest", False),
        ("auto", True),
        ("registry.example.com:5000/busybox", False),
        ("registry.example.com:5000/busybox:1.2", True),
        (f"busybox@sha256:{'0' * 64}", True),
    ],
)
def test_an_image_is_pinned_by_tag_or_digest(image: str, *, pinned: bool) -> None:
    assert is_pinned(image) is pinned
