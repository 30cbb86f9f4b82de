"""A cluster that Argo CD fills, from a scratch copy of this repository that is published to it.

Owns how control plane, Argo CD and repositories come together, for the tests and the demo, and how
to ask how far Argo CD is.
"""

from __future__ import annotations

import contextlib
import http.client
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.e2e import foundation
from tests.e2e.gitops import argo_cd, monorepo
from tests.e2e.gitops.argo_cd import NAMESPACE, ArgoCD
from tests.repository import manifests

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from tests.e2e.client import Client, Manifest
    from tests.e2e.control_plane import ControlPlane
    from tests.e2e.gitops.monorepo import Repository

    Condition = Callable[[], object]

ARGO = "argoproj.io/v1alpha1"
MERGE = "application/merge-patch+json"

#: Seconds that a first sync may take: a slow machine, two cores.
_PATIENCE = 900

_REFRESH = "argocd.argoproj.io/refresh"
_SKIP = "argocd.argoproj.io/skip-reconcile"


@dataclass
class Delivery:
    """A cluster that is filled from `rendered/<cluster>`."""

    cluster: str
    sources: Repository
    plane: ControlPlane
    client: Client = field(repr=False)
    _files: dict[str, dict[str, list[Manifest]]] = field(default_factory=dict, repr=False)
    """What was published last, by its commit: reading it takes a while."""

    @property
    def branch(self) -> str:
        """The branch that it is filled from."""
        return layout.rendered_branch(self.cluster)

    def files(self) -> dict[str, list[Manifest]]:
        """Return every object on that branch, by file, as it was published."""
        tip = self.tip()
        if tip not in self._files:
            tree = self.sources.tree(tip)
            self._files = {tip: {path: list(manifests(text)) for path, text in tree.items()}}
        return self._files[tip]

    def bootstrap(self) -> None:
        """Do what docs/apps.md asks a person to do, once."""
        for path in (layout.PROJECTS, layout.ROOT_APPLICATION):
            for each in self.files()[path]:
                answer = self.client.apply(each)
                assert answer.ok, answer.message

    def restore(self) -> None:
        """Merge something harmless and publish: what was changed by hand is gone."""
        stamp = str(time.time_ns())
        self.sources.write(layout.README, stamp)
        self.sources.merge(f"Say {stamp}")
        self.sources.publish()

    def applications(self) -> dict[str, Manifest]:
        """Return all Applications by name."""
        path = f"/apis/{ARGO}/namespaces/{NAMESPACE}/applications"
        found = self.client.request("GET", path)
        assert found.ok, found.message
        return {each["metadata"]["name"]: each for each in found.body["items"]}

    def catch_up(self, what: str) -> None:
        """Tell Argo CD what it has not seen yet, and wait until all is as it was published."""
        self.refresh(*self.unsynced())
        self.wait(self.is_settled, what)

    def refresh(self, *names: str, hard: bool = False) -> None:
        """Tell Argo CD to look at Applications now, as a webhook of the Git host would."""
        for name in names:
            self._annotate(name, _REFRESH, "hard" if hard else "normal")

    def leave_alone(self, *names: str) -> None:
        """Tell Argo CD not to look at Applications again: for those whose source is not here."""
        for name in names:
            self._annotate(name, _SKIP, "true")

    def _annotate(self, application: str, key: str, value: str) -> None:
        note = {"metadata": {"annotations": {key: value}}}
        path = self.client.path(_reference(application))
        answer = self.client.request("PATCH", path, note, content=MERGE)
        assert answer.ok, answer.message

    def terminate(self, name: str) -> None:
        """End what an Application is trying, as `argocd app terminate-op` does."""
        state = self.applications()[name]["status"].get("operationState", {})
        if state.get("finishedAt") is None:
            end = {"status": {"operationState": {"phase": "Terminating"}}}
            path = self.client.path(_reference(name))
            answer = self.client.request("PATCH", path, end, content=MERGE)
            assert answer.ok, answer.message

    def is_refreshing(self, *names: str) -> bool:
        """Whether Argo CD has yet to look at one of these Applications."""
        found = self.applications()
        return any(_REFRESH in found[name]["metadata"].get("annotations", {}) for name in names)

    def wait(self, ready: Condition, what: str, seconds: float = 120) -> float:
        """Wait until `ready`, and return the seconds; fail at once where a process died."""
        start = time.monotonic()
        while not ready():
            self.plane.processes.check()
            took = time.monotonic() - start
            assert took < seconds, f"{what}: not so after {seconds:.0f} s; {self.unsynced()}"
            # Asking costs the machine about as much as syncing does.
            time.sleep(2)
        return time.monotonic() - start

    def own(self) -> list[str]:
        """Return the Applications all of whose sources are here."""
        return self._own(self.applications())

    def elsewhere(self) -> dict[str, str]:
        """Return the Applications of which a source is not here, with that source."""
        here = set(monorepo.urls(self.sources.hosts))
        return {
            name: source["repoURL"]
            for name, each in self.applications().items()
            for source in _sources(each)
            if source["repoURL"] not in here
        }

    def unsynced(self) -> dict[str, str]:
        """Return the Applications that should be as published and are not, with the reason."""
        return self._unsynced(self.applications())

    def is_settled(self) -> bool:
        """Whether everything of this repository is here, as it was last published."""
        expected = {
            each["metadata"]["name"]
            for objects in self.files().values()
            for each in objects
            if each["kind"] == "Application"
        }
        found = self.applications()
        return expected == set(found) and not self._unsynced(found)

    def _own(self, found: Mapping[str, Manifest]) -> list[str]:
        here = set(monorepo.urls(self.sources.hosts))
        return sorted(
            name
            for name, each in found.items()
            if all(source["repoURL"] in here for source in _sources(each))
        )

    def _unsynced(self, found: Mapping[str, Manifest]) -> dict[str, str]:
        tip = self.tip()
        return {
            name: reason(found[name])
            for name in self._own(found)
            if not _is_synced(found[name], tip if self._reads_branch(found[name]) else None)
        }

    def tip(self) -> str:
        """Return the commit that was published last."""
        return monorepo.run(["git", "rev-parse", self.branch], self.sources.remote).strip()

    def get(self, api_version: str, kind: str, name: str, namespace: str = "") -> Any:  # noqa: ANN401 - JSON
        """Return an object as it is now, or None."""
        answer = self.client.get(_identity(api_version, kind, name, namespace))
        return answer.body if answer.ok else None

    def live(self) -> dict[str, Manifest]:
        """Return every rendered object of this cluster's own Applications as it is, by path."""
        elsewhere = {name for name in self.elsewhere() if not name.startswith("team-")}
        found: dict[str, Manifest] = {}
        for file, objects in self.files().items():
            if file.split("/")[0] == layout.RENDERED_APPS and file.split("/")[1] in elsewhere:
                continue
            for each in objects:
                path = self.client.path(each)
                answer = self.client.get(each)
                assert answer.ok, f"{path}: {answer.message}"
                found[path] = answer.body
        return found

    def _reads_branch(self, application: Manifest) -> bool:
        return all(source["targetRevision"] == self.branch for source in _sources(application))


