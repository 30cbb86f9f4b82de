"""A resource as a guard sees it, and what a guard is. No SDK of a provider is loaded for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

import pulumi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: A value that is known only when another resource is there.
LATER: Final = object()

#: How a class of the SDK for one version of Azure's API names it in its type.
_VERSION = re.compile(r"/v[0-9]{8}[a-z]*(?=:)")


@dataclass(frozen=True)
class Made:
    """A resource that a program constructs."""

    name: str
    type: str
    """Its type, such as azure-native:storage:StorageAccount."""
    properties: Mapping[str, object]
    """What it is given, under Python's names, in plain values."""
    protected: bool = False
    """Whether Pulumi refuses to delete it."""
    retained: bool = False
    """Whether it stays in Azure when Pulumi forgets it."""

    @property
    def kind(self) -> str:
        """Its type without provider and version: the SDK has more than one class for a type."""
        return _VERSION.sub("", self.type.partition(":")[2])

    def get(self, *path: str) -> object:
        """Return a property by its way from the top, or None where it is not given."""
        value: object = self.properties
        for step in path:
            if not isinstance(value, dict):
                return None
            value = value.get(step)
        return value


@dataclass(frozen=True)
class Guard:
    """Something that must hold, why, and how it is seen."""

    id: str
    kinds: tuple[str, ...]
    """Types of resources without the provider, such as storage:StorageAccount. None: all."""
    promise: str
    reason: str
    check: Callable[[Made], Iterator[str]]
    """Yields what is wrong. A value that is not known yet is wrong: nobody could judge it."""

    def concerns(self, made: Made) -> bool:
        """Whether a resource is one to look at."""
        return not self.kinds or made.kind in self.kinds


def plain(value: object) -> object:
    """Return a property as mappings, lists and plain values; `LATER` for what is not known yet."""
    if isinstance(value, pulumi.Output) or hasattr(value, "__await__"):
        return LATER
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    # Everything else is a mapping, or one of the SDK's argument classes, which hold one.
    pairs = value if isinstance(value, dict) else vars(value)
    return {key: plain(each) for key, each in pairs.items() if each is not None}


def must(made: Made, wanted: str, *path: str) -> Iterator[str]:
    """Yield a fault unless a property has the wanted value."""
    found = made.get(*path)
    if found != wanted:
        yield f"{'.'.join(path)} {shown(found)}, and must be {wanted!r}"


def switched_on(made: Made, *path: str) -> Iterator[str]:
    """Yield a fault unless a property is given, and true."""
    found = made.get(*path)
    if found is not True:
        yield f"{'.'.join(path)} {shown(found)}, and must be True"


def switched_off(made: Made, *path: str) -> Iterator[str]:
    """Yield a fault unless a property is given, and false: what Azure takes else may change."""
    found = made.get(*path)
    if found is not False:
        yield f"{'.'.join(path)} {shown(found)}, and must be False"


def shown(value: object) -> str:
    """Return how a value is told of."""
    if value is None:
        return "is not given"
    return "is not known yet" if value is LATER else f"is {value!r}"
