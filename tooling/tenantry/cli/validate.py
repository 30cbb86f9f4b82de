"""`tenantry validate`: say what is wrong, write nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tenantry.cli import reporting

if TYPE_CHECKING:
    import argparse

HELP = "check tenants, facts and apps; write nothing"
DESCRIPTION = """\
Checks every file in tenants/, clusters/ and apps/ and prints one line for each fault:

  tenants/vision/profiles.yaml:8:5: unknown-field: profiles[1].quotaa is not a field
  (did you mean "quota"?)

The number after the first colon is the line, the next the column. Warnings do not fail.
Exit codes: 0 nothing wrong, 1 something is, 2 the command line was wrong.

Example:  tenantry validate --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_common(parser)


def main(arguments: argparse.Namespace) -> int:
    """Check everything."""
    from tenantry.workspace.pipeline import Job, run  # noqa: PLC0415 - help must be fast

    progress = reporting.Progress("tenants checked")
    job = Job(
        root=arguments.root,
        today=reporting.today(arguments),
        remembers=reporting.remembers(),
        progress=progress,
    )
    outcome = run(job)
    progress.end()
    reporting.write_findings(outcome.findings, arguments.format)
    print(reporting.summary(outcome.findings, outcome.tenants), file=sys.stderr)
    return int(outcome.failed)
