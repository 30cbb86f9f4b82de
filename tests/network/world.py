"""The world in which connections are judged: workloads and objects of one cluster.

Owns how a workload looks to a policy, and which objects stand where. What the objects mean is the
business of `network_policies`, `mesh` and `routes`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Object = dict[str, Any]

HERE = Path(__file__).parent

#: Who is who, as people wrote it down.
WORKLOADS: Object = yaml.safe_load((HERE / "workloads.yaml").read_text("utf-8"))

#: The namespace whose policies hold in the whole mesh. Source: `rootNamespace` in apps/istio.
ROOT_NAMESPACE = "istio-system"

_TRUST_DOMAIN = "cluster.local"


@dataclass(frozen=True)
class Endpoint:
    """One end of a connection: a pod, or an address outside of the cluster."""

    address: str
    namespace: str = ""
    """Empty outside of the cluster."""
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    account: str = "default"
    sidecar: bool = False
    """Whether a proxy of the mesh stands before it; a gateway is nothing but one."""
    gateway: str = ""
    """The Gateway object that it serves, as ``namespace/name``."""

    @property
    def principal(self) -> str | None:
        """Who it is to the mesh; without a proxy it is nobody."""
        if not self.sidecar:
            return None
        return f"{_TRUST_DOMAIN}/ns/{self.namespace}/sa/{self.account}"


@dataclass(frozen=True)
class Request:
    """What travels over a connection, as far as a policy may look at it."""

    headers: Mapping[str, str] = field(default_factory=dict)
    host: str | None = None
    """Without host, path and method it is a stream of bytes, not HTTP."""
    path: str | None = None
    method: str | None = None
    server_name: str | None = None


@dataclass(frozen=True)
class Connection:
    """Somebody reaches for a port of somebody."""

    source: Endpoint
    destination: Endpoint
    protocol: str
    port: int
    request: Request


class Objects:
    """The objects of a cluster; never changed, only replaced by others."""

    def __init__(self, objects: Iterable[Object]) -> None:
        self._objects = tuple(objects)
        self._by: dict[tuple[str, str], list[Object]] = defaultdict(list)
        for each in self._objects:
            self._by[each["kind"], each["metadata"].get("namespace", "")].append(each)

    def __iter__(self) -> Iterator[Object]:
        """Yield all objects."""
        return iter(self._objects)

    def of(self, kind: str, namespace: str) -> list[Object]:
        """Return the objects of a kind in a namespace."""
        return self._by.get((kind, namespace), [])

    def only(self, wanted: Callable[[Object], bool]) -> Objects:
        """Return the same without what is not wanted."""
        return Objects(each for each in self._objects if wanted(each))

    def with_(self, old: Object, new: Object | None) -> Objects:
        """Return the same with another object, or none, in the place of an old one."""
        result = Objects(())
        result._objects = tuple(
            other
            for each in self._objects
            for other in ([new] if each is old else [each])
            if other is not None
        )
        result._by = self._by.copy()
        place = old["kind"], old["metadata"].get("namespace", "")
        result._by[place] = [
            other
            for each in self._by[place]
            for other in ([new] if each is old else [each])
            if other is not None
        ]
        return result

    def namespace_labels(self, name: str) -> dict[str, str]:
        """Return a namespace's labels; the API server puts its name among them."""
        labels = {"kubernetes.io/metadata.name": name}
        for each in self.of("Namespace", ""):
            if each["metadata"]["name"] == name:
                labels.update(each["metadata"].get("labels", {}))
        return labels


def name_of(manifest: Object) -> str:
    """Return how people find an object: namespace, kind, name."""
    metadata = manifest["metadata"]
    return f"{metadata.get('namespace', '')} {manifest['kind']} {metadata['name']}"


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches; an empty one matches everything.

    Source: k8s.io/apimachinery, meta/v1, LabelSelector and labels.Requirement.
    """
    if not selector:
        return True
    if unknown := set(selector) - {"matchLabels", "matchExpressions"}:
        raise ValueError(f"a label selector has no {unknown}")
    wanted = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _OPERATORS[each["operator"]](labels.get(each["key"]), each.get("values") or [])
        for each in selector.get("matchExpressions") or []
    )


_OPERATORS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}
