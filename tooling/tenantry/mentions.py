"""Names in objects that lead to objects of other apps: issuers, secret stores, authorizers.

Owns which fields of which kinds name something that has to be there first. A route that names a
gateway is none of them: it waits for the gateway, and harms nobody meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tenantry.kinds import group_kind
from tenantry.reader import read_document

#: Kinds that others name. Namespaced ones are known by namespace and name.
_OFFERED: Final = {
    "cert-manager.io/ClusterIssuer": False,
    "cert-manager.io/Issuer": True,
    "external-secrets.io/ClusterSecretStore": False,
    "external-secrets.io/SecretStore": True,
    "scheduling.k8s.io/PriorityClass": False,
}
#: What Istio's settings call an external authorizer, and policies name.
_PROVIDER: Final = "mesh provider"


def offers_of(each: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yield how others call an object, where it is of a kind that others name."""
    kind, name = group_kind(each), each["metadata"]["name"]
    if kind in _OFFERED:
        yield f"{kind} {place}/{name}" if _OFFERED[kind] else f"{kind} {name}"
    elif kind == "ConfigMap" and "mesh" in (each.get("data") or {}):
        yield from (f"{_PROVIDER} {provider}" for provider in _providers(each["data"]["mesh"]))


def _providers(mesh: object) -> Iterator[str]:
    """Yield the external authorizers that Istio's settings, a text of YAML, define."""
    settings: Any = read_document("mesh", str(mesh).encode()).data
    for provider in (settings or {}).get("extensionProviders") or ():
        yield provider["name"]


def asks_of(each: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yield what an object asks for by name."""
    kind, spec = group_kind(each), each.get("spec")
    if not isinstance(spec, Mapping):
        return
    if kind == "cert-manager.io/Certificate":
        yield from _reference("cert-manager.io", "Issuer", spec.get("issuerRef"), place)
    elif kind.startswith("external-secrets.io/"):
        yield from _reference(
            "external-secrets.io", "SecretStore", spec.get("secretStoreRef"), place
        )
    elif kind == "security.istio.io/AuthorizationPolicy" and spec.get("action") == "CUSTOM":
        yield f"{_PROVIDER} {spec['provider']['name']}"
    else:
        yield from _priority(spec)


def _reference(group: str, kind: str, reference: object, place: str) -> Iterator[str]:
    """Yield what a field names: an object beside it, or one of the whole cluster."""
    if isinstance(reference, Mapping) and isinstance(reference.get("name"), str):
        named = f"{group}/{reference.get('kind', kind)}"
        inside = _OFFERED.get(named)
        yield f"{named} {place}/{reference['name']}" if inside else f"{named} {reference['name']}"


def _priority(spec: Mapping[str, Any]) -> Iterator[str]:
    """Yield the priority class of a workload's pods: without it no pod is let in."""
    template = spec.get("template")
    pod = template.get("spec") if isinstance(template, Mapping) else None
    name = pod.get("priorityClassName") if isinstance(pod, Mapping) else None
    if name and not str(name).startswith("system-"):
        yield f"scheduling.k8s.io/PriorityClass {name}"
