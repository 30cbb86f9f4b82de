"""Claim kinds: what the definitions in `apps/` accept and refuse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tenantry.catalogue import PLACEMENT, ClaimKind, claim_kind
from tenantry.layout import APPS
from tenantry.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFINITIONS = sorted((Path(__file__).parents[2] / APPS).glob("claim-*/manifests/xrd.yaml"))

_FIELDS = {name: {"type": "string"} for name in PLACEMENT}
_PLACEMENT_SCHEMA = {"type": "object", "properties": _FIELDS}


def _xrd(parameters: object, placement: object) -> Any:  # noqa: ANN401 - a manifest to change
    fields = {"parameters": parameters, "placement": placement}
    schema = {"properties": {"spec": {"properties": fields}}}
    version = {"name": "v1", "referenceable": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Thing"}
    return {"spec": {"group": "claims.example.com", "names": names, "versions": [version]}}


def _definition(path: Path) -> Any:  # noqa: ANN401 - a manifest to look into
    document = read_document(path.name, path.read_bytes())
    assert not document.faults
    assert not list(document.doubtful())
    return document.data


def _kind(name: str) -> ClaimKind:
    kinds = [claim_kind(path.parts[-3], _definition(path)) for path in _DEFINITIONS]
    return next(kind for kind in kinds if kind.kind == name)


def test_three_kinds_are_offered() -> None:
    kinds = [claim_kind(path.parts[-3], _definition(path)) for path in _DEFINITIONS]
    assert [(kind.app, kind.kind, kind.api_version) for kind in kinds] == [
        ("claim-bucket", "Bucket", "claims.tenantry.dev/v1alpha1"),
        ("claim-cache", "Cache", "claims.tenantry.dev/v1alpha1"),
        ("claim-database", "Database", "claims.tenantry.dev/v1alpha1"),
    ]


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("Bucket", {}),
        (
            "Bucket",
            {"access": "cool", "versioning": False, "retentionDays": 365, "expireAfterDays": 1},
        ),
        ("Cache", {"size": "small"}),
        (
            "Cache",
            {
                "size": "large",
                "evictionPolicy": "noeviction",
                "highAvailability": True,
                "persistence": True,
            },
        ),
        ("Database", {"engineVersion": "16", "size": "medium"}),
        (
            "Database",
            {
                "engineVersion": "17",
                "size": "large",
                "storageGB": 4096,
                "highAvailability": True,
                "backupDays": 35,
            },
        ),
    ],
)
def test_smallest_and_fullest_claims_are_accepted(kind: str, parameters: dict[str, Any]) -> None:
    assert list(_kind(kind).faults(parameters)) == []


_DATABASE = {"engineVersion": "16", "size": "small"}


@pytest.mark.parametrize(
    ("kind", "parameters", "field", "message"),
    [
        ("Bucket", {"acces": "hot"}, "acces", "is not a parameter"),
        ("Bucket", {"access": "warm"}, "access", "is not one of: hot, cool"),
        ("Bucket", {"versioning": "yes"}, "versioning", "is not true or false"),
        ("Bucket", {"retentionDays": 0}, "retentionDays", "is less than 1"),
        ("Bucket", {"retentionDays": 366}, "retentionDays", "is more than 365"),
        ("Bucket", {"retentionDays": 7.5}, "retentionDays", "is not a whole number"),
        ("Bucket", {"expireAfterDays": 0}, "expireAfterDays", "is less than 1"),
        ("Cache", {}, "size", "is missing"),
        ("Cache", {"size": "huge"}, "size", "is not one of: small, medium, large"),
        ("Cache", {"size": "small", "persistence": 1}, "persistence", "is not true or false"),
        (
            "Cache",
            {"size": "small", "evictionPolicy": "lru"},
            "evictionPolicy",
            "is not one of: allkeys-lru, volatile-lru, noeviction",
        ),
        ("Database", {"engineVersion": "16"}, "size", "is missing"),
        ("Database", {"size": "small"}, "engineVersion", "is missing"),
        ("Database", _DATABASE | {"engineVersion": 16}, "engineVersion", "is not text"),
        ("Database", _DATABASE | {"storageGB": "64"}, "storageGB", "is not a whole number"),
        ("Database", _DATABASE | {"storageGB": 16}, "storageGB", "is less than 32"),
        ("Database", _DATABASE | {"backupDays": 36}, "backupDays", "is more than 35"),
        ("Database", _DATABASE | {"placement": {}}, "placement", "is not a parameter"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused_where_it_stands(
    kind: str, parameters: dict[str, Any], field: str, message: str
) -> None:
    faults = [(fault.field, fault.message) for fault in _kind(kind).faults(parameters)]
    assert ((field,), message) in faults


def test_an_unknown_parameter_names_the_known_ones() -> None:
    (fault,) = _kind("Bucket").faults({"tier": "hot"})
    assert fault.at_key
    assert fault.known == ("access", "versioning", "retentionDays", "expireAfterDays")


def test_all_faults_of_a_claim_are_found_at_once() -> None:
    faults = list(_kind("Database").faults({"size": "huge", "storage": 1, "backupDays": "7"}))
    assert sorted(fault.field for fault in faults) == [
        ("backupDays",),
        ("engineVersion",),
        ("size",),
        ("storage",),
    ]


def _fields(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}", field
        yield from _fields(field, f"{path}.{name}")


@pytest.mark.parametrize("path", _DEFINITIONS, ids=lambda path: path.parts[-3])
def test_every_field_of_a_definition_says_what_it_is_for(path: Path) -> None:
    """The tenant reference and the editors' help are made of these descriptions."""
    schema = _definition(path)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    fields = dict(_fields(schema, ""))
    assert ".spec.parameters.size" in fields or ".spec.parameters.access" in fields
    assert [name for name, field in fields.items() if not field.get("description")] == []
    assert [name for name, field in fields.items() if "type" not in field] == []


