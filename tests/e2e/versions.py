"""What runs here beside what the platform installs: the versions that differ, a line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from tenantry import layout
from tenantry.workspace import toolchain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Component:
    """One component, at the version of these tests and at that of a cluster."""

    name: str
    here: str
    there: str
    """What the platform installs; empty where nothing installs it yet."""
    where: str
    """The file that says so."""

    @property
    def differs(self) -> bool:
        """Whether they are not the same, as far as the platform names the version."""
        if not self.there:
            return True
        parts = self.there.split(".")
        return self.here.removeprefix("v").split(".")[: len(parts)] != parts

    def __str__(self) -> str:
        """Show it in a line."""
        if not self.there:
            return f"{self.name} {self.here}: no app installs it"
        return f"{self.name} {self.here}: {self.where} installs {self.there}"


class StaleNoteError(Exception):
    """A note about the contents of a commit, and the app pins another commit by now."""


def components(root: Path) -> Iterator[Component]:
    """Yield everything that runs here or gives its definitions. Raises StaleNoteError."""
    api_server = toolchain.version(root, toolchain.TOOLS["kube-apiserver"])
    for path in sorted((root / layout.CLUSTERS).glob("*/cluster.yaml")):
        there = _load(path)["kubernetesVersion"]
        yield Component("Kubernetes", api_server, there, path.relative_to(root).as_posix())
    for pin in _load(root / layout.UPSTREAM / "modules.yaml")["crds"]:
        installed = pin.get("installed")
        if installed is None:
            yield Component(pin["module"], pin["version"], "", "")
        else:
            yield _installed(root, pin, installed)


def _installed(root: Path, pin: dict[str, Any], installed: dict[str, str]) -> Component:
    where = layout.app_file(installed["app"])
    app = _load(root / where)
    revision = str(app["helm"]["version"] if "helm" in app else app["git"]["revision"])
    if "revision" not in installed:
        return Component(pin["module"], pin["version"], revision, where)
    if revision != installed["revision"]:
        raise StaleNoteError(
            f"{layout.UPSTREAM}/modules.yaml says what {pin['module']} is in "
            f"{installed['revision'][:12]}, but {where} pins {revision[:12]}: look it up again"
        )
    return Component(pin["module"], pin["version"], installed["version"], where)


def _load(path: Path) -> Any:  # noqa: ANN401 - a file of ours
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
