"""Makes repositories of any number of tenants, from the facts and apps of this one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

#: The smallest file that works, for a tenant of its own people.
_SMALLEST = """\
profiles:
  name: project-{number}
  admins:
    - admin.{number}@example.com
  contributors:
    - jane.{number}@example.com
    - john.{number}@example.com
"""


def make_repository(source: Path, target: Path, tenants: int) -> None:
    """Make a repository in `target` with the facts and apps of `source` and so many tenants.

    Its clusters have capacity for all of them, so that sums are counted and none is refused.
    """
    for folder in (layout.CLUSTERS, layout.APPS, layout.POLICIES):
        shutil.copytree(source / folder, target / folder)
    for path in (target / layout.CLUSTERS).glob(f"*/{layout.CLUSTER_FILE}"):
        text = path.read_text(encoding="utf-8")
        path.write_text(_with_room(text), encoding="utf-8")
    for number in range(tenants):
        path = target / layout.tenant_file(f"team-{number}")
        path.parent.mkdir(parents=True)
        path.write_text(_SMALLEST.format(number=number), encoding="utf-8")


def _with_room(text: str) -> str:
    """Return a cluster's facts with room for any number of tenants."""
    before, _, after = text.partition("capacity:\n")
    pools = after.replace("cpu: 2048", "cpu: 900000").replace("memory: 8Ti", "memory: 900Ti")
    return f"{before}capacity:\n{pools.replace('storage: 200Ti', 'storage: 900Pi')}"
