"""Whether the table notices a change of an object, asked of only those who could say otherwise.

Owns the short cuts: without them each change would cost a whole run of the table. A change of a
NetworkPolicy is asked of the network on its own namespace's side, once for each connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.network.cluster import LAYERS, Cluster
from tests.network.table import CASES, Case, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.network.world import Connection, Object

_ASKED = {
    "NetworkPolicy": ("egress", "ingress"),
    "AuthorizationPolicy": ("mesh",),
    "PeerAuthentication": ("mesh",),
}


class Table:
    """The rows of one place, ready to be asked again and again."""

    def __init__(self, place: Place, cluster: Cluster) -> None:
        self._cluster = cluster
        self._cases = {
            left: [each for each in CASES if each.place == place and each.left is left]
            for left in (False, True)
        }
        self._stays = {id(each) for each in cluster.after_leaving().objects}
        self._questions = {
            (layer, left): list(_questions(layer, cluster, cases))
            for layer in LAYERS
            for left, cases in self._cases.items()
        }

    def notice(self, old: Object, new: Object | None) -> Case | None:
        """Return the first row that a change turns red."""
        changed = self._cluster.with_(old, new)
        worlds = [(False, changed)]
        if id(old) in self._stays:
            worlds.append((True, changed.after_leaving()))
        return next((case for world in worlds for case in self._red(old, *world)), None)

    def _red(self, old: Object, left: bool, changed: Cluster) -> Iterator[Case]:  # noqa: FBT001 - a key
        if old["kind"] not in _ASKED:
            cases = self._cases[left]
            yield from (case for case in cases if changed.judge(case) != case.row.verdict)
            return
        namespace = old["metadata"]["namespace"]
        for layer in _ASKED[old["kind"]]:
            lets = LAYERS[layer]
            for connection, case in self._questions[layer, left]:
                end = connection.source if layer == "egress" else connection.destination
                expected = layer not in case.row.verdict
                if end.namespace == namespace and lets(changed.objects, connection) != expected:
                    yield case


def _questions(
    layer: str, cluster: Cluster, cases: list[Case]
) -> Iterator[tuple[Connection, Case]]:
    """Yield connections of which no two are the same to a layer."""
    seen = set()
    for case in cases:
        connection = cluster.connection(case)
        if isinstance(connection, str):
            continue
        ends = id(connection.source), id(connection.destination)
        key = *ends, connection.protocol, connection.port, layer == "mesh" and case
        if key not in seen:
            seen.add(key)
            yield connection, case
