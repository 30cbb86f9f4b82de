"""Measures what rules cost beside reading and models, and how long one very faulty file takes.

Both are measured in one process, after a warm-up, over files that are in memory or in the page
cache: the measure is of the program.

Run: .venv/bin/python -m benchmarks.validation
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.population import make_repository
from tenantry import layout
from tenantry.index import Index, entry_of
from tenantry.rules import INDEX_RULES, TENANT_RULES
from tenantry.workspace.pipeline import Job, run
from tenantry.workspace.sources import Sources, load_facts
from tenantry.workspace.tenants import load_tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenantry.facts import Facts
    from tenantry.tenant import Tenant

ROOT = Path(__file__).parents[1]
TENANTS = 1_000
RUNS = 5

_PROJECT = """\
  - name: project-{number}
    admins: [jane.doe@example.com]
    quotaa: 1
    description: NO
    package: 2fast
    tier: insigth
    costCenter: ''
"""


def main() -> int:
    """Print both measures."""
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as folder:
        root = Path(folder)
        make_repository(ROOT, root, TENANTS)
        facts = load_facts(Sources(root), datetime.now(UTC).date())
        if facts is None:
            raise SystemExit("the facts of this repository cannot be read")
        _measure_rules(root, facts)
        _measure_faults(root, facts)
    return 0


def _measure_rules(root: Path, facts: Facts) -> None:
    names = [f"team-{number}" for number in range(TENANTS)]
    reading = _seconds(lambda: _read(root, names))
    tenants = _read(root, names)
    judging = _seconds(lambda: _judge(tenants, facts))
    print(f"{TENANTS:,} smallest tenants, median of {RUNS}:")
    print(f"  reading and models  {reading:.3f} s")
    print(f"  rules               {judging:.3f} s")
    print(f"  ratio               {judging / reading:.2f} (at most 0.50)")


def _read(root: Path, names: list[str]) -> list[Tenant]:
    loaded = (load_tenant(root, name)[0] for name in names)
    return [tenant for tenant in loaded if tenant is not None]


def _judge(tenants: list[Tenant], facts: Facts) -> int:
    found = sum(1 for tenant in tenants for rule in TENANT_RULES for _ in rule(tenant, facts))
    index = Index.of([entry_of(tenant, facts) for tenant in tenants])
    return found + sum(1 for rule in INDEX_RULES for _ in rule(index, facts))


def _measure_faults(root: Path, facts: Facts) -> None:
    text = "profiles:\n" + "".join(_PROJECT.format(number=number) for number in range(100))
    for path in (root / layout.TENANTS).iterdir():
        (path / layout.TENANT_FILE).unlink()
        path.rmdir()
    target = root / layout.tenant_file("faulty")
    target.parent.mkdir()
    target.write_text(text, encoding="utf-8")
    job = Job(root, facts.today)
    seconds = _seconds(lambda: run(job))
    errors = sum(finding.is_error for finding in run(job).findings)
    print(f"one file of {errors} faults, facts read and judged too: {seconds:.3f} s (below 1)")


def _seconds(work: Callable[[], object]) -> float:
    """Return the median of several runs, garbage collection off as in the command."""
    work()
    gc.disable()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    gc.enable()
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
