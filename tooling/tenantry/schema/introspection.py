"""What a model declares about a field: its metadata, its meaning, the model around it.

Fields are given as they stand in a file: aliases and list positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

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


def metadata_of(model: type[BaseModel], field: Field, kind: type[Any]) -> Any:  # noqa: ANN401 - of `kind`
    """Return the annotation of class `kind` on a field or the nearest list around it, or None."""
    info = field_info(model, field)
    if info is None:
        return None
    inner = _item_metadata(info.annotation) if field and isinstance(field[-1], int) else ()
    return next((mark for mark in (*inner, *_all_metadata(info)) if isinstance(mark, kind)), None)


def _all_metadata(info: FieldInfo) -> tuple[Any, ...]:
    """Return a field's own metadata, then that of the branches of its union."""
    inner = [mark for branch in get_args(info.annotation) for mark in _annotated(branch)]
    return (*info.metadata, *inner)


def _annotated(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a typing form
    return tuple(getattr(annotation, "__metadata__", ()))


def _item_metadata(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a typing form
    found: list[Any] = list(_annotated(annotation))
    for argument in get_args(annotation):
        if argument is not Ellipsis and argument not in found:
            found += _item_metadata(argument)
    return tuple(found)


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
