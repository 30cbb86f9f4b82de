"""The refusal of a program: lines for a person, told before any resource is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi import RunError

from tenantry.findings import in_order
from tenantry.report import Format, lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenantry.findings import Finding


class RefusedError(RunError):
    """The program ends here. Pulumi shows the text without a traceback, and fails."""


def refused(findings: Sequence[Finding], reason: str) -> RefusedError:
    """Return the refusal that says why, and then shows findings as `tenantry validate` does."""
    return RefusedError("\n".join([reason, *lines(in_order(findings), Format.TEXT)]))
