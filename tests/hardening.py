"""What stays open in the platform's own namespaces, found in rendered objects and upstream's facts.

Owns what counts as open, and its words. Why each opening is needed stands in docs/hardening.md;
that the two agree is `tests.test_hardening`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.network.world import Objects
from tests.repository import manifests

from tenantry.apps import installed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.repository import Files

    from tenantry.apps import App
    from tenantry.facts import Facts

Object = dict[str, Any]

EVERY_POD = "all"
_LEVEL = "pod-security.kubernetes.io/enforce"
_PEER_AUTHENTICATION = "security.istio.io/PeerAuthentication"
_DEFAULT_DENY = "security.istio.io/AuthorizationPolicy {}/global-deny-all"
_INJECT = "sidecar.istio.io/inject"
#: A range with fewer fixed bits is no longer "these machines".
_NARROW = 16
#: Which label tells a workload from its neighbours: the first that it has.
_TELLING = ("katib.kubeflow.org/component", "app", "component", "app.kubernetes.io/name")


class Opening(NamedTuple):
    """Something that a namespace, or some pods of it, leave open."""

    namespace: str
    pods: str
    what: str


@dataclass(frozen=True)
class Platform:
    """A cluster as it is rendered, with what upstream's sources bring to it."""

    apps: tuple[App, ...]
    objects: Objects
    mesh: str
    """The namespace whose policies hold in the whole mesh."""
    gateway: Mapping[str, str]
    """The labels of the front door's pods."""

    @classmethod
    def rendered(cls, cluster: str, facts: Facts, files: Files) -> Platform:
        """Take a cluster from a rendered tree."""
        here = facts.clusters[cluster]
        names = installed(facts.apps, here)
        objects = Objects(
            each
            for path, text in files.items()
            if path.startswith(f"{cluster}/apps/")
            for each in manifests(text)
        )
        apps = tuple(app for app in facts.apps if app.name in names)
        mesh = here.cluster.mesh
        return cls(apps, objects, mesh.namespace, mesh.gateway.pods)

    @cached_property
    def namespaces(self) -> dict[str, dict[str, str]]:
        """Every namespace that an app brings, with its labels."""
        return {
            name: labels
            for app in self.apps
            for contents in app.contents
            for name, labels in contents.namespaces.items()
        }

    def openings(self) -> set[Opening]:
        """Return everything that is open."""
        return {
            opening
            for namespace, labels in self.namespaces.items()
            for found in (
                self._pod_security(labels),
                self._network(namespace),
                self._mesh(namespace, labels),
            )
            for opening in (Opening(namespace, *each) for each in found)
        }

    def _pod_security(self, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        level = labels.get(_LEVEL, "none")
        if level != "restricted":
            yield EVERY_POD, f"pods of level {level}"

    def _network(self, namespace: str) -> Iterator[tuple[str, str]]:
        policies = self.objects.of("NetworkPolicy", namespace)
        for direction, words in (("Ingress", "anybody comes in"), ("Egress", "anything goes out")):
            if not any(_denies(policy["spec"], direction) for policy in policies):
                yield EVERY_POD, words
        for policy in policies:
            for words in (*_let_in(policy["spec"]), *_let_out(policy["spec"])):
                yield shown(policy["spec"]["podSelector"]), words

    def _mesh(self, namespace: str, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        if labels.get("istio-injection") != "enabled":
            yield EVERY_POD, "not in the mesh"
            return
        if not (self._is_strict(namespace) or self._is_strict(self.mesh)):
            yield EVERY_POD, "plain text"
        if not (self._is_shut(namespace) or self._is_shut(self.mesh)):
            yield EVERY_POD, "no default deny"
        for policy in (*self.objects.of("PeerAuthentication", namespace), *self._held(namespace)):
            for words in _plain(policy["spec"]):
                yield shown(policy["spec"].get("selector") or {}), words
        for pods in self._without_proxy(namespace):
            yield _telling(pods), "no proxy of the mesh"

    def _without_proxy(self, namespace: str) -> Iterator[Mapping[str, str]]:
        for app in self.apps:
            for pods in app.upstream.pods if app.upstream is not None else ():
                if pods.namespace == namespace and pods.labels.get(_INJECT) == "false":
                    yield pods.labels

    def _is_strict(self, namespace: str) -> bool:
        return any(
            each["spec"] == {"mtls": {"mode": "STRICT"}}
            for each in self.objects.of("PeerAuthentication", namespace)
        )

    def _is_shut(self, namespace: str) -> bool:
        """Whether a policy without rules stands there: ours, or upstream's that a step tests."""
        own = self.objects.of("AuthorizationPolicy", namespace)
        return any(each["spec"] == {} for each in own) or any(
            _DEFAULT_DENY.format(namespace) == name and tested == {"/spec": {}}
            for app in self.apps
            for name, tested in steps_of(app)
        )

    def _held(self, namespace: str) -> Iterator[Object]:
        """Yield upstream's PeerAuthentications, as far as steps of patches test what they say."""
        for app in self.apps:
            for name, tested in steps_of(app):
                kind, _, place = name.partition(" ")
                if kind == _PEER_AUTHENTICATION and place.startswith(f"{namespace}/"):
                    selector = {"matchLabels": {"app": place.partition("/")[2]}}
                    ports = tested["/spec/portLevelMtls"]
                    yield {"spec": {"selector": selector, "portLevelMtls": ports}}


def steps_of(app: App) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield upstream's objects with what steps of our patches hold them to, by path."""
    patched = app.upstream.patched if app.upstream is not None else ()
    for patch, found in zip(app.file.patches, patched, strict=False):
        if isinstance(patch.patch, dict):
            continue
        tested = {step.path: step.value for step in patch.patch if step.op == "test"}
        for name in found.objects if tested else ():
            yield name, tested


def peer_authentications(app: App) -> int:
    """Return how many PeerAuthentications an app's source brings."""
    objects = app.upstream.objects if app.upstream is not None else {}
    return sum(kinds.get(_PEER_AUTHENTICATION, 0) for kinds in objects.values())


def _denies(spec: Object, direction: str) -> bool:
    """Whether a policy closes a direction for every pod of its namespace, and opens nothing."""
    return (
        spec["podSelector"] == {}
        and direction in spec["policyTypes"]
        and not spec.get(direction.lower())
    )


def _let_in(spec: Object) -> Iterator[str]:
    for rule in spec.get("ingress") or ():
        if not rule.get("from"):
            yield f"anybody calls {_ports(rule)}"


def _let_out(spec: Object) -> Iterator[str]:
    for rule in spec.get("egress") or ():
        if not rule.get("to"):
            yield f"calls anybody on {_ports(rule)}"
        elif any(_is_wide(peer) for peer in rule["to"]):
            yield f"calls the outside on {_ports(rule)}"


def _plain(spec: Object) -> Iterator[str]:
    if spec.get("mtls", {}).get("mode", "STRICT") != "STRICT":
        yield "plain text"
    for port, mtls in (spec.get("portLevelMtls") or {}).items():
        if mtls["mode"] != "STRICT":
            yield f"plain text on {port}"


def _is_wide(peer: Object) -> bool:
    block = peer.get("ipBlock")
    return block is not None and ip_network(block["cidr"]).prefixlen <= _NARROW


def _ports(rule: Object) -> str:
    return ", ".join(str(each["port"]) for each in rule.get("ports") or ()) or "any port"


def shown(selector: Object) -> str:
    """Write a label selector as briefly as a person would."""
    labels = [_named(*each) for each in sorted((selector.get("matchLabels") or {}).items())]
    wanted = [
        " or ".join(each.get("values") or [f"with {each['key']}"])
        for each in selector.get("matchExpressions") or ()
    ]
    return ", ".join((*labels, *wanted)) or EVERY_POD


def _telling(labels: Mapping[str, str]) -> str:
    return next(_named(key, labels[key]) for key in _TELLING if key in labels)


def _named(key: str, value: str) -> str:
    """Return a label's value; Katib's are words that others use as well."""
    return f"katib {value}" if key == _TELLING[0] else value
