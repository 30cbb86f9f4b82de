"""Arrows: which app must be healthy before which other, and why. Computed, not written by hand.

An app comes after those that bring the kinds of its objects, the namespaces that they stand in, the
webhooks that must let them and its pods in, and the objects that they name. What no object shows,
`needs` in the app's file says.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from tenantry.admission import labels_of_namespace, resources_for, selects
from tenantry.kinds import is_own_group, resource_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenantry.apps import App
    from tenantry.schema.upstream import Contents, Webhook

#: For each app those that it comes after, each with the reasons.
Ways = dict[str, dict[str, tuple[str, ...]]]

#: Kinds that Argo CD brings itself, before there is any app.
_ARGO_CD = frozenset(
    f"argoproj.io/{kind}" for kind in ("Application", "ApplicationSet", "AppProject")
)


@dataclass(frozen=True)
class Brought:
    """What apps bring together, each thing with the app that brings it."""

    kinds: dict[str, str] = field(default_factory=dict)
    """Kinds; ``group/*`` for all of a group."""
    resources: dict[str, str] = field(default_factory=dict)
    """The name of each kind in webhooks."""
    namespaces: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    """Labels of the namespaces."""
    offers: dict[str, str] = field(default_factory=dict)
    webhooks: dict[str, list[tuple[str, Webhook]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By what they are asked about: those that must answer."""
    _judges: dict[str, list[tuple[str, Webhook]]] = field(default_factory=dict, init=False)
    _asked: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict, init=False)

    def kind(self, kind: str) -> str | None:
        """Return the app that brings a kind."""
        return self.kinds.get(kind) or self.kinds.get(f"{kind.rpartition('/')[0]}/*")

    def resource(self, kind: str) -> str:
        """Return what webhooks call a kind."""
        return self.resources.get(kind) or resource_of(kind)

    def asked(self, kind: str, place: str) -> list[tuple[str, str]]:
        """Return the apps, and how they judge it, that must let in an object without labels."""
        if (kind, place) not in self._asked:
            self._asked[kind, place] = list(self.asked_of(self.resource(kind), place, {}))
        return self._asked[kind, place]

    def asked_of(
        self, resource: str, place: str, labels: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the apps, and how they judge it, that must let in what has these labels."""
        judges = self._judging(resource)
        if judges:  # most kinds are nobody's business
            around = labels_of_namespace(place, self.labels.get(place, {}))
            for app, webhook in judges:
                if selects(webhook.objects, labels) and (
                    not place or selects(webhook.namespaces, around)
                ):
                    yield app, f"webhook {webhook.name} judges its {resource}"

    def _judging(self, resource: str) -> list[tuple[str, Webhook]]:
        if resource not in self._judges:
            forms = resources_for(resource)
            self._judges[resource] = [
                each for form in forms for each in self.webhooks.get(form, ())
            ]
        return self._judges[resource]


@lru_cache(maxsize=8)
def arrows(apps: tuple[App, ...]) -> Ways:
    """Return for each app those that it comes after, with the reasons, in order of name."""
    names = {app.name for app in apps}
    shown = seen(apps)
    found = {}
    for app in apps:
        written = {need: (why,) for need, why in app.file.needs.items() if need in names}
        seen_here = shown[app.name]
        found[app.name] = {
            need: written.get(need, ()) + seen_here.get(need, ())
            for need in sorted(written.keys() | seen_here.keys())
        }
    return found


@lru_cache(maxsize=8)
def seen(apps: tuple[App, ...]) -> Ways:
    """Return for each app those that its objects show it to come after, with the reasons."""
    brought = brought_by(apps)
    found: Ways = {}
    for app in apps:
        reasons: dict[str, dict[str, None]] = {}
        for need, reason in _seen(app, brought):
            reasons.setdefault(need, {})[reason] = None
        found[app.name] = {need: tuple(each) for need, each in reasons.items()}
    return found


@lru_cache(maxsize=8)
def brought_by(apps: tuple[App, ...]) -> Brought:
    """Return what apps bring. Of two that bring the same thing, the first by name counts."""
    brought = Brought()
    for app in apps:
        for kind in app.file.brings:
            brought.kinds.setdefault(kind, app.name)
        for contents in app.contents:
            _add(brought, app.name, contents)
    return brought


def _add(brought: Brought, app: str, contents: Contents) -> None:
    for kind, definition in contents.definitions.items():
        brought.kinds.setdefault(kind, app)
        group = kind.rpartition("/")[0]
        brought.resources.setdefault(kind, f"{group}/{definition.resource}")
    for namespace, labels in contents.namespaces.items():
        brought.namespaces.setdefault(namespace, app)
        brought.labels.setdefault(namespace, labels)
    for offer in contents.offers:
        brought.offers.setdefault(offer, app)
    for webhook in contents.webhooks:
        if webhook.fails:
            for resource in webhook.resources:
                brought.webhooks[resource].append((app, webhook))


def kindless(app: App, brought: Brought) -> Iterator[str]:
    """Yield the kinds of an app's objects that nobody brings."""
    for kind in used_kinds(app):
        if not is_own_group(kind) and kind not in _ARGO_CD and brought.kind(kind) is None:
            yield kind


@lru_cache(maxsize=256)
def used_kinds(app: App) -> tuple[str, ...]:
    """Return the kinds of an app's objects, sorted."""
    return tuple(
        sorted(
            {
                kind
                for contents in app.contents
                for kinds in contents.objects.values()
                for kind in kinds
            }
        )
    )


@lru_cache(maxsize=256)
def used_namespaces(app: App) -> tuple[str, ...]:
    """Return the namespaces that an app puts objects into, sorted."""
    return tuple(
        sorted({place for contents in app.contents for place in contents.objects if place})
    )


def _seen(app: App, brought: Brought) -> Iterator[tuple[str, str]]:
    """Yield whom an app comes after by what its objects show, with the reason. Never itself."""
    for need, reason in _all_seen(app, brought):
        if need is not None and need != app.name:
            yield need, reason


def _all_seen(app: App, brought: Brought) -> Iterator[tuple[str | None, str]]:
    for kind in used_kinds(app):
        if not _defines(app, kind):
            yield brought.kind(kind), f"its kind {kind}"
    for namespace in used_namespaces(app):
        yield brought.namespaces.get(namespace), f"its namespace {namespace}"
    for contents in app.contents:
        for ask in contents.asks:
            yield brought.offers.get(ask), f"it names {ask}"
        yield from _admitted(contents, brought)


def _defines(app: App, kind: str) -> bool:
    """Whether an app brings a kind itself, whoever else does."""
    if kind in app.file.brings or f"{kind.rpartition('/')[0]}/*" in app.file.brings:
        return True
    return any(kind in contents.definitions for contents in app.contents)


def _admitted(contents: Contents, brought: Brought) -> Iterator[tuple[str, str]]:
    """Yield the webhooks that must let objects and pods in.

    Labels of objects other than pods are not known: selectors are held against none.
    """
    for place, kinds in contents.objects.items():
        for kind in kinds:
            yield from brought.asked(kind, place)
    for pods in contents.pods:
        yield from brought.asked_of("pods", pods.namespace, pods.labels)


def judged_by_itself(app: App) -> Iterator[tuple[str, str]]:
    """Yield kinds whose objects an app's own webhook must let in at once, and the webhook."""
    if not any(contents.webhooks for contents in app.contents):
        return
    brought = brought_by((app,))
    for contents in app.contents:
        for place, kinds in contents.objects.items():
            for kind in kinds.keys() - set(contents.later):
                for _, reason in brought.asked(kind, place):
                    yield kind, reason
