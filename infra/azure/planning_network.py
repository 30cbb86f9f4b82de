"""Address ranges: whether they lie where they must, are large enough, and do not overlap. Pure."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.azure.existing import ExistingNetwork
    from infra.azure.faults import Fault
    from infra.azure.pools import PoolPlan
    from infra.azure.settings import Network, Settings
    from tenantry.facts import ClusterFacts
    from tenantry.findings import Field

#: Addresses of a subnet that Azure keeps for itself.
_KEPT = 5
#: Further addresses that load balancers and an upgrade's new nodes take.
_SPARE = 32
#: Smallest subnet of an API server. Source: "API Server VNet Integration" in the AKS manual.
_API_SERVER_BITS = 28
#: Each node takes a /24 of the pods' range.
_NODE_BITS = 24
#: Largest range of Services that AKS takes, and the smallest in which a platform finds room.
_SERVICE_BITS = (12, 22)
#: Smallest subnet of private endpoints: those of vaults, storage and registry, and some of teams.
_ENDPOINT_BITS = 27


def check_network(
    facts: ClusterFacts, settings: Settings, pools: Sequence[PoolPlan]
) -> Iterator[Fault]:
    """Yield what is wrong with the ranges."""
    yield from _check_which(facts, settings)
    ranges, faults = _ranges(facts, settings)
    yield from faults
    if faults:
        return
    yield from _check_overlaps(ranges)
    if settings.existing.cluster is None:
        yield from _check_pods(ranges, pools)
        yield from _check_services(ranges)
        yield from _check_callers(settings)
    if settings.network is not None:
        yield from _check_inside(ranges)
        yield from _check_room(ranges, pools)
        yield from _check_endpoints(ranges)
        yield from _check_api_server(facts)


def _check_which(facts: ClusterFacts, settings: Settings) -> Iterator[Fault]:
    made, there = settings.network, settings.existing.network
    if (made is None) == (there is None):
        told = "twice" if made else "not at all"
        message = f"the network is given {told}"
        yield "network", ("network",), message, "write network or existing.network"
    if made is not None and settings.existing.cluster is not None:
        message = "the cluster is there already, and stands in a network that is there as well"
        yield "network", ("network",), message, "name that one as existing.network, in its place"
    if there is not None:
        yield from _check_front_door(facts, there)


#: Name of a range in messages, and the field that holds it.
_FIELDS = {
    "network.nodes": ("network", "nodes"),
    "network.endpoints": ("network", "endpoints"),
    "network.range": ("network", "range"),
    "podRange": ("podRange",),
    "serviceRange": ("serviceRange",),
}
_API_SERVER = "apiServer.ranges"
_PROXY = "network.proxy.ranges"


def _ranges(facts: ClusterFacts, settings: Settings) -> tuple[dict[str, IPv4Network], list[Fault]]:
    """Return the ranges by name, and those that are none."""
    texts = {"podRange": settings.pod_range, "serviceRange": settings.service_range}
    if settings.network is not None:
        texts |= _texts(settings.network)
    faults: list[Fault] = []
    ranges = {}
    for name, text in texts.items():
        try:
            ranges[name] = IPv4Network(text)
        except ValueError:
            faults += filter(None, [_not_a_range(name, text, _FIELDS[name])])
    ranges |= _of_facts(facts)
    return ranges, faults


def _not_a_range(name: str, text: str, field: Field) -> Fault | None:
    """Return what is wrong with a text that must be a range from its first address on."""
    first = _first(text)
    if first == text:
        return None
    cure = f"write {first}" if first else "write an IPv4 range such as 10.0.0.0/24"
    return "network", field, f"{name} is no range of addresses: {text}", cure


def _texts(network: Network) -> dict[str, str]:
    return {
        "network.range": network.range,
        "network.nodes": network.nodes,
        "network.endpoints": network.endpoints,
    }


def _of_facts(facts: ClusterFacts) -> dict[str, IPv4Network]:
    ranges = {}
    for number, text in enumerate(facts.cluster.api_server.ranges):
        ranges[f"{_API_SERVER}[{number}]"] = IPv4Network(text, strict=False)
    proxy = facts.platform.network.proxy
    for number, text in enumerate(proxy.ranges if proxy else ()):
        ranges[f"{_PROXY}[{number}]"] = IPv4Network(text, strict=False)
    return ranges


def _first(text: str) -> str | None:
    try:
        return str(IPv4Network(text, strict=False))
    except ValueError:
        return None


def _check_overlaps(ranges: dict[str, IPv4Network]) -> Iterator[Fault]:
    """Yield pairs that share addresses. All but what is for the whole must be apart."""
    whole = ranges.get("network.range")
    parts = [(name, it) for name, it in ranges.items() if name != "network.range"]
    wrong = [
        each
        for each in parts
        if whole and each[0] in ("podRange", "serviceRange") and each[1].overlaps(whole)
    ]
    for each in wrong:
        yield _overlap(each, ("network.range", ranges["network.range"]))
    for one, other in combinations(parts, 2):
        # Said once, of the whole network, and not of each subnet again.
        said = (one in wrong and _is_ours(other[0])) or (other in wrong and _is_ours(one[0]))
        named = one[0] in _FIELDS or other[0] in _FIELDS
        if one[1].overlaps(other[1]) and named and not said:
            yield _overlap(one, other)


def _is_ours(name: str) -> bool:
    """Whether a range is that of a subnet, and lies in the network."""
    return name in ("network.nodes", "network.endpoints") or name.startswith(_API_SERVER)


def _overlap(one: tuple[str, IPv4Network], other: tuple[str, IPv4Network]) -> Fault:
    message = f"{one[0]} ({one[1]}) and {other[0]} ({other[1]}) share addresses"
    field = _FIELDS.get(one[0]) or _FIELDS.get(other[0]) or ("network",)
    return "network", field, message, "choose ranges that are apart"


def _check_inside(ranges: dict[str, IPv4Network]) -> Iterator[Fault]:
    whole = ranges["network.range"]
    for name, part in ranges.items():
        if _is_ours(name) and not part.subnet_of(whole):
            message = f"{name} ({part}) does not lie in network.range ({whole})"
            field = _FIELDS.get(name, ("network", "range"))
            yield "network", field, message, f"choose a part of {whole}, or a larger range"


def _check_room(ranges: dict[str, IPv4Network], pools: Sequence[PoolPlan]) -> Iterator[Fault]:
    nodes = ranges["network.nodes"]
    wanted = sum(pool.most for pool in pools) + _KEPT + _SPARE
    if nodes.num_addresses < wanted:
        bits = 32 - (wanted - 1).bit_length()
        message = (
            f"network.nodes ({nodes}) has {nodes.num_addresses} addresses, and the pools may need "
            f"{wanted}"
        )
        yield "network", ("network", "nodes"), message, f"choose a /{bits} or larger"


def _check_pods(ranges: dict[str, IPv4Network], pools: Sequence[PoolPlan]) -> Iterator[Fault]:
    pods = ranges["podRange"]
    wanted = sum(pool.most for pool in pools)
    room = 2 ** max(_NODE_BITS - pods.prefixlen, 0) if pods.prefixlen <= _NODE_BITS else 0
    if room < wanted:
        bits = _NODE_BITS - (wanted - 1).bit_length()
        message = f"podRange ({pods}) is enough for {room} nodes, and there may be {wanted}"
        yield "network", ("podRange",), message, f"choose a /{bits} or larger"


def _check_endpoints(ranges: dict[str, IPv4Network]) -> Iterator[Fault]:
    endpoints = ranges["network.endpoints"]
    if endpoints.prefixlen > _ENDPOINT_BITS:
        message = f"network.endpoints ({endpoints}) has {endpoints.num_addresses} addresses"
        cure = f"choose a /{_ENDPOINT_BITS} or larger: each vault, account and claim takes one"
        yield "network", ("network", "endpoints"), message, cure


def _check_services(ranges: dict[str, IPv4Network]) -> Iterator[Fault]:
    services, (largest, smallest) = ranges["serviceRange"], _SERVICE_BITS
    if not largest <= services.prefixlen <= smallest:
        size = "small" if services.prefixlen > smallest else "large"
        message = f"serviceRange ({services}) is too {size} for Services"
        yield "network", ("serviceRange",), message, f"choose a /{largest} to a /{smallest}"


def _check_callers(settings: Settings) -> Iterator[Fault]:
    for number, text in enumerate(settings.api_server_callers):
        fault = _not_a_range(f"apiServerCallers[{number}]", text, ("apiServerCallers", number))
        if fault is not None:
            yield fault


def _check_api_server(facts: ClusterFacts) -> Iterator[Fault]:
    ranges = facts.cluster.api_server.ranges
    place = f"apiServer.ranges in clusters/{facts.name}/cluster.yaml"
    if len(ranges) > 1:
        message = f"{place} names {len(ranges)} ranges, and the API server's subnet has one"
        yield "network", ("network",), message, "leave one there"
    elif _first(ranges[0]) != ranges[0]:
        message = f"{place} begins in the midst of a range: {ranges[0]}"
        yield "network", ("network",), message, f"write {_first(ranges[0])} there"
    elif IPv4Network(ranges[0], strict=False).prefixlen > _API_SERVER_BITS:
        message = f"{place} is smaller than the API server's subnet may be"
        yield "network", ("network",), message, f"write a /{_API_SERVER_BITS} or larger there"


def front_door_address(facts: ClusterFacts, settings: Settings) -> str | None:
    """Return the address of a private front door, None of a public one.

    In a network of our own it is the last of the nodes' subnet: nodes take theirs from the other
    end, and Azure keeps the very last for itself.
    """
    if not facts.cluster.private:
        return None
    if settings.existing.network is not None:
        return settings.existing.network.front_door
    return str(IPv4Network(settings.network.nodes)[-2]) if settings.network else None


def _check_front_door(facts: ClusterFacts, there: ExistingNetwork) -> Iterator[Fault]:
    field = ("existing", "network", "frontDoor")
    if facts.cluster.private and there.front_door is None:
        message = f"the front door of {facts.name} is private, and nobody said at which address"
        cure = "add a free address of the nodes' subnet as existing.network.frontDoor"
        yield "front-door", field, message, cure
    if not facts.cluster.private and there.front_door is not None:
        message = f"the front door of {facts.name} is public, and gets an address from Azure"
        cure = f"remove it, or write private: true in clusters/{facts.name}/cluster.yaml"
        yield "front-door", field, message, cure
