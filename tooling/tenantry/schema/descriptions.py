"""What fields mean: the strings below them in the models' own source.

Pydantic could read them at import, at a third of the time that a whole small render takes.
"""

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel


@cache
def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """Return the meaning of each field of a model, by its name in Python."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            found |= dict(_strings_below_fields(base))
    return found


def describe_fields(model: type[BaseModel]) -> None:
    """Give a model and all models in it their descriptions, and build them anew."""
    for inner in _models_in(model):
        for name, text in descriptions(inner).items():
            if name in inner.model_fields:
                inner.model_fields[name].description = text
        inner.model_rebuild(force=True)


def _strings_below_fields(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    (definition,) = tree.body
    statements = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, below in itertools.pairwise(statements):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            yield field.target.id, inspect.cleandoc(below.value.value)


def _models_in(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 - a typing form
    """Return the models within an annotation, the innermost first."""
    found: dict[type[BaseModel], None] = {}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for info in annotation.model_fields.values():
            found |= dict.fromkeys(_models_in(info.annotation))
        found[annotation] = None
    for argument in get_args(annotation):
        found |= dict.fromkeys(_models_in(argument))
    return list(found)
