"""JSON Schemas for editors: from the models, the platform's tiers and clusters, the claim kinds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tenantry.schema.app import AppFile
from tenantry.schema.cluster import Cluster, Outputs, Release
from tenantry.schema.compatibility import Compatibility
from tenantry.schema.descriptions import describe_fields
from tenantry.schema.platform import Platform
from tenantry.schema.policy import Cases
from tenantry.schema.tenant import TenantFile

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tenantry.catalogue import Catalogue, ClaimKind
    from tenantry.facts import Facts

JsonSchema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: File name of each schema, with the model it is made from. The tenant's is made with the facts.
_MODELS: dict[str, type[BaseModel]] = {
    "app.schema.json": AppFile,
    "cases.schema.json": Cases,
    "cluster.schema.json": Cluster,
    "compatibility.schema.json": Compatibility,
    "outputs.schema.json": Outputs,
    "platform.schema.json": Platform,
    "release.schema.json": Release,
}
TENANT_SCHEMA = "profiles.schema.json"


def schemas(facts: Facts) -> dict[str, str]:
    """Return the text of every schema, by file name."""
    found = {name: _of_model(model) for name, model in _MODELS.items()}
    found[TENANT_SCHEMA] = tenant_schema(facts)
    return {name: json.dumps(schema, indent=2) + "\n" for name, schema in sorted(found.items())}


def tenant_schema(facts: Facts) -> JsonSchema:
    """Return the schema of a tenant's file on this platform."""
    schema = _of_model(TenantFile)
    definitions = schema["$defs"]
    profile = definitions["Profile"]["properties"]
    profile["tier"] = _choice(profile["tier"], list(facts.tiers))
    profile["tier"]["default"] = facts.platform.default_tier
    clusters = _branch(profile["clusters"], "array")
    clusters["items"] = {"type": "string", "enum": list(facts.clusters)}
    definitions["Claim"] |= _claims(facts.catalogue)
    definitions["Claim"]["properties"]["kind"] |= {"enum": sorted(facts.catalogue.kinds)}
    return {key: _without_null(part) for key, part in schema.items()}


def _without_null(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    """Drop the "or nothing" of optional fields: in a tenant's file an empty field is a finding."""
    if isinstance(schema, list):
        return [_without_null(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    branches = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
    kept = {key: _without_null(value) for key, value in schema.items() if key != "anyOf"}
    if "default" in kept and kept["default"] is None:
        del kept["default"]
    if len(branches) == 1:
        return _without_null(branches[0]) | kept
    return kept | ({"anyOf": _without_null(branches)} if branches else {})


def _of_model(model: type[BaseModel]) -> JsonSchema:
    describe_fields(model)
    schema = model.model_json_schema(by_alias=True)
    return {
        "$schema": _DIALECT,
        "$comment": f"Generated from the model {model.__name__}; do not edit.",
        **_plain(schema),
    }


def _plain(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    """Drop generated titles, which editors show in place of descriptions; refuse other names."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {
        key: _plain(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }
    if "patternProperties" in plain:
        plain["additionalProperties"] = False
    return plain


def _choice(schema: JsonSchema, names: list[str]) -> JsonSchema:
    """Return the schema of an optional name, limited to the names that exist."""
    kept = {key: value for key, value in schema.items() if key in ("description", "examples")}
    return {**kept, "type": "string", "enum": names}


def _branch(schema: JsonSchema, kind: str) -> JsonSchema:
    """Return the branch of an optional value's schema that is of a type."""
    branches: list[JsonSchema] = schema["anyOf"]
    return next(branch for branch in branches if branch.get("type") == kind)


def _claims(catalogue: Catalogue) -> JsonSchema:
    return {"allOf": [_claim(kind) for _, kind in sorted(catalogue.kinds.items())]}


def _claim(kind: ClaimKind) -> JsonSchema:
    """Return the condition: of this kind, so with these parameters."""
    then: JsonSchema = {"properties": {"parameters": kind.parameters}}
    if kind.parameters.get("required"):
        then["required"] = ["parameters"]
    condition = {"properties": {"kind": {"const": kind.kind}}, "required": ["kind"]}
    return {"if": condition, "then": then}
