"""`tenantry verify`: find a rendered branch that is not what it says it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tenantry.cli import reporting, usage

if TYPE_CHECKING:
    import argparse

    from tenantry.workspace.snapshot import Render

HELP = "find a rendered branch that is not what it says it is"
DESCRIPTION = """\
Every commit on a branch rendered/<cluster> names the commit that it was rendered from. This
command renders that commit again and compares, file by file. It also checks that the commit was
merged. So a change that somebody made to a rendered branch by hand shows up, with its files.

Nothing is written and nothing is fetched: run git fetch first, and use --remote to check what
Argo CD reads. Use the tooling of the commit that was published: a later one may render otherwise.

Example:  tenantry verify --remote origin
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_common(parser)
    reporting.add_clusters(parser, "verify")
    parser.add_argument(
        "--remote",
        metavar="NAME",
        help="verify the branches as last fetched from this remote (default: those here)",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        dest="every",
        help="verify every commit of the branches, not only the last",
    )


def main(arguments: argparse.Namespace, render: Render | None = None) -> int:
    """Verify every branch, with `render` where a test gives one."""
    from tenantry.findings import in_order  # noqa: PLC0415 - help must be fast
    from tenantry.workspace import snapshot, verification  # noqa: PLC0415 - help must be fast

    inspection = verification.Inspection(
        arguments.root, tuple(arguments.cluster), arguments.remote, arguments.every
    )
    try:
        found = verification.verify(
            inspection, render or snapshot.pipeline_render(reporting.today(arguments))
        )
    except snapshot.UnknownNameError as error:
        return usage(str(error))
    findings = in_order(found)
    reporting.write_findings(findings, arguments.format)
    failed = any(finding.is_error for finding in findings)
    told = "these branches are not what they say" if failed else "the branches are what they say"
    print(told, file=sys.stderr)
    return int(failed)
