"""What our trees stand on: a control plane that knows already what apps from elsewhere bring.

Owns what stands in for those apps: their definitions, Kubeflow's roles, their namespaces. It takes
the API server ten seconds of work to take them in. So the files of an etcd that holds just that are
kept in the user's cache folder, by the digest of all that they come from.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from tests.e2e import control_plane
from tests.e2e.waiting import wait
from tests.repository import ROOT

from tenantry import layout
from tenantry.conform.claims import claim_crd
from tenantry.workspace import cache, schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.e2e.client import Client, Manifest
    from tests.e2e.control_plane import ControlPlane

    Objects = Mapping[str, list[Manifest]]

_ROLES = ROOT / "tests" / "e2e" / "upstream" / "kubeflow-cluster-roles.yaml"

#: The roles that people get, and an aggregated role far down that shows that all is gathered.
_AGGREGATED = ("kubeflow-admin", "kubeflow-edit", "kubeflow-view")
_LAST_GATHERED = "kserve.io"

#: The modules of the programs that write those files, below tooling/binaries/.
_WRITERS = ("etcd", "kubernetes")


def start(folder: Path, tell: Callable[[str], None]) -> ControlPlane:
    """Start a control plane on it whose files all lie in `folder`. Whoever calls this stops it."""
    return control_plane.start(ROOT, folder, tell, contents=kept(tell))


def kept(tell: Callable[[str], None]) -> Path:
    """Return the files of an etcd that holds it; make them where they are not at hand."""
    objects = _objects(tell)
    name = cache.key(json.dumps(objects).encode(), *_written_by())
    target = cache.folder("foundations") / name
    if not target.is_dir():
        tell("putting definitions and roles from elsewhere into an empty cluster: done once")
        with cache.replacing(target) as scratch, tempfile.TemporaryDirectory() as folder:
            _fill(Path(folder), objects, tell)
            shutil.copytree(control_plane.data(Path(folder)), scratch, dirs_exist_ok=True)
    return target


def _written_by() -> Iterator[bytes]:
    """Yield what decides how those files come to be, beside what is put into them."""
    for module in _WRITERS:
        for file in ("go.mod", "go.sum"):
            yield (ROOT / layout.BINARIES / module / file).read_bytes()
    for source in (control_plane.__file__, __file__):
        yield Path(source).read_bytes()


def _objects(tell: Callable[[str], None]) -> Objects:
    """Return every object of it: definitions of claims are those that Crossplane would make."""
    xrds = sorted((ROOT / layout.APPS).glob("*/manifests/xrd.yaml"))
    return {
        "definitions": [
            *(json.loads(path.read_bytes()) for path in schemas.crd_files(ROOT, tell)),
            *(claim_crd(yaml.safe_load(path.read_bytes())) for path in xrds),
        ],
        "roles": list(yaml.safe_load_all(_ROLES.read_bytes())),
        "namespaces": [_namespace(name) for name in _foreign_namespaces()],
    }


def _foreign_namespaces() -> list[str]:
    """Return the namespaces of apps whose source is elsewhere, and Argo CD's, which a person makes.

    Such an app may hold its Namespace itself. Here it is synced no more than the rest of it.
    """
    found = {yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_bytes())["gitops"]["namespace"]}
    for path in ROOT.glob(f"{layout.APPS}/*/{layout.UPSTREAM_FILE}"):
        found |= json.loads(path.read_bytes()).get("namespaces", {}).keys()
        for own in path.parent.glob(f"{layout.MANIFESTS}/*namespace.yaml"):
            found.add(yaml.safe_load(own.read_bytes())["metadata"]["name"])
    return sorted(found)


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _fill(folder: Path, objects: Objects, tell: Callable[[str], None]) -> None:
    """Put the objects into an empty cluster in `folder`, and end it."""
    plane = control_plane.start(ROOT, folder, tell)
    try:
        with contextlib.closing(plane.client()) as client:
            for each in (found for group in objects.values() for found in group):
                made = client.create(each)
                assert made.ok, f"{each['metadata']['name']}: {made.message}"
                assert not made.warnings, f"{each['metadata']['name']}: {made.warnings}"
            for crd in objects["definitions"]:
                wait(partial(_is_established, client, crd), crd["metadata"]["name"])
            wait(lambda: _gathered(client), "the aggregation of Kubeflow's roles")
    finally:
        plane.processes.stop()


def _is_established(client: Client, crd: Manifest) -> bool:
    # A definition that no controller has looked at yet has `status: {conditions: null}`.
    conditions = client.get(crd).body.get("status", {}).get("conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def _gathered(client: Client) -> bool:
    """Whether the controller has put the rules of all roles together."""
    for name in _AGGREGATED:
        role = client.request("GET", f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}").body
        groups = {group for rule in role["rules"] or () for group in rule.get("apiGroups", ())}
        if not any(group.endswith(_LAST_GATHERED) for group in groups):
            return False
    return True
