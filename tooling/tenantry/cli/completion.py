"""`tenantry completion`: the script that lets a shell complete the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.cli import make_parser

if TYPE_CHECKING:
    import argparse

HELP = "print a completion script for your shell"
DESCRIPTION = """\
Prints a script that completes commands and options when you press Tab.

Example, for bash:  eval "$(tenantry completion bash)"
Example, for zsh:   tenantry completion zsh > "${fpath[1]}/_tenantry"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell you use")


def main(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab  # noqa: PLC0415 - slow to import, used here only

    print(shtab.complete(make_parser(), shell=arguments.shell))
    return 0
