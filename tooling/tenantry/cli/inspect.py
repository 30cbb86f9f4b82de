"""`tenantry inspect`: find out what apps' sources really hold, and keep it beside each app."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.cli import reporting, usage

if TYPE_CHECKING:
    import argparse

HELP = "look at what apps' sources hold, and keep it beside each app"
DESCRIPTION = """\
Fetches what an app comes from at its pinned revision, builds it with kustomize together with our
patches, as Argo CD does, and writes down what is in it: kinds, namespaces, webhooks, images, and
what each patch changed. The order in which apps are installed is computed from that, and
`tenantry validate` refuses what would go wrong. Run it after every change of an app's version or
patches, and commit apps/<app>/upstream.json.

Without names it looks at all apps. Git fetches; without network, lead it to a copy:
  git config --global url.<folder of the copy>.insteadOf <address of the repository>
The first run builds kustomize with Go (https://go.dev/dl).

Example:  tenantry inspect istio
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_common(parser)
    parser.add_argument("apps", nargs="*", metavar="APP", help="folder in apps/ (default: all)")


def main(arguments: argparse.Namespace) -> int:
    """Look at the apps."""
    from tenantry.workspace.inspection import inspect  # noqa: PLC0415 - help must be fast

    for name in arguments.apps:
        if not (arguments.root / layout.app_file(name)).is_file():
            return usage(f"{name} is no app: there is no {layout.app_file(name)}")
    found = inspect(arguments.root, arguments.apps, reporting.today(arguments), _tell)
    reporting.write_findings(found.findings, arguments.format)
    told = f"{reporting.count(found.looked_at, 'app')} looked at, "
    print(f"{told}{reporting.count(found.written, 'file')} written", file=sys.stderr)
    return int(bool(found.findings))


def _tell(message: str) -> None:
    print(f"tenantry: {message}", file=sys.stderr)
