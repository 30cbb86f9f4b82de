"""What delivers the platform's apps to a cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tenantry.render.platform import render_platform
from tenantry.schema.platform import Alerts

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp

    from tenantry.apps import App
    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest

_GIT = "git: {repository: https://github.com/example/x, path: base, revision: v1.2.3}\n"
_HELM = "helm: {repository: https://charts.example.com, chart: c, version: 1.2.3}\n"
_SETTINGS: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": "x"},
    "data": {"cluster": {"fromFact": "clusterName"}},
}


def _tree(facts: ClusterFacts, *apps: App) -> dict[str, Any]:
    return {path: list(manifests) for path, manifests in render_platform(apps, facts)}


def _application(facts: ClusterFacts, app: App) -> Any:  # noqa: ANN401 - a manifest to look into
    (application,) = _tree(facts, app)[f"applications/platform/{app.name}.yaml"]
    return application


def _project(facts: ClusterFacts, name: str, *apps: App) -> Any:  # noqa: ANN401 - as above
    projects = _tree(facts, *apps)["applications/projects.yaml"]
    return next(project for project in projects if project["metadata"]["name"] == name)


def test_an_app_becomes_one_application_that_heals_and_prunes(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    app = make_app("x", f"{_GIT}description: A thing\nsyncOptions: [PruneLast=false, Replace=true]")
    assert _application(dev, app) == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "x",
            "namespace": "argocd",
            "annotations": {"argocd.argoproj.io/sync-wave": "0"},
            "finalizers": ["resources-finalizer.argocd.argoproj.io/foreground"],
        },
        "spec": {
            "project": "platform",
            "source": {
                "repoURL": "https://github.com/example/x",
                "targetRevision": "v1.2.3",
                "path": "base",
            },
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "x"},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": [
                    "ServerSideApply=true",
                    "Validate=false",
                    "FailOnSharedResource=true",
                    "PruneLast=false",
                    "RespectIgnoreDifferences=true",
                    "Replace=true",
                ],
                "retry": {
                    "limit": 10,
                    "refresh": True,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"},
                },
            },
            "info": [{"name": "About", "value": "A thing"}],
        },
    }


@pytest.mark.parametrize(
    ("own", "validated"),
    [
        ([], False),
        (["Validate=true"], True),
        (["ServerSideApply=false"], True),
        (["ServerSideApply=false", "Validate=false"], False),
    ],
)
def test_kubectl_validates_what_it_applies_itself(
    make_app: MakeApp, dev: ClusterFacts, own: list[str], *, validated: bool
) -> None:
    """The API server refuses unknown fields of what it applies; of other things it drops them."""
    app = make_app("x", f"{_GIT}syncOptions: [{', '.join(own)}]")
    options = _application(dev, app)["spec"]["syncPolicy"]["syncOptions"]
    assert ("Validate=false" not in options) == validated


def test_the_wave_of_an_application_follows_its_needs(make_app: MakeApp, dev: ClusterFacts) -> None:
    tree = _tree(dev, make_app("a", f"{_GIT}needs: {{b: why}}"), make_app("b", _GIT))
    waves = {
        path: manifests[0]["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]
        for path, manifests in tree.items()
        if path.startswith("applications/platform/")
    }
    assert waves == {"applications/platform/a.yaml": "1", "applications/platform/b.yaml": "0"}


def test_the_tree_does_not_depend_on_the_order_of_the_apps(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    apps = [make_app("b", f"{_GIT}needs: {{a: why}}"), make_app("a", _GIT), make_app("c", _HELM)]
    assert list(render_platform(apps, dev)) == list(render_platform(apps[::-1], dev))


def test_each_cluster_gets_its_own_facts_and_shares_the_rest(
    make_app: MakeApp, dev: ClusterFacts, prod: ClusterFacts
) -> None:
    """What asks for facts that are the same on both is made once."""
    both = {**_SETTINGS, "data": {"domain": {"fromFact": "cluster.domain"}}}
    none = {**_SETTINGS, "data": {}}
    text = f"{_HELM}values: {{name: {{fromFact: clusterName}}}}"
    app = make_app("x", text, own=_SETTINGS, both=both, none=none)
    trees = [_tree(facts, app) for facts in (dev, prod)]
    own, shared, bare = (
        [tree[f"apps/x/{name}.yaml"][0] for tree in trees] for name in ("own", "both", "none")
    )
    assert [each["data"]["cluster"] for each in own] == ["dev", "prod"]
    sources = [tree["applications/platform/x.yaml"][0]["spec"]["sources"] for tree in trees]
    assert [each[0]["helm"]["valuesObject"]["name"] for each in sources] == ["dev", "prod"]
    assert shared[0] is shared[1]
    assert bare[0] is bare[1]


def test_facts_that_only_compare_equal_are_not_the_same(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    """A switch that is on equals 1, and reads otherwise."""
    app = make_app("x", own={**_SETTINGS, "data": {"fromFact": "cluster.cpu"}})
    path = app.manifest_path("own.yaml")
    made = []
    for value in (1, True, 1.0):
        facts = replace(dev, cluster={"cpu": value})  # type: ignore[arg-type] # any block of facts
        made.append(app.on(facts, path, lambda value=value: {"data": value}))  # type: ignore[misc] # bound now
    assert [repr(each["data"]) for each in made] == ["1", "True", "1.0"]


def test_a_chart_gets_its_values_with_facts_as_an_object(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    text = f"{_HELM}values: {{host: {{fromFact: cluster.domain}}, replicas: 2}}"
    assert _application(dev, make_app("x", text))["spec"]["source"] == {
        "repoURL": "https://charts.example.com",
        "chart": "c",
        "targetRevision": "1.2.3",
        "helm": {
            "releaseName": "x",
            "valuesObject": {"host": "ml.example.com", "replicas": 2},
        },
    }


def test_a_release_may_have_a_name_of_its_own(make_app: MakeApp, dev: ClusterFacts) -> None:
    app = make_app("x", _HELM.replace("chart: c", "chart: c, releaseName: old"))
    assert _application(dev, app)["spec"]["source"]["helm"] == {"releaseName": "old"}


def _patches(facts: ClusterFacts, app: App) -> list[tuple[Any, Any]]:
    source = _application(facts, app)["spec"]["source"]
    patches = source.get("kustomize", {}).get("patches", [])
    return [(patch["target"], yaml.safe_load(patch["patch"])) for patch in patches]


def test_a_merge_patch_reaches_kustomize_with_kind_name_and_facts(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    app = make_app(
        "x",
        f"{_GIT}patches:\n"
        "  - why: The header is ours.\n"
        "    target: {group: apps, kind: Deployment, name: d, namespace: here}\n"
        "    patch:\n"
        "      metadata: {labels: {a: b}}\n"
        "      spec: {gone: null, header: {fromFact: platform.identity.userHeader}}\n",
    )
    target = {"group": "apps", "kind": "Deployment", "name": "d", "namespace": "here"}
    patch = {
        "apiVersion": "v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "labels": {"a": "b"}},
        "spec": {"gone": None, "header": "x-user"},
    }
    assert _patches(dev, app) == [(target, patch)]


def test_a_json_patch_keeps_its_steps_and_leaves_out_what_is_absent(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    app = make_app(
        "x",
        f"{_GIT}patches:\n"
        "  - why: It would not work.\n"
        "    target: {kind: ConfigMap, name: c}\n"
        "    patch:\n"
        "      - {op: remove, path: /data/a}\n"
        "      - {op: add, path: /data/b, value: null}\n"
        "      - {op: add, path: /data/c, value: {fromFact: platform.network.proxy.http}}\n"
        "      - {op: replace, path: /data/d, value: [{fromFact: clusterName}]}\n",
    )
    steps = [
        {"op": "remove", "path": "/data/a"},
        {"op": "add", "path": "/data/b", "value": None},
        {"op": "replace", "path": "/data/d", "value": ["dev"]},
    ]
    assert _patches(dev, app) == [({"kind": "ConfigMap", "name": "c"}, steps)]


def test_a_patch_that_sets_nothing_is_left_out(make_app: MakeApp, dev: ClusterFacts) -> None:
    absent = "{fromFact: platform.network.proxy.http}"
    app = make_app(
        "x",
        f"{_GIT}patches:\n"
        f"  - {{why: A., target: {{kind: A, name: a}}, patch: {{spec: {absent}}}}}\n"
        "  - {why: B., target: {kind: A, name: b}, "
        f"patch: [{{op: add, path: /a, value: {absent}}}]}}\n",
    )
    assert "kustomize" not in _application(dev, app)["spec"]["source"]


def test_own_manifests_are_copied_with_facts_and_read_from_the_rendered_branch(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    app = make_app("x", "local: true", settings=_SETTINGS)
    tree = _tree(dev, app)
    assert tree["apps/x/settings.yaml"] == [{**_SETTINGS, "data": {"cluster": "dev"}}]
    application = _application(dev, app)
    assert application["spec"]["source"] == {
        "repoURL": "https://github.com/example/platform",
        "targetRevision": "rendered/dev",
        "path": "apps/x",
        "directory": {"recurse": True},
    }
    annotations = application["metadata"]["annotations"]
    assert annotations["argocd.argoproj.io/manifest-generate-paths"] == "."


def test_definitions_are_copied_as_they_are(make_app: MakeApp, dev: ClusterFacts) -> None:
    """A schema may have a field that is called like a marker."""
    schema: Manifest = {**_SETTINGS, "apiVersion": "apiextensions.crossplane.io/v2"}
    assert _tree(dev, make_app("x", "local: true", xrd=schema))["apps/x/xrd.yaml"] == [schema]


def test_upstream_and_own_manifests_make_two_sources(make_app: MakeApp, dev: ClusterFacts) -> None:
    spec = _application(dev, make_app("x", _HELM, settings=_SETTINGS))["spec"]
    assert "source" not in spec
    assert [source["repoURL"] for source in spec["sources"]] == [
        "https://charts.example.com",
        "https://github.com/example/platform",
    ]


def test_ignored_differences_name_fields_and_not_their_reason(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    app = make_app(
        "x",
        f"{_GIT}ignoreDifferences:\n"
        "  - {why: Its controller., group: apps, kind: Deployment, name: d, namespace: here,\n"
        "     jsonPointers: [/spec/replicas], jqPathExpressions: [.a]}\n"
        "  - {why: Its controller., kind: ConfigMap, jsonPointers: [/data]}\n",
    )
    assert _application(dev, app)["spec"]["ignoreDifferences"] == [
        {
            "group": "apps",
            "kind": "Deployment",
            "name": "d",
            "namespace": "here",
            "jsonPointers": ["/spec/replicas"],
            "jqPathExpressions": [".a"],
        },
        {"kind": "ConfigMap", "jsonPointers": ["/data"]},
    ]


def test_what_a_cluster_does_not_get_leaves_no_file(make_app: MakeApp, dev: ClusterFacts) -> None:
    waits = make_app("w", f"{_HELM}values: {{a: {{fromFact: outputs.keyVault}}}}")
    retired = make_app("r", "clusters: []\nlocal: true", settings=_SETTINGS)
    assert set(_tree(dev, waits, retired)) == {
        "applications/root.yaml",
        "applications/tenants.yaml",
        "applications/projects.yaml",
    }


def test_the_root_delivers_all_applications_but_itself_and_the_tenants(dev: ClusterFacts) -> None:
    """Waiting for its own health it would never end; deleting it must delete nothing."""
    (root,) = _tree(dev)["applications/root.yaml"]
    assert root["spec"]["source"] == {
        "repoURL": "https://github.com/example/platform",
        "targetRevision": "rendered/dev",
        "path": "applications",
        "directory": {"recurse": True, "exclude": "{root.yaml,tenants/*}"},
    }
    assert root["spec"]["syncPolicy"]["automated"]["allowEmpty"] is False
    assert "finalizers" not in root["metadata"]


def test_an_app_in_trouble_stops_no_tenant(make_app: MakeApp, dev: ClusterFacts) -> None:
    """The tenants hang below an Application of their own, made once after the last wave of apps."""
    first = make_app("first", f"{_HELM}")
    second = make_app("second", f"needs: {{first: why}}\n{_HELM}")
    (tenants,) = _tree(dev, first, second)["applications/tenants.yaml"]
    assert tenants["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "2"}
    assert tenants["spec"]["source"]["path"] == "applications/tenants"
    assert tenants["spec"]["project"] == "root"
    assert tenants["spec"]["syncPolicy"]["automated"]["allowEmpty"] is False
    assert "finalizers" not in tenants["metadata"]


def test_the_roots_project_holds_only_applications_and_projects(dev: ClusterFacts) -> None:
    (root,) = _tree(dev)["applications/root.yaml"]
    spec = _project(dev, root["spec"]["project"])["spec"]
    assert spec["sourceRepos"] == ["https://github.com/example/platform"]
    assert spec["destinations"] == [
        {"server": "https://kubernetes.default.svc", "namespace": "argocd"}
    ]
    assert "clusterResourceWhitelist" not in spec
    assert spec["namespaceResourceWhitelist"] == [
        {"group": "argoproj.io", "kind": "AppProject"},
        {"group": "argoproj.io", "kind": "Application"},
    ]


def test_the_platforms_project_allows_what_its_apps_name_and_no_more(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    apps = [
        make_app("x", f"{_GIT}namespaces: [y-ns]\nclusterKinds: [Namespace, a.io/K]"),
        make_app("h", f"{_HELM}clusterKinds: [a.io/K]"),
    ]
    spec = _project(dev, "platform", *apps)["spec"]
    assert spec["sourceRepos"] == [
        "https://github.com/example/platform",
        "https://charts.example.com",
        "https://github.com/example/x",
    ]
    assert [item["namespace"] for item in spec["destinations"]] == ["h", "x", "y-ns"]
    assert spec["clusterResourceWhitelist"] == [
        {"group": "", "kind": "Namespace"},
        {"group": "a.io", "kind": "K"},
    ]
    assert spec["namespaceResourceBlacklist"] == [{"group": "argoproj.io", "kind": "*"}]


def test_a_retired_app_keeps_its_rights_until_its_folder_goes(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    """Argo CD deletes only what the project still permits."""
    retired = make_app("r", f"{_GIT}clusters: []\nclusterKinds: [a.io/K]")
    spec = _project(dev, "platform", retired)["spec"]
    assert spec["clusterResourceWhitelist"] == [{"group": "a.io", "kind": "K"}]
    assert [item["namespace"] for item in spec["destinations"]] == ["r"]


def test_the_tenants_project_stays_out_of_the_platforms_namespaces(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    """But for the egress gateway's, where the rules of who may reach which host stand."""
    app = make_app("x", f"{_GIT}namespaces: [istio-egress]")
    spec = _project(dev, "tenants", app)["spec"]
    assert spec["sourceRepos"] == ["https://github.com/example/platform"]
    assert [item["namespace"] for item in spec["destinations"]] == [
        "*",
        "!argocd",
        "!default",
        "!istio-system",
        "!kube-*",
        "!x",
    ]
    assert spec["clusterResourceWhitelist"] == [
        {"group": "", "kind": "Namespace"},
        {"group": "kubeflow.org", "kind": "Profile"},
    ]
    assert spec["namespaceResourceBlacklist"] == [{"group": "argoproj.io", "kind": "*"}]


def test_projects_come_before_every_application_and_go_after_it(dev: ClusterFacts) -> None:
    for project in _tree(dev)["applications/projects.yaml"]:
        metadata = project["metadata"]
        assert int(metadata["annotations"]["argocd.argoproj.io/sync-wave"]) < 0
        assert metadata["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]


def test_the_platforms_channel_hears_of_all_that_the_platform_delivers(dev: ClusterFacts) -> None:
    """By the projects: so no Application is forgotten. Without a channel nobody is told."""
    named = dev.platform.model_copy(update={"alerts": Alerts(channel="C0123ABCD")})
    without: set[str] = set()
    for facts, channels in ((dev, without), (replace(dev, platform=named), {"C0123ABCD"})):
        for project in _tree(facts)["applications/projects.yaml"]:
            heard = {
                value
                for key, value in project["metadata"]["annotations"].items()
                if key.startswith("notifications.argoproj.io/subscribe.")
            }
            assert heard == channels, project["metadata"]["name"]
