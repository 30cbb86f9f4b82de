"""The table of expected verdicts: rows as people write them, and each connection that they mean.

Owns the format of verdicts.yaml, which docs/network.md explains to people. Nothing expected is
taken from a renderer. What the objects say of a connection is the business of `cluster`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from tests.network.world import HERE, WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Where a row may say several things, and every combination of them is meant.
_LISTS = ("from", "to", "port", "user", "host", "path", "server_name")
_WORDS = {*_LISTS, "method", "verdict", "why"}

_HTTPS = "TCP 443"


class Place(NamedTuple):
    """A namespace whose connections are judged."""

    cluster: str
    namespace: str

    def __str__(self) -> str:
        """Return it as the table names it."""
        return "/".join(self)


PLACES: dict[Place, dict[str, Any]] = {
    Place(*name.split("/")): sample for name, sample in WORKLOADS["samples"].items()
}


@dataclass(frozen=True, eq=False)
class Row:
    """A row of the table: several connections with one verdict."""

    verdict: str
    why: str
    method: str | None
    lists: Mapping[str, list[str | None]]
    """What is said for each word of `_LISTS`; where nothing is, the only thing said is None."""

    @classmethod
    def read(cls, words: Mapping[str, Any]) -> Row:
        """Make a row of what people write; a word it does not know is an error."""
        if unknown := set(words) - _WORDS:
            raise ValueError(f"a row has no {unknown}")
        lists = {word: _listed(words.get(word)) for word in _LISTS}
        lists["port"] = [_port(each) for each in lists["port"]]
        return cls(words["verdict"], words["why"], words.get("method"), lists)

    def said(self, word: str) -> list[str]:
        """Return what is said for a word."""
        return [each for each in self.lists[word] if each is not None]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - as YAML has it
    return value if isinstance(value, list) else [value]


def _port(value: str | int | None) -> str:
    if value is None:
        return _HTTPS
    return f"TCP {value}" if isinstance(value, int) else value


@dataclass(frozen=True)
class Section:
    """Rows that hold in the same places."""

    title: str
    where: str
    """The places as people wrote them."""
    rows: list[Row]
    left: bool
    """Whether the tenant has left Git, and Argo CD kept only what it must keep."""

    @property
    def places(self) -> list[Place]:
        """Return the samples that are meant: all, those of an environment, or those named."""
        if self.where == "every namespace":
            return list(PLACES)
        found = [place for place, each in PLACES.items() if each["environment"] == self.where]
        return found or [Place(*name.split("/")) for name in self.where.split(", ")]


@dataclass(frozen=True, eq=False)
class Case:
    """One connection with its expected verdict."""

    place: Place
    left: bool
    row: Row
    words: Mapping[str, str | None]

    @property
    def source(self) -> str:
        """Return who reaches out."""
        return self.words["from"] or ""

    @property
    def destination(self) -> str:
        """Return whom it wants."""
        return self.words["to"] or ""

    def __str__(self) -> str:
        """Return it as a message names it."""
        said = {**self.words, "method": self.row.method}
        request = [f"{word} {value}" for word, value in said.items() if value is not None]
        return f"{self.place}{' after it left' if self.left else ''}: {', '.join(request)}"


def _sections() -> Iterator[Section]:
    for each in yaml.safe_load((HERE / "verdicts.yaml").read_text("utf-8")):
        rows = [Row.read(words) for words in each.pop("rows")]
        yield Section(each.pop("title"), each.pop("in"), rows, each.pop("left", False))
        if each:
            raise ValueError(f"a section has no {set(each)}")


def _cases() -> Iterator[Case]:
    for section in SECTIONS:
        for row, place in product(section.rows, section.places):
            if place not in PLACES:
                raise ValueError(f"{place} is not among the samples")
            for words in product(*row.lists.values()):
                found = dict(zip(row.lists, words, strict=True))
                yield Case(place, section.left, row, found)


SECTIONS = list(_sections())
CASES = list(_cases())
