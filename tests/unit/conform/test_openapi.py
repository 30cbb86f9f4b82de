"""From OpenAPI to strict JSON Schema."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator

from tenantry.conform.openapi import references, strict


def _takes(schema: dict[str, Any], value: object, *, bare_is_open: bool = False) -> bool:
    validator = Draft7Validator(strict(schema, bare_is_open=bare_is_open))
    return bool(validator.is_valid(value))


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a schema
    return {"type": "object", "properties": properties}


def test_a_field_that_is_not_listed_is_refused_at_every_depth() -> None:
    schema = _object(spec={"type": "array", "items": _object(size={"type": "integer"})})
    assert _takes(schema, {"spec": [{"size": 1}]})
    assert not _takes(schema, {"spec": [{"size": 1, "sizee": 1}]})
    assert not _takes(schema, {"spec": [], "more": 1})


def test_a_map_takes_any_key_but_only_its_kind_of_value() -> None:
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    assert _takes(schema, {"any": "text"})
    assert not _takes(schema, {"any": 1})


def test_what_keeps_unknown_fields_takes_them_and_still_knows_its_own() -> None:
    schema = {**_object(size={"type": "integer"}), "x-kubernetes-preserve-unknown-fields": True}
    assert _takes(schema, {"other": 1})
    assert not _takes(schema, {"size": "large"})


@pytest.mark.parametrize("bare_is_open", [True, False])
def test_an_object_without_fields_is_open_only_among_built_in_kinds(bare_is_open: bool) -> None:  # noqa: FBT001 - the parameter
    assert _takes({"type": "object"}, {"any": 1}, bare_is_open=bare_is_open) is bare_is_open


def test_alternatives_ask_for_fields_and_refuse_none() -> None:
    """As Istio writes "exactly one of": the alternatives list only the field that they ask for."""
    schema = {
        **_object(a={"type": "string"}, b={"type": "string"}, c={"type": "string"}),
        "oneOf": [
            {"required": ["a"], "properties": {"a": {"type": "string"}}},
            {"required": ["b"]},
        ],
    }
    assert _takes(schema, {"a": "x", "c": "x"})
    assert not _takes(schema, {"a": "x", "b": "x"})
    assert not _takes(schema, {"c": "x"})


def test_a_field_that_the_api_server_fills_in_may_be_left_out() -> None:
    schema = {**_object(a={"type": "string", "default": "x"}, b={}), "required": ["a", "b"]}
    assert _takes(schema, {"b": 1})
    assert not _takes(schema, {"a": "x"})


@pytest.mark.parametrize(("value", "taken"), [(1, True), ("50%", True), ([], False)])
def test_int_or_string_takes_both(value: object, taken: bool) -> None:  # noqa: FBT001 - the parameter
    assert _takes({"type": "string", "format": "int-or-string"}, value) is taken
    assert _takes({"x-kubernetes-int-or-string": True}, value) is taken


def test_null_is_taken_only_where_it_is_said() -> None:
    assert not _takes({"type": "string"}, None)
    assert _takes({"type": "string", "nullable": True, "enum": ["a"]}, None)


def test_strict_bounds_are_translated() -> None:
    schema = {"type": "integer", "minimum": 0, "exclusiveMinimum": True}
    assert _takes(schema, 1)
    assert not _takes(schema, 0)


def test_every_reference_is_found() -> None:
    schema = _object(a={"$ref": "#/definitions/A"}, b={"items": {"$ref": "#/definitions/B"}})
    assert references(strict(schema, bare_is_open=True)) == {"A", "B"}
