"""What the commands share: options for findings, their printing, and progress on a terminal."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.report import Format, lines

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from tenantry.findings import Finding


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses how findings are written."""
    parser.add_argument(
        "--format",
        choices=[form.value for form in Format],
        default=Format.TEXT.value,
        help="how to write findings: lines of text, JSON, or GitHub annotations",
    )


def add_today(parser: argparse.ArgumentParser) -> None:
    """Add the option that fixes the day by which `reviewBy` is judged."""
    parser.add_argument(
        "--today",
        metavar="DATE",
        type=_day,
        default=None,
        help="judge dates as of this day (default: today, UTC)",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f'"{text}" is not a day (write year, month and day: 2027-06-30)'
        raise ArgumentTypeError(message) from None


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that judges sources."""
    add_format(parser)
    add_today(parser)


def add_clusters(parser: argparse.ArgumentParser, verb: str) -> None:
    """Add the option that picks clusters; `verb` says what is done to them."""
    parser.add_argument(
        "--cluster",
        action="append",
        default=[],
        metavar="NAME",
        help=f"{verb} only this cluster; may be given several times (default: all)",
    )


def clusters_of(root: Path) -> list[str]:
    """Return the names of the clusters that are here."""
    return sorted(f.parent.name for f in root.glob(f"{layout.CLUSTERS}/*/{layout.CLUSTER_FILE}"))


def unknown_cluster(root: Path, clusters: Sequence[str]) -> str | None:
    """Return which of the clusters are not here, or None."""
    known = clusters_of(root)
    for name in clusters:
        if name not in known:
            return f"{name} is not a cluster here (there is {', '.join(known) or 'none'})"
    return None


def today(arguments: argparse.Namespace) -> date:
    """Return the day to judge by. The one place that reads a clock."""
    given: date | None = arguments.today
    return datetime.now(UTC).date() if given is None else given


def remembers() -> bool:
    """Whether this machine may remember what it read: none that judges other people's changes."""
    return "CI" not in os.environ


def write_findings(findings: Sequence[Finding], form: str) -> None:
    """Print findings to standard output."""
    for line in lines(findings, Format(form)):
        print(line)


def count(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 error``, ``2,000 tenants``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def summary(findings: Sequence[Finding], tenants: int) -> str:
    """Say in a few words what was found."""
    errors = sum(finding.is_error for finding in findings)
    warnings = len(findings) - errors
    found = [count(n, noun) for n, noun in ((errors, "error"), (warnings, "warning")) if n]
    return f"{count(tenants, 'tenant')}: {', '.join(found) or 'nothing to complain about'}"


@dataclass
class Progress:
    """A line on the terminal that counts, where a person is watching and has to wait."""

    verb: str
    #: Fewer tenants are done before a person could read the line.
    worth: int = 1000
    _done: int = field(default=0, init=False)
    _shown: bool = field(default=False, init=False)

    def __call__(self, total: int, done: int) -> None:
        """Count `done` more of the work that `total` tenants are."""
        self._done += done
        if total < self.worth or not sys.stderr.isatty():
            return
        self._shown = True
        print(f"\r{self.verb}: {self._done:,}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Remove the line."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
