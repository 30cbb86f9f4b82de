"""Apps: one pinned source each, needs that lead somewhere, and no more than they say they install.

Owns what one app's file means beside the others. Its facts are `rules.app_facts`'.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tenantry.apps import loops, on_cluster
from tenantry.findings import Finding, show_field
from tenantry.layout import MANIFESTS, app_file
from tenantry.manifest import identity
from tenantry.schema.check import describe, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenantry.apps import App
    from tenantry.facts import Facts
    from tenantry.findings import Field
    from tenantry.manifest import Identity

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?\Z")
#: `26.03`, `v1.2.3-rc.1`, `chart-1.2.3`, `kustomize/v5.0.0`. A name such as `release-1.30` is how
#: projects call branches, so a tag of that name needs `refs/tags/` before it.
_TAG = re.compile(
    r"(refs/tags/\S*[0-9]\S*|v?[0-9]+(\.[0-9]+){1,3}([-+.][0-9A-Za-z.+-]+)?"
    r"|(?!release|refs/)[A-Za-z][A-Za-z0-9_/-]*[-/@_]v?[0-9]+(\.[0-9]+){2}([-+][0-9A-Za-z.+-]+)?)\Z"
)

#: Names of the Applications that the platform makes itself, in the same namespace.
_TAKEN = re.compile(r"root\Z|tenant-|team-")


def check_apps(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the apps, each by itself and together."""
    apps = {app.name: app for app in facts.apps}
    for app in facts.apps:
        yield from _name(app)
        yield from _source(app)
        yield from _changes(app)
        yield from _pins(app)
        yield from _clusters(app, facts)
        yield from _needs(app, apps, facts)
        yield from _fields_of_differences(app)
        yield from _own_objects(app)
    yield from _loops(apps)
    yield from _twice(facts.apps)


def _name(app: App) -> Iterator[Finding]:
    if _TAKEN.match(app.name):
        yield Finding(
            app.path,
            "reserved-app-name",
            f"{app.name} is a name that the platform gives to Applications of its own",
            "rename the folder: not root, and nothing that starts with tenant- or team-",
        )


def _source(app: App) -> Iterator[Finding]:
    """Yield unless an app says in exactly one way where it comes from."""
    given = [name for name in ("git", "helm", "local") if getattr(app.file, name)]
    if not given:
        yield Finding(
            app.path,
            "app-source",
            f"{app.name} does not say where it comes from",
            "add git:, helm: or, for the app's own folder manifests/ alone, local: true",
        )
    for extra in given[1:]:
        yield Finding(
            app.path,
            "app-source",
            f"{app.name} comes from {given[0]} and from {extra}",
            f"keep one of them; an app of {given[0]} may have a folder manifests/ as well",
            (extra,),
            at_key=True,
        )
    if given == ["local"] and not app.manifests:
        yield Finding(
            app.path,
            "app-source",
            f"{app.name} is local, and its folder {MANIFESTS}/ holds nothing",
            f"put one object a file into {app_file(app.name, MANIFESTS)}/",
            ("local",),
        )


def _changes(app: App) -> Iterator[Finding]:
    if app.file.values and app.file.helm is None:
        yield _useless(app, "values", "helm", "a Helm chart")
    if app.file.patches and app.file.git is None:
        yield _useless(app, "patches", "git", "a Git repository")


def _useless(app: App, field: str, source: str, meaning: str) -> Finding:
    return Finding(
        app.path,
        "app-source",
        f"{field} change nothing: they are for {meaning}, and {app.name} comes from none",
        f"remove {field}:, or say {source}:",
        (field,),
        at_key=True,
    )


def _pins(app: App) -> Iterator[Finding]:
    git, helm = app.file.git, app.file.helm
    if git is not None and not (_COMMIT.match(git.revision) or _TAG.match(git.revision)):
        yield _floating(
            app,
            ("git", "revision"),
            git.revision,
            "write the full commit id (40 digits and letters a to f), or a tag such as v1.2.3",
        )
    if helm is not None and not _EXACT.match(helm.version):
        yield _floating(
            app, ("helm", "version"), helm.version, "write one exact version, such as 2.3.4"
        )


def _floating(app: App, field: Field, value: str, cure: str) -> Finding:
    return Finding(
        app.path,
        "floating-revision",
        f"{show_field(field)} is {describe(value)}, which may mean something else tomorrow",
        cure,
        field,
    )


def _clusters(app: App, facts: Facts) -> Iterator[Finding]:
    for number, cluster in enumerate(app.file.clusters or ()):
        if cluster not in facts.clusters:
            yield Finding(
                app.path,
                "unknown-cluster",
                f"clusters[{number}] is {describe(cluster)}, which is no folder in clusters/",
                nearest(cluster, list(facts.clusters)),
                ("clusters", number),
            )


def _needs(app: App, apps: Mapping[str, App], facts: Facts) -> Iterator[Finding]:
    for number, need in enumerate(app.file.needs):
        field: Field = ("needs", number)
        if need == app.name:
            yield Finding(
                app.path, "needs-itself", f"{need} needs itself", "remove it from needs", field
            )
        elif need not in apps:
            yield Finding(
                app.path,
                "unknown-app",
                f"{show_field(field)} is {describe(need)}, which is no folder in apps/",
                nearest(need, [name for name in apps if name != app.name]),
                field,
            )
        else:
            yield from _need_elsewhere(app, apps[need], field, facts)


def _need_elsewhere(app: App, need: App, field: Field, facts: Facts) -> Iterator[Finding]:
    for cluster in facts.clusters:
        if on_cluster(app, cluster) and not on_cluster(need, cluster):
            yield Finding(
                app.path,
                "need-not-on-cluster",
                f"{app.name} is for cluster {cluster}, and {need.name}, which it needs, is not",
                f"add {cluster} to clusters in {need.path}, or leave it out here",
                field,
            )


def _loops(apps: Mapping[str, App]) -> Iterator[Finding]:
    for way in loops(apps):
        first = apps[way[0]]
        yield Finding(
            first.path,
            "needs-loop",
            f"these apps need each other, so none can be first: {' -> '.join((*way, way[0]))}",
            "remove one of these needs",
            ("needs", first.file.needs.index(way[1])),
        )


def _fields_of_differences(app: App) -> Iterator[Finding]:
    for number, item in enumerate(app.file.ignore_differences):
        if not (item.json_pointers or item.jq_path_expressions):
            yield Finding(
                app.path,
                "missing-field",
                f"ignoreDifferences[{number}] names no field to ignore",
                "add jsonPointers: or jqPathExpressions:",
                ("ignoreDifferences", number),
            )


def _own_objects(app: App) -> Iterator[Finding]:
    """Yield what lies in an app's own folder and its project would refuse."""
    for name, manifest in app.manifests:
        path, this = app.manifest_path(name), identity(manifest)
        kind = f"{this.group}/{this.kind}" if this.group else this.kind
        if this.namespace and this.namespace not in app.namespaces:
            yield Finding(
                path,
                "namespace-not-listed",
                f"{this} goes to a namespace that {app.name} does not name",
                f"add {this.namespace} to namespaces in {app.path}",
                ("metadata", "namespace"),
            )
        elif not this.namespace and kind not in app.file.cluster_kinds:
            yield Finding(
                path,
                "cluster-kind-not-listed",
                f"{this} names no namespace, and {app.name} may not install {kind} without one",
                f"add metadata.namespace, or add {kind} to clusterKinds in {app.path}",
                ("kind",),
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
            yield Finding(
                again, "duplicate-object", f"{this} lies in {path} as well", "keep one of them"
            )
