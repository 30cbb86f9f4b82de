"""Apps: the components of the platform, their order, and where each is installed.

Owns what follows from the files of all apps together. How facts reach an app is `wiring`'s, what
Argo CD is told is `render.platform`'s, and what is refused is `rules.apps`'.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tenantry.arrows import Ways, arrows
from tenantry.contents import contents_of
from tenantry.layout import MANIFESTS, POLICIES, app_file
from tenantry.manifest import Shared
from tenantry.markers import Marker, Reference, markers, references
from tenantry.pins import changes_of
from tenantry.wiring import awaited, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tenantry.facts import ClusterFacts
    from tenantry.findings import Field
    from tenantry.manifest import Manifest, Tree
    from tenantry.schema.app import AppFile
    from tenantry.schema.upstream import Contents, Upstream

#: API groups whose objects hold schemas or programs: a marker in one would be somebody's field.
_VERBATIM_GROUPS = ("apiextensions.k8s.io/", "apiextensions.crossplane.io/")

#: What an object may lack, or have in another form: rules and the cluster judge that.
_UNSOUND = (LookupError, TypeError, AttributeError, ValueError)


@dataclass(frozen=True, eq=False)
class App:
    """A component of the platform. Not a team's application, and not an Argo CD Application.

    Equal only to itself.
    """

    name: str
    """The name of its folder."""
    file: AppFile
    manifests: tuple[tuple[str, Manifest], ...] = ()
    """What its own folder holds, each object with the name of its file in it."""
    upstream: Upstream | None = None
    """What its source holds, where somebody looked."""

    @cached_property
    def contents(self) -> tuple[Contents, ...]:
        """What it brings and uses: its source, where somebody looked, and its own folder."""
        own = _own_contents([manifest for _, manifest in self.manifests], self.file.namespace)
        return (own,) if self.upstream is None else (self.upstream, own)

    @cached_property
    def changes(self) -> str:
        """The digest of what we change of its source."""
        return changes_of(self.file)

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

    @cached_property
    def markers(self) -> Mapping[str, list[Marker]]:
        """The markers in its own file and in its objects that take facts, by path."""
        found = {self.path: [each for field, tree in self.wired() for each in markers(tree, field)]}
        for name, manifest in self.manifests:
            if takes_facts(manifest):
                found[self.manifest_path(name)] = markers(manifest, ())
        return found

    @cached_property
    def references(self) -> tuple[tuple[str, Reference], ...]:
        """Every fact that the app asks for, with the file in which it does."""
        return tuple((path, each) for path, asked in self._asked.items() for each in asked)

    @cached_property
    def _asked(self) -> Mapping[str, list[Reference]]:
        """The facts that its files ask for, by path; only of those that ask for any."""
        found = {path: list(references(markers)) for path, markers in self.markers.items()}
        return {path: asked for path, asked in found.items() if asked}

    def on(self, facts: ClusterFacts, path: str, make: Callable[[], Mapping[str, Tree]]) -> Shared:
        """Return what `make` makes of one of its files for a cluster.

        It is made once for all clusters on which the facts that the file asks for are the same.
        """
        asked = (
            [find(each.fact, facts) for each in self._asked[path]] if path in self._asked else ()
        )
        key = (path, repr(asked))  # of equal values, 1 and True are not the same
        if key not in self._made:
            self._made[key] = Shared(make())
        return self._made[key]

    @cached_property
    def _made(self) -> dict[tuple[str, str], Shared]:
        return {}

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


def _own_contents(manifests: list[Manifest], namespace: str) -> Contents:
    """Return the facts of an app's own manifests, without those that are no sound objects."""
    try:
        return contents_of(manifests, namespace)
    except _UNSOUND:
        return contents_of([each for each in manifests if _is_sound(each)], namespace)


def _is_sound(manifest: Manifest) -> bool:
    try:
        contents_of([manifest], "")
    except _UNSOUND:
        return False
    return True


def takes_facts(manifest: Manifest) -> bool:
    """Whether facts are put into an app's own manifest, or whether it is copied as it is."""
    return not str(manifest["apiVersion"]).startswith(_VERBATIM_GROUPS)


def settled(app: App, owners: tuple[str, ...]) -> App:
    """Return an app with the names of clusters where its file says `global`."""
    if app.file.clusters != "global":
        return app
    return replace(app, file=app.file.model_copy(update={"clusters": owners}))


def on_cluster(app: App, cluster: str) -> bool:
    """Whether an app is meant for a cluster."""
    return app.file.clusters is None or cluster in app.file.clusters


def installed(apps: Iterable[App], facts: ClusterFacts) -> dict[str, App]:
    """Return the apps that a cluster gets, by name: meant for it, and all they need is known.

    Only apps that are meant for the cluster bring anything there. An app that asks for an output
    which the infrastructure has not given yet waits, and so does every app that needs it: half an
    app would be worse than none.
    """
    meant = tuple(
        app for app in sorted(apps, key=lambda app: app.name) if on_cluster(app, facts.name)
    )
    ways = arrows(meant)
    left = {app.name: app for app in meant if not waits_for(app, facts)}
    while stranded := [name for name in left if _all(ways, left[name]) - left.keys()]:
        for name in stranded:
            del left[name]
    return left


def _all(ways: Ways, app: App) -> set[str]:
    """Return all that an app comes after, be it there or not."""
    return {*ways[app.name], *app.file.needs}


def waits_for(app: App, facts: ClusterFacts) -> list[tuple[str, Reference]]:
    """Return the facts that an app asks for and the infrastructure has not given yet."""
    return [(path, ref) for path, ref in app.references if awaited(ref.fact, facts)]


def waves(apps: Mapping[str, App]) -> dict[str, int]:
    """Return each app's sync wave: the length of the longest way down the arrows.

    Needs that are not among `apps` do not count, nor do those that close a loop: rules refuse both.
    """
    ways = arrows(tuple(apps.values()))
    known: dict[str, int] = {}
    for name in apps:
        _wave(name, ways, known, ())
    return known


def _wave(name: str, ways: Ways, known: dict[str, int], above: tuple[str, ...]) -> int:
    if name not in known:
        below = [
            _wave(need, ways, known, (*above, name))
            for need in ways[name]
            if need not in (*above, name)
        ]
        known[name] = 1 + max(below, default=-1)
    return known[name]


def loops(apps: Mapping[str, App]) -> Iterator[tuple[str, ...]]:
    """Yield each loop of arrows once, from its first name in the alphabet on."""
    ways = arrows(tuple(apps.values()))
    for start in sorted(apps):
        way = _way_back(start, ways)
        if len(way) > 1 and start == min(way):
            yield way


def _way_back(start: str, ways: Ways) -> tuple[str, ...]:
    """Return the shortest way from an app down the arrows to itself, or nothing."""
    found: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in found:
        for need in ways[way[-1]]:
            if need == start:
                return way
            if need not in seen:
                seen.add(need)
                found.append((*way, need))
    return ()
