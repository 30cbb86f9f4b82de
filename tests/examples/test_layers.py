"""Which layers refuse each invalid example: the editor's schema, the reader, a model or a rule.

The table stands in `tests/examples/invalid/layers.txt`, so that review sees when a check moves;
`pytest --update-examples` writes it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from tests.cases import INVALID, cases, content_of, expected, materialise, rule_of
from tests.repository import BASE, TODAY

from tenantry import layout, rules
from tenantry.reference.json_schema import TENANT_SCHEMA, schemas, tenant_schema
from tenantry.rules import files
from tenantry.workspace.sources import Sources, load_facts

if TYPE_CHECKING:
    from pathlib import Path

    from tenantry.facts import Facts

_TABLE = INVALID / "layers.txt"
_HEAD = """\
# Which layers refuse each invalid example. Written by: pytest --update-examples
#   editor  the JSON Schema that editors use, or their YAML parser
#   files   the look at files and folders
#   reader  strict YAML
#   model   the form of one field
#   rule    what fields mean together
"""

_LAYERS = {
    "files": frozenset(rule.id for rule in files.FOLDER_RULES),
    "reader": frozenset(rule.id for rule in files.READING_RULES),
    "model": frozenset(rule.id for rule in files.FIELD_RULES),
    "rule": frozenset(rule.id for rule in rules.RULES),
}

#: Which schema an editor holds a file against, by the file's name.
_SCHEMAS = {
    layout.TENANT_FILE: TENANT_SCHEMA,
    layout.APP_FILE: "app.schema.json",
    layout.CASES_FILE: "cases.schema.json",
    layout.CLUSTER_FILE: "cluster.schema.json",
    layout.OUTPUTS_FILE: "outputs.schema.json",
    layout.PLATFORM_FACTS.rpartition("/")[2]: "platform.schema.json",
    layout.RELEASE_FILE: "release.schema.json",
}


class _Loader(yaml.CSafeLoader):
    """Reads a date as text, as the YAML 1.2 parsers of editors do."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML's own
        start: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
        for start, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


@lru_cache
def _usual_facts() -> Facts:
    facts = load_facts(Sources(BASE), TODAY)
    assert facts is not None
    return facts


@lru_cache
def _of_models() -> dict[str, str]:
    return schemas(_usual_facts())


@lru_cache
def _validator(schema: str, facts: Facts) -> jsonschema.Draft202012Validator:
    """Return what an editor checks with; only the tenants' schema depends on the facts."""
    known = tenant_schema(facts) if schema == TENANT_SCHEMA else json.loads(_of_models()[schema])
    return jsonschema.Draft202012Validator(known, format_checker=jsonschema.FormatChecker(["date"]))


def _facts_of(case: Path, target: Path) -> Facts:
    """Return the case's own facts where it brings any that can be read."""
    if not ((case / layout.CLUSTERS).is_dir() or (case / layout.APPS).is_dir()):
        return _usual_facts()
    return load_facts(Sources(materialise(case, target)), TODAY) or _usual_facts()


def _editor_refuses(case: Path, target: Path) -> bool:
    """Whether an editor underlines anything in a file of the case."""
    facts = _facts_of(case, target)
    return any(
        _is_underlined(content_of(path), _validator(_SCHEMAS[name], facts))
        for path in sorted(case.rglob("*.yaml*"))
        if (name := path.name.removesuffix(".escaped")) in _SCHEMAS
    )


def _is_underlined(content: bytes, validator: jsonschema.Draft202012Validator) -> bool:
    try:
        data = yaml.load(content, _Loader)  # noqa: S506 - a safe loader's child
    except (yaml.YAMLError, ValueError, RecursionError):
        return True
    return not validator.is_valid(_with_text_keys(data))


def _with_text_keys(data: Any) -> Any:  # noqa: ANN401 - any YAML
    """Name all fields with text: JSON knows no other names."""
    if isinstance(data, dict):
        return {str(key): _with_text_keys(value) for key, value in data.items()}
    return [_with_text_keys(item) for item in data] if isinstance(data, list) else data


def _layers(case: Path, target: Path) -> list[str]:
    lines = [line for line in expected(case) if ": warning: " not in line]
    found = {rule_of(line) for line in lines}
    layers = [layer for layer, ids in _LAYERS.items() if found & ids]
    return ["editor", *layers] if _editor_refuses(case, target) else layers


def _row(name: str, layers: list[str]) -> str:
    columns = ("editor", *_LAYERS)
    return f"{name:<50}" + "".join(f" {c if c in layers else '-':<6}" for c in columns).rstrip()


def test_each_invalid_example_is_refused_by_the_layers_in_the_table(
    tmp_path: Path,
    update_examples: bool,  # noqa: FBT001 - a fixture
) -> None:
    """None passes all; a check that moves to another layer shows in the table."""
    table = {case.name: _layers(case, tmp_path / case.name) for case in cases(INVALID)}
    text = _HEAD + "".join(f"{_row(name, layers)}\n" for name, layers in table.items())
    if update_examples:
        _TABLE.write_text(text, "utf-8")
        pytest.fail("written anew: look at the difference, then run without --update-examples")
    assert [name for name, layers in table.items() if not set(layers) - {"editor"}] == []
    assert text.splitlines() == _TABLE.read_text("utf-8").splitlines()
