"""Which stacks a change touches, for build machines: `python -m infra.changed BEFORE AFTER`.

Compares two rendered trees, file by file, and prints a line of JSON for the platforms' stacks and
one for the tenants'. Previewing them is Pulumi's business.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infra.configuration import Project
from infra.stacks import Stack, clusters_of
from infra.tenants import share_of
from tenantry import layout
from tenantry.reader import Document, read_document
from tenantry.schema.check import check

if TYPE_CHECKING:
    from collections.abc import Iterator


def changed_stacks(before: Path, after: Path, shards: int) -> list[str]:
    """Return the tenants' stacks whose objects differ between two folders of trees, sorted.

    A cluster that is gone has no program any more that could preview it.
    """
    found = set()
    for cluster in {path.name for path in after.glob("*")}:
        old, new = dict(_files(before / cluster)), dict(_files(after / cluster))
        tenants = {
            tenant for path, tenant in (old | new).items() if _differ(before, after, cluster, path)
        }
        found |= {Stack(cluster, share_of(tenant, shards)).name for tenant in tenants}
    return sorted(found)


def _files(tree: Path) -> Iterator[tuple[str, str]]:
    """Yield every file of a tenant in a cluster's tree, with the tenant."""
    for path in tree.glob(f"{layout.RENDERED_TENANTS}/*/*.yaml"):
        yield path.relative_to(tree).as_posix(), path.parent.name
    for path in tree.glob(f"{layout.TENANT_APPLICATIONS}/*.yaml"):
        yield path.relative_to(tree).as_posix(), path.stem


def _differ(before: Path, after: Path, cluster: str, path: str) -> bool:
    old, new = before / cluster / path, after / cluster / path
    return not (old.exists() and new.exists()) or old.read_bytes() != new.read_bytes()


def shards_of(root: Path) -> int:
    """Return how many stacks share the tenants of a cluster. Raises SystemExit, with the cure."""
    data = read_document("Pulumi.yaml", (root / "Pulumi.yaml").read_bytes()).data
    config = data.get("config") if isinstance(data, dict) else None
    shards = config.get("tenantry:shards") if isinstance(config, dict) else None
    project, _ = check(Project, Document("Pulumi.yaml", {"shards": shards}))
    if project is None:
        raise SystemExit(
            "Pulumi.yaml does not say how many shards there are (write a whole number from 1 to "
            '100 as "tenantry:shards:" below "config:")'
        )
    return project.shards


def main(before: str, after: str) -> None:
    """Print what the matrix of a workflow is made from."""
    root = Path(__file__).resolve().parents[1]
    stacks = changed_stacks(Path(before), Path(after), shards_of(root))
    sys.stdout.write(f"platforms={json.dumps(clusters_of(root))}\n")
    sys.stdout.write(f"tenants={json.dumps(stacks)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
