"""The strict schema of every kind: the built-in ones, those of CRDs, and claims by their XRDs.

Owns what a whole object is: its apiVersion, kind and metadata around what OpenAPI says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tenantry.conform.openapi import DIALECT, JsonSchema, references, strict

_OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
#: Kubernetes reads numbers as quantities too (apimachinery resource.Quantity.UnmarshalJSON).
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"

Swagger = Mapping[str, Any]
Definitions = dict[str, JsonSchema]


class Kind(NamedTuple):
    """What an object says it is."""

    api_version: str
    kind: str


def definitions(swagger: Swagger) -> Definitions:
    """Return the strict schema of every type in Kubernetes' OpenAPI (version 2) document."""
    found = {
        name: strict(schema, bare_is_open=True) for name, schema in swagger["definitions"].items()
    }
    found[_QUANTITY] = {"type": ["string", "number"]}
    return found


def built_in_kinds(swagger: Swagger, known: Definitions) -> Iterator[tuple[Kind, JsonSchema]]:
    """Yield every kind of Kubernetes itself that can stand in a file, with its schema."""
    for name, schema in swagger["definitions"].items():
        meta = schema.get("properties", {}).get("metadata", {})
        if _OBJECT_META not in references(meta):
            continue
        for each in schema.get("x-kubernetes-group-version-kind", ()):
            version = f"{each['group']}/{each['version']}".removeprefix("/")
            yield _whole(Kind(version, each["kind"]), known[name], known)


def custom_kinds(crd: Mapping[str, Any], known: Definitions) -> Iterator[tuple[Kind, JsonSchema]]:
    """Yield each served version of a CustomResourceDefinition, with its schema."""
    spec = crd["spec"]
    for version in spec["versions"]:
        if version["served"]:
            schema = strict(version["schema"]["openAPIV3Schema"], bare_is_open=False)
            kind = Kind(f"{spec['group']}/{version['name']}", spec["names"]["kind"])
            yield _whole(kind, schema, known)


def _whole(kind: Kind, schema: JsonSchema, known: Definitions) -> tuple[Kind, JsonSchema]:
    properties = {
        **schema.get("properties", {}),
        "apiVersion": {"const": kind.api_version},
        "kind": {"const": kind.kind},
        "metadata": _metadata(schema, known),
    }
    required = {*schema.get("required", ()), "apiVersion", "kind", "metadata"}
    whole = {**schema, "properties": properties, "required": sorted(required)}
    needed = {name: known[name] for name in _closure(whole, known)}
    return kind, {"$schema": DIALECT, **whole, "definitions": needed}


def _metadata(schema: JsonSchema, known: Definitions) -> JsonSchema:
    """Return the schema of `metadata`: every object has a name, some kinds want a short one."""
    meta = known[_OBJECT_META]
    own = schema.get("properties", {}).get("metadata", {}).get("properties", {}).get("name", {})
    name = {**meta["properties"]["name"], **own}
    return {**meta, "properties": {**meta["properties"], "name": name}, "required": ["name"]}


def _closure(schema: JsonSchema, known: Definitions) -> list[str]:
    """Return the names of all definitions that a schema needs, also through others."""
    found: set[str] = set()
    waiting = references(schema)
    while waiting:
        found |= waiting
        waiting = set().union(*(references(known[name]) for name in waiting)) - found
    return sorted(found)
