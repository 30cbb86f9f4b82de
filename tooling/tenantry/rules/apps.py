"""Apps together: needs that lead somewhere, and no more installed than is said.

Where one app comes from is `rules.app_sources`', its facts are `rules.app_facts`'.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tenantry.apps import loops, on_cluster
from tenantry.arrows import arrows, seen
from tenantry.findings import Severity
from tenantry.manifest import identity
from tenantry.rules.contract import Rule
from tenantry.schema.redaction import describe
from tenantry.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tenantry.apps import App
    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.manifest import Identity

UNKNOWN_APP = Rule(
    "unknown-app",
    "An app needs an app that is not there.",
    "Nothing would be installed before it.",
)
UNKNOWN_APP_CLUSTER = Rule(
    "unknown-app-cluster",
    "An app names a cluster that is not there.",
    "The app would not be installed where it is expected.",
)
NEEDS_ITSELF = Rule("needs-itself", "An app needs itself.", "It could never be installed.")
SEEN_NEED = Rule(
    "seen-need",
    "An app names a need that its objects show anyway.",
    "Nobody would dare to remove it when it is no longer true.",
    Severity.WARNING,
)
NEEDS_LOOP = Rule("needs-loop", "Apps need each other.", "None of them could be installed first.")
NEED_NOT_ON_CLUSTER = Rule(
    "need-not-on-cluster",
    "An app is for a cluster on which an app that it needs is not.",
    "It would be left out there without a word.",
)
CLUSTER_KIND_NOT_LISTED = Rule(
    "cluster-kind-not-listed",
    "An app holds a cluster-scoped object of a kind that it does not name.",
    "Argo CD would refuse the app.",
)
NAMESPACE_NOT_LISTED = Rule(
    "namespace-not-listed",
    "An app holds an object for a namespace that it does not name.",
    "Argo CD would refuse the app.",
)
DUPLICATE_OBJECT = Rule(
    "duplicate-object",
    "An object lies in two files of apps.",
    "Argo CD would refuse both apps, or take one version after the other.",
)
SECRET_OBJECT = Rule(
    "secret-object",
    "An app holds a Secret.",
    "Whoever can read this repository could read it.",
)
RULES = (
    UNKNOWN_APP,
    UNKNOWN_APP_CLUSTER,
    NEEDS_ITSELF,
    SEEN_NEED,
    NEEDS_LOOP,
    NEED_NOT_ON_CLUSTER,
    CLUSTER_KIND_NOT_LISTED,
    NAMESPACE_NOT_LISTED,
    DUPLICATE_OBJECT,
    SECRET_OBJECT,
)


def check_apps(facts: Facts) -> Iterator[Finding]:
    """Yield where apps do not fit each other, the clusters, or what they say they install."""
    apps = {app.name: app for app in facts.apps}
    shown = seen(facts.apps)
    for app in facts.apps:
        yield from _clusters(app, facts)
        yield from _needs(app, apps, shown[app.name], facts)
        yield from _own_objects(app)
    yield from _loops(apps)
    yield from _twice(facts.apps)


def _clusters(app: App, facts: Facts) -> Iterator[Finding]:
    for number, cluster in enumerate(app.file.clusters or ()):
        if cluster not in facts.clusters and cluster not in facts.unknown_clusters:
            yield UNKNOWN_APP_CLUSTER.finding(
                app.path,
                ("clusters", number),
                f"clusters[{number}] is {describe(cluster)}, which is no folder in clusters/",
                nearest(cluster, list(facts.clusters)),
            )


def _needs(
    app: App, apps: Mapping[str, App], computed: Mapping[str, Sequence[str]], facts: Facts
) -> Iterator[Finding]:
    for need in app.file.needs:
        field: Field = ("needs", need)
        if need == app.name:
            yield NEEDS_ITSELF.finding(
                app.path, field, f"{need} needs itself", "remove it from needs", at_key=True
            )
        elif need not in apps:
            yield UNKNOWN_APP.finding(
                app.path,
                field,
                f"{app.name} needs {need}, which is no folder in apps/",
                nearest(need, [name for name in apps if name != app.name]),
                at_key=True,
            )
        elif need in computed:
            yield SEEN_NEED.finding(
                app.path,
                field,
                f"{app.name} comes after {need} anyway: {computed[need][0]}",
                "remove it from needs",
                at_key=True,
            )
        if need in apps and need != app.name:
            yield from _need_elsewhere(app, apps[need], field, facts)


def _need_elsewhere(app: App, need: App, field: Field, facts: Facts) -> Iterator[Finding]:
    for cluster in facts.clusters:
        if on_cluster(app, cluster) and not on_cluster(need, cluster):
            yield NEED_NOT_ON_CLUSTER.finding(
                app.path,
                field,
                f"{app.name} is for cluster {cluster}, and {need.name}, which it needs, is not",
                f"add {cluster} to clusters in {need.path}, or leave it out here",
                at_key=True,
            )


def _loops(apps: Mapping[str, App]) -> Iterator[Finding]:
    """Yield each loop with the reason of every arrow, at one that somebody wrote, if any."""
    ways = arrows(tuple(apps.values()))
    for way in loops(apps):
        steps = list(pairwise((*way, way[0])))
        written = [(app, need) for app, need in steps if need in apps[app].file.needs]
        at, need = written[0] if written else steps[0]
        told = "; ".join(
            f"{app} after {need}: {ways[app][need][0].rstrip('.')}" for app, need in steps
        )
        yield NEEDS_LOOP.finding(
            apps[at].path,
            ("needs", need) if written else (),
            f"these apps need each other, so none can be first: {told}",
            "remove one of these needs"
            if written
            else "move what one of them needs to another app",
            at_key=bool(written),
        )


def _own_objects(app: App) -> Iterator[Finding]:
    """Yield what lies in an app's own folder and its project would refuse."""
    for name, manifest in app.manifests:
        path, this = app.manifest_path(name), identity(manifest)
        kind = f"{this.group}/{this.kind}" if this.group else this.kind
        if kind == "Secret":
            yield SECRET_OBJECT.finding(
                path,
                ("kind",),
                f"{this} would hold its values for all to read",
                "write an ExternalSecret, which fetches them from the key vault; if the values "
                "are real, make new ones",
            )
        if this.namespace and this.namespace not in app.namespaces:
            yield NAMESPACE_NOT_LISTED.finding(
                path,
                ("metadata", "namespace"),
                f"{this} goes to a namespace that {app.name} does not name",
                f"add {this.namespace} to namespaces in {app.path}",
            )
        elif not this.namespace and kind not in app.file.cluster_kinds:
            yield CLUSTER_KIND_NOT_LISTED.finding(
                path,
                ("kind",),
                f"{this} names no namespace, and {app.name} may not install {kind} without one",
                f"add metadata.namespace, or add {kind} to clusterKinds in {app.path}",
            )


def _twice(apps: tuple[App, ...]) -> Iterator[Finding]:
    """Yield objects that lie in two files: Argo CD would let neither app be."""
    seen: list[tuple[Identity, str]] = sorted(
        (identity(manifest), app.manifest_path(name))
        for app in apps
        for name, manifest in app.manifests
    )
    for (this, path), (other, again) in pairwise(seen):
        if this == other:
            yield DUPLICATE_OBJECT.finding(
                again, (), f"{this} lies in {path} as well", "keep one of them"
            )
