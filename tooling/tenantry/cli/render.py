"""`tenantry render`: write what Argo CD reads, for every cluster."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.cli import reporting, usage

if TYPE_CHECKING:
    import argparse

HELP = "check everything, then write the trees of all clusters"
DESCRIPTION = """\
Checks everything as `tenantry validate` does. Where nothing is wrong it writes one tree a cluster:

  build/<cluster>/tenants/<tenant>/<namespace>.yaml   everything in one namespace
  build/<cluster>/applications/                       what makes Argo CD deliver it
  build/<cluster>/apps/                               what the platform's own apps bring along

Only files that differ are written, and files that are no longer rendered are removed. With any
error nothing is written at all. Nothing is sent anywhere: look at build/ as long as you like.

Example:  tenantry render --cluster dev
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_common(parser)
    reporting.add_clusters(parser, "render")
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        help=f"folder to write to (default: {layout.BUILD}/ in the repository)",
    )
    parser.add_argument(
        "--processes",
        metavar="N",
        type=int,
        choices=(1, 2),
        help="how many processes share the work (default: as many as pay)",
    )


def main(arguments: argparse.Namespace) -> int:
    """Render every cluster."""
    from tenantry.workspace.pipeline import Job, run  # noqa: PLC0415 - help must be fast

    output: Path = arguments.output or arguments.root / layout.BUILD
    fault = _refuse(arguments.root, output) or reporting.unknown_cluster(
        arguments.root, arguments.cluster
    )
    if fault:
        return usage(fault)
    progress = reporting.Progress("tenants checked and rendered")
    job = Job(
        root=arguments.root,
        today=reporting.today(arguments),
        output=output,
        clusters=tuple(arguments.cluster) if arguments.cluster else None,
        processes=arguments.processes,
        remembers=reporting.remembers(),
        progress=progress,
    )
    outcome = run(job)
    progress.end()
    reporting.write_findings(outcome.findings, arguments.format)
    told = reporting.summary(outcome.findings, outcome.tenants)
    if outcome.failed:
        told += "; nothing was written"
    else:
        tally = outcome.tally
        told += (
            f"; {reporting.count(tally.written, 'file')} written, "
            f"{tally.unchanged:,} unchanged, {tally.removed:,} removed in {_short(output)}"
        )
    print(told, file=sys.stderr)
    return int(outcome.failed)


def _refuse(root: Path, output: Path) -> str | None:
    """Return why `output` may not be written to, or None."""
    target = output.resolve()
    if root.is_relative_to(target):
        return f"--output {output} is the repository itself, or around it; name a folder of its own"
    if target.is_relative_to(root) and not target.is_relative_to(root / layout.BUILD):
        return (
            f"--output {output} lies in the repository, where only {layout.BUILD}/ is for rendered "
            "trees; name a folder in it, or one outside"
        )
    return None


def _short(path: Path) -> str:
    here = Path.cwd()
    full = path.absolute()
    return str(full.relative_to(here)) if full.is_relative_to(here) else str(full)
