"""Versions that go together: found in what apps install, compared as far as they are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tenantry.rules.compatibility import check_compatibility, version_of
from tenantry.schema.compatibility import Compatibility
from tenantry.schema.upstream import Upstream

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp, MakeFacts

    from tenantry.findings import Finding

_MESH = "helm: {repository: https://charts.example.com, chart: mesh, version: 1.30.1}"


@pytest.fixture
def judge(make_app: MakeApp, make_facts: MakeFacts) -> Any:  # noqa: ANN401 - a function
    """Return what judges an app mesh 1.30.1 and an app door 2.4.0 by one entry about mesh."""

    def judged(**entry: Any) -> list[Finding]:  # noqa: ANN401 - fields of a model
        door = make_app("door", _MESH.replace("1.30.1", "2.4.0"))
        facts = make_facts(make_app("mesh", _MESH), door)
        known = {"components": [{"app": "mesh", "version": "1.30", "source": "page", **entry}]}
        compatibility = Compatibility.model_validate(known)
        return list(check_compatibility(replace(facts, compatibility=compatibility)))

    return judged


@pytest.mark.parametrize(
    ("bounds", "rule"),
    [
        ({"least": "1.36"}, None),
        ({"least": "1.37"}, "versions-do-not-fit"),
        ({"tested": "1.36"}, None),
        ({"tested": "1.9"}, "versions-untested"),
        ({"least": "1.9", "tested": "1.100"}, None),
    ],
)
def test_clusters_have_a_kubernetes_that_fits(
    bounds: dict[str, str],
    rule: str | None,
    judge: Any,  # noqa: ANN401 - a function
) -> None:
    """Numbers are compared, not letters: 1.9 is older than 1.36."""
    found = judge(kubernetes=bounds)
    assert {finding.rule for finding in found} == ({rule} if rule else set())
    assert all(finding.path.startswith("clusters/") for finding in found)


@pytest.mark.parametrize(
    ("bounds", "rules"),
    [
        ({"least": "2.4"}, []),
        ({"least": "2.4.1"}, ["versions-do-not-fit"]),
        ({"tested": "2"}, []),
        ({"tested": "2.3"}, ["versions-untested"]),
    ],
)
def test_other_apps_have_a_version_that_fits(
    bounds: dict[str, str],
    rules: list[str],
    judge: Any,  # noqa: ANN401 - a function
) -> None:
    found = judge(apps={"door": bounds, "ghost": {"least": "9"}})
    assert [(finding.path, finding.rule) for finding in found] == [
        ("apps/door/app.yaml", rule) for rule in rules
    ]


def test_a_version_of_which_nothing_is_known_is_told(judge: Any) -> None:  # noqa: ANN401
    (finding,) = judge(version="1.3")
    assert (finding.rule, finding.field) == ("compatibility-unknown", ("helm",))


def test_the_version_is_that_of_the_pods_where_all_say_the_same(make_app: MakeApp) -> None:
    app = make_app("mesh", _MESH)
    assert version_of(app) == "1.30.1"
    label = "app.kubernetes.io/version"
    pods = [{"namespace": "mesh", "labels": {label: "v1.31.0"}}, {"namespace": "mesh"}]
    facts: dict[str, Any] = {"source": {}, "changes": "", "checked": date(2026, 11, 22)}
    known = Upstream.model_validate({**facts, "pods": pods})
    assert version_of(replace(app, upstream=known)) == "1.31.0"
    two = Upstream.model_validate(
        {**facts, "pods": [*pods, {"namespace": "mesh", "labels": {label: "2"}}]}
    )
    assert version_of(replace(app, upstream=two)) == "1.30.1"