def start(
    cluster: str,
    folder: Path,
    sources: Repository,
    tell: Callable[[str], None],
    poll: int = argo_cd.POLL,
) -> Delivery:
    """Start control plane and Argo CD on an empty cluster, and apply the root Application."""
    programs = argo_cd.find(tell)
    folder.mkdir(parents=True, exist_ok=True)
    plane = foundation.start(folder, tell)
    client = plane.client(argo_cd.ANSWER)
    try:
        with blaming(plane):
            ArgoCD(plane, programs, sources.hosts, poll).start()
            delivery = Delivery(cluster, sources, plane, client)
            delivery.bootstrap()
    except BaseException:
        client.close()
        plane.processes.stop()
        raise
    return delivery


@contextlib.contextmanager
def blaming(plane: ControlPlane) -> Iterator[None]:
    """Raise NotStartedError, naming a process that died, for what failed because of it."""
    try:
        yield
    except (AssertionError, OSError, http.client.HTTPException):
        plane.processes.check()
        raise


@contextlib.contextmanager
def filled(
    cluster: str,
    folder: Path,
    sources: Repository,
    tell: Callable[[str], None],
    poll: int = argo_cd.POLL,
) -> Iterator[tuple[Delivery, float]]:
    """Give a cluster that Argo CD has filled, with the seconds that it took; then end it.

    What comes from elsewhere is asked for until then, and in vain: much of what Argo CD does.
    """
    running = start(cluster, folder, sources, tell, poll)
    try:
        took = running.wait(running.is_settled, "the first sync", seconds=_PATIENCE)
        running.leave_alone(*running.elsewhere())
        yield running, took
    finally:
        stop(running)


def stop(delivery: Delivery) -> None:
    """End every process of it."""
    delivery.client.close()
    delivery.plane.processes.stop()


def reason(application: Manifest) -> str:
    """Return in a line why an Application is not synced, in Argo CD's own words."""
    status = application.get("status", {})
    operation = status.get("operationState", {})
    words = [each["message"] for each in status.get("conditions", ())]
    words += [
        f"{each['kind']}/{each['name']}: {each.get('message', '')}"
        for each in operation.get("syncResult", {}).get("resources") or ()
        if each.get("status") == "SyncFailed"
    ]
    words += [
        f"{each['kind']}/{each['name']} is out of sync"
        for each in status.get("resources") or ()
        if each.get("status") == "OutOfSync"
    ]
    state = (status.get("sync", {}).get("status"), operation.get("phase"))
    return f"{state}: {'; '.join([operation.get('message', ''), *words[:5]])}"


def _is_synced(application: Manifest, revision: str | None) -> bool:
    status = application.get("status", {})
    sync = status.get("sync", {})
    at = sync.get("revision") or (sync.get("revisions") or [None])[0]
    return (
        sync.get("status") == "Synced"
        and status.get("operationState", {}).get("phase", "Succeeded") == "Succeeded"
        and revision in (None, at)
    )


def _sources(application: Manifest) -> Iterable[dict[str, Any]]:
    spec = application["spec"]
    return spec.get("sources") or [spec["source"]]


def _reference(name: str) -> Manifest:
    return _identity(ARGO, "Application", name, NAMESPACE)


def _identity(api_version: str, kind: str, name: str, namespace: str) -> Manifest:
    place = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": place}


def fullest(tenants: Mapping[str, int]) -> str:
    """Return the cluster with the most tenants, of how many there are on each."""
    return max(sorted(tenants), key=lambda name: tenants[name])
