"""What pydantic refused, in our words: rule id, message, and what to type instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tenantry.findings import Field, Finding, show_field
from tenantry.layout import APPS_PAGE, FACTS_PAGE, TENANT_PAGE
from tenantry.schema.base import Cure, FilledBy, NamedIn
from tenantry.schema.introspection import (
    field_info,
    meaning_of,
    metadata_of,
    pattern_of,
)
from tenantry.schema.redaction import REDACTED, describe, looks_secret
from tenantry.schema.unknown import unknown_field
from tenantry.spelling import close_name
from tenantry.wording import DASH, show_character

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from tenantry.reader import Document


def refusal(model: type[BaseModel], document: Document, details: ErrorDetails) -> Finding:
    """Return the finding for one of pydantic's errors about a document."""
    raw = tuple(step for step in details["loc"] if step != "[key]")
    field = document.normal(_known_steps(document, raw, details["type"]))
    kind = details["type"]
    name = show_field(field) or "the file"
    if kind == "extra_forbidden":
        return unknown_field(model, document, field)
    if kind == "missing":
        return _missing_field(model, document, field)
    message, rule = _words(details, name, details["input"])
    if meant := _meant(model, document, field, details):
        return Finding(document.path, rule, message, f'did you mean "{meant}"?', field)
    at_key = bool(details["loc"]) and details["loc"][-1] == "[key]"
    cure = _cure(model, field, details, at_key=at_key)
    if REDACTED in message:
        message = f"{name} holds {REDACTED}" if rule == "invalid-value" else message
        cure += "; if it is a secret, make a new one: this one is known to all who read this file"
    return Finding(document.path, rule, message, cure, field, at_key=at_key)


#: An e-mail address within the link that mail programs and chats make of it.
_LINK = re.compile(r"(?:<|mailto:)([A-Za-z0-9][\w.+-]*@[A-Za-z0-9.-]+)[>|)]")


def _cure(model: type[BaseModel], field: Field, details: ErrorDetails, *, at_key: bool) -> str:
    """Return what to type instead of a refused value."""
    kind, value = details["type"], details["input"]
    if not field:
        return _start_cure(model)
    if kind in ("string_too_long", "too_long"):
        return _length_cure(model, field, details)
    if kind == "string_type" and type(value) in (int, float):
        pattern = pattern_of(model, field)
        if pattern and re.search(pattern, str(value)):
            return f'put it in quotes: "{value}"'
    if kind == "string_pattern_mismatch" and (address := _LINK.search(value)):
        return f"write only {address[1]}"
    if kind == "tuple_type" and _dash_in(value):
        return 'start each line with "- ", typed on the keyboard'
    cure = metadata_of(model, field, Cure, of_key=at_key)
    text = cure.text if cure is not None else _FALLBACK_CURES.get(kind, f"see {_page_of(model)}")
    may_go = _may_go(model, field, value) and "leave the field out" not in text
    return f"{text}, or delete the line" if may_go else text


def _may_go(model: type[BaseModel], field: Field, value: object) -> bool:
    """Whether a field stands there without a value and could be left out."""
    if value is not None or not isinstance(field[-1], str):
        return False
    info = field_info(model, field)
    return info is not None and not info.is_required()


def _dash_in(value: object) -> str:
    """Return the dash or bullet of a word processor that a list was typed with, or nothing."""
    text = next(iter(value), "") if isinstance(value, dict) else value
    return text[0] if isinstance(text, str) and text[:1] in DASH and text else ""


def _start_cure(model: type[BaseModel]) -> str:
    """Return how to begin a file that is no block of fields at all."""
    required = [info.alias for info in model.model_fields.values() if info.is_required()]
    if not required:
        return _FALLBACK_CURES["model_type"]
    return f'start the file with "{required[0]}:", and write the rest below it'


def _length_cure(model: type[BaseModel], field: Field, details: ErrorDetails) -> str:
    """Return how long a text or list may be: a name has less room than its type says."""
    most = details["ctx"]["max_length"]
    if details["type"] == "too_long":
        return f"write at most {most:,}"
    cure = metadata_of(model, field, Cure)
    own = cure is not None and "at most" in cure.text
    return str(cure.text) if own else f"write at most {most} characters"


def _page_of(model: type[BaseModel]) -> str:
    return {"TenantFile": TENANT_PAGE, "AppFile": APPS_PAGE}.get(model.__name__, FACTS_PAGE)


