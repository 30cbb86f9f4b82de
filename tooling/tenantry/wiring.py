"""Wiring: how facts reach an app's values, patches and manifests.

A fact is asked for by an object, never by a template: ``{fromFact: cluster.domain}`` becomes the
domain. Owns the way from a dotted path to a value, and what each marker (`markers`) becomes; who
may use which is the business of `rules.app_facts`.

An absent fact takes the entry that asks for it with it, all else stays: a company without a proxy
gets no proxy setting. An absent *output* makes the whole app wait (`apps.installed`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from pydantic import BaseModel

from tenantry.manifest import Tree, to_yaml
from tenantry.markers import AS_JSON, AS_YAML, FROM_FACT, JOINED, WHOLE, markers, references
from tenantry.quantity import Quantity
from tenantry.schema.cluster import Cluster, Outputs
from tenantry.schema.platform import Platform
from tenantry.ways_out import WAYS_OUT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tenantry.facts import ClusterFacts
    from tenantry.schema.platform import Prices

CLUSTER_NAME: Final = "clusterName"
APP_NAMESPACES: Final = "appNamespaces"
MONTHLY_PRICES: Final = "monthlyPrices"
#: OpenCost divides by it again (opencost/opencost v1.112.0, pkg/cloud/provider/providerconfig.go).
_HOURS_A_MONTH: Final = 730
_WHOLE: Mapping[str, Callable[[ClusterFacts], Tree]] = {
    CLUSTER_NAME: lambda facts: facts.name,
    APP_NAMESPACES: lambda facts: list(facts.app_namespaces),
    MONTHLY_PRICES: lambda facts: _monthly(facts.platform.prices),
    **WAYS_OUT,
}
_MODELS: Mapping[str, type[BaseModel]] = {
    "cluster": Cluster,
    "outputs": Outputs,
    "platform": Platform,
}
ROOTS: Final = (*_MODELS, *_WHOLE)


class Absence(Enum):
    """What stands for a fact that is not given. Not null, which is a value."""

    ABSENT = "absent"


class UnknownFactError(LookupError):
    """A path that leads to no fact, with the names that would have led on."""

    def __init__(self, step: str, known: Sequence[str]) -> None:
        super().__init__(step)
        self.step = step
        self.known = list(known)


def declare(fact: str) -> None:
    """Raise UnknownFactError unless a path leads to a value that files of facts may hold."""
    root, *steps = fact.split(".")
    if root in _WHOLE and not steps:
        return
    if root not in _MODELS:
        raise UnknownFactError(root, ROOTS)
    here: Any = _MODELS[root]
    for step in steps:
        here = _below(here, step)
    block = _block(here)
    if block is not None:
        raise UnknownFactError("", sorted(_fields(block)))


def awaited(fact: str, facts: ClusterFacts) -> bool:
    """Whether a fact is an output that the infrastructure has not given yet.

    What a block that it gave does without is optional, and no longer to come.
    """
    root, _, steps = fact.partition(".")
    if root != "outputs" or find(fact, facts) is not Absence.ABSENT:
        return False
    block = _fields(Outputs)[steps.partition(".")[0]]
    return not isinstance(getattr(facts.outputs, block), BaseModel)


@lru_cache(maxsize=1024)
def find(fact: str, facts: ClusterFacts) -> Tree | Absence:
    """Return the value of a fact on a cluster. Its path must be one that `declare` accepts."""
    root, *steps = fact.split(".")
    if root in _WHOLE:
        made = _WHOLE[root](facts)
        return Absence.ABSENT if made is None else made
    here: object = getattr(facts, root)
    for step in steps:
        if isinstance(here, BaseModel):
            here = getattr(here, _fields(type(here)).get(step, ""), None)
        else:
            here = here.get(step) if isinstance(here, Mapping) else None
    return _plain(here)


def fill(tree: object, facts: ClusterFacts) -> Tree | Absence:
    """Return a tree with every marker replaced, and without what asks for an absent fact."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, dict):
        if len(tree) == 1:
            ((key, value),) = tree.items()
            if key in _REPLACEMENTS:
                return _REPLACEMENTS[key](value, facts)
        filled = {key: fill(value, facts) for key, value in tree.items()}
        return {key: value for key, value in filled.items() if not isinstance(value, Absence)}
    if isinstance(tree, (list, tuple)):
        items = [fill(item, facts) for item in tree]
        return [item for item in items if not isinstance(item, Absence)]
    return tree  # type: ignore[return-value] # a leaf of a Tree


