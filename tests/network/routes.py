"""Ways by host name: out through the sender's proxy, in through a gateway.

Owns the meaning of Sidecar, ServiceEntry, VirtualService and DestinationRule as our objects use
them. A Sidecar is no wall, because whoever runs a pod can go round its proxy; the walls are
`network_policies` and `mesh`, and what leaves here still has to pass them.

Sources, in istio/istio 1.30: pilot/pkg/model/sidecar.go for what a proxy knows,
pilot/pkg/networking/core/{tls,cluster_traffic_policy}.go for the way to a subset,
pilot/pkg/model/push_context.go for whose gateways a route reaches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from tests.network.world import ROOT_NAMESPACE, Connection, Endpoint, Object, Objects, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Who refuses where nothing leads on.
SIDECAR = "sidecar"
GATEWAY = "gateway"

_REGISTRY_ONLY = "REGISTRY_ONLY"


class Directory(Protocol):
    """Who is behind a name."""

    def host(self, name: str) -> Endpoint:
        """Return what public DNS says."""

    def service(self, name: str, port: int) -> tuple[Endpoint, int]:
        """Return a pod behind a Service, and the pod's port."""


class Url(NamedTuple):
    """Where a name is asked for."""

    host: str
    port: int


def out(objects: Objects, directory: Directory, source: Endpoint, url: Url) -> Connection | str:
    """Return the connection that comes of a pod's wish to reach a host outside."""
    stream = Request(server_name=url.host)
    direct = Connection(source, directory.host(url.host), "TCP", url.port, stream)
    if not source.sidecar:
        return direct
    sidecar = _sidecar(objects, source.namespace)
    if not any(_knows(entry, url) for entry in objects.of("ServiceEntry", source.namespace)):
        mode = sidecar["spec"].get("outboundTrafficPolicy", {}).get("mode")
        return SIDECAR if mode == _REGISTRY_ONLY else direct
    destinations = [
        route["destination"]
        for each in objects.of("VirtualService", source.namespace)
        for route in _tls_routes(each, url)
    ]
    if not destinations:
        return direct
    return _through(objects, directory, source, sidecar, destinations[0])


def _through(
    objects: Objects, directory: Directory, source: Endpoint, sidecar: Object, to: Object
) -> Connection | str:
    """Return the connection to a subset of a service, in mutual TLS with a name of its own."""
    port = to["port"]["number"]
    tls = next(_subset_tls(objects, source.namespace, to["host"], to["subset"], port), None)
    if tls is None or not _sees(sidecar, to["host"]):
        return SIDECAR
    if tls["mode"] != "ISTIO_MUTUAL":
        raise ValueError(f"not judged: TLS mode {tls['mode']}")
    pod, pod_port = directory.service(to["host"], port)
    return Connection(source, pod, "TCP", pod_port, Request(server_name=tls["sni"]))


def _sidecar(objects: Objects, namespace: str) -> Object:
    """Return the namespace's Sidecar, else the mesh's default."""
    return [*objects.of("Sidecar", namespace), *objects.of("Sidecar", ROOT_NAMESPACE)][0]


def _knows(entry: Object, url: Url) -> bool:
    ports = {port["number"] for port in entry["spec"]["ports"]}
    return url.host in entry["spec"]["hosts"] and url.port in ports


def _sees(sidecar: Object, service: str) -> bool:
    namespace = service.split(".")[1]
    wanted = {f"{namespace}/*", f"{namespace}/{service}", "*/*"}
    return any(wanted & set(each["hosts"]) for each in sidecar["spec"]["egress"])


def _tls_routes(virtual_service: Object, url: Url) -> Iterator[Object]:
    spec = virtual_service["spec"]
    if "mesh" in spec.get("gateways", ["mesh"]):
        for each in spec.get("tls", []):
            if any(m["port"] == url.port and url.host in m["sniHosts"] for m in each["match"]):
                yield from each["route"]


def _subset_tls(
    objects: Objects, namespace: str, service: str, subset: str, port: int
) -> Iterator[Object]:
    for rule in objects.of("DestinationRule", namespace):
        for each in rule["spec"]["subsets"] if rule["spec"]["host"] == service else []:
            for setting in each["trafficPolicy"]["portLevelSettings"]:
                if each["name"] == subset and setting["port"]["number"] == port:
                    yield setting["tls"]


def through_gateway(
    routes: list[Object], directory: Directory, gateway: Endpoint, request: Request
) -> Connection | str:
    """Return the connection to a service that comes of a visitor's request at a gateway."""
    host = (request.host or "").partition(":")[0]
    for each in routes:
        spec = each["spec"]
        if host in spec["hosts"] and gateway.gateway in spec.get("gateways", []):
            if gateway.namespace not in spec["exportTo"]:
                continue
            http = spec["http"][0]
            removed = {name.lower() for name in http["headers"]["request"]["remove"]}
            to = http["route"][0]["destination"]
            pod, port = directory.service(to["host"], to["port"]["number"])
            left = {key: value for key, value in request.headers.items() if key not in removed}
            inner = Request(left, request.host, request.path, request.method)
            return Connection(gateway, pod, "TCP", port, inner)
    return GATEWAY
