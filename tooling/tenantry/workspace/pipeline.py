"""The main job: read and judge everything, then, where nothing is wrong, write every tree."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.findings import in_order
from tenantry.index import Entry, Index
from tenantry.rules import INDEX_RULES
from tenantry.workspace.counter import Counter
from tenantry.workspace.platform import Platform, load_platform
from tenantry.workspace.shard import Shard
from tenantry.workspace.sources import Sources, place_findings
from tenantry.workspace.tenants import tenant_names
from tenantry.workspace.tree import Tally, Tree
from tenantry.workspace.workers import Worker, worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tenantry.facts import Facts
    from tenantry.findings import Finding
    from tenantry.tenant import Tenant


def _silent(total: int, done: int) -> None:
    """Tell nobody of progress."""


@dataclass(frozen=True)
class Job:
    """What to judge and, with an `output`, to render."""

    root: Path
    today: date
    output: Path | None = None
    clusters: tuple[str, ...] | None = None
    """Clusters to render; all where None. All are judged."""
    processes: int | None = None
    """How many processes; as many as pay where None."""
    remembers: bool = False
    """Whether what the platform's own files come to may be known from an earlier run."""
    progress: Callable[[int, int], None] = _silent
    """Told the number of tenants, and how many more were judged or rendered."""


@dataclass
class Outcome:
    """What a job found and did."""

    findings: list[Finding]
    tenants: int = 0
    tally: Tally = field(default_factory=Tally)

    @property
    def failed(self) -> bool:
        """Whether any finding is an error; then nothing was written."""
        return any(finding.is_error for finding in self.findings)


@dataclass
class Expansion:
    """What was judged, for whoever needs objects and no files."""

    outcome: Outcome
    facts: Facts | None
    tenants: list[Tenant]
    """Those without an error, by name; only where nothing failed are they all."""


def expand(root: Path, today: date) -> Expansion:
    """Judge the sources as `run` does, in this process; return facts and tenants instead."""
    sources = Sources(root)
    platform = load_platform(sources, today)
    names, findings = _read(sources, platform)
    shard = Shard(root, names, platform.facts, lambda _: None)
    findings += _judge(shard, None, platform.facts)
    outcome = Outcome(in_order(place_findings(root, findings)), len(names))
    return Expansion(outcome, platform.facts, shard.tenants)


def run(job: Job) -> Outcome:
    """Judge the sources of `job`; render them where there is an output and no error."""
    sources = Sources(job.root)
    platform = load_platform(sources, job.today, remembers=job.remembers)
    names, findings = _read(sources, platform)
    shards = _shards(job, names, platform.facts)
    worker = Worker.start(shards[1]) if len(shards) > 1 else None
    try:
        findings += _judge(shards[0], worker, platform.facts)
        outcome = Outcome(in_order(place_findings(job.root, findings)), len(names))
        if platform.facts is not None and job.output is not None and not outcome.failed:
            outcome.tally = _render(job, platform, names, shards[0], worker)
    finally:
        if worker is not None:
            worker.stop()
    platform.keep()
    return outcome


def _read(sources: Sources, platform: Platform) -> tuple[list[str], list[Finding]]:
    """Return the names of all tenants, and what is wrong with the facts."""
    names = tenant_names(sources)
    return names, sources.findings + platform.findings()


def _shards(job: Job, names: Sequence[str], facts: Facts | None) -> list[Shard]:
    count = worker_count(len(names), job.processes)
    total = len(names)

    counter = Counter(count)

    def report(place: int, done: int) -> None:
        counter.add(place, done)
        if place == 0:  # the one process that a person listens to
            job.progress(total, counter.news())

    share = -(-total // count) if total else 0
    return [
        Shard(job.root, names[n * share : (n + 1) * share], facts, partial(report, n))
        for n in range(count)
    ]


def _judge(shard: Shard, worker: Worker | None, facts: Facts | None) -> list[Finding]:
    if worker is not None:
        worker.begin("judge")
    findings, entries = shard.judge()
    if worker is not None:
        more_findings, more_entries = worker.result()
        findings += more_findings
        entries += more_entries
    return findings + _judge_together(entries, facts)


def _judge_together(entries: list[Entry], facts: Facts | None) -> list[Finding]:
    if facts is None:
        return []
    index = Index.of(entries)
    return [finding for rule in INDEX_RULES for finding in rule(index, facts)]


def _render(
    job: Job, platform: Platform, names: Sequence[str], shard: Shard, worker: Worker | None
) -> Tally:
    output = os.path.abspath(job.output or layout.BUILD)  # noqa: PTH100 - hot path wants strings
    known = platform.clusters()
    clusters = [name for name in known if job.clusters is None or name in job.clusters]
    if worker is not None:
        worker.begin("render", clusters, output)
    tally = shard.render(clusters, output)
    for name in clusters:
        _write_platform(platform.files(name), names, Tree(f"{output}/{name}", tally))
    if job.clusters is None:
        Tree(output, tally).keep_only("", frozenset(known))
    if worker is not None:
        tally += worker.result()
    return tally


def _write_platform(files: Mapping[str, str], names: Sequence[str], tree: Tree) -> None:
    """Write what belongs to no tenant, and remove what belongs to nobody any more."""
    written: dict[str, set[str]] = {}
    for path, text in files.items():
        tree.write(path, text.encode())
        _note(written, path)
    tenants = set(names)
    _note_all(written, layout.RENDERED_TENANTS, tenants)
    _note_all(written, layout.TENANT_APPLICATIONS, {f"{name}.yaml" for name in tenants})
    for folder, kept in written.items():
        tree.keep_only(folder, kept)


def _note(written: dict[str, set[str]], path: str) -> None:
    """Remember a path, and each folder on the way to it, as something to keep."""
    while path:
        folder, _, name = path.rpartition("/")
        written.setdefault(folder, set()).add(name)
        path = folder


def _note_all(written: dict[str, set[str]], folder: str, names: set[str]) -> None:
    _note(written, folder)
    written.setdefault(folder, set()).update(names)
