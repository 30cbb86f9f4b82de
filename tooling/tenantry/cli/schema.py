"""`tenantry schema`: the JSON Schemas for editors and the generated reference pages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tenantry.cli import reporting

if TYPE_CHECKING:
    import argparse

HELP = "print the JSON Schema of a tenant's file, or write all generated files"
DESCRIPTION = """\
Prints the JSON Schema of tenants/<team>/profiles.yaml on this platform: what an editor needs to
complete fields, explain them, and underline mistakes while you type.

With --write it brings every generated file up to date: docs/schemas/, docs/tenant-file.md,
docs/facts.md, docs/rules.md and docs/components.md. With --check it writes nothing and fails where
one is not current.

Example:  tenantry schema --write
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_format(parser)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--write", action="store_true", help="write all generated files")
    choice.add_argument("--check", action="store_true", help="fail where one is not current")


def main(arguments: argparse.Namespace) -> int:
    """Print or write what is generated."""
    from tenantry.workspace.generated import (  # noqa: PLC0415 - help must be fast
        generated_files,
        stale_files,
        write_files,
    )

    findings, files = generated_files(arguments.root)
    if arguments.check and not findings:
        findings = stale_files(arguments.root, files)
    if findings:
        reporting.write_findings(findings, arguments.format)
    if any(finding.is_error for finding in findings):
        return 1
    if arguments.write:
        changed = write_files(arguments.root, files)
        print(f"{reporting.count(changed, 'file')} of {len(files)} written", file=sys.stderr)
    elif not arguments.check:
        from tenantry.layout import TENANT_SCHEMA  # noqa: PLC0415 - beside its only use

        print(files[TENANT_SCHEMA], end="")
    return 0
