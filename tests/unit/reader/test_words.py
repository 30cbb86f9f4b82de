"""The words and symbols that mean something to YAML: all of them, in all spellings, and no other.

The table of them is made when its module is loaded, so these tests load the module anew: a mutant
of that code shows only in a module that was loaded while the mutant was on.
"""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

_SETTLED = {"true": True, "false": False, "null": None}
_DOUBTFUL = {
    "yes": "YAML 1.1 and kubectl read true, YAML 1.2 reads text",
    "on": "YAML 1.1 and kubectl read true, YAML 1.2 reads text",
    "no": "YAML 1.1 and kubectl read false, YAML 1.2 reads text",
    "off": "YAML 1.1 and kubectl read false, YAML 1.2 reads text",
    "y": "kubectl and some YAML 1.1 readers read true, YAML 1.2 reads text",
    "n": "kubectl and some YAML 1.1 readers read false, YAML 1.2 reads text",
}


@pytest.fixture
def scalars() -> ModuleType:
    """Return the module, loaded anew."""
    spec = find_spec("tenantry.reader.scalars")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("word", "value"), _SETTLED.items())
def test_three_words_mean_the_same_to_all_readers(
    scalars: ModuleType, word: str, value: object
) -> None:
    for spelling in (word, word.capitalize(), word.upper()):
        assert scalars.resolve(spelling) is value
    assert scalars.resolve(word[0] + word[1:].upper()) == word[0] + word[1:].upper()


@pytest.mark.parametrize(("word", "readings"), _DOUBTFUL.items())
def test_six_words_are_a_choice_to_some_readers(
    scalars: ModuleType, word: str, readings: str
) -> None:
    for spelling in {word, word.capitalize(), word.upper()}:
        value = scalars.resolve(spelling)
        assert (value, value.kind, value.readings) == (spelling, "word", readings)
    assert type(scalars.resolve(f"{word}x")) is str


def test_two_symbols_mean_nothing_and_two_are_doubtful(scalars: ModuleType) -> None:
    assert (scalars.resolve(""), scalars.resolve("~")) == (None, None)
    equals, merge = scalars.resolve("="), scalars.resolve("<<")
    assert equals.readings == "YAML 1.1 cannot read it, YAML 1.2 and kubectl read text"
    assert merge.readings == "YAML 1.1 and kubectl cannot read it, YAML 1.2 reads text"