@pytest.mark.parametrize("path", _DEFINITIONS, ids=lambda path: path.parts[-3])
def test_a_definition_is_of_the_form_that_crossplane_takes(path: Path) -> None:
    """v2 knows no claimNames; a definition is called by its plural and group."""
    definition = _definition(path)
    spec = definition["spec"]
    assert definition["apiVersion"] == "apiextensions.crossplane.io/v2"
    assert definition["metadata"]["name"] == f"{spec['names']['plural']}.{spec['group']}"
    assert spec["scope"] == "Namespaced"
    assert not {"claimNames", "connectionSecretKeys"} & set(spec)
    assert [version["referenceable"] for version in spec["versions"]] == [True]


@pytest.mark.parametrize("path", _DEFINITIONS, ids=lambda path: path.parts[-3])
def test_the_platform_says_whose_a_claim_is(path: Path) -> None:
    schema = _definition(path)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    spec = schema["properties"]["spec"]
    assert spec["required"] == ["parameters", "placement"]
    assert list(spec["properties"]["placement"]["properties"]) == list(PLACEMENT)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": "one"},
        {"type": ["integer"]},
        {"enum": "small"},
        {"maxLength": True},
        {"type": "array", "items": ["text"]},
        "text",
    ],
)
def test_a_schema_that_could_only_fail_is_refused(schema: object) -> None:
    with pytest.raises(TypeError, match="size"):
        claim_kind("claim-thing", _xrd({"properties": {"size": schema}}, _PLACEMENT_SCHEMA))


@pytest.mark.parametrize(
    "schema",
    [
        "text",
        {},
        {"properties": ["tenant"]},
        {"properties": {**_FIELDS, "costCenter": "string"}},
        {"properties": {**_FIELDS, "costCenter": {"type": "integer"}}},
        {"properties": {name: _FIELDS[name] for name in PLACEMENT[:-1]}},
    ],
)
def test_a_kind_whose_claims_the_api_server_would_refuse_is_none(schema: object) -> None:
    with pytest.raises(LookupError, match=r"placement\.(tenant|costCenter)"):
        claim_kind("claim-thing", _xrd({}, schema))
    assert claim_kind("claim-thing", _xrd({}, _PLACEMENT_SCHEMA)).kind == "Thing"


def test_a_kind_outside_namespaces_is_none() -> None:
    xrd = _xrd({}, _PLACEMENT_SCHEMA)
    xrd["spec"]["scope"] = "Cluster"
    with pytest.raises(LookupError, match="scope: Namespaced"):
        claim_kind("claim-thing", xrd)
