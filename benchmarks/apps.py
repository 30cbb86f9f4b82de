"""Measures what all apps together add to a render: CPU time from process start, with and without.

Both are rendered in turn, each by a process of its own, so that the figures are of the same
machine in the same minute. Two figures tell of the machine: a render without any app, and PyYAML's
C loader and emitter over the same files and objects, without any check.

Run: make bench (or: .venv/bin/python -m benchmarks.apps)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml

from benchmarks.population import make_repository
from tenantry import layout
from tenantry.workspace.platform import load_platform
from tenantry.workspace.sources import Sources

ROOT = Path(__file__).parents[1]
ROUNDS = 15

#: Milliseconds that reading, judging and rendering apps may take where none of them changed.
LIMIT = 50


def main() -> int:
    """Print what apps add: to a first render, after a change, and to every later one."""
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as folder:
        scratch = Path(folder)
        roots = _repositories(scratch)
        rounds = [_round(scratch, *roots) for _ in range(ROUNDS)]
        usual = _usual_tools(roots[0], scratch / "output")
        inside = _inside(roots[0], scratch / "cache") - _inside(roots[1], scratch / "bare-cache")
    bare, cold, changed, warm = map(min, zip(*rounds, strict=True))
    apps = len([*(ROOT / layout.APPS).glob(f"*/{layout.APP_FILE}")])
    print(f"{apps} apps, all clusters, one tenant; least CPU time of {ROUNDS}")
    print(f"without apps          {bare:6.0f} ms")
    print(f"usual tools for apps  {usual:6.0f} ms")
    for name, total in (
        ("nothing known", cold),
        ("one app changed", changed),
        ("no app changed", warm),
    ):
        added = total - bare
        print(f"{name:<20} + {added:6.0f} ms   {added / bare:5.2f} of a render without")
    print(
        f"reading, judging, rendering {inside:.0f} ms of it where no app changed (at most {LIMIT})"
    )
    return 0


def _repositories(scratch: Path) -> tuple[Path, Path]:
    """Return a repository of one tenant, and the same one without apps and policies."""
    full, bare = scratch / "full", scratch / "bare"
    for root in (full, bare):
        make_repository(ROOT, root, 1)
    for folder in (layout.APPS, layout.POLICIES):
        shutil.rmtree(bare / folder)
        (bare / folder).mkdir()
    return full, bare


def _round(scratch: Path, full: Path, bare: Path) -> tuple[float, float, float, float]:
    """Return milliseconds without apps, and with them: nothing known, one changed, none changed.

    Each renders over what it rendered before, so that all find their files as they should be.
    """
    without = _render(bare, scratch / "bare-output", scratch / "bare-cache")
    cache = scratch / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    cold = _render(full, scratch / "output", cache)
    path = full / next(iter(sorted(_app_files(full))))
    path.write_text(f"{path.read_text('utf-8')}# changed\n", "utf-8")
    changed = _render(full, scratch / "output", cache)
    return without, cold, changed, _render(full, scratch / "output", cache)


def _app_files(root: Path) -> list[Path]:
    return [*(root / layout.APPS).glob(f"*/{layout.APP_FILE}")]


def _render(root: Path, output: Path, cache: Path) -> float:
    """Return the milliseconds of CPU time that a render takes from process start."""
    words = [sys.executable, "-m", "tenantry", "render"]
    words += ["--root", str(root), "--output", str(output)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    environment.pop("CI", None)
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"render failed with status {status}")
    return 1000 * (usage.ru_utime + usage.ru_stime)


def _inside(root: Path, cache: Path) -> float:
    """Return the milliseconds in which a process that has its models reads, judges and renders.

    What is left of a render is the start of the process, and comparing files with what they hold.
    """
    os.environ["XDG_CACHE_HOME"] = str(cache)
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        platform = load_platform(Sources(root), datetime.now(UTC).date(), remembers=True)
        platform.findings()
        for cluster in platform.clusters():
            platform.files(cluster)
        times.append(1000 * (time.process_time() - start))
    return min(times)


def _usual_tools(root: Path, output: Path) -> float:
    """Return the milliseconds in which PyYAML reads the apps' files and writes their objects."""
    sources = [path.read_bytes() for path in root.glob(f"{layout.APPS}/*/**/*.yaml")]
    folders = (layout.RENDERED_APPS, layout.PLATFORM_APPLICATIONS)
    rendered = [path for folder in folders for path in output.glob(f"*/{folder}/**/*.yaml")]
    objects = [list(yaml.load_all(path.read_bytes(), yaml.CSafeLoader)) for path in rendered]
    start = time.process_time()
    for source in sources:
        yaml.load(source, yaml.CSafeLoader)
    for documents in objects:
        yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False)
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    sys.exit(main())
