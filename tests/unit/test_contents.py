"""Facts of built objects: what they bring, what they use, where they go."""

from __future__ import annotations

from typing import Any

import pytest

from tenantry.contents import contents_of
from tenantry.reader import read_document

_KEPT = """
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
    argocd.argoproj.io/compare-options: IgnoreExtraneous
"""


def _object(text: str) -> dict[str, Any]:
    data = read_document("object.yaml", text.encode()).data
    assert isinstance(data, dict)
    return data


_DEPLOYMENT = _object("""
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, namespace: mesh}
spec:
  template:
    metadata: {labels: {app: server}}
    spec:
      priorityClassName: front
      initContainers: [{name: wait, image: "busybox:1.37"}]
      containers: [{name: main, image: "example.com/server:1.2.3"}]
""")
_DEFINITION = _object("""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: routes.example.com}
spec: {group: example.com, scope: Cluster, names: {kind: Route, plural: routes}}
""")


def test_objects_are_counted_where_they_land() -> None:
    """Without a namespace of its own, an object of a namespaced kind goes to the app's."""
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
    objects = [
        _DEPLOYMENT,
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}},
        {**role, "metadata": {"name": "r", "namespace": "ignored"}},
    ]
    assert contents_of(objects, "own").objects == {
        "": {"rbac.authorization.k8s.io/ClusterRole": 1},
        "mesh": {"apps/Deployment": 1},
        "own": {"ConfigMap": 1},
    }


def test_a_kind_that_the_objects_define_is_placed_by_its_definition() -> None:
    route = {"apiVersion": "example.com/v1", "kind": "Route"}
    here = {**route, "metadata": {"name": "a", "namespace": "mesh"}}
    assert contents_of([_DEFINITION, here], "own").objects[""]["example.com/Route"] == 1
    assert contents_of([here], "own").objects == {"mesh": {"example.com/Route": 1}}


def test_definitions_are_known_by_kind_and_large_ones_by_size() -> None:
    small = contents_of([_DEFINITION], "").definitions["example.com/Route"]
    assert (small.resource, small.scope, small.kibibytes) == ("routes", "Cluster", 0)
    large = {**_DEFINITION, "description": "x" * 300 * 1024}
    assert contents_of([large], "").definitions["example.com/Route"].kibibytes == 300


def test_pods_images_and_accounts_are_found() -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "server"}}
    found = contents_of([_DEPLOYMENT, _DEPLOYMENT, account], "mesh")
    assert [(pods.namespace, pods.labels) for pods in found.pods] == [("mesh", {"app": "server"})]
    assert found.images == ("busybox:1.37", "example.com/server:1.2.3")
    assert found.accounts == ("mesh/server",)


def test_an_image_in_an_object_of_another_kind_counts_and_one_in_a_schema_does_not() -> None:
    runtime = _object("""
apiVersion: example.com/v1
kind: Runtime
metadata: {name: r}
spec: {containers: [{name: main, image: example.com/runtime}]}
""")
    schema = {**_DEFINITION, "containers": [{"image": "no"}]}
    assert contents_of([runtime, schema], "").images == ("example.com/runtime",)


def test_a_webhook_is_known_by_what_it_is_asked_when_an_object_is_applied() -> None:
    configuration = _object("""
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: judge}
webhooks:
  - name: judge.example.com
    clientConfig: {service: {namespace: mesh, name: judge}}
    rules:
      - {operations: [CREATE], apiGroups: [""], resources: [pods, pods/ephemeralcontainers]}
      - {operations: [DELETE], apiGroups: [apps], resources: [deployments]}
      - {operations: ["*"], apiGroups: [example.com], resources: ["*"]}
  - name: removal.example.com
    clientConfig: {url: "https://example.com"}
    rules: [{operations: [DELETE], apiGroups: [apps], resources: [deployments]}]
""")
    (webhook,) = contents_of([configuration], "").webhooks
    assert webhook.resources == ("example.com/*", "pods")
    assert (webhook.fails, webhook.service) == (True, "mesh/judge")


@pytest.mark.parametrize(
    ("text", "unkept"),
    [
        ("metadata: {name: mesh}", ("Namespace mesh",)),
        (f"metadata:\n  name: mesh\n  annotations:{_KEPT}", ()),
    ],
)
def test_a_namespace_that_argo_cd_may_delete_is_told(text: str, unkept: tuple[str, ...]) -> None:
    namespace = _object(f"apiVersion: v1\nkind: Namespace\n{text}")
    assert contents_of([namespace], "").unkept == unkept


def test_a_kind_comes_later_where_all_its_objects_do() -> None:
    wave = {"argocd.argoproj.io/sync-wave": "1"}
    settings = {"apiVersion": "v1", "kind": "ConfigMap"}
    late = {**settings, "metadata": {"name": "a", "namespace": "x", "annotations": wave}}
    early = {**settings, "metadata": {"name": "b", "namespace": "x"}}
    assert contents_of([late], "").later == ("ConfigMap",)
    assert contents_of([late, early], "").later == ()


def test_only_a_secret_with_values_is_told() -> None:
    empty = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "later", "namespace": "a"}}
    full = {**empty, "metadata": {"name": "now", "namespace": "a"}, "stringData": {"key": "text"}}
    assert contents_of([empty, full], "").secrets == ("a/now",)


def test_an_aggregated_role_that_sets_rules_is_told_be_they_none() -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "edit"},
        "aggregationRule": {"clusterRoleSelectors": []},
    }
    assert contents_of([role], "").emptied == ()
    assert contents_of([{**role, "rules": []}], "").emptied == ("edit",)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        (
            (
                "apiVersion: cert-manager.io/v1\nkind: Certificate\n"
                "spec: {issuerRef: {kind: ClusterIssuer, name: own}}"
            ),
            "cert-manager.io/ClusterIssuer own",
        ),
        (
            "apiVersion: cert-manager.io/v1\nkind: Certificate\nspec: {issuerRef: {name: own}}",
            "cert-manager.io/Issuer mesh/own",
        ),
        (
            (
                "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"
                "spec: {secretStoreRef: {name: vault}}"
            ),
            "external-secrets.io/SecretStore mesh/vault",
        ),
        (
            (
                "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
                "spec: {action: CUSTOM, provider: {name: login}}"
            ),
            "mesh provider login",
        ),
    ],
)
def test_what_an_object_names_is_asked_for(text: str, asks: str) -> None:
    each = _object(f"{text}\nmetadata: {{name: x, namespace: mesh}}")
    assert contents_of([each], "").asks == (asks,)


def test_what_others_name_is_offered() -> None:
    mesh = _object("""
apiVersion: v1
kind: ConfigMap
metadata: {name: istio}
data: {mesh: "extensionProviders: [{name: login}]"}
""")
    issuer = _object("apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: own}")
    assert contents_of([mesh, issuer], "").offers == (
        "cert-manager.io/ClusterIssuer own",
        "mesh provider login",
    )
    assert contents_of([_DEPLOYMENT], "").asks == ("scheduling.k8s.io/PriorityClass front",)
