"""Fields that do not exist: what was probably meant, and in which block it belongs.

Owns the cure of an unknown field; other refusals are those of `schema.refusals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_origin

from pydantic import BeforeValidator

from tenantry.findings import Field, Finding, show_field
from tenantry.schema.introspection import field_info, field_names, model_of, owner_of
from tenantry.spelling import close_name, nearest

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tenantry.reader import Document


def unknown_field(model: type[BaseModel], document: Document, field: Field) -> Finding:
    """Return the finding for a field that its block does not have."""
    parent = model_of(model, field[:-1])
    names = field_names(parent) if parent is not None else []
    name = str(field[-1])
    shown = show_field(field) if name.strip() == name != "" else f'the name "{name}"'
    cure = nearest(name, names)
    if parent is not None and name not in names:
        cure = _place_of(parent, document, field) or cure
    return Finding(
        document.path,
        "unknown-field",
        f"{shown} is not a field",
        cure,
        field,
        at_key=True,
    )


def _place_of(parent: type[BaseModel], document: Document, field: Field) -> str:
    """Return where a field belongs that stands in the block around or above its own, if known."""
    name, names = str(field[-1]), field_names(parent)
    owner = owner_of(parent, name)
    if owner is None:
        loose = "parameters" in names and close_name(name, names) is None
        return 'it belongs under "parameters:", two spaces further in' if loose else ""
    often = _OFTEN_MEANT.get((parent.__name__, name), "")
    if _is_list(parent, document, (*field[:-1], owner)):
        return f'it belongs to one of the entries of "{owner}:"{often}'
    return f'it belongs under "{owner}:", two spaces further in'


#: Fields that exist within a block of a list, and are written for something else around it.
_OFTEN_MEANT = {
    ("Profile", "environment"): '; for a namespace of production write "production: true"',
}


def _is_list(parent: type[BaseModel], document: Document, owner: Field) -> bool:
    """Whether a field holds a list of blocks in this file, or always."""
    here: Any = document.data
    for step in owner:
        here = here.get(step) if isinstance(here, dict) and step in here else _item(here, step)
    if isinstance(here, (list, dict)):
        return isinstance(here, list)
    info = field_info(parent, owner[-1:])
    if info is None or any(isinstance(mark, BeforeValidator) for mark in info.metadata):
        return False  # one block may stand for the list
    return get_origin(info.annotation) is tuple


def _item(here: Any, step: str | int) -> Any:  # noqa: ANN401 - what stands in a file
    return here[step] if isinstance(here, list) and isinstance(step, int) else None
