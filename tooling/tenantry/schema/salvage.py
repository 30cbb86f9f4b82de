"""What can still be judged in a tenant's file that has faults, so that one run tells them all.

Leaves out the fields that were refused and nothing else. Where what is left would mean something
else than the team wrote, nothing is salvaged: a finding that only follows from another misleads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tenantry.schema.tenant import TenantFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenantry.findings import Field, Finding
    from tenantry.reader import Document

#: Fields of a profile that no rule about another field depends on.
_SEPARATE = frozenset(
    (
        "claims",
        "contributors",
        "costCenter",
        "description",
        "egress",
        "expose",
        "monitoring",
        "package",
        "quota",
        "repository",
        "reviewBy",
        "viewers",
    )
)

#: Those whose own fields do not depend on each other either.
_PARTS = frozenset(("monitoring", "quota"))


def salvage(document: Document, faults: Iterable[Finding]) -> TenantFile | None:
    """Return the file without its refused fields, or None where that is not the same file."""
    data = _copy(document.data)
    for fault in faults:
        # A doubtful word is text once it is quoted, and it is text in the data.
        if (
            fault.is_error
            and fault.rule != "doubtful-scalar"
            and not _drop(data, document.normal(fault.field), fault)
        ):
            return None
    try:
        return TenantFile.model_validate(data)
    except ValidationError:
        return None


def _drop(data: Any, field: Field, fault: Finding) -> bool:  # noqa: ANN401 - a file's own data
    """Take the refused field out of its profile; return whether the rest keeps its meaning."""
    profile, rest = data, field
    while rest and (rest[0] == "profiles" or isinstance(rest[0], int)):
        profile, rest = _step(profile, rest[0]), rest[1:]
    if not rest or not isinstance(profile, dict) or profile is data:
        return False
    name = rest[0]
    if name not in _SEPARATE and fault.rule != "unknown-field":
        return False
    if name in _PARTS and len(rest) > 1 and isinstance(profile.get(name), dict):
        profile[name].pop(rest[1], None)
    else:
        profile.pop(name, None)
    return True


def _step(data: Any, step: str | int) -> Any:  # noqa: ANN401 - as above
    if isinstance(data, dict) and isinstance(step, str):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _copy(data: Any) -> Any:  # noqa: ANN401 - as above
    """Copy the blocks and lists; reading has bounded their depth."""
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(item) for item in data] if isinstance(data, list) else data
