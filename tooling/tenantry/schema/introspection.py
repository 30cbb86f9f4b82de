"""What a model declares about a field: its metadata, its meaning, the model around it.

Fields are given as they stand in a file: aliases and list positions.
"""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from tenantry.findings import Field


def meaning_of(model: type[BaseModel], field: Field) -> str:
    """Return what a field means, in the first sentence of its description, without a full stop."""
    from tenantry.schema.descriptions import descriptions  # noqa: PLC0415 - slow, rarely needed

    parent = model_of(model, field[:-1])
    if parent is None:
        return ""
    for name, info in parent.model_fields.items():
        if field[-1] in (name, info.alias):
            return descriptions(parent).get(name, "").split(". ")[0].rstrip(".")
    return ""


def field_names(model: type[BaseModel]) -> list[str]:
    """Return the names of a model's fields as they are written in a file."""
    return [info.alias or name for name, info in model.model_fields.items()]


def metadata_of(
    model: type[BaseModel], field: Field, kind: type[Any], *, of_key: bool = False
) -> Any:  # noqa: ANN401 - of `kind`
    """Return the annotation of class `kind` on a field or the nearest list around it, or None.

    With `of_key` the field is an entry of a mapping, and the annotation that of the entry's name.
    """
    marks = _metadata(model, field, of_key=of_key)
    return next((mark for mark in marks if isinstance(mark, kind)), None)


def pattern_of(model: type[BaseModel], field: Field) -> str:
    """Return the pattern that a text at a field must match, or nothing where there is none."""
    marks = [
        inner
        for mark in _metadata(model, field)
        for inner in (mark, *getattr(mark, "metadata", ()))
    ]
    patterns = (getattr(mark, "pattern", None) for mark in marks)
    return next((str(pattern) for pattern in patterns if pattern), "")


def is_optional(model: type[BaseModel], field: Field) -> bool:
    """Whether a field is a declared one that may be left out and then has no value."""
    parent = model_of(model, field[:-1])
    if parent is None:
        return False
    return any(
        field[-1] == (info.alias or name) and type(None) in get_args(info.annotation)
        for name, info in parent.model_fields.items()
    )


def owner_of(model: type[BaseModel], name: str) -> str | None:
    """Return the field of a model whose own block, or list of blocks, has a field of this name."""
    for owner in field_names(model):
        block = model_of(model, (owner,))
        if block is not None and block is not model and name in field_names(block):
            return owner
    return None


def _metadata(model: type[BaseModel], field: Field, *, of_key: bool = False) -> tuple[Any, ...]:
    """Return what is annotated on a field, the innermost first."""
    info = field_info(model, field)
    if info is None:
        return ()
    own = (*info.metadata, *_branch_metadata(info.annotation))
    if field[-1] in _names_of(model, field[:-1], info):
        return own
    inner = _item_metadata(info.annotation, of_key=of_key)
    if isinstance(field[-1], str) and not of_key:
        inner = inner[::-1]  # an entry of a mapping is its value as a whole, not an item of it
    return (*inner, *own)


def _names_of(model: type[BaseModel], around: Field, info: FieldInfo) -> tuple[str, ...]:
    """Return the name of the declared field, if the block at `around` is what declares it."""
    parent = model_of(model, around)
    if parent is None:
        return ()
    return tuple(i.alias or n for n, i in parent.model_fields.items() if i is info)


def _branch_metadata(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a typing form
    """Return what is annotated on the branches of a union."""
    if get_origin(annotation) not in (Union, UnionType):
        return ()
    return tuple(mark for branch in get_args(annotation) for mark in _annotated(branch))


def _annotated(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a typing form
    return tuple(getattr(annotation, "__metadata__", ()))


def _item_metadata(annotation: Any, *, of_key: bool = False) -> tuple[Any, ...]:  # noqa: ANN401 - a typing form
    """Return what is annotated within a list, or on the names or values of a mapping."""
    own = _annotated(annotation)
    arguments = [a for a in get_args(annotation) if a is not Ellipsis and a not in own]
    if get_origin(annotation) is dict:
        arguments = arguments[:1] if of_key else arguments[1:]
    return (*(mark for a in arguments for mark in _item_metadata(a, of_key=of_key)), *own)


def field_info(model: type[BaseModel], field: Field) -> FieldInfo | None:
    """Return the declaration of a field, or of the list or mapping that it is an item of."""
    names = [number for number, step in enumerate(field) if isinstance(step, str)]
    for end in reversed(names):
        parent = model_of(model, field[:end])
        if parent is not None:
            by_alias = {info.alias or name: info for name, info in parent.model_fields.items()}
            found = by_alias.get(str(field[end]))
            if found is not None:
                return found
    return None


def model_of(model: type[BaseModel], field: Field) -> type[BaseModel] | None:
    """Return the model of the block that stands at a field."""
    here: Any = model
    for step in field:
        models = models_in(here)
        if isinstance(step, int) or not models:
            continue
        by_alias = {i.alias or n: i for found in models for n, i in found.model_fields.items()}
        if step in by_alias:
            here = by_alias[step].annotation
    models = models_in(here)
    return models[0] if models else None


def models_in(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - a typing form
    """Return the models that stand directly in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for argument in get_args(annotation) for found in models_in(argument)]
