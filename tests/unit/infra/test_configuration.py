"""A stack's configuration: what becomes of it, and every way in which it is refused."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import pytest
from infra.configuration import Nothing, read, read_project
from infra.refusal import RefusedError
from pulumi.runtime import set_all_config
from pulumi.runtime.settings import Settings, configure

from tenantry.schema.base import Count, Cure, DnsLabel, Model, Switch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Colour(StrEnum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


class Block(Model):
    """A block."""

    range: str
    size: Count = 3


class Sample(Model):
    """A configuration."""

    name: DnsLabel
    """What it is called."""
    block: Block
    """A block."""
    version: str = "1.0"
    zones: tuple[str, ...] = ()
    size: Count = 1
    large_one: Switch = False
    colour: Annotated[Colour, Cure("write red or blue")] = Colour.RED


@pytest.fixture(autouse=True)
def _stack() -> Iterator[None]:
    configure(Settings(project="tenantry", stack="dev"))
    yield
    set_all_config({}, [])


def given(secret: Sequence[str] = (), **values: str) -> None:
    """Configure the stack, with all the keys of the project's own namespace."""
    known = {f"tenantry:{key}": value for key, value in values.items()}
    set_all_config({"tenantry:shards": "2", **known}, [f"tenantry:{key}" for key in secret])


def refusal() -> list[str]:
    """Return the lines after the first of why the configuration is refused."""
    with pytest.raises(RefusedError) as refused:
        read(Sample)
    first, *rest = str(refused.value).splitlines()
    assert first == "Pulumi.dev.yaml does not configure this stack; nothing was registered:"
    return rest


def test_text_becomes_what_its_field_wants() -> None:
    given(
        name="ml",
        block='{"range": "10.0.0.0/8"}',
        version="1.35",
        zones='["1", "2"]',
        size="7",
        largeOne="true",
        colour="blue",
    )
    assert read(Sample) == Sample.model_validate(
        {
            "name": "ml",
            "block": {"range": "10.0.0.0/8"},
            "version": "1.35",
            "zones": ("1", "2"),
            "size": 7,
            "largeOne": True,
            "colour": "blue",
        }
    )


def test_everything_that_is_wrong_is_told_at_once_with_its_cure() -> None:
    given(naem="ml", block='{"range": 3, "sise": 4}', size="many", colour="rde", zones="1")
    path = "Pulumi.dev.yaml"
    assert refusal() == [
        (
            f"{path}: missing-field: the stack's configuration has no name: What it is called (add "
            '"tenantry:name:" below "config:")'
        ),
        f'{path}: unknown-field: block.sise is not a field (did you mean "size"?)',
        f'{path}: unknown-field: naem is not a field (did you mean "name"?)',
        (
            f"{path}: unknown-value: colour is \"rde\", not one of: 'red' or 'blue' (did you mean "
            '"red"?)'
        ),
        f"{path}: wrong-type: block.range is 3, not text (put the value in quotes)",
        (
            f'{path}: wrong-type: size is "many", not a whole number (write a whole number from 0 '
            "to 1000000, without quotes)"
        ),
        f'{path}: wrong-type: zones is 1, not a list (write a list: one "- value" a line)',
    ]


def test_nothing_at_all_names_what_is_missing() -> None:
    given()
    assert refusal() == [
        (
            "Pulumi.dev.yaml: missing-field: the stack's configuration has no block: A block (add "
            '"tenantry:block:" below "config:")'
        ),
        (
            "Pulumi.dev.yaml: missing-field: the stack's configuration has no name: What it is "
            'called (add "tenantry:name:" below "config:")'
        ),
    ]


def test_a_secret_is_refused_because_it_might_come_to_stand_in_the_state() -> None:
    given(name="ml", block='{"range": "x"}', secret=["name"])
    assert refusal() == [
        (
            "Pulumi.dev.yaml: secret: name is a secret, and no program here takes one (run: "
            "pulumi config rm name; keep secrets in the key vault)"
        )
    ]


def test_a_key_of_a_namespace_that_nobody_reads_is_refused() -> None:
    set_all_config(
        {
            "tenantry:name": "ml",
            "tenantry:block": '{"range": "x"}',
            "tenant:size": "3",
            "azure-native:location": "westeurope",
        },
        [],
    )
    assert refusal() == [
        'Pulumi.dev.yaml: unknown-field: nothing reads tenant:size (did you mean "tenantry:size"?)'
    ]


def test_a_stack_without_a_configuration_of_its_own_refuses_any() -> None:
    given()
    assert read(Nothing) == Nothing()
    given(name="ml")
    with pytest.raises(RefusedError, match="unknown-field: name"):
        read(Nothing)


@pytest.mark.parametrize("shards", ["0", "many", "1.5", "101"])
def test_a_number_of_shards_that_is_none_is_refused(shards: str) -> None:
    set_all_config({"tenantry:shards": shards})
    with pytest.raises(RefusedError, match=r"Pulumi\.yaml: [a-z-]+: shards .*1 to 100"):
        read_project()


def test_the_number_of_shards_is_missing() -> None:
    set_all_config({})
    with pytest.raises(RefusedError, match="has no shards: How many stacks"):
        read_project()
