"""A document held against a model: the model, or findings with position and cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from tenantry.findings import Field, Finding, show_field
from tenantry.schema.base import Cure, Settles
from tenantry.schema.introspection import (
    field_info,
    is_optional,
    metadata_of,
)
from tenantry.schema.refusals import refusal
from tenantry.wording import excerpt, in_quotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tenantry.reader import Document

M = TypeVar("M", bound=BaseModel)


def check(model: type[M], document: Document) -> tuple[M | None, list[Finding]]:
    """Return the model of a document, or None and every reason why it is none."""
    findings = list(document.faults)
    if document.data is None and findings:
        return None, findings
    found: list[Finding] = []
    value: M | None = None
    try:
        value = model.model_validate(document.data)
    except ValidationError as error:
        found += _refusals(model, document, error)
    if document.doubts:
        found += _doubts(model, document)
    if document.nulls:
        found += _empty_fields(model, document.path, document.data, ())
    if found:
        findings += _unexplained(document, _without_echoes(found))
    return (None if any(finding.is_error for finding in findings) else value), findings


#: Faults of reading that leave no value, or one that nobody wrote.
_LEAVE_NO_VALUE = frozenset(("forbidden-character", "yaml-alias", "yaml-merge"))


def _unexplained(document: Document, findings: list[Finding]) -> list[Finding]:
    """Place findings; leave out those of a value that reading had to leave out."""
    lost = {
        (fault.line, fault.column) for fault in document.faults if fault.rule in _LEAVE_NO_VALUE
    }
    return [f for f in document.place(findings) if (f.line, f.column) not in lost]


def _empty_fields(
    model: type[BaseModel], path: str, data: object, field: Field
) -> Iterator[Finding]:
    """Yield the optional fields that stand there without a value, as after a forgotten edit."""
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for step, value in items:
        here = (*field, step)
        if value is not None:
            yield from _empty_fields(model, path, value, here)
        elif is_optional(model, here):
            yield Finding(
                path,
                "empty-value",
                f"{show_field(here)} has no value",
                "write one after the colon, or delete the line",
                here,
            )


def _refusals(model: type[M], document: Document, error: ValidationError) -> Iterator[Finding]:
    for details in error.errors(include_url=False, include_context=True):
        yield refusal(model, document, details)


def _without_echoes(findings: list[Finding]) -> list[Finding]:
    """Keep the first finding of a field, and no "empty" of a list whose items were all refused.

    What only follows from another finding teaches nothing.
    """
    within = {finding.field[:-1] for finding in findings if finding.field}
    seen: set[Field] = set()
    kept = []
    for finding in sorted(findings, key=_rank):
        echo = finding.rule == "empty-value" and finding.field in within
        if echo or finding.field in seen:
            continue
        seen.add(finding.field)
        kept.append(finding)
    return kept


def _rank(finding: Finding) -> int:
    """Put first what says most of a field: how its value reads matters only where it exists."""
    return {"unknown-field": 0, "doubtful-scalar": 1}.get(finding.rule, 2)


def _doubts(model: type[BaseModel], document: Document) -> Iterator[Finding]:
    for field, scalar in document.doubtful():
        settles = metadata_of(model, field, Settles)
        if settles is not None and scalar.kind in settles.kinds:
            continue
        yield Finding(
            document.path,
            "doubtful-scalar",
            f"{show_field(field)} is {excerpt(scalar)} without quotes: {scalar.readings}",
            _cure_of_doubt(model, field, scalar),
            field,
        )


def _cure_of_doubt(model: type[BaseModel], field: Field, scalar: str) -> str:
    """Return the advice to quote, or what to write where the field wants no text."""
    info = field_info(model, field)
    cure = metadata_of(model, field, Cure)
    if info is None or cure is None or _holds_text(info.annotation):
        return f"put it in quotes: {in_quotes(scalar)}"
    return str(cure.text)


def _holds_text(annotation: Any) -> bool:  # noqa: ANN401 - a typing form
    return annotation is str or any(map(_holds_text, get_args(annotation)))
