"""What Argo CD is told to deliver: nothing that a team types chooses where or with what rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import profile, read_tenant

if TYPE_CHECKING:
    from tests.unit.render.conftest import Render, Rendered

_SERVER = "https://kubernetes.default.svc"

#: Kinds with which a team could widen its rights, reach into the platform, or lose data.
_NEVER = {
    ("", "Namespace"),
    ("", "PersistentVolumeClaim"),
    ("", "ResourceQuota"),
    ("", "LimitRange"),
    ("", "Secret"),
    ("", "ServiceAccount"),
    ("", "Pod"),
    ("kubeflow.org", "Profile"),
    ("kubeflow.org", "PodDefault"),
}
_NEVER_OF_GROUP = (
    "rbac.authorization.k8s.io",
    "networking.k8s.io",
    "networking.istio.io",
    "security.istio.io",
    "argoproj.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "claims.example.com",
    "managedidentity.azure.m.upbound.io",
    "gateway.networking.k8s.io",
)


def _named(rendered: Rendered, kind: str, name: str) -> dict[str, Any]:
    (found,) = (
        manifest
        for manifest in rendered.delivery
        if (manifest["kind"], manifest["metadata"]["name"]) == (kind, name)
    )
    return found


def test_a_teams_project_names_one_repository_one_namespace_and_no_cluster_kind(
    rendering: Render,
) -> None:
    spec = _named(rendering(), "AppProject", "team-churn-prod")["spec"]
    assert spec["sourceRepos"] == ["https://github.com/example/churn"]
    assert spec["destinations"] == [{"server": _SERVER, "namespace": "churn-prod"}]
    assert "clusterResourceWhitelist" not in spec
    assert "sourceNamespaces" not in spec


def test_a_teams_project_never_permits_what_would_widen_its_rights(rendering: Render) -> None:
    spec = _named(rendering(), "AppProject", "team-churn-prod")["spec"]
    permitted = {(item["group"], item["kind"]) for item in spec["namespaceResourceWhitelist"]}
    assert permitted
    assert not permitted & _NEVER
    assert not [kind for kind in permitted if kind[0] in _NEVER_OF_GROUP]
    assert not [kind for kind in permitted if "*" in "".join(kind)]


def test_a_teams_people_may_look_at_their_own_project_and_do_nothing(rendering: Render) -> None:
    """What Argo CD itself makes of it is asked in tests/e2e."""
    project = "team-churn-prod"
    (role,) = _named(rendering(), "AppProject", project)["spec"]["roles"]
    assert role["groups"] == [
        "daniel.brown@example.com",  # a viewer
        "jane.doe@example.com",  # an admin
        "mei.tanaka@example.com",  # a contributor, by a group of the file
    ]
    assert role["policies"] == [
        f"p, proj:{project}:people, {resource}, get, {project}/*, allow"
        for resource in ("applications", "logs")
    ]


def test_a_teams_application_stays_in_its_project(rendering: Render) -> None:
    spec = _named(rendering(), "Application", "team-churn-prod")["spec"]
    assert spec["project"] == "team-churn-prod"
    assert spec["destination"] == {"server": _SERVER, "namespace": "churn-prod"}
    assert spec["source"] == {
        "repoURL": "https://github.com/example/churn",
        "targetRevision": "v1.*",
        "path": ".",
    }


def test_a_tenants_folder_is_the_platforms_to_deliver(rendering: Render) -> None:
    spec = _named(rendering(), "Application", "tenant-growth")["spec"]
    assert spec["project"] == "tenants"
    assert spec["source"]["path"] == "tenants/growth"
    assert spec["source"]["targetRevision"] == "rendered/prod"
    assert spec["source"]["repoURL"] == "https://github.com/example/platform"


def test_development_is_deployed_by_people_not_by_argo_cd(rendering: Render) -> None:
    assert [manifest["metadata"]["name"] for manifest in rendering().delivery] == [
        "tenant-growth",
        "team-churn-prod",
        "team-churn-prod",
    ]


def test_every_application_hears_of_faults_where_a_channel_is_named(rendering: Render) -> None:
    for manifest in rendering().delivery:
        channels = {
            value
            for key, value in manifest["metadata"]["annotations"].items()
            if key.startswith("notifications.argoproj.io/")
        }
        assert channels == ({"C0123ABCD"} if manifest["kind"] == "Application" else set())


def test_a_tenant_without_a_place_on_the_cluster_has_no_namespace(rendering: Render) -> None:
    assert rendering(profile("clusters: [elsewhere]")).namespaces == {}


_LETTERS = st.text("abcdefghij", min_size=2, max_size=8)  # too few to spell no, on, off
_LABELS = st.lists(_LETTERS, min_size=1, max_size=3).map("-".join)
_WORDS = st.sampled_from(["argocd", "tenants", "platform", "default", "kube-system", "in-cluster"])


@st.composite
def _tenants(draw: st.DrawFn) -> tuple[str, str, str]:
    """Return the name of a tenant, of its project, and its file with whatever may be typed."""
    name, tenant = draw(_LABELS), draw(_LABELS)
    word = draw(_WORDS | _LABELS)
    revision = draw(st.sampled_from(["v1.*", ">=1.0 <2", f"{word}", f"refs/heads/{word}"]))
    url, path = f"https://git.example.com/{word}/{draw(_LABELS)}", f"{draw(_LABELS)}/{word}"
    repository = {"url": url, "path": path, "revision": revision}
    parameters = {"size": "small", "region": word}
    claim = {"name": draw(_LABELS), "kind": "Database", "parameters": parameters}
    fields = [
        "tier: ml-product",
        "production: true",
        f"description: {word}",
        f"package: p_{draw(_LETTERS)}",
        f"costCenter: {word}",
        f"repository: {repository}",
        f"egress: [{word}.example.org]",
        f"expose: [{{name: {draw(_LABELS)}, port: {draw(st.integers(1, 65535))}}}]",
        f"claims: [{claim}]",
    ]
    return tenant, name, profile("\n".join(fields), name)


@given(drawn=_tenants())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_typed_chooses_project_destination_or_place(
    rendering: Render, drawn: tuple[str, str, str]
) -> None:
    """They follow from the folder, the project's name and the cluster's facts alone."""
    tenant, name, text = drawn
    rendered = rendering(text, tenant)
    production = f"{name}-prod"
    found = [
        (m["kind"], m["metadata"]["name"], m["metadata"]["namespace"], m["spec"].get("project"))
        for m in rendered.delivery
    ]
    assert found == [
        ("Application", f"tenant-{tenant}", "argocd", "tenants"),
        ("AppProject", f"team-{production}", "argocd", None),
        ("Application", f"team-{production}", "argocd", f"team-{production}"),
    ]
    folder, project, application = (manifest["spec"] for manifest in rendered.delivery)
    assert folder["destination"] == {"server": _SERVER}
    assert folder["source"]["path"] == f"tenants/{tenant}"
    assert project["destinations"] == [application["destination"]]
    assert application["destination"] == {"server": _SERVER, "namespace": production}
    for namespace, manifest in rendered.all():
        place = manifest["metadata"].get("namespace", namespace)
        assert place == namespace or (place, manifest["metadata"]["name"]) == (
            "istio-egress",
            f"tenant-{namespace}",
        )


@pytest.mark.parametrize("field", ["project", "destination", "server", "namespace"])
def test_a_file_has_no_field_for_any_of_them(field: str) -> None:
    text = f'repository: {{url: "https://x.example.com/a", revision: v1, {field}: x}}'
    with pytest.raises(AssertionError, match="unknown-field"):
        read_tenant(profile(text))
