"""Whether the examples, and the repository's own tenants, show everything that there is."""

from __future__ import annotations

import importlib
import pkgutil
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel
from tests.repository import BASE, ROOT, TODAY, lay, valid_examples

from tenantry import layout, render, rules
from tenantry.placement import placements
from tenantry.render import RENDERERS
from tenantry.rules import FACTS_RULES, INDEX_RULES, RULES, TENANT_RULES, Rule
from tenantry.schema.tenant import TenantFile
from tenantry.workspace.sources import Sources, load_facts
from tenantry.workspace.tenants import load_tenant

if TYPE_CHECKING:
    import types
    from collections.abc import Iterator
    from pathlib import Path

    from tenantry.facts import Facts
    from tenantry.tenant import Tenant

#: A field of a model by their names, or a member of an enum.
Part = tuple[str, str]

_CHECKS = (*TENANT_RULES, *INDEX_RULES, *FACTS_RULES)


def _modules(package: types.ModuleType) -> Iterator[types.ModuleType]:
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def _parts_of(annotation: Any) -> Iterator[Part]:  # noqa: ANN401 - any annotation of a field
    """Yield what can be written where a field has this annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield annotation.__name__, name
            yield from _parts_of(field.annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from ((annotation.__name__, member.value) for member in annotation)
    else:
        for argument in typing.get_args(annotation):
            yield from _parts_of(argument)


def _parts_in(value: object) -> Iterator[Part]:
    """Yield what was written in a file."""
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield type(value).__name__, name
            yield from _parts_in(getattr(value, name))
    elif isinstance(value, Enum):
        yield type(value).__name__, value.value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _parts_in(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _parts_in(item)


def _load(root: Path) -> tuple[Facts, list[Tenant]]:
    sources = Sources(root)
    facts = load_facts(sources, TODAY)
    assert facts is not None
    tenants = [load_tenant(root, name)[0] for name in sources.folders(layout.TENANTS)]
    assert sources.findings == []
    return facts, [tenant for tenant in tenants if tenant is not None]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Facts, list[Tenant]]]:
    """Return facts and tenants of every valid example."""
    return [
        _load(lay(tmp_path_factory.mktemp(example.name), BASE, example))
        for example in valid_examples()
    ]


def test_the_walk_over_the_models_finds_nested_fields() -> None:
    parts = set(_parts_of(TenantFile))
    assert {("TenantFile", "groups"), ("Repository", "path"), ("Audience", "public")} <= parts


def test_every_field_of_the_tenants_file_occurs_in_an_example(
    examples: list[tuple[Facts, list[Tenant]]],
) -> None:
    written = {part for _, ts in examples for t in ts for part in _parts_in(t.file)}
    assert set(_parts_of(TenantFile)) - written == set()


def test_every_field_of_the_tenants_file_occurs_in_this_repository() -> None:
    _, tenants = _load(ROOT)
    written = {part for tenant in tenants for part in _parts_in(tenant.file)}
    written |= {("Environment", "development")}  # what people leave out, as it is the default
    assert set(_parts_of(TenantFile)) - written == set()


def test_this_repository_shows_ten_teams_on_both_clusters() -> None:
    facts, tenants = _load(ROOT)
    assert len(tenants) >= 10
    assert set(facts.clusters) == {"dev", "prod"}
    for cluster in facts.clusters.values():
        assert [tenant for tenant in tenants if list(placements(tenant, cluster))]


def test_every_renderer_is_run() -> None:
    """A module of `render` with a function `render` stands in `RENDERERS`, once."""
    found = {module.render for module in _modules(render) if hasattr(module, "render")}
    assert found == set(RENDERERS)
    assert len(found) == len(RENDERERS)


@pytest.mark.parametrize("renderer", RENDERERS, ids=lambda renderer: renderer.__module__)
def test_every_renderer_yields_something_in_an_example(
    renderer: render.Renderer, examples: list[tuple[Facts, list[Tenant]]]
) -> None:
    assert any(
        list(renderer(placement))
        for facts, tenants in examples
        for cluster in facts.clusters.values()
        for tenant in tenants
        for placement in placements(tenant, cluster)
    )


def test_every_check_is_run() -> None:
    """A function `check_...` of a module of `rules` stands in one of the tuples, once."""
    found = {
        function
        for module in _modules(rules)
        for name, function in vars(module).items()
        if name.startswith("check_") and function.__module__ == module.__name__
    }
    assert found == set(_CHECKS)
    assert len(found) == len(_CHECKS)


def test_every_rule_is_listed() -> None:
    """A rule that a module of `rules` defines stands in `RULES`, so in the page of all rules."""
    found = {
        value
        for module in _modules(rules)
        for value in vars(module).values()
        if isinstance(value, Rule)
    }
    assert found == set(RULES)
