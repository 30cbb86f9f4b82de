"""How long Pulumi's engine takes to preview a share of 25 tenants: `python -m benchmarks.preview`.

Measured against the engine's own floor in the same run: a program that registers as many resources
that hold nothing. The provider is a stand-in that takes everything (tests/e2e/pulumi), for both.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
from infra.haste import hasten
from tests.e2e.pulumi import kubernetes, programs
from tests.e2e.pulumi.engine import Bench, serving

from benchmarks.population import make_repository

if TYPE_CHECKING:
    from tests.e2e.pulumi.engine import Stack

ROOT = Path(__file__).parents[1]
TENANTS = 25
ROUNDS = 3

#: At most this much longer than the floor.
TARGET = 1.5

#: Seconds within which a share is to be previewed.
LIMIT = 30

STACK = "prod-tenants-00"


class _Bare(pulumi.CustomResource):
    pass


def _bare(count: int) -> None:
    """Register as many resources as a share has, each with nothing in it."""
    provider = _Provider("rendered")
    opts = pulumi.ResourceOptions(provider=provider)
    for number in range(count - 1):
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"r{number}"}}
        _Bare("kubernetes:core/v1:ConfigMap", f"r{number}", manifest, opts)


class _Provider(pulumi.ProviderResource):
    def __init__(self, name: str) -> None:
        super().__init__("kubernetes", name, {"renderYamlToDirectory": "x"})


def _seconds(stack: Stack) -> float:
    start = time.perf_counter()
    preview = stack.preview()
    if preview.failed:
        sys.exit(preview.said())
    return time.perf_counter() - start


def main() -> None:
    """Measure in turn, and print the medians and their ratio."""
    hasten()
    with tempfile.TemporaryDirectory() as folder, serving(kubernetes.stand_in(strict=False)) as at:
        scratch = Path(folder)
        root = scratch / "platform"
        make_repository(ROOT, root, TENANTS)
        bench = Bench(programs.find(print), scratch, at)
        ours = bench.ours(STACK, root)
        count = len(ours.preview().steps()) - 1  # the stack itself is there anyway
        floor = bench.stack("floor", partial(_bare, count))
        rounds = [(_seconds(floor), _seconds(ours)) for _ in range(ROUNDS)]
    bare, full = (statistics.median(each) for each in zip(*rounds, strict=True))
    print(f"{TENANTS} tenants, {count:,} resources, median of {ROUNDS}")
    print(f"floor    {bare:6.1f} s   {1000 * bare / count:5.1f} ms a resource")
    print(
        f"preview  {full:6.1f} s   {1000 * full / count:5.1f} ms a resource   (at most {LIMIT} s)"
    )
    print(f"ratio    {full / bare:6.2f}     (at most {TARGET})")
    sys.exit(full > TARGET * bare or full > LIMIT)


if __name__ == "__main__":
    main()
