"""`tenantry publish`: commit the rendered trees to the branches that Argo CD reads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tenantry.cli import reporting, usage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from tenantry.workspace.publishing import Outcome, Request, Step
    from tenantry.workspace.snapshot import Render

HELP = "commit the rendered trees to the branches that Argo CD reads"
DESCRIPTION = """\
Renders the last commit (or another: --source) and commits the tree of each cluster to the branch
rendered/<cluster>, with a note of where it came from. Your files, and the branch that you are on,
stay as they are. Changes that you have not committed are not part of it.

All branches move or none does: a run that is stopped half way leaves them as they were. A branch
whose tree and release stay the same gets no commit. Without --remote nothing leaves this machine;
with it, only a commit that was merged is published.

Example:  tenantry publish --dry-run
Example:  tenantry publish --remote origin
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_common(parser)
    reporting.add_clusters(parser, "publish")
    parser.add_argument(
        "--source",
        default="HEAD",
        metavar="REVISION",
        help="commit, branch or tag to render (default: HEAD, the last commit)",
    )
    parser.add_argument(
        "--remote",
        metavar="NAME",
        help="build upon the branches of this remote, such as origin, and push to it",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would change; commit and push nothing",
    )


def main(arguments: argparse.Namespace, render: Render | None = None) -> int:
    """Publish every cluster, with `render` where a test gives one."""
    from tenantry.workspace import publishing, snapshot  # noqa: PLC0415 - help must be fast

    request = publishing.Request(
        arguments.root,
        tuple(arguments.cluster),
        arguments.source,
        arguments.remote,
        arguments.dry_run,
    )
    try:
        outcome = publishing.publish(
            request, render or snapshot.pipeline_render(reporting.today(arguments))
        )
    except snapshot.UnknownNameError as error:
        return usage(str(error))
    reporting.write_findings(outcome.findings, arguments.format)
    for line in _summary(request, outcome):
        print(line, file=sys.stderr)
    return int(outcome.failed)


def _summary(request: Request, outcome: Outcome) -> Iterator[str]:
    if outcome.failed:
        yield "nothing was published"
        return
    for step in outcome.steps:
        yield f"{step.tip.branch}: {_became(step)}"
    if request.dry_run:
        yield "dry run: nothing was committed or pushed"
    elif request.remote:
        yield f"{request.remote} has them all"


def _became(step: Step) -> str:
    if not step.made:
        return f"nothing to do, stays at {step.new[:12]}"
    files = reporting.count(step.changed, "file")
    if step.tip.commit is None:
        return f"new branch of {files} at {step.new[:12]}"
    return f"{files} changed, now at {step.new[:12]}"
