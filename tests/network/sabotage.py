"""Ways to weaken or break the objects that decide who reaches whom, one at a time.

Owns which changes are tried. Whether the table notices one is judged by the tests.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.network.world import Object

Way = list[str | int]
"""The keys and numbers that lead to a place in an object."""

#: Peers that take in everybody, or every address.
_EVERY_POD: dict[str, Any] = {"namespaceSelector": {}}
_EVERY_ADDRESS = {"ipBlock": {"cidr": "0.0.0.0/0"}}


class Change(NamedTuple):
    """One object with one thing changed."""

    what: str
    object: Object
    opens: bool
    """Whether more is allowed than before; else less."""


def changes(manifest: Object) -> Iterator[Change]:
    """Yield an object with each of its parts taken away or widened."""
    kind = manifest["kind"]
    if kind == "NetworkPolicy":
        yield from _of_network_policy(manifest)
    elif kind == "AuthorizationPolicy":
        yield from _of_authorization_policy(manifest)
    elif kind == "PeerAuthentication":
        yield _at(manifest, "mode PERMISSIVE", ["spec", "mtls", "mode"], "PERMISSIVE", opens=True)


def _of_network_policy(policy: Object) -> Iterator[Change]:
    spec = policy["spec"]
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(spec.get(direction, [])):
            way: Way = ["spec", direction, number]
            yield _at(policy, f"no {direction} rule {number}", way, None, opens=False)
            if "ports" in rule:
                yield _at(
                    policy, f"{direction} {number}: all ports", [*way, "ports"], None, opens=True
                )
            for kind, parts in ((side, rule.get(side, [])), ("ports", rule.get("ports", []))):
                # A rule's only peer or port cannot go alone: none would mean all.
                for each in range(len(parts)) if len(parts) > 1 else ():
                    what = f"{direction} {number}: without {parts[each]}"
                    yield _at(policy, what, [*way, kind, each], None, opens=False)
            for place, peer in enumerate(rule.get(side, [])):
                yield from _wider_peers(policy, [*way, side, place], peer, direction)


def _wider_peers(policy: Object, way: Way, peer: Object, direction: str) -> Iterator[Change]:
    name = f"{direction} {way[2]}: {peer}"
    if "ipBlock" in peer:
        yield _at(policy, f"{name}, any address", way, _EVERY_ADDRESS, opens=True)
        return
    yield _at(policy, f"{name}, anybody", way, _EVERY_POD, opens=True)
    if "namespaceSelector" in peer:
        yield _at(policy, f"{name}, any pod", [*way, "podSelector"], None, opens=True)
        wider = {**peer, "namespaceSelector": {}}
        yield _at(policy, f"{name}, any namespace", way, wider, opens=True)


def _of_authorization_policy(policy: Object) -> Iterator[Change]:
    for number, rule in enumerate(policy["spec"].get("rules", [])):
        way: Way = ["spec", "rules", number]
        yield _at(policy, f"no rule {number}", way, None, opens=False)
        for part in rule:
            yield _at(policy, f"rule {number}: no {part}", [*way, part], None, opens=True)
        for values_way, values in _values(rule):
            place = [*way, *values_way]
            name = f"rule {number}: {values_way[-1]}"
            if values != ["*"]:
                yield _at(policy, f"{name} *", place, ["*"], opens=True)
            for each in range(len(values)) if len(values) > 1 else ():
                yield _at(
                    policy, f"{name} without {values[each]}", [*place, each], None, opens=False
                )


def _values(rule: Object) -> Iterator[tuple[Way, list[str]]]:
    for part, inner in (("from", "source"), ("to", "operation")):
        for number, each in enumerate(rule.get(part, [])):
            for field, values in each[inner].items():
                yield [part, number, inner, field], values
    for number, each in enumerate(rule.get("when", [])):
        yield ["when", number, "values"], each["values"]


def _at(manifest: Object, what: str, way: Way, value: object, *, opens: bool) -> Change:
    """Return the object with something else, or nothing, at a place in it."""
    changed = deepcopy(manifest)
    inner: Any = changed
    for step in way[:-1]:
        inner = inner[step]
    if value is None:
        del inner[way[-1]]
    else:
        inner[way[-1]] = value
    return Change(what, changed, opens)
