"""Measures `tenantry conform` of 1,000 tenants beside kubeconform alone on the same tree.

Run: .venv/bin/python -m benchmarks.conformance
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.population import make_repository
from tenantry.workspace import schemas, toolchain
from tenantry.workspace.conformance import conform
from tenantry.workspace.pipeline import Job, run

ROOT = Path(__file__).parents[1]
TENANTS = 1_000
CLUSTER = "prod"
#: Kinds that only XRDs define are in no folder of schemas: alone, kubeconform passes them over.
_ALONE = ("-output=json", "-ignore-missing-schemas", f"-n={os.cpu_count() or 1}")


def main() -> int:
    """Print both times, and how they relate."""
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as folder:
        root = Path(folder)
        make_repository(ROOT, root, TENANTS)
        output = root / "build"
        run(Job(root, datetime.now(UTC).date(), output, (CLUSTER,)))
        alone = _alone(output / CLUSTER)
        start = time.perf_counter()
        found = conform(ROOT, [output / CLUSTER])
        seconds = time.perf_counter() - start
    print(
        f"{TENANTS:,} smallest tenants, {found.objects:,} objects, {len(found.findings)} findings:"
    )
    print(f"  kubeconform alone  {alone:.1f} s")
    print(f"  tenantry conform   {seconds:.1f} s (below 30)")
    print(f"  ratio              {seconds / alone:.2f}")
    return 0


def _alone(tree: Path) -> float:
    program = toolchain.find(ROOT, "kubeconform")
    kinds = schemas.upstream(ROOT) / schemas.KINDS
    start = time.perf_counter()
    subprocess.run(
        [str(program), *_ALONE, f"-schema-location={kinds}/{schemas.LOCATION}", str(tree)],
        capture_output=True,
        check=False,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