def _joined(parts: Sequence[object], facts: ClusterFacts) -> Tree | Absence:
    filled = [fill(part, facts) for part in parts]
    if Absence.ABSENT in filled:
        return Absence.ABSENT
    return "".join(map(_text, filled))


def _text(value: object) -> str:
    """Write a part of a text: a list with commas, as environment variables hold them."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_json(value: object, facts: ClusterFacts) -> Tree | Absence:
    filled = fill(value, facts)
    if isinstance(filled, Absence):
        return filled
    return json.dumps(filled, ensure_ascii=False, indent=2)


def _as_yaml(value: object, facts: ClusterFacts) -> Tree | Absence:
    filled = fill(value, facts)
    return to_yaml([filled]) if isinstance(filled, Mapping) else Absence.ABSENT


def _whole(value: object, facts: ClusterFacts) -> Tree | Absence:
    """Return a block as it is meant, or nothing where a fact in it is not given."""
    if any(find(asked.fact, facts) is Absence.ABSENT for asked in references(markers(value, ()))):
        return Absence.ABSENT
    return fill(value, facts)


_REPLACEMENTS: Mapping[str, Callable[[Any, ClusterFacts], Tree | Absence]] = {
    FROM_FACT: find,
    JOINED: _joined,
    AS_JSON: _as_json,
    AS_YAML: _as_yaml,
    WHOLE: _whole,
}


def _monthly(prices: Prices) -> Tree:
    """Return the prices under OpenCost's names, each for a month and as text.

    The company has one price for a core, so spot nodes cost the same.
    """
    cpu, memory = prices.cpu_hour * _HOURS_A_MONTH, prices.memory_gib_hour * _HOURS_A_MONTH
    found = {
        "CPU": cpu,
        "spotCPU": cpu,
        "RAM": memory,
        "spotRAM": memory,
        "GPU": prices.gpu_hour * _HOURS_A_MONTH,
        "storage": prices.storage_gib_month,
    }
    return {name: f"{price:.6f}" for name, price in found.items()}


def _plain(value: object) -> Tree | Absence:
    """Return a value of a model as a manifest holds it."""
    if value is None or isinstance(value, BaseModel):
        return Absence.ABSENT
    if isinstance(value, Mapping):
        return {str(_leaf(key)): _plain(item) for key, item in value.items()}  # type: ignore[misc] # a mapping of values
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]  # type: ignore[misc] # a list of values
    return _leaf(value)


def _leaf(value: object) -> Tree:
    if isinstance(value, Quantity):
        return value.text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return value  # type: ignore[return-value] # text, a number or a switch


def _below(here: object, step: str) -> object:
    """Return the declared type of what stands below a step."""
    for branch in _branches(here):
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            fields = _fields(branch)
            if step not in fields:
                raise UnknownFactError(step, sorted(fields))
            return branch.model_fields[fields[step]].annotation
        if get_origin(branch) is dict:
            return get_args(branch)[1]
    raise UnknownFactError(step, ())


def _block(here: object) -> type[BaseModel] | None:
    """Return the model that a declared type ends at or holds items of; None for plain values."""
    for branch in _branches(here):
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            return branch
        if get_origin(branch) in (dict, tuple):
            found = next(filter(None, map(_block, get_args(branch))), None)
            if found is not None:
                return found
    return None


def _branches(annotation: Any) -> list[Any]:  # noqa: ANN401 - a typing form
    """Return the members of a union, bare of their annotations."""
    if hasattr(annotation, "__metadata__"):
        return _branches(annotation.__origin__)
    if get_origin(annotation) in (None, dict, tuple):
        return [annotation]
    return [bare for member in get_args(annotation) for bare in _branches(member)]


@lru_cache(maxsize=256)
def _fields(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the names of a model's fields in Python, by those in a file."""
    return {info.alias or name: name for name, info in model.model_fields.items()}
