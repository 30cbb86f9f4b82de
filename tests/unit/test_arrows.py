"""Arrows between apps: computed from what their sources hold, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tenantry.admission import selects
from tenantry.apps import App, loops, waves
from tenantry.arrows import arrows
from tenantry.kinds import resource_of
from tenantry.schema.upstream import Upstream

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp

    from tenantry.manifest import Manifest


def _with(app: App, **facts: Any) -> App:  # noqa: ANN401 - fields of a model
    day = date(2026, 11, 22)
    known = {"source": {}, "changes": "", "checked": day, **facts}
    return replace(app, upstream=Upstream.model_validate(known))


def _webhook(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a model
    base = {"name": "w", "mutating": False, "fails": True, "service": "mesh/w"}
    return {**base, "resources": ["pods"], **more}


def test_an_app_comes_after_those_that_bring_its_kinds_and_namespaces(make_app: MakeApp) -> None:
    kinds = {"a.io/B": {"resource": "bs", "scope": "Namespaced"}}
    apps = (
        _with(make_app("crds"), definitions=kinds),
        _with(make_app("place"), namespaces={"here": {}}),
        _with(make_app("user"), objects={"here": {"a.io/B": 2, "ConfigMap": 1}}),
    )
    assert arrows(apps)["user"] == {
        "crds": ("its kind a.io/B",),
        "place": ("its namespace here",),
    }
    assert waves({app.name: app for app in apps}) == {"crds": 0, "place": 0, "user": 1}


def test_an_app_comes_after_webhooks_that_judge_its_pods(make_app: MakeApp) -> None:
    """Only where they must answer, and only in the namespaces that they look at."""
    labelled = {"matchLabels": {"mesh": "on"}}
    mesh = _with(
        make_app("mesh"),
        webhooks=[
            _webhook(namespaces=labelled),
            _webhook(name="soft", fails=False),
            _webhook(name="few", objects=labelled),
        ],
    )
    place = _with(make_app("place"), namespaces={"in": {"mesh": "on"}, "out": {}})
    inside = _with(make_app("inside"), pods=[{"namespace": "in"}])
    outside = _with(make_app("outside"), pods=[{"namespace": "out"}])
    chosen = _with(make_app("chosen"), pods=[{"namespace": "out", "labels": {"mesh": "on"}}])
    found = arrows((mesh, place, inside, outside, chosen))
    assert found["inside"] == {"mesh": ("webhook w judges its pods",)}
    assert found["outside"] == {}
    assert found["chosen"] == {"mesh": ("webhook few judges its pods",)}


@pytest.mark.parametrize("asked", ["a.io/bs", "a.io/*", "*/bs", "*/*"])
def test_a_webhook_judges_objects_however_it_writes_them(asked: str, make_app: MakeApp) -> None:
    kinds = {"a.io/B": {"resource": "bs", "scope": "Namespaced"}}
    judge = _with(make_app("judge"), definitions=kinds, webhooks=[_webhook(resources=[asked])])
    user = _with(make_app("user"), objects={"x": {"a.io/B": 1}})
    assert "webhook w judges its a.io/bs" in arrows((judge, user))["user"]["judge"]


def test_an_app_comes_after_what_its_objects_name(make_app: MakeApp) -> None:
    issuer = _with(make_app("issuer"), offers=["cert-manager.io/ClusterIssuer own"])
    user = _with(make_app("user"), asks=["cert-manager.io/ClusterIssuer own"])
    assert arrows((issuer, user))["user"] == {
        "issuer": ("it names cert-manager.io/ClusterIssuer own",)
    }


def test_what_an_app_brings_itself_draws_no_arrow(make_app: MakeApp) -> None:
    kinds = {"a.io/B": {"resource": "bs", "scope": "Namespaced"}}
    both = {"definitions": kinds, "objects": {"x": {"a.io/B": 1}}, "namespaces": {"x": {}}}
    apps = (_with(make_app("first"), **both), _with(make_app("second"), **both))
    assert arrows(apps)["first"] == {}


def test_kinds_that_no_object_shows_are_brought_by_word(make_app: MakeApp) -> None:
    maker = make_app("maker", "brings: [a.io/*]\nlocal: true")
    user = _with(make_app("user"), objects={"x": {"a.io/B": 1}})
    assert arrows((maker, user))["user"] == {"maker": ("its kind a.io/B",)}


def test_own_manifests_count_as_well(make_app: MakeApp) -> None:
    namespace: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "here"}}
    settings: Manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "x", "namespace": "here"},
    }
    apps = (make_app("place", namespace=namespace), make_app("user", settings=settings))
    assert arrows(apps)["user"] == {"place": ("its namespace here",)}


def test_a_written_need_stands_with_its_reason(make_app: MakeApp) -> None:
    apps = (make_app("low"), make_app("high", "needs: {low: It asks for it.}\nlocal: true"))
    assert arrows(apps)["high"] == {"low": ("It asks for it.",)}


def test_a_loop_that_only_objects_show_is_found(make_app: MakeApp) -> None:
    one = _with(make_app("one"), namespaces={"a": {}}, objects={"b": {"ConfigMap": 1}})
    two = _with(make_app("two"), namespaces={"b": {}}, objects={"a": {"ConfigMap": 1}})
    assert list(loops({"one": one, "two": two})) == [("one", "two")]


@pytest.mark.parametrize(
    ("selector", "labels", "taken"),
    [
        ({}, {}, True),
        ({"matchLabels": {"a": "1"}}, {"a": "1"}, True),
        ({"matchLabels": {"a": "1"}}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["1"]}]}, {"a": "1"}, True),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["1"]}]}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}, {}, True),
    ],
)
def test_a_selector_takes_what_the_api_server_would(
    selector: dict[str, Any], labels: dict[str, str], *, taken: bool
) -> None:
    assert selects(selector, labels) is taken


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("Pod", "pods"),
        ("Endpoints", "endpoints"),
        ("apps/Deployment", "apps/deployments"),
        ("networking.k8s.io/NetworkPolicy", "networking.k8s.io/networkpolicies"),
        ("networking.k8s.io/Ingress", "networking.k8s.io/ingresses"),
    ],
)
def test_a_kind_of_kubernetes_has_its_resource(kind: str, resource: str) -> None:
    assert resource_of(kind) == resource
