"""Claim kinds: what a team may ask for, read from the XRD schemas in `apps/`.

Owns the way from an OpenAPI schema to a check of `parameters`. A new kind is a new folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.protocols import Validator

    from tenantry.findings import Field
    from tenantry.manifest import Manifest

JsonSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ParameterFault:
    """One reason why the parameters of a claim do not fit their kind."""

    field: Field
    """Where, from `parameters` on."""
    keyword: str
    """The JSON Schema keyword that refused."""
    message: str
    known: tuple[str, ...] = ()
    """Names that would have been accepted, where the fault is a name."""
    at_key: bool = False


@dataclass(frozen=True)
class ClaimKind:
    """A kind of cloud resource that teams may claim."""

    kind: str
    group: str
    version: str
    description: str
    parameters: JsonSchema
    """Strict schema of `parameters`: every object refuses what it does not list."""
    app: str
    """The folder in `apps/` that offers it."""

    @property
    def api_version(self) -> str:
        """The apiVersion of the composite resource."""
        return f"{self.group}/{self.version}"

    @cached_property
    def _validator(self) -> Validator:
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow; many renders need none

        return Draft202012Validator(self.parameters)

    def faults(self, parameters: Mapping[str, Any]) -> Iterator[ParameterFault]:
        """Yield every reason why `parameters` do not fit, in the order of their fields."""
        errors = sorted(self._validator.iter_errors(parameters), key=lambda e: [*map(str, e.path)])
        for error in errors:
            yield from _faults(error)


@dataclass(frozen=True)
class Catalogue:
    """All claim kinds, by kind."""

    kinds: Mapping[str, ClaimKind] = field(default_factory=dict)


def claim_kind(app: str, xrd: Manifest) -> ClaimKind:
    """Return the kind that an XRD offers. Raises LookupError or TypeError where it offers none."""
    spec: Any = xrd["spec"]
    version = next(version for version in spec["versions"] if version.get("referenceable"))
    root = version["schema"]["openAPIV3Schema"]
    parameters = root["properties"]["spec"]["properties"]["parameters"]
    return ClaimKind(
        kind=spec["names"]["kind"],
        group=spec["group"],
        version=version["name"],
        description=root.get("description", ""),
        parameters=strict(parameters),
        app=app,
    )


def strict(schema: Any) -> Any:  # noqa: ANN401 - any part of an OpenAPI schema
    """Return an OpenAPI schema as JSON Schema in which objects refuse unlisted fields.

    The API server prunes such fields in silence; `additionalProperties: false` beside
    `properties` is not allowed in a CRD, so strictness is ours.
    """
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result["properties"] = {name: strict(sub) for name, sub in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result["additionalProperties"] = False
    return result


def _faults(error: Any) -> Iterator[ParameterFault]:  # noqa: ANN401 - jsonschema's errors are untyped
    path: Field = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = tuple(error.schema["properties"])
        for name in error.instance:
            if name not in known:
                yield ParameterFault(
                    (*path, name), "additionalProperties", "is not a parameter", known, at_key=True
                )
        return
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield ParameterFault((*path, name), "required", "is missing")
        return
    known = tuple(map(str, error.validator_value)) if error.validator == "enum" else ()
    yield ParameterFault(path, str(error.validator), _reason(error), known)


#: What each keyword asks for. `{}` is its value in the schema.
_REASONS = {
    "type": "is not of type {}",
    "enum": "is not one of: {}",
    "minimum": "is less than {}",
    "maximum": "is more than {}",
    "minLength": "is shorter than {} characters",
    "maxLength": "is longer than {} characters",
    "minItems": "has fewer than {} items",
    "maxItems": "has more than {} items",
    "pattern": "does not match {}",
    "multipleOf": "is not a multiple of {}",
}


def _reason(error: Any) -> str:  # noqa: ANN401 - as above
    """Say what a keyword asks for, without repeating the instance."""
    wanted = error.validator_value
    shown = ", ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
    reason = _REASONS.get(error.validator, f"does not fit the rule {error.validator}: {{}}")
    return reason.replace("{}", shown)
