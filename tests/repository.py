"""Platform repositories on disk, for tests of the whole job: made, rendered, looked at.

Owns how a miniature repository is put together from `tests/examples/base` and what a case puts
over it. Facts and tenants in memory are `tests.factories`' business.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tenantry import layout
from tenantry.workspace.pipeline import Job, Outcome, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "tests" / "examples"
BASE = EXAMPLES / "base"
VALID = EXAMPLES / "valid"
TODAY = date(2026, 11, 22)

#: What a repository is made of, as far as a render reads it.
PARTS = (layout.TENANTS, layout.CLUSTERS, layout.APPS, layout.POLICIES)

_CLUSTER_FILES = sorted((ROOT / layout.CLUSTERS).glob(f"*/{layout.CLUSTER_FILE}"))
#: This repository's clusters, whatever a fork calls them, and the one that is global.
CLUSTERS = tuple(path.parent.name for path in _CLUSTER_FILES)
(GLOBAL_CLUSTER,) = (
    path.parent.name for path in _CLUSTER_FILES if yaml.safe_load(path.read_bytes()).get("global")
)

SMALLEST = """\
profiles:
  name: {name}
  admins:
    - john.doe@example.com
  contributors:
    - jane.doe@example.com
    - john.smith@example.com
"""

#: A file of each content, as a render leaves it.
Files = dict[str, bytes]


def valid_examples() -> list[Path]:
    """Return the folders of all valid examples."""
    return sorted(path for path in VALID.iterdir() if path.is_dir())


def lay(target: Path, *layers: Path) -> Path:
    """Put the sources of several folders over each other, file by file; return `target`."""
    for layer in layers:
        for part in PARTS:
            if (layer / part).is_dir():
                shutil.copytree(layer / part, target / part, dirs_exist_ok=True)
    return target


def lay_own(target: Path) -> Path:
    """Put this repository's sources into a folder, with outputs for clusters that nobody has made.

    A fork deletes the samples before it has outputs of its own, and its tests judge all apps.
    """
    lay(target, ROOT)
    for cluster in CLUSTERS:
        path = target / layout.cluster_file(cluster, layout.OUTPUTS_FILE)
        if not path.exists():
            path.write_bytes((ROOT / "tests" / "outputs.yaml").read_bytes())
    return target


def vary(path: Path, **values: object) -> None:
    """Set fields of a YAML file; `__` in a name leads into a block."""
    content = yaml.safe_load(path.read_bytes())
    for name, value in values.items():
        *way, last = name.split("__")
        block = content
        for step in way:
            block = block[step]
        block[last] = value
    path.write_text(yaml.safe_dump(content), "utf-8")


def several_clusters(target: Path) -> Path:
    """Lay out a repository of three clusters and some teams, whatever this one's facts are."""
    return lay(target, BASE, EXAMPLES / "valid" / "placement")


def write_tenants(root: Path, tenants: Mapping[str, str]) -> None:
    """Write tenants' files, by tenant."""
    for tenant, text in tenants.items():
        folder = root / layout.tenant_folder(tenant)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / layout.TENANT_FILE).write_bytes(text.encode())


def make_repository(target: Path, **tenants: str) -> Path:
    """Return a repository of the base with these tenants; `_` in a name stands for `-`."""
    lay(target, BASE)
    (target / layout.TENANTS).mkdir()
    write_tenants(target, {name.replace("_", "-"): text for name, text in tenants.items()})
    return target


def smallest(name: str) -> str:
    """Return the smallest file of a tenant, with a project of this name."""
    return SMALLEST.format(name=name)


def render(root: Path, output: Path | None = None, **settings: Any) -> Outcome:  # noqa: ANN401 - a job's
    """Render a repository, by default to its own `build/`."""
    return run(Job(root, TODAY, output or root / layout.BUILD, **settings))


def rendered(root: Path, output: Path | None = None, **settings: Any) -> Files:  # noqa: ANN401 - as above
    """Render a repository in which nothing is wrong; return the files of all trees."""
    output = output or root / layout.BUILD
    outcome = render(root, output, **settings)
    assert not outcome.failed, outcome.findings
    return files(output)


def files(folder: Path) -> Files:
    """Return every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def entries(folder: Path) -> set[str]:
    """Return the path of everything below a folder, folders included."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def manifests(text: bytes) -> Iterator[dict[str, Any]]:
    """Yield the objects of a rendered file."""
    yield from yaml.load_all(text, Loader=yaml.CSafeLoader)
