"""The CustomResourceDefinition that Crossplane makes from an XRD of scope Namespaced.

Follows crossplane-runtime v2.3.3, pkg/xcrd (crd.go ForCompositeResource, schemas.go), which
Crossplane v2.3.4 runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME_LENGTH = 63
_TEXT = {"type": "string"}
_REFERENCE = {"type": "object", "required": ["name"], "properties": {"name": _TEXT}}
_SELECTOR = {
    "type": "object",
    "required": ["matchLabels"],
    "properties": {"matchLabels": {"type": "object", "additionalProperties": _TEXT}},
}
_CONDITION = {
    "type": "object",
    "required": ["lastTransitionTime", "reason", "status", "type"],
    "properties": {
        "lastTransitionTime": {"type": "string", "format": "date-time"},
        "message": _TEXT,
        "reason": _TEXT,
        "status": _TEXT,
        "type": _TEXT,
        "observedGeneration": {"type": "integer", "format": "int64"},
    },
}
_CONDITIONS = {
    "type": "array",
    "x-kubernetes-list-map-keys": ["type"],
    "x-kubernetes-list-type": "map",
    "items": _CONDITION,
}
_COMPOSED = {
    "type": "array",
    "x-kubernetes-list-type": "atomic",
    "items": {
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {"apiVersion": _TEXT, "name": _TEXT, "kind": _TEXT},
    },
}
#: All that Crossplane copies of a spec's or status' own root; the rest it drops in silence.
_SPEC_KEYS = (
    "required",
    "description",
    "oneOf",
    "x-kubernetes-validations",
    "x-kubernetes-preserve-unknown-fields",
)
_STATUS_KEYS = ("required", "description", "oneOf", "x-kubernetes-validations")


def claim_crd(xrd: Mapping[str, Any]) -> dict[str, Any]:
    """Return the CRD of the composite resource that an XRD defines."""
    spec = xrd["spec"]
    names = spec["names"]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": xrd["metadata"]["name"]},
        "spec": {
            "group": spec["group"],
            "scope": "Namespaced",
            "names": {**names, "categories": [*names.get("categories", ()), "composite"]},
            "versions": [_version(each, spec) for each in spec["versions"]],
        },
    }


def _version(version: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    own = version["schema"]["openAPIV3Schema"]
    fields = own.get("properties", {})
    limit = fields.get("metadata", {}).get("properties", {}).get("name", {}).get("maxLength")
    name = {"type": "string", "maxLength": min(limit or _NAME_LENGTH, _NAME_LENGTH)}
    root = {key: own[key] for key in ("description", "x-kubernetes-validations") if key in own}
    return {
        "name": version["name"],
        "served": version["served"],
        "storage": version["referenceable"],
        "subresources": {"status": {}},
        "schema": {
            "openAPIV3Schema": {
                **root,
                "type": "object",
                "required": ["spec"],
                "properties": {
                    "apiVersion": _TEXT,
                    "kind": _TEXT,
                    "metadata": {"type": "object", "properties": {"name": name}},
                    "spec": _part(fields.get("spec", {}), _SPEC_KEYS, _machinery(spec)),
                    "status": _part(
                        fields.get("status", {}), _STATUS_KEYS, {"conditions": _CONDITIONS}
                    ),
                },
            }
        },
    }


def _part(
    own: Mapping[str, Any], keys: tuple[str, ...], injected: Mapping[str, Any]
) -> dict[str, Any]:
    kept = {key: own[key] for key in keys if key in own}
    return {**kept, "type": "object", "properties": {**own.get("properties", {}), **injected}}


def _machinery(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `spec.crossplane`."""
    policy: dict[str, Any] = {"type": "string", "enum": ["Automatic", "Manual"]}
    if "defaultCompositionUpdatePolicy" in spec:
        policy["default"] = spec["defaultCompositionUpdatePolicy"]
    properties = {
        "compositionRef": _REFERENCE,
        "compositionSelector": _SELECTOR,
        "compositionRevisionRef": _REFERENCE,
        "compositionRevisionSelector": _SELECTOR,
        "compositionUpdatePolicy": policy,
        "resourceRefs": _COMPOSED,
    }
    return {"crossplane": {"type": "object", "properties": properties}}
