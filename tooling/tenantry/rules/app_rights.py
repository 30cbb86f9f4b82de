"""What an app may touch, against what it holds: Argo CD refuses the rest, and no right is idle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.arrows import used_namespaces
from tenantry.findings import Severity
from tenantry.rules.apps import CLUSTER_KIND_NOT_LISTED, NAMESPACE_NOT_LISTED
from tenantry.rules.contract import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.apps import App
    from tenantry.facts import Facts
    from tenantry.findings import Finding

UNUSED_CLUSTER_KIND = Rule(
    "unused-cluster-kind",
    "An app names a cluster-scoped kind of which it holds no object.",
    "Every right that nobody uses is one that a fault can use.",
    Severity.WARNING,
)
UNUSED_NAMESPACE = Rule(
    "unused-namespace",
    "An app names a namespace that it puts no object into.",
    "Every right that nobody uses is one that a fault can use.",
    Severity.WARNING,
)
RULES = (UNUSED_CLUSTER_KIND, UNUSED_NAMESPACE)


def check_app_rights(facts: Facts) -> Iterator[Finding]:
    """Yield what an app holds and does not name, and what it names and does not hold."""
    for app in facts.apps:
        yield from _not_listed(app)
        if _is_known(app):
            yield from _unused(app)


def _is_known(app: App) -> bool:
    """Whether all that an app installs is known."""
    if app.upstream is None:
        return app.file.local
    return not (app.upstream.unchecked or app.upstream.instead)


def _not_listed(app: App) -> Iterator[Finding]:
    """Yield what Argo CD would refuse of an app's source. Its own folder is `rules.apps`'."""
    if app.upstream is None:
        return
    for namespace, kinds in app.upstream.objects.items():
        if not namespace:
            for kind in sorted(kinds.keys() - set(app.file.cluster_kinds)):
                yield CLUSTER_KIND_NOT_LISTED.finding(
                    app.path,
                    ("clusterKinds",),
                    f"{app.name} comes with objects of kind {kind}, and may not install any",
                    f"add {kind} to clusterKinds",
                    at_key=True,
                )
        elif namespace not in app.namespaces:
            yield NAMESPACE_NOT_LISTED.finding(
                app.path,
                ("namespaces",),
                f"{app.name} comes with objects for namespace {namespace}, and may not go there",
                f"add {namespace} to namespaces",
                at_key=True,
            )


def _unused(app: App) -> Iterator[Finding]:
    held = {kind for contents in app.contents for kind in contents.objects.get("", ())}
    for number, kind in enumerate(app.file.cluster_kinds):
        if kind not in held:
            yield UNUSED_CLUSTER_KIND.finding(
                app.path,
                ("clusterKinds", number),
                f"{app.name} may install {kind}, and holds none",
                "remove it",
            )
    used = used_namespaces(app)
    for number, namespace in enumerate(app.file.namespaces):
        if namespace not in used:
            yield UNUSED_NAMESPACE.finding(
                app.path,
                ("namespaces", number),
                f"{app.name} may put objects into {namespace}, and puts none there",
                "remove it",
            )
