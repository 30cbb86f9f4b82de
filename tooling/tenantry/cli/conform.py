"""`tenantry conform`: check rendered trees against the schemas of every kind in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.cli import reporting, usage

if TYPE_CHECKING:
    import argparse

HELP = "check rendered objects against the schemas of their kinds"
DESCRIPTION = """\
Looks at every object in build/<cluster>/ as an API server would: is there such a kind, does it
have these fields, are their values of the right type? A field that a kind does not have fails.
Run `tenantry render` first.

The schemas come from Kubernetes and the platform's components at the versions that
tooling/upstream/modules.yaml names. The program kubeconform does the work. The first run fetches
and builds both with Go (https://go.dev/dl) and takes some minutes; later runs take seconds.

Example:  tenantry conform --cluster dev
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_format(parser)
    parser.add_argument(
        "--cluster",
        action="append",
        default=[],
        metavar="NAME",
        help="check only this cluster; may be given several times (default: all)",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        help=f"folder that was rendered to (default: {layout.BUILD}/ in the repository)",
    )


def main(arguments: argparse.Namespace) -> int:
    """Check every tree."""
    from tenantry.findings import in_order  # noqa: PLC0415 - help must be fast
    from tenantry.workspace.conformance import conform  # noqa: PLC0415 - help must be fast

    output: Path = (arguments.output or arguments.root / layout.BUILD).resolve()
    trees = sorted(path for path in output.glob("*") if path.is_dir())
    names = {path.name for path in trees}
    if not trees:
        return usage(f"nothing was rendered to {output} yet: run `tenantry render` first")
    for name in arguments.cluster:
        if name not in names:
            return usage(f"{output} holds no tree of {name}; it holds: {', '.join(sorted(names))}")
    chosen = [path for path in trees if not arguments.cluster or path.name in arguments.cluster]
    found = conform(arguments.root, chosen, _tell)
    findings = in_order(found.findings)
    reporting.write_findings(findings, arguments.format)
    judged = reporting.count(found.objects, "object")
    told = reporting.count(len(findings), "error") if findings else "all as their kinds want them"
    print(f"{judged}: {told}", file=sys.stderr)
    return int(bool(findings))


def _tell(message: str) -> None:
    print(f"tenantry: {message}", file=sys.stderr)
