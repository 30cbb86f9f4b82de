"""Apps: the components of the platform, their order, and where each is installed.

Owns what follows from the files of all apps together. How facts reach an app is `wiring`'s, what
Argo CD is told is `render.platform`'s, and what is refused is `rules.apps`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.layout import MANIFESTS, POLICIES, app_file
from tenantry.wiring import Reference, awaited, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tenantry.facts import ClusterFacts
    from tenantry.findings import Field
    from tenantry.manifest import Manifest
    from tenantry.schema.app import AppFile

#: API groups whose objects hold schemas or programs: a marker in one would be somebody's field.
_VERBATIM_GROUPS = ("apiextensions.k8s.io/", "apiextensions.crossplane.io/")


@dataclass(frozen=True)
class App:
    """A component of the platform. Not a team's application, and not an Argo CD Application."""

    name: str
    """The name of its folder."""
    file: AppFile
    manifests: tuple[tuple[str, Manifest], ...] = ()
    """What its own folder holds, each object with the name of its file in it."""

    @property
    def path(self) -> str:
        """Its file, relative to the repository."""
        return app_file(self.name)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """All namespaces that it may put objects into."""
        return (self.file.namespace, *self.file.namespaces)

    @property
    def folder(self) -> str:
        """The folder of its own manifests, relative to the repository."""
        return POLICIES if self.file.policies else app_file(self.name, MANIFESTS)

    def manifest_path(self, name: str) -> str:
        """Return one of its own files, relative to the repository."""
        return f"{self.folder}/{name}"

    def references(self) -> Iterator[tuple[str, Reference]]:
        """Yield every fact that the app asks for, with the file in which it does."""
        for field, tree in self.wired():
            for reference in references(tree, field):
                yield self.path, reference
        for name, manifest in self.manifests:
            if takes_facts(manifest):
                for reference in references(manifest, ()):
                    yield self.manifest_path(name), reference

    def wired(self) -> Iterator[tuple[Field, object]]:
        """Yield the parts of its file that may hold facts, with their fields."""
        yield ("values",), self.file.values
        for number, patch in enumerate(self.file.patches):
            field: Field = ("patches", number, "patch")
            if isinstance(patch.patch, dict):
                yield field, patch.patch
                continue
            for step, operation in enumerate(patch.patch):
                yield (*field, step, "value"), operation.value


def takes_facts(manifest: Manifest) -> bool:
    """Whether facts are put into an app's own manifest, or whether it is copied as it is."""
    return not str(manifest["apiVersion"]).startswith(_VERBATIM_GROUPS)


def on_cluster(app: App, cluster: str) -> bool:
    """Whether an app is meant for a cluster."""
    return app.file.clusters is None or cluster in app.file.clusters


def installed(apps: Iterable[App], facts: ClusterFacts) -> dict[str, App]:
    """Return the apps that a cluster gets, by name: meant for it, and all they need is known.

    An app that asks for an output which the infrastructure has not given yet waits, and so does
    every app that needs it: half an app would be worse than none.
    """
    left = {
        app.name: app
        for app in sorted(apps, key=lambda app: app.name)
        if on_cluster(app, facts.name) and not waits_for(app, facts)
    }
    while stranded := [
        name for name, app in left.items() if any(need not in left for need in app.file.needs)
    ]:
        for name in stranded:
            del left[name]
    return left


def waits_for(app: App, facts: ClusterFacts) -> list[tuple[str, Reference]]:
    """Return the facts that an app asks for and the infrastructure has not given yet."""
    return [(path, ref) for path, ref in app.references() if awaited(ref.fact, facts)]


def waves(apps: Mapping[str, App]) -> dict[str, int]:
    """Return each app's sync wave: the length of the longest way down its needs.

    Needs that are not among `apps` do not count, nor do those that close a loop: rules refuse both.
    """
    known: dict[str, int] = {}
    for name in apps:
        _wave(name, apps, known, ())
    return known


def _wave(name: str, apps: Mapping[str, App], known: dict[str, int], above: tuple[str, ...]) -> int:
    if name not in known:
        below = [
            _wave(need, apps, known, (*above, name))
            for need in apps[name].file.needs
            if need in apps and need not in (*above, name)
        ]
        known[name] = 1 + max(below, default=-1)
    return known[name]


def loops(apps: Mapping[str, App]) -> Iterator[tuple[str, ...]]:
    """Yield each loop of needs once, from its first name in the alphabet on."""
    for start in sorted(apps):
        way = _way_back(start, apps)
        if len(way) > 1 and start == min(way):
            yield way


def _way_back(start: str, apps: Mapping[str, App]) -> tuple[str, ...]:
    """Return the shortest way from an app down its needs to itself, or nothing."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for need in apps[way[-1]].file.needs:
            if need == start:
                return way
            if need in apps and need not in seen:
                seen.add(need)
                ways.append((*way, need))
    return ()
