"""From Kubernetes' OpenAPI to strict JSON Schema: what is not listed is refused.

The API server prunes unknown fields of custom resources in silence; here they fail. What JSON
Schema cannot say (x-kubernetes-validations, list maps) is left to a real API server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JsonSchema = dict[str, Any]

#: The dialect that we write: the last one in which `format` is checked and not only noted.
DIALECT = "http://json-schema.org/draft-07/schema#"

_KEPT = frozenset(
    (
        "type",
        "enum",
        "pattern",
        "minimum",
        "maximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "required",
        "description",
    )
)
#: Formats that mean the same to Kubernetes and to kubeconform.
_FORMATS = frozenset(("date-time", "duration", "ipv4", "ipv6"))
_INT_OR_STRING: JsonSchema = {"type": ["integer", "string"]}
_REF = "#/definitions/"


def strict(schema: Mapping[str, Any], *, bare_is_open: bool) -> JsonSchema:
    """Return the schema of a value, in which every object refuses what it does not list.

    `bare_is_open` tells what an object without any listed field means: anything, as in the
    built-in kinds (RawExtension), or nothing, as in a custom resource.
    """
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    result = _constraints(schema)
    if "properties" in schema:
        result["properties"] = {
            name: strict(each, bare_is_open=bare_is_open)
            for name, each in schema["properties"].items()
        }
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = strict(schema[key], bare_is_open=bare_is_open)
    if _is_closed(schema, bare_is_open=bare_is_open):
        result["additionalProperties"] = False
    return result


def references(schema: object) -> set[str]:
    """Return the names of all definitions that a schema refers to."""
    if isinstance(schema, Mapping):
        reference = schema.get("$ref")
        found = {reference.removeprefix(_REF)} if isinstance(reference, str) else set()
        return found.union(*map(references, schema.values()))
    if isinstance(schema, list):
        return set().union(*map(references, schema))
    return set()


def _is_closed(schema: Mapping[str, Any], *, bare_is_open: bool) -> bool:
    if schema.get("type", "object") != "object" or "additionalProperties" in schema:
        return False
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return False
    return "properties" in schema or ("type" in schema and not bare_is_open)


def _constraints(schema: Mapping[str, Any]) -> JsonSchema:
    """Return what a schema says about the value itself, without its fields."""
    result = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get("format") in _FORMATS:
        result["format"] = schema["format"]
    # OpenAPI 3.0 knows the strict bounds as flags beside the others.
    for strictly, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(strictly):
            result[strictly] = result.pop(bound)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            result[key] = [_condition(each) for each in schema[key]]
    if "not" in schema:
        result["not"] = _condition(schema["not"])
    _drop_defaulted(schema, result)
    return _typed(schema, result)


def _condition(schema: Mapping[str, Any]) -> JsonSchema:
    """Return a schema that stands below `anyOf` and the like: it lists no fields, it asks for some.

    So nothing is refused there for not being listed.
    """
    result = _constraints(schema)
    for key in ("properties", "patternProperties"):
        if key in schema:
            result[key] = {name: _condition(each) for name, each in schema[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = _condition(schema[key])
    return result


def _drop_defaulted(schema: Mapping[str, Any], result: JsonSchema) -> None:
    """Ask for no field that the API server fills in before it looks."""
    fields = schema.get("properties", {})
    wanted = [name for name in schema.get("required", ()) if "default" not in fields.get(name, ())]
    if wanted:
        result["required"] = wanted
    else:
        result.pop("required", None)


def _typed(schema: Mapping[str, Any], result: JsonSchema) -> JsonSchema:
    """Say which types are meant where OpenAPI says it in its own way."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        result |= _INT_OR_STRING
    if schema.get("nullable") and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
        if "enum" in result:
            result["enum"] = [*result["enum"], None]
    return result
