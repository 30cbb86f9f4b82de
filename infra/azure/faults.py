"""A fault of a stack's settings, before it is known which file they stand in."""

from __future__ import annotations

from tenantry.findings import Field

#: Rule, field, what is wrong, what to type.
Fault = tuple[str, Field, str, str]
