"""Whole objects: built-in kinds, custom ones, claims."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft7Validator

from tenantry.conform import kinds
from tenantry.conform.claims import claim_crd

_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_SWAGGER: dict[str, Any] = {
    "definitions": {
        _META: {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "namespace": {"type": "string"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
        "Pod": {
            "type": "object",
            "properties": {
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": {"$ref": f"#/definitions/{_META}"},
                "spec": {"$ref": "#/definitions/PodSpec"},
            },
            "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Pod"}],
        },
        "PodSpec": {"type": "object", "properties": {"cpu": {"$ref": "#/definitions/Quantity"}}},
        "Quantity": {"type": "string"},
        "Unrelated": {"type": "object"},
        "Status": {
            "type": "object",
            "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Status"}],
        },
    }
}
_XRD: dict[str, Any] = {
    "metadata": {"name": "boxes.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Box", "plural": "boxes", "categories": ["claims"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "referenceable": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["size"],
                                "properties": {"size": {"type": "integer"}},
                            }
                        },
                    }
                },
            }
        ],
    },
}


def _object(**more: object) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, **more}


def test_a_built_in_kind_has_exactly_the_definitions_that_it_needs() -> None:
    known = kinds.definitions(_SWAGGER)
    found = dict(kinds.built_in_kinds(_SWAGGER, known))
    assert set(found) == {kinds.Kind("v1", "Pod")}
    assert set(found[kinds.Kind("v1", "Pod")]["definitions"]) == {"PodSpec", "Quantity"}


def test_an_object_needs_a_name_and_says_what_it_is() -> None:
    known = kinds.definitions(_SWAGGER)
    ((_, schema),) = kinds.built_in_kinds(_SWAGGER, known)
    validator = Draft7Validator(schema)
    assert validator.is_valid(_object(spec={"cpu": "1"}))
    assert not validator.is_valid(_object(metadata={}))
    assert not validator.is_valid(_object(kind="Pot"))
    assert not validator.is_valid(_object(metadata={"name": "x", "label": {}}))
    assert not validator.is_valid(_object(spec={"cpus": "1"}))


def test_a_claim_has_the_fields_of_its_xrd_and_those_of_crossplane() -> None:
    ((kind, schema),) = kinds.custom_kinds(claim_crd(_XRD), kinds.definitions(_SWAGGER))
    assert kind == kinds.Kind("example.com/v1", "Box")
    validator = Draft7Validator(schema)
    box = {"apiVersion": "example.com/v1", "kind": "Box", "metadata": {"name": "x"}}
    machinery = {"compositionRef": {"name": "x"}}
    assert validator.is_valid({**box, "spec": {"size": 1}})
    assert validator.is_valid({**box, "spec": {"size": 1, "crossplane": machinery}})
    assert not validator.is_valid({**box, "spec": {"size": 1, "colour": "red"}})
    assert not validator.is_valid({**box, "spec": {}})
    assert not validator.is_valid({**box, "metadata": {"name": "x" * 64}, "spec": {"size": 1}})


def test_a_version_that_is_not_served_has_no_schema() -> None:
    crd = claim_crd(_XRD)
    crd["spec"]["versions"][0]["served"] = False
    assert list(kinds.custom_kinds(crd, kinds.definitions(_SWAGGER))) == []