def _known_steps(document: Document, loc: Field, kind: str) -> Field:
    """Leave out the steps that pydantic adds for the branch of a union."""
    steps: list[str | int] = []
    here: Any = document.data
    for number, step in enumerate(loc):
        last_missing = number == len(loc) - 1 and kind in ("missing", "extra_forbidden")
        if isinstance(here, dict) and step in here:  # noqa: SIM114 - mypy narrows only so
            here = here[step]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        elif not (last_missing or (isinstance(here, dict) and isinstance(step, int))):
            continue
        steps.append(step)
    return tuple(steps)


_FALLBACK_CURES = {
    "string_type": "put the value in quotes",
    "string_too_short": "write at least one character",
    "string_too_long": "write a shorter text",
    "dict_type": 'write a block of "name: value" lines, each indented by two spaces',
    "model_type": 'write a block of "name: value" lines, each indented by two spaces',
    "model_attributes_type": 'write a block of "name: value" lines, each indented by two spaces',
    "tuple_type": 'write a list: one "- value" a line',
    "too_short": "write at least one, or leave the field out",
    "too_long": "write fewer",
}

_TYPE_NAMES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a block of fields",
    "model_type": "a block of fields",
    "model_attributes_type": "a block of fields",
}


def _words(details: ErrorDetails, name: str, value: object) -> tuple[str, str]:
    """Return the message and the rule id of a refused value."""
    kind = details["type"]
    context = details.get("ctx", {})
    if kind in _TYPE_NAMES:
        dash = _dash_in(value) if kind == "tuple_type" else ""
        why = f": {dash} is {show_character(dash)}" if dash else ""
        return f"{name} is {describe(value)}, not {_TYPE_NAMES[kind]}{why}", "wrong-type"
    if kind in ("enum", "literal_error"):
        allowed = str(context.get("expected"))
        listed = f"one of: {allowed}" if " or " in allowed else allowed
        return f"{name} is {describe(value)}, not {listed}", "unknown-value"
    if kind in ("string_too_long", "too_long"):
        length = len(value) if isinstance(value, (str, list, tuple)) else 0
        noun = "characters" if isinstance(value, str) else "entries"
        return f"{name} has {length:,} {noun}, more than {context.get('max_length'):,}", "too-long"
    if kind in ("string_too_short", "too_short") or value == "":
        return f"{name} is empty", "empty-value"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        side = "less" if kind == "greater_than_equal" else "more"
        return f"{name} is {describe(value)}, {side} than {_plain_number(bound)}", "out-of-range"
    reason = details["msg"] if kind in _OWN_REASONS else _reason(value)
    return f"{name}: {describe(value)} {reason}", "invalid-value"


#: Errors whose own words say what is wrong with the value.
_OWN_REASONS = frozenset(("quantity", "calendar_date", "python_keyword"))


def _reason(value: object) -> str:
    """Say why a text does not match; name a letter that only looks like one of English."""
    text = value if isinstance(value, str) else ""
    foreign = next((c for c in text if not c.isascii() and c.isprintable()), None)
    if foreign is None or looks_secret(text):
        return "is not of the right form"
    return f"is not of the right form: {foreign} is {show_character(foreign)}"


def _plain_number(bound: Any) -> Any:  # noqa: ANN401 - a bound of pydantic's
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


def _meant(
    model: type[BaseModel], document: Document, field: Field, details: ErrorDetails
) -> str | None:
    """Return the allowed value, or name of the same file, that a refused one stands for."""
    if details["type"] in ("enum", "literal_error"):
        allowed = str(details.get("ctx", {}).get("expected", "")).split("'")[1::2]
        return close_name(str(details["input"]), allowed)
    if details["type"] == "string_pattern_mismatch" and "@" not in details["input"]:
        declared = metadata_of(model, field, NamedIn)
        data = document.data if isinstance(document.data, dict) else {}
        block: Any = data.get(declared.block) if declared is not None else None
        pattern = pattern_of(model, field)
        names = [str(name) for name in block or () if re.search(pattern, str(name))]
        return close_name(details["input"], names)
    return None


def _missing_field(model: type[BaseModel], document: Document, field: Field) -> Finding:
    ways = (metadata_of(model, field[:end], FilledBy) for end in range(len(field), 0, -1))
    filled_by = next(filter(None, ways), None)
    meaning = meaning_of(model, field) or "it is required"
    name, around = str(field[-1]), show_field(field[:-1]) or "the file"
    if filled_by is not None:
        return Finding(
            document.path,
            "missing-fact",
            f"{show_field(field)} is missing: {meaning}",
            f"to be filled by {filled_by.whom}",
            field,
        )
    return Finding(
        document.path,
        "missing-field",
        f"{around} has no {name}: {meaning}",
        f'add "{name}:"',
        field,
    )
