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

#: What the platform writes below `spec.placement` of every claim, each a string.
PLACEMENT = ("tenant", "profile", "environment", "cluster", "region", "tier", "costCenter")


@dataclass(frozen=True, slots=True)
class ParameterFault:
    """One reason why the parameters of a claim do not fit their kind."""

    field: Field
    """Where, from `parameters` on."""
    keyword: str
    """The JSON Schema keyword that refused."""
    message: str
    cure: str = ""
    """What to type instead, where no list of names says it."""
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
    if spec.get("scope", "Namespaced") != "Namespaced":
        raise LookupError("scope: Namespaced")
    referenceable = [version for version in spec["versions"] if version.get("referenceable")]
    if not referenceable:
        raise LookupError("referenceable: true in one of the versions")
    version = referenceable[0]
    root = version["schema"]["openAPIV3Schema"]
    fields = root["properties"]["spec"]["properties"]
    parameters = fields["parameters"]
    _require_forms(parameters, "parameters")
    _require_placement(fields["placement"])
    return ClaimKind(
        kind=spec["names"]["kind"],
        group=spec["group"],
        version=version["name"],
        description=root.get("description", ""),
        parameters=strict(parameters),
        app=app,
    )


def _require_placement(schema: Any) -> None:  # noqa: ANN401 - any part of an OpenAPI schema
    """Raise LookupError for a field that the API server would refuse in every claim."""
    fields = schema.get("properties") if isinstance(schema, dict) else None
    for name in PLACEMENT:
        field_schema = fields.get(name) if isinstance(fields, dict) else None
        if not isinstance(field_schema, dict) or field_schema.get("type") != "string":
            raise LookupError(f"placement.{name}")


#: Form of the value of each keyword that checks something.
_FORMS: Mapping[str, type | tuple[type, ...]] = {
    "type": str,
    "properties": dict,
    "items": dict,
    "required": list,
    "enum": list,
    "pattern": str,
    "minimum": (int, float),
    "maximum": (int, float),
    "multipleOf": (int, float),
    "minLength": int,
    "maxLength": int,
    "minItems": int,
    "maxItems": int,
}


def _require_forms(schema: Any, name: str) -> None:  # noqa: ANN401 - any part of an OpenAPI schema
    """Raise TypeError where a check could only fail; the whole check needs slow `jsonschema`."""
    if not isinstance(schema, dict):
        raise TypeError(name)
    for keyword, form in _FORMS.items():
        value = schema.get(keyword)
        if keyword in schema and (not isinstance(value, form) or isinstance(value, bool)):
            raise TypeError(f"{keyword} of {name}")
    for child, sub in schema.get("properties", {}).items():
        _require_forms(sub, str(child))
    if "items" in schema:
        _require_forms(schema["items"], f"the items of {name}")


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
                    (*path, name),
                    "additionalProperties",
                    "is not a parameter",
                    known=known,
                    at_key=True,
                )
        return
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield ParameterFault((*path, name), "required", "is missing")
        return
    known = tuple(map(str, error.validator_value)) if error.validator == "enum" else ()
    reason, cure = _words(error)
    yield ParameterFault(path, str(error.validator), reason, cure, known)


#: What each keyword asks for, and what to type. `{}` is its value in the schema.
_WORDS = {
    "enum": ("is not one of: {}", "use one of: {}"),
    "minimum": ("is less than {}", "write {} or more"),
    "maximum": ("is more than {}", "write {} or less"),
    "minLength": ("is shorter than {} characters", "write at least {} characters"),
    "maxLength": ("is longer than {} characters", "write at most {} characters"),
    "minItems": ("has fewer items than {}", "list at least {}"),
    "maxItems": ("has more items than {}", "list at most {}"),
    "pattern": ("is not of the form {}", "write a text that this regular expression matches"),
    "multipleOf": ("is not a multiple of {}", "write a multiple of {}"),
}
_TYPE_WORDS = {
    "integer": ("is not a whole number", "write a whole number, without quotes"),
    "number": ("is not a number", "write a number, without quotes"),
    "boolean": ("is not true or false", "write true or false, without quotes"),
    "string": ("is not text", "write a text"),
    "array": ("is not a list", 'write a list: one "- value" a line'),
    "object": ("is not a block of fields", 'write a block of "name: value" lines'),
}


def _words(error: Any) -> tuple[str, str]:  # noqa: ANN401 - as above
    """Say what a keyword asks for and what to type, without repeating the instance."""
    wanted = error.validator_value
    if error.validator == "type" and wanted in _TYPE_WORDS:
        reason, cure = _TYPE_WORDS[wanted]
        if wanted == "string" and type(error.instance) in (int, float):
            cure = f'put it in quotes: "{error.instance}"'
        return reason, cure
    shown = ", ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
    fallback = (f"does not fit the rule {error.validator}: {{}}", "write a value that fits")
    reason, cure = _WORDS.get(error.validator, fallback)
    return reason.replace("{}", shown), cure.replace("{}", shown)
