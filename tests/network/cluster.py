"""A cluster, as it is rendered, and what its objects say of a connection.

Owns who a workload of the table is, and the order in which a connection is judged. Each analyser
is asked, whatever the others say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.network import mesh, network_policies, routes
from tests.network.table import PLACES, Case, Place
from tests.network.world import HERE, WORKLOADS, Connection, Endpoint, Object, Objects, Request
from tests.repository import manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.repository import Files

LAYERS = {
    "egress": network_policies.lets_out,
    "ingress": network_policies.lets_in,
    "mesh": mesh.admits,
}

_REFUSED = "refused by "
_USER_HEADER = "kubeflow-userid"
_TENANT = "tenantry.dev/tenant"
_KEPT = "Prune=false"
_URL = re.compile(r"https?://([^:]+)(?::(\d+))?")
_POD_ADDRESS = "10.244.0.10"


class Cluster:
    """The objects of one cluster, as rendered, beside upstream's and the controllers'."""

    def __init__(self, name: str, objects: Objects) -> None:
        self.name = name
        self.objects = objects
        self._endpoints: dict[tuple[str, str], Endpoint] = {}

    @classmethod
    def rendered(cls, name: str, files: Files) -> Cluster:
        """Take a cluster from a rendered tree."""
        objects = [
            each
            for path, text in files.items()
            if path.startswith((f"{name}/tenants/", f"{name}/apps/"))
            for each in manifests(text)
        ]
        owned = [owner_access(each) for each in objects if each["kind"] == "Profile"]
        upstream = list(manifests((HERE / "upstream.yaml").read_bytes()))
        return cls(name, Objects([*objects, *owned, *upstream]))

    def with_(self, old: Object, new: Object | None) -> Cluster:
        """Return the same with another object, or none, in the place of an old one."""
        return Cluster(self.name, self.objects.with_(old, new))

    def only(self, wanted: Callable[[Object], bool]) -> Cluster:
        """Return the same without what is not wanted."""
        return Cluster(self.name, self.objects.only(wanted))

    def after_leaving(self) -> Cluster:
        """Return what is left when the tenants are gone from Git."""
        return self.only(_stays)

    def judge(self, case: Case) -> str:
        """Return the verdict of the objects: "allowed", or who refuses."""
        connection = self.connection(case)
        if isinstance(connection, str):
            return _REFUSED + connection
        layers = [name for name, lets in LAYERS.items() if not lets(self.objects, connection)]
        return _REFUSED + ", ".join(layers) if layers else "allowed"

    def connection(self, case: Case) -> Connection | str:
        """Return the connection that a case comes to, or who refuses before there is one."""
        source = self.endpoint(case.source, case.place)
        request = _request(case)
        if url := _URL.fullmatch(case.destination):
            host, port = url.groups()
            if source.gateway:
                asked = Request(request.headers, request.host or host, request.path or "/", "GET")
                ways = self.objects.of("VirtualService", case.place.namespace)
                return routes.through_gateway(ways, self, source, asked)
            return routes.out(self.objects, self, source, routes.Url(host, int(port or 443)))
        protocol, _, number = (case.words["port"] or "").partition(" ")
        destination = self.endpoint(case.destination, case.place)
        return Connection(source, destination, protocol, int(number), request)

    def endpoint(self, name: str, place: Place) -> Endpoint:
        """Return a workload by its name in the table: "pod of churn dressed as kube-dns"."""
        key = name, place.namespace
        if key not in self._endpoints:
            plain, _, dress = name.partition(" dressed as ")
            found = self._plain(plain, place.namespace)
            if dress:
                labels = self._plain(dress, place.namespace).labels
                found = self._pod({"labels": labels, "account": found.account}, found.namespace)
            self._endpoints[key] = found
        return self._endpoints[key]

    def _plain(self, name: str, namespace: str) -> Endpoint:
        if name in WORKLOADS["addresses"]:
            return Endpoint(self._here(WORKLOADS["addresses"][name]))
        if name in WORKLOADS["platform"]:
            words = dict(WORKLOADS["platform"][name])
            return self._pod(words, self._here(words.pop("namespace")))
        kind, _, other = name.partition(" of ")
        return self._pod(WORKLOADS["own"][kind], other or namespace)

    def _pod(self, words: Mapping[str, Any], namespace: str) -> Endpoint:
        labels = self.objects.namespace_labels(namespace)
        return Endpoint(_POD_ADDRESS, namespace, namespace_labels=labels, **words)

    def _here(self, value: str | dict[str, str]) -> str:
        return value if isinstance(value, str) else value[self.name]

    def host(self, name: str) -> Endpoint:
        """Return what public DNS says."""
        return self._plain(WORKLOADS["hosts"].get(name, "internet"), "")

    def service(self, name: str, port: int) -> tuple[Endpoint, int]:
        """Return a pod behind a Service: a page that answers on the port, unless it is listed."""
        known = WORKLOADS["services"].get(name)
        if known is not None:
            return self._plain(known["workload"], ""), known["ports"][port]
        return self._plain("page", name.split(".")[1]), port


def _request(case: Case) -> Request:
    words = case.words
    user = words["user"]
    headers = {}
    if user is not None:
        people = PLACES[case.place]["people"]
        if user not in people and "@" not in user:
            raise ValueError(f"{case}: nobody is {user}")
        headers[_USER_HEADER] = people.get(user, user)
    return Request(headers, words["host"], words["path"], case.row.method, words["server_name"])


def _stays(manifest: Object) -> bool:
    """Whether an object is none of a tenant's, or one that Argo CD may not delete."""
    metadata = manifest["metadata"]
    options = metadata.get("annotations", {}).get("argocd.argoproj.io/sync-options", "")
    return _TENANT not in metadata.get("labels", {}) or _KEPT in options


def owner_access(profile: Object) -> Object:
    """Return the policy that Kubeflow's controller makes of a Profile.

    Source: kubeflow/dashboard, components/profile-controller/controllers/profile_controller.go,
    getAuthorizationPolicy.
    """
    name = profile["metadata"]["name"]
    account = "cluster.local/ns/{}/sa/{}".format
    gateway = account("istio-system", "istio-ingressgateway-service-account")
    callers = [gateway, account("kubeflow", "ml-pipeline-ui")]
    notebooks = account("kubeflow", "notebook-controller-service-account")
    owner = profile["spec"]["owner"]["name"]
    header = {"key": f"request.headers[{_USER_HEADER}]", "values": [owner]}
    rules = [
        {"from": [{"source": {"principals": callers}}], "when": [header]},
        {"when": [{"key": "source.namespace", "values": [name]}]},
        {"to": [{"operation": {"paths": ["/healthz", "/metrics", "/wait-for-drain"]}}]},
        {
            "from": [{"source": {"principals": [notebooks]}}],
            "to": [{"operation": {"methods": ["GET"], "paths": ["*/api/kernels"]}}],
        },
    ]
    return {
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "ns-owner-access-istio", "namespace": name},
        "spec": {"action": "ALLOW", "rules": rules},
    }
