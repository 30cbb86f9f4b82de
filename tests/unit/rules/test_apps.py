"""What is refused in the files of apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tenantry.findings import Severity
from tenantry.reader import read_document
from tenantry.rules.app_facts import check_app_facts
from tenantry.rules.app_sources import check_app_sources
from tenantry.rules.apps import check_apps as check_apps_together
from tenantry.schema.app import AppFile
from tenantry.schema.check import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.conftest import MakeApp, MakeFacts

    from tenantry.facts import Facts
    from tenantry.findings import Finding
    from tenantry.manifest import Manifest

_GIT = "git: {repository: https://github.com/example/x, path: base, revision: v1.2.3}"
_HELM = "helm: {repository: https://charts.example.com, chart: x, version: 1.2.3}"
_SETTINGS: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": "x"},
}


def check_apps(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with apps, each by itself and together."""
    yield from check_app_sources(facts)
    yield from check_apps_together(facts)


def _only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("needs: {}", (), "x does not say where it comes from"),
        (f"{_GIT}\n{_HELM}", ("helm",), "x comes from git and from helm"),
        (f"{_GIT}\nlocal: true", ("local",), "x comes from git and from local"),
        ("local: true", ("local",), "x is local, and its folder manifests/ holds nothing"),
        (f"{_GIT}\npolicies: true", ("policies",), "x comes from git and from policies"),
        ("policies: true", ("policies",), "x delivers policies/, which holds no policy"),
        (
            f"{_GIT}\nvalues: {{a: 1}}",
            ("values",),
            "values change nothing: they are for a Helm chart, and x comes from none",
        ),
        (
            (
                f"{_HELM}\npatches: [{{why: It would not work., target: {{kind: A, name: b}}, "
                "patch: {a: 1}}]"
            ),
            ("patches",),
            "patches change nothing: they are for a Git repository, and x comes from none",
        ),
    ],
)
def test_an_app_comes_from_exactly_one_source(
    text: str, field: tuple[str, ...], message: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    finding = _only(list(check_apps(make_facts(make_app("x", text)))))
    assert (finding.path, finding.rule) == ("apps/x/app.yaml", "app-source")
    assert (finding.field, finding.message) == (field, message)


@pytest.mark.parametrize(
    "text",
    [_GIT, _HELM, "local: true"],
)
def test_any_source_may_have_own_manifests(
    text: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    assert list(check_apps(make_facts(make_app("x", text, settings=_SETTINGS)))) == []


_FLOATING = (
    "HEAD",
    "main",
    "master",
    "latest",
    "release-1.30",
    "release-26.03.1",
    "refs/heads/v1.2.3",
    "refs/tags/latest",
    "v1",
    "1",
    "1.x",
    "v1.*",
    "^1.2.3",
    "~1.2",
    ">=1.2.3",
    "*",
    "app-*",
    "9fca80c",
    "9FCA80C",
)


@pytest.mark.parametrize("revision", _FLOATING)
def test_a_floating_git_revision_is_refused(
    revision: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    text = _GIT.replace("v1.2.3", f'"{revision}"')
    finding = _only(list(check_apps(make_facts(make_app("x", text)))))
    assert (finding.rule, finding.field) == ("floating-revision", ("git", "revision"))
    assert finding.message == (
        f'git.revision is "{revision}", which may mean something else tomorrow'
    )


@pytest.mark.parametrize(
    "revision",
    [
        "9fca80cba541c1fae8bb33641444f5c4f88411c4",
        "26.03",
        "26.03.1-rc.2",
        "v1.2.3",
        "knative-v1.22.0",
        "kustomize/v5.0.0",
        "refs/tags/release-1.30",
    ],
)
def test_a_commit_or_a_tag_is_pinned(
    revision: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    text = _GIT.replace("v1.2.3", f'"{revision}"')
    assert list(check_apps(make_facts(make_app("x", text)))) == []


@pytest.mark.parametrize("version", ["1.2", "1", "1.x", "^1.2.3", ">=1.0.0", "*", "latest", "v2"])
def test_a_floating_chart_version_is_refused(
    version: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    text = _HELM.replace("1.2.3", f'"{version}"')
    finding = _only(list(check_apps(make_facts(make_app("x", text)))))
    assert (finding.rule, finding.field) == ("floating-revision", ("helm", "version"))


@pytest.mark.parametrize("version", ["1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2.3+build.4"])
def test_an_exact_chart_version_is_pinned(
    version: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    text = _HELM.replace("1.2.3", f'"{version}"')
    assert list(check_apps(make_facts(make_app("x", text)))) == []


@pytest.mark.parametrize("source", ["git", "helm"])
def test_a_source_without_a_version_is_refused_by_its_model(source: str) -> None:
    pin = {"git": "revision: v1.2.3", "helm": "version: 1.2.3"}[source]
    text = f"description: x\nnamespace: x\n{_GIT if source == 'git' else _HELM}"
    document = read_document("app.yaml", text.replace(f", {pin}", "").encode())
    value, findings = check(AppFile, document)
    assert value is None
    assert [(f.rule, f.field, f.line) for f in findings] == [
        ("missing-field", (source, pin.partition(":")[0]), 3)
    ]


def test_a_need_leads_to_another_app(make_app: MakeApp, make_facts: MakeFacts) -> None:
    apps = [make_app("istio", _GIT), make_app("x", f"needs: {{istoi: why, x: why}}\n{_GIT}")]
    unknown, itself = check_apps(make_facts(*apps))
    assert (unknown.rule, unknown.field) == ("unknown-app", ("needs", "istoi"))
    assert unknown.message == "x needs istoi, which is no folder in apps/"
    assert unknown.cure == 'did you mean "istio"?'
    assert (itself.rule, itself.field) == ("needs-itself", ("needs", "x"))


def test_a_loop_of_needs_is_shown_whole(make_app: MakeApp, make_facts: MakeFacts) -> None:
    apps = [
        make_app("a", f"needs: {{d: why, b: why}}\n{_GIT}"),
        make_app("b", f"needs: {{a: why}}\n{_GIT}"),
        make_app("d", _GIT),
    ]
    finding = _only(list(check_apps(make_facts(*apps))))
    assert (finding.path, finding.rule, finding.field) == (
        "apps/a/app.yaml",
        "needs-loop",
        ("needs", "b"),
    )
    assert finding.message.endswith(": a after b: why; b after a: why")


def test_a_need_is_on_the_same_clusters(make_app: MakeApp, make_facts: MakeFacts) -> None:
    apps = [
        make_app("low", f"clusters: [dev]\n{_GIT}"),
        make_app("x", f"needs: {{low: why}}\n{_GIT}"),
    ]
    finding = _only(list(check_apps(make_facts(*apps))))
    assert (finding.rule, finding.field) == ("need-not-on-cluster", ("needs", "low"))
    assert finding.message == "x is for cluster prod, and low, which it needs, is not"


def test_clusters_are_known(make_app: MakeApp, make_facts: MakeFacts) -> None:
    finding = _only(list(check_apps(make_facts(make_app("x", f"clusters: [dve]\n{_GIT}")))))
    assert (finding.rule, finding.field) == ("unknown-app-cluster", ("clusters", 0))
    assert finding.cure == 'did you mean "dev"?'


@pytest.mark.parametrize("name", ["root", "tenant-x", "team-x"])
def test_an_app_does_not_take_the_name_of_another_application(
    name: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    finding = _only(list(check_apps(make_facts(make_app(name, _GIT)))))
    assert finding.rule == "reserved-app-name"


def test_an_ignored_difference_names_fields(make_app: MakeApp, make_facts: MakeFacts) -> None:
    text = f"{_GIT}\nignoreDifferences: [{{why: Something writes it., kind: ConfigMap}}]"
    finding = _only(list(check_apps(make_facts(make_app("x", text)))))
    assert (finding.rule, finding.field) == ("ignores-nothing", ("ignoreDifferences", 0))


def test_an_app_installs_only_kinds_and_namespaces_that_it_names(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    role: Manifest = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "r"},
    }
    elsewhere = {**_SETTINGS, "metadata": {"name": "settings", "namespace": "other"}}
    wrong = make_app("x", settings=elsewhere, role=role)
    kind, namespace = sorted(check_apps(make_facts(wrong)), key=lambda finding: finding.rule)
    assert (kind.path, kind.rule, kind.field) == (
        "apps/x/manifests/role.yaml",
        "cluster-kind-not-listed",
        ("kind",),
    )
    assert (namespace.path, namespace.rule, namespace.field) == (
        "apps/x/manifests/settings.yaml",
        "namespace-not-listed",
        ("metadata", "namespace"),
    )
    text = "namespaces: [other]\nclusterKinds: [rbac.authorization.k8s.io/ClusterRole]\nlocal: true"
    right = make_app("x", text, settings=elsewhere, role=role)
    assert list(check_apps(make_facts(right))) == []


def test_no_object_lies_in_two_files(make_app: MakeApp, make_facts: MakeFacts) -> None:
    apps = [make_app("x", "local: true", a=_SETTINGS, b=_SETTINGS)]
    finding = _only(list(check_apps(make_facts(*apps))))
    assert (finding.path, finding.rule) == ("apps/x/manifests/b.yaml", "duplicate-object")
    assert finding.message == "ConfigMap x/settings lies in apps/x/manifests/a.yaml as well"


@pytest.mark.parametrize(
    ("tree", "message", "cure"),
    [
        ("fromFact: cluster.domian", 'is no fact: there is no "domian"', 'did you mean "domain"?'),
        (
            "fromFact: outputs.keyVualt",
            'is no fact: there is no "keyVualt"',
            'did you mean "keyVault"?',
        ),
        (
            "fromFact: clutser.domain",
            'is no fact: there is no "clutser"',
            'did you mean "cluster"?',
        ),
        (
            "fromFact: platform.tiers.insihgt.description",
            'is no fact: there is no "insihgt"',
            'did you mean "insight"?',
        ),
        (
            "fromFact: platform.company",
            "platform.company is a whole block of facts",
            "name one of its fields: colors, emailDomains, name",
        ),
    ],
)
def test_an_unknown_fact_is_refused_with_the_nearest_name(
    tree: str, message: str, cure: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    app = make_app("x", f"{_HELM}\nvalues: {{a: [{{{tree}}}]}}")
    finding = _only(list(check_app_facts(make_facts(app))))
    assert (finding.path, finding.rule) == ("apps/x/app.yaml", "unknown-fact")
    assert finding.field == ("values", "a", 0, "fromFact")
    assert finding.message.endswith(message)
    assert finding.cure == cure


def test_unknown_facts_of_all_apps_are_found_at_once(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    wrong = {**_SETTINGS, "data": {"a": {"fromFact": "cluster.nothing"}}}
    patch = (
        f"{_GIT}\npatches: [{{why: It would not work., target: {{kind: A, name: b}}, patch: "
        "[{op: add, path: /a, value: {fromFact: platform.nothing}}]}]"
    )
    apps = [make_app("a", patch), make_app("b", "local: true", settings=wrong)]
    assert [(f.path, f.field) for f in check_app_facts(make_facts(*apps))] == [
        ("apps/a/app.yaml", ("patches", 0, "patch", 0, "value", "fromFact")),
        ("apps/b/manifests/settings.yaml", ("data", "a", "fromFact")),
    ]


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("{fromfact: cluster.domain}", "fromfact is taken as it stands"),
        ("{from_fact: cluster.domain}", "from_fact is taken as it stands"),
        ("{fromFact: cluster.domain, b: 1}", "fromFact has other fields beside it"),
        ("{fromFact: 3}", "fromFact is 3, not text"),
        ("{joined: text}", 'joined is "text", not a list'),
        ("{asYaml: [1]}", "asYaml is a list, not a block of fields"),
        ("{whole: text}", 'whole is "text", not a block of fields'),
    ],
)
def test_a_malformed_marker_is_refused(
    tree: str, message: str, make_app: MakeApp, make_facts: MakeFacts
) -> None:
    app = make_app("x", f"{_HELM}\nvalues: {{a: {tree}}}")
    finding = _only(list(check_app_facts(make_facts(app))))
    assert (finding.rule, finding.message, finding.at_key) == ("malformed-fact", message, True)


def test_an_app_that_waits_is_told_with_all_that_wait_for_it(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    apps = [
        make_app("vault", f"{_HELM}\nvalues: {{url: {{fromFact: outputs.keyVault}}}}"),
        make_app("x", f"needs: {{vault: why}}\n{_GIT}"),
    ]
    waits, stranded = check_app_facts(make_facts(*apps))
    assert waits.severity is stranded.severity is Severity.WARNING
    assert waits.message == "cluster dev does without vault: outputs.keyVault is not known there"
    assert waits.cure == (
        "to be filled by `tenantry facts`, from the cluster's infrastructure stack"
    )
    assert waits.field == ("values", "url", "fromFact")
    assert stranded.message == "cluster dev does without x, which needs vault"
    assert (stranded.rule, stranded.field) == ("app-left-out", ("needs", "vault"))


def test_an_optional_fact_that_is_absent_is_no_finding(
    make_app: MakeApp, make_facts: MakeFacts
) -> None:
    app = make_app("x", f"{_HELM}\nvalues: {{a: {{fromFact: platform.network.proxy.http}}}}")
    assert list(check_app_facts(make_facts(app))) == []


@pytest.mark.parametrize(
    ("text", "rule", "field"),
    [
        (
            'patches: [{why: "", target: {kind: A, name: b}, patch: {a: 1}}]',
            "empty-value",
            "why",
        ),
        (
            "patches: [{why: It would not work., target: {kind: A, name: b}, patch: {}}]",
            "empty-value",
            "patch",
        ),
        (
            (
                "patches: [{why: It would not work., target: {kind: A, name: b}, "
                "patch: [{op: put, path: /a}]}]"
            ),
            "unknown-value",
            "op",
        ),
        (
            (
                "patches: [{why: It would not work., target: {kind: A, name: b}, "
                "patch: [{op: add, path: a}]}]"
            ),
            "invalid-value",
            "path",
        ),
        ("patches: [{target: {kind: A, name: b}, patch: {a: 1}}]", "missing-field", "why"),
        ("clusterKinds: [customresourcedefinitions]", "invalid-value", 0),
        ("syncOptions: [CreateNamespace]", "invalid-value", 0),
        ("git: {repository: x, path: ../b, revision: v1.2.3}", "invalid-value", "repository"),
        ("verison: 1", "unknown-field", "verison"),
    ],
)
def test_a_malformed_field_is_refused_at_its_place(text: str, rule: str, field: str | int) -> None:
    document = read_document("app.yaml", f"description: x\nnamespace: x\n{text}".encode())
    value, findings = check(AppFile, document)
    assert value is None
    first = findings[0]
    assert (first.rule, first.field[-1], first.line) == (rule, field, 3)


def test_no_secret_lies_in_an_app(make_app: MakeApp, make_facts: MakeFacts) -> None:
    secret: Manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login", "namespace": "x"},
        "stringData": {"password": "hunter2"},
    }
    (finding,) = check_apps(make_facts(make_app("x", secret=secret)))
    assert (finding.rule, finding.path) == ("secret-object", "apps/x/manifests/secret.yaml")
    assert "hunter2" not in finding.message + finding.cure
