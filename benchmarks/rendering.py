"""Measures a cold render of N tenants: time, memory, and how both grow.

The yardstick, measured in the same run, is what the usual tools cost for the same work: reading
each tenant's file with PyYAML's C loader and writing each rendered object with its C emitter,
without any check. A ratio below 1 means that the validated render is faster than that.

Run: make bench (or: .venv/bin/python -m benchmarks.rendering 1 1000)
"""

from __future__ import annotations

import itertools
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.population import make_repository

ROOT = Path(__file__).parents[1]
SIZES = (1, 1_000, 10_000)
RUNS = 3
CLUSTER = "prod"

#: A file system in memory where there is one: the measure is of the program, not of a disk.
_MEMORY = "/dev/shm"  # noqa: S108 - a folder of our own is made in it


@dataclass(frozen=True)
class Measure:
    """One size's figures: medians of several cold renders."""

    tenants: int
    seconds: float
    mebibytes: float
    """Peak memory of the largest process."""
    yardstick: float
    """Seconds that the usual tools cost for the same files and objects."""


def main(sizes: list[int]) -> int:
    """Measure each size and print a table and the growth between sizes."""
    measures = [measure(size) for size in sizes]
    print(f"{'tenants':>8} {'seconds':>9} {'MiB':>7} {'usual tools':>12} {'ratio':>6}")
    for m in measures:
        ratio = m.seconds / m.yardstick
        print(
            f"{m.tenants:>8,} {m.seconds:>9.3f} {m.mebibytes:>7.1f} "
            f"{m.yardstick:>11.3f}s {ratio:>6.2f}"
        )
    for smaller, larger in itertools.pairwise(measures):
        if smaller.tenants >= RUNS:
            exponent = math.log(larger.seconds / smaller.seconds, larger.tenants / smaller.tenants)
            print(f"growth {smaller.tenants:,} to {larger.tenants:,}: exponent {exponent:.2f}")
    return 0


def measure(tenants: int) -> Measure:
    """Return the figures of one size."""
    place = _MEMORY if os.path.isdir(_MEMORY) else None  # noqa: PTH112 - a plain question
    with tempfile.TemporaryDirectory(dir=place, prefix="tenantry-bench-") as folder:
        root = Path(folder) / "repository"
        make_repository(ROOT, root, tenants)
        runs = [_cold_render(root, Path(folder) / f"out-{n}") for n in range(RUNS)]
        yardstick = _usual_tools(root, Path(folder) / "out-0" / CLUSTER)
    seconds, mebibytes = zip(*runs, strict=True)
    return Measure(tenants, statistics.median(seconds), statistics.median(mebibytes), yardstick)


def _cold_render(root: Path, output: Path) -> tuple[float, float]:
    """Return seconds and MiB of one render from process start into an empty folder."""
    words = [sys.executable, "-m", "tenantry", "render"]
    words += ["--root", str(root), "--output", str(output)]
    start = time.perf_counter()
    process = subprocess.Popen(
        [*words, "--cluster", CLUSTER], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"render failed with status {status}")
    return seconds, usage.ru_maxrss / 1024


def _usual_tools(root: Path, tree: Path) -> float:
    """Return seconds that loading the sources and writing the rendered objects cost PyYAML.

    For large sizes a sample is timed and scaled: the yardstick grows linearly by construction.
    """
    sources = sorted((root / "tenants").glob("*/profiles.yaml"))
    rendered = sorted((tree / "tenants").glob("*/*.yaml"))
    sample = min(len(sources), 50)
    objects = [
        list(yaml.load_all(path.read_bytes(), yaml.CSafeLoader)) for path in rendered[:sample]
    ]
    start = time.perf_counter()
    for path in sources[:sample]:
        yaml.load(path.read_bytes(), yaml.CSafeLoader)
    for documents in objects:
        yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False)
    return (time.perf_counter() - start) * len(sources) / sample


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(SIZES)))
