"""Verdicts of Istio's receiving proxy: mutual TLS, then who may send what.

Owns the meaning of PeerAuthentication and AuthorizationPolicy, as far as our objects and the
platform's use them; a field that it does not know is an error and never ignored. No analyser that
could be installed reads conditions on headers and server names (docs/decisions/009). Sources, in
istio/istio 1.30: pilot/pkg/security/authz/builder/builder.go and model/{model,generator}.go for
rules, authz/matcher/{string,header}.go for values, pilot/pkg/model/authorization.go and
authentication.go for which objects hold for a workload.

Not modelled: CUSTOM policies and RequestAuthentication, so the login at the gateway; the ports that
pass the proxy by (15020, 15021, 15090) and the kubelet's probes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.network.world import ROOT_NAMESPACE, selects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.network.world import Connection, Endpoint, Object, Objects

Value = str | None
"""What a policy compares; None is what this connection does not have."""

_HEADER = re.compile(r"request\.headers\[(.+)]")
_SOURCE = {"principals": "source.principal", "namespaces": "source.namespace"}
_OPERATION = {"hosts": "host", "paths": "path", "methods": "method"}
_HTTP_ONLY = {"host", "path", "method"}
_CASELESS = {"host"}


def admits(objects: Objects, connection: Connection) -> bool:
    """Whether the receiver's proxy lets a connection through; it stands only before TCP."""
    to = connection.destination
    if not to.sidecar or connection.protocol != "TCP":
        return True
    if connection.source.principal is None and _demands_identity(objects, to):
        return False
    by_action: dict[str, list[Object]] = {"ALLOW": [], "DENY": []}
    for policy in _holding(objects, "AuthorizationPolicy", to):
        by_action[policy["spec"].get("action", "ALLOW")].append(policy)
    if any(_fires(policy, connection) for policy in by_action["DENY"]):
        return False
    # One ALLOW policy, even without a rule, refuses all that no ALLOW policy names.
    allowing = by_action["ALLOW"]
    return not allowing or any(_fires(policy, connection) for policy in allowing)


def _demands_identity(objects: Objects, to: Endpoint) -> bool:
    """Whether plain text is refused: the namespace's own word, else the mesh's, else it is not."""
    modes = [*_modes(objects, to.namespace), *_modes(objects, ROOT_NAMESPACE)]
    return next((mode for mode in modes if mode != "UNSET"), "PERMISSIVE") == "STRICT"


def _modes(objects: Objects, namespace: str) -> Iterator[str]:
    for each in objects.of("PeerAuthentication", namespace):
        _check(each["spec"], {"mtls"})
        yield each["spec"].get("mtls", {}).get("mode", "UNSET")


def _holding(objects: Objects, kind: str, to: Endpoint) -> Iterator[Object]:
    """Yield what holds for a workload: its namespace's and the root namespace's."""
    for namespace in dict.fromkeys((ROOT_NAMESPACE, to.namespace)):
        for each in objects.of(kind, namespace):
            _check(each["spec"], {"action", "rules", "selector"})
            if selects(each["spec"].get("selector") or {}, to.labels):
                yield each


def _fires(policy: Object, connection: Connection) -> bool:
    return any(_matches(rule, connection, policy) for rule in policy["spec"].get("rules") or [])


def _matches(rule: Mapping[str, Any], connection: Connection, policy: Object) -> bool:
    """Whether a rule matches: one of `from`, one of `to`, and all of `when`."""
    _check(rule, {"from", "to", "when"})
    if not _is_http(connection) and _needs_http(rule):
        if policy["spec"].get("action") == "DENY":
            raise ValueError("a DENY rule on HTTP, asked of a stream, is not judged")
        return False  # Istio leaves such a rule out of a TCP filter chain
    sources = [each["source"] for each in rule.get("from") or []] or [{}]
    operations = [each["operation"] for each in rule.get("to") or []] or [{}]
    return (
        any(_all(_named(source, _SOURCE), connection) for source in sources)
        and any(_all(_named(operation, _OPERATION), connection) for operation in operations)
        and all(_condition(when, connection) for when in rule.get("when") or [])
    )


def _named(fields: Mapping[str, list[str]], names: Mapping[str, str]) -> dict[str, list[str]]:
    _check(fields, set(names))
    return {names[field]: values for field, values in fields.items()}


def _all(wanted: Mapping[str, list[str]], connection: Connection) -> bool:
    return all(
        any(_is(value, _attribute(key, connection), key) for value in values)
        for key, values in wanted.items()
    )


def _condition(when: Mapping[str, Any], connection: Connection) -> bool:
    _check(when, {"key", "values", "notValues"})
    key = when["key"]
    actual = _attribute(key, connection)
    values, others = when.get("values"), when.get("notValues")
    return (values is None or any(_is(value, actual, key) for value in values)) and (
        others is None or not any(_is(value, actual, key) for value in others)
    )


def _attribute(key: str, connection: Connection) -> Value:
    """Return what a connection has for a key. Only a proxy's certificate makes a source."""
    source, request = connection.source, connection.request
    if header := _HEADER.fullmatch(key):
        lower = {name.lower(): value for name, value in request.headers.items()}
        return lower.get(header[1].lower())
    attributes: dict[str, Value] = {
        "source.principal": source.principal,
        "source.namespace": source.namespace if source.principal else None,
        "connection.sni": request.server_name,
        "host": request.host,
        "path": request.path,
        "method": request.method,
    }
    return attributes[key]


def _is(pattern: str, actual: Value, key: str) -> bool:
    """Compare as Envoy does: exact, or with one `*` at the start or the end, or alone."""
    if actual is None:
        return False
    if key in _CASELESS:
        pattern, actual = pattern.lower(), actual.lower()
    if pattern == "*":
        # A header need only be there; anything else must not be empty.
        return bool(actual) or _HEADER.fullmatch(key) is not None
    if pattern.startswith("*"):
        return actual.endswith(pattern[1:])
    return actual.startswith(pattern[:-1]) if pattern.endswith("*") else actual == pattern


def _is_http(connection: Connection) -> bool:
    request = connection.request
    return any((request.host, request.path, request.method, request.headers))


def _needs_http(rule: Mapping[str, Any]) -> bool:
    operations = [each["operation"] for each in rule.get("to") or []]
    named = {key for each in operations for key in _named(each, _OPERATION)}
    keys = [when["key"] for when in rule.get("when") or []]
    return bool(named & _HTTP_ONLY) or any(_HEADER.fullmatch(key) for key in keys)


def _check(fields: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(fields) - known:
        raise ValueError(f"not judged: {sorted(unknown)}")
