"""`make demo`: the cluster of the tests, kept running, with commands to play with.

Owns what is printed, and that Ctrl-C leaves nothing behind. It stands beside the tests because it
is their cluster: whatever they find broken is broken here, and they run the commands of this page.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.gitops import argo_cd, delivery, monorepo
from tests.e2e.platform import ARGO_CD
from tests.e2e.processes import NotStartedError
from tests.repository import ROOT

from tenantry import layout
from tenantry.workspace import toolchain
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.gitops.delivery import Delivery

TEAM = "demo-rockets"

#: Before a command in what is printed; `# refused` after one that must fail.
PROMPT = "    $ "
REFUSED = "  # refused"

#: Seconds that the first sync may take: a slow machine, two cores.
_PATIENCE = 900

#: Seconds between two looks at a branch: a whole cluster waits, on somebody's own machine.
_POLL = 10

_INTERRUPTED, _TERMINATED = 130, 143


def main() -> int:
    """Start everything, print the commands, wait for Ctrl-C, end everything."""
    signal.signal(signal.SIGTERM, _terminate)
    # Whoever started this in the background had it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="tenantry-demo-"))
    try:
        _show(folder)
    except KeyboardInterrupt:
        _say("ended")
        return _INTERRUPTED
    except (WorkspaceError, NotStartedError, AssertionError, OSError) as trouble:
        _say(str(trouble).splitlines()[0])
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _show(folder: Path) -> None:
    argo_cd.find(_say)
    _say(f"a scratch copy of this repository and a cluster of its own, in {folder}")
    sources = monorepo.copy(ROOT, folder / "ml-platform", folder / "hosts")
    sources.publish()
    cluster = delivery.fullest(sources.tenants())
    running = delivery.start(cluster, folder / "cluster", sources, _say, _POLL)
    try:
        with delivery.blaming(running.plane):
            _wait(running)
            for line in page(running, prepare(running, folder)):
                sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            while True:
                running.plane.processes.check()
                time.sleep(0.5)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        delivery.stop(running)


def _wait(running: Delivery) -> None:
    """Wait for the first sync, and tell how far it is."""
    told = -1
    end = time.monotonic() + _PATIENCE
    while not running.is_settled() and time.monotonic() < end:
        running.plane.processes.check()
        found = running.own()
        synced = len(found) - len(running.unsynced())
        if synced != told:
            _say(f"Argo CD: {synced} of {len(found)} Applications are synced")
            told = synced
        time.sleep(2)


def prepare(running: Delivery, folder: Path) -> Path:
    """Make the copy usable by hand; return a file that sets up a shell for it."""
    running.sources.git("config", "user.name", "Jane Doe")
    running.sources.git("config", "user.email", "jane.doe@example.com")
    programs = [Path(sys.executable).parent, toolchain.find(ROOT, "kubectl").parent]
    path = ":".join(shlex.quote(str(each)) for each in programs)
    settings = folder / "play.sh"
    settings.write_text(
        f"cd {shlex.quote(str(running.sources.folder))}\n"
        f"export KUBECONFIG={shlex.quote(str(running.plane.kubeconfig))}\n"
        f"export PATH={path}:$PATH\n",
        encoding="utf-8",
    )
    return settings


def page(running: Delivery, settings: Path) -> Iterator[str]:
    """Yield what is printed: words, and commands behind a prompt."""
    other = _namespace_of_others(running)
    person = running.sources.address("jane.doe")
    inside = f"--namespace {TEAM}"
    deny = "networkpolicy deny-all"
    yield f"\nThe cluster {running.cluster} runs. Play with it in another terminal:\n"
    yield f"{PROMPT}. {shlex.quote(str(settings))}"
    yield f"{PROMPT}kubectl get applications --namespace {argo_cd.NAMESPACE}"
    yield "\nA new team, from its file to its namespace:\n"
    yield f"{PROMPT}tenantry new {TEAM} --name {TEAM} --admin {person}"
    yield f"{PROMPT}git add tenants && git commit --quiet --message 'Welcome {TEAM}'"
    yield f"{PROMPT}git push --quiet origin {running.sources.branch}"
    yield f"{PROMPT}tenantry publish --remote origin"
    yield f"{PROMPT}kubectl wait --for=create namespace/{TEAM} --timeout=180s"
    yield f"{PROMPT}kubectl wait --for=create {inside} networkpolicy/deny-all --timeout=180s"
    yield f"{PROMPT}kubectl wait --for=create {inside} authorizationpolicy/people --timeout=180s"
    yield f"{PROMPT}kubectl get rolebindings,networkpolicies,resourcequotas {inside}"
    yield "\nIts admin reads its secrets, and nobody else's:\n"
    yield f"{PROMPT}kubectl get secrets {inside} --as {person}"
    yield f"{PROMPT}kubectl get secrets --namespace {other} --as {person}{REFUSED}"
    yield "\nNo admin takes a rendered policy away. Where somebody could, Argo CD brings it back:\n"
    yield f"{PROMPT}kubectl delete {deny} {inside} --as {person}{REFUSED}"
    yield f"{PROMPT}kubectl delete {deny} {inside} --as {ARGO_CD.user}"
    yield f"{PROMPT}kubectl wait --for=create {inside} networkpolicy/deny-all --timeout=180s"
    yield "\nCtrl-C here ends all of it and removes the copy.\n"


def _namespace_of_others(running: Delivery) -> str:
    names = (
        str(each["metadata"]["name"])
        for path, objects in sorted(running.files().items())
        for each in objects
        if path.startswith(f"{layout.RENDERED_TENANTS}/") and each["kind"] == "Namespace"
    )
    return next(names)


def _say(message: str) -> None:
    sys.stderr.write(f"demo: {message}\n")


def _terminate(*_: object) -> None:
    sys.exit(_TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
