"""Versions that go together: of Kubernetes and of what apps install, as the projects say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.apps import on_cluster
from tenantry.findings import Severity
from tenantry.layout import CLUSTER_FILE, COMPATIBILITY, cluster_file
from tenantry.rules.contract import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.apps import App
    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.schema.compatibility import Bounds, Component

VERSIONS_DO_NOT_FIT = Rule(
    "versions-do-not-fit",
    "A component needs a newer version of Kubernetes or of another component.",
    "The component would not start, or would fail at its work.",
)
VERSIONS_UNTESTED = Rule(
    "versions-untested",
    "A component is older than the versions that it is used with.",
    "Nobody has tried the two together; the project's next release may have.",
    Severity.WARNING,
)
COMPATIBILITY_UNKNOWN = Rule(
    "compatibility-unknown",
    "An app installs a version of a component of which only others are known.",
    "A version of Kubernetes that it does not work with would go unnoticed.",
    Severity.WARNING,
)
RULES = (VERSIONS_DO_NOT_FIT, VERSIONS_UNTESTED, COMPATIBILITY_UNKNOWN)

_LABEL = "app.kubernetes.io/version"


def check_compatibility(facts: Facts) -> Iterator[Finding]:
    """Yield versions that do not go together, with where that is said."""
    apps = {app.name: app for app in facts.apps}
    known = facts.compatibility.components
    for app in facts.apps:
        entries = [entry for entry in known if entry.app == app.name]
        version = version_of(app)
        fitting = [entry for entry in entries if _starts(version, entry.version)]
        for entry in fitting:
            yield from _clusters(app, version, entry, facts)
            yield from _others(app, version, entry, apps)
        if entries and not fitting:
            yield COMPATIBILITY_UNKNOWN.finding(
                app.path,
                ("git" if app.file.git is not None else "helm",),
                f"{app.name} installs {version}, and {COMPATIBILITY} says only what goes with "
                f"{', '.join(entry.version for entry in entries)}",
                f"read what the project says of {version}, and change {COMPATIBILITY}",
                at_key=True,
            )


def version_of(app: App) -> str:
    """Return the version of the component that an app installs.

    That of its pods, where all name the same: a distribution's commit says nothing of it.
    """
    versions = {
        pods.labels[_LABEL].removeprefix("v")
        for contents in app.contents
        for pods in contents.pods
        if _LABEL in pods.labels
    }
    if len(versions) == 1:
        return versions.pop()
    git, helm = app.file.git, app.file.helm
    if git is not None:
        return (git.version or git.revision).removeprefix("v")
    return helm.version.removeprefix("v") if helm is not None else ""


def _starts(version: str, beginning: str) -> bool:
    return version == beginning or version.startswith((f"{beginning}.", f"{beginning}-"))


def _number(version: str, places: int) -> tuple[int, ...]:
    """Return the first numbers of a version; what is no number counts as none."""
    parts = version.partition("-")[0].split(".")[:places]
    return tuple(int(part) if part.isdigit() else 0 for part in parts)


def _clusters(app: App, version: str, entry: Component, facts: Facts) -> Iterator[Finding]:
    if entry.kubernetes is None:
        return
    for name, cluster in facts.clusters.items():
        if on_cluster(app, name):
            yield from _judged(
                cluster_file(name, CLUSTER_FILE),
                ("kubernetesVersion",),
                (f"{app.name} {version}", f"Kubernetes {cluster.cluster.kubernetes_version}"),
                entry.kubernetes,
                entry.source,
            )


def _others(app: App, version: str, entry: Component, apps: dict[str, App]) -> Iterator[Finding]:
    for name, bounds in entry.apps.items():
        if name in apps:
            yield from _judged(
                apps[name].path,
                (),
                (f"{app.name} {version}", f"{name} {version_of(apps[name])}"),
                bounds,
                entry.source,
            )


def _judged(
    path: str, field: Field, pair: tuple[str, str], bounds: Bounds, source: str
) -> Iterator[Finding]:
    """Yield where the second of a pair, its version last, is out of bounds for the first."""
    component, other = pair
    found = other.rpartition(" ")[2]
    if bounds.least is not None and _is_less(found, bounds.least):
        yield VERSIONS_DO_NOT_FIT.finding(
            path,
            field,
            f"{component} needs at least {bounds.least}, and here is {other} ({source})",
            "take a newer version of the one, or an older of the other",
        )
    elif bounds.tested is not None and _is_less(bounds.tested, found):
        yield VERSIONS_UNTESTED.finding(
            path,
            field,
            f"{component} was tested up to {bounds.tested}, and here is {other} ({source})",
            f"look for a newer {component.partition(' ')[0]}",
        )


def _is_less(one: str, other: str) -> bool:
    """Whether a version is older than another, compared as far as both are named."""
    places = min(len(one.split(".")), len(other.split(".")))
    return _number(one, places) < _number(other, places)
