"""Contents: what built objects bring to a cluster and what they use there, as facts.

Owns the way from objects to facts. Who builds the objects is `workspace.inspection`'s business;
what follows for the order of apps is `arrows`'.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tenantry.containers import containers_of
from tenantry.kinds import group_kind, is_cluster_scoped, is_own_group
from tenantry.mentions import asks_of, offers_of
from tenantry.schema.upstream import Contents, Definition, Pods, Webhook
from tenantry.weaknesses import passwords_of, takes_tokens_for_anybody

Object = Mapping[str, Any]

#: Client-side apply keeps the whole object in an annotation, and those may hold this much.
_LARGEST_ANNOTATION = 256 * 1024

_DEFINITIONS: Final = (
    "apiextensions.k8s.io/CustomResourceDefinition",
    "apiextensions.crossplane.io/CompositeResourceDefinition",
)
_WEBHOOKS: Final = {
    "admissionregistration.k8s.io/MutatingWebhookConfiguration": True,
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration": False,
}
_WRITES: Final = frozenset(("CREATE", "UPDATE", "*"))
_WAVE: Final = "argocd.argoproj.io/sync-wave"
_KEPT: Final = {
    "argocd.argoproj.io/sync-options": ("Prune=false", "Delete=false"),
    "argocd.argoproj.io/compare-options": ("IgnoreExtraneous",),
}


def contents_of(objects: Iterable[Object], namespace: str) -> Contents:
    """Return the facts of objects; those that name no namespace go to `namespace`."""
    found = [(group_kind(each), each) for each in objects]
    definitions = dict(_definition(each) for kind, each in found if kind in _DEFINITIONS)
    scopes = {kind: definition.scope for kind, definition in definitions.items()}
    places = [(place_of(kind, each, namespace, scopes), kind, each) for kind, each in found]
    containers = [containers_of(each) for _, each in found]
    return Contents(
        objects=_counted(places),
        later=_sorted(_later(found)),
        namespaces={_name(each): labels(each) for kind, each in found if kind == "Namespace"},
        definitions=definitions,
        webhooks=tuple(hook for kind, each in found for hook in _webhooks(kind, each)),
        pods=tuple(_distinct(_pods(*each) for each in places)),
        offers=_sorted(name for place, _, each in places for name in offers_of(each, place)),
        asks=_sorted(ask for place, _, each in places for ask in asks_of(each, place)),
        images=_sorted(image for inside in containers for image in inside.images),
        accounts=_sorted(
            f"{place}/{_name(each)}" for place, kind, each in places if kind == "ServiceAccount"
        ),
        secrets=_sorted(
            f"{place}/{_name(each)}"
            for place, kind, each in places
            if kind == "Secret" and _is_filled(each)
        ),
        emptied=_sorted(_name(each) for _, each in found if _sets_aggregated_rules(each)),
        passwords=_sorted(
            place
            for (_, each), inside in zip(found, containers, strict=True)
            for place in passwords_of(each, inside.variables)
        ),
        audienceless=_sorted(
            f"{place}/{_name(each)}" for place, _, each in places if takes_tokens_for_anybody(each)
        ),
        unkept=_sorted(
            f"{each['kind']} {_name(each)}" for kind, each in found if not _is_kept(kind, each)
        ),
    )


def place_of(kind: str, each: Object, namespace: str, scopes: Mapping[str, str]) -> str:
    """Return the namespace that an object of a kind lands in; none for one of the whole cluster."""
    own = str(each["metadata"].get("namespace") or "")
    if scopes.get(kind) == "Cluster" or is_cluster_scoped(kind):
        return ""
    if own:
        return own
    known = kind in scopes or is_own_group(kind)
    return namespace if known else ""


def labels(each: Object) -> dict[str, str]:
    """Return the labels of an object."""
    return {str(key): str(text) for key, text in (each["metadata"].get("labels") or {}).items()}


def _name(each: Object) -> str:
    return str(each["metadata"]["name"])


def _counted(places: Sequence[tuple[str, str, Object]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for place, kind in sorted((place, kind) for place, kind, _ in places):
        kinds = counts.setdefault(place, {})
        kinds[kind] = kinds.get(kind, 0) + 1
    return counts


def _later(objects: Sequence[tuple[str, Object]]) -> set[str]:
    """Return the kinds of which every object waits for a wave after the app's first."""
    at_once = {kind for kind, each in objects if not _waits(each)}
    return {kind for kind, _ in objects} - at_once


def _waits(each: Object) -> bool:
    wave = str((each["metadata"].get("annotations") or {}).get(_WAVE, ""))
    return wave.isdigit() and int(wave) > 0


def _definition(each: Object) -> tuple[str, Definition]:
    spec = each["spec"]
    size = len(json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode())
    return (
        f"{spec['group']}/{spec['names']['kind']}",
        Definition(
            resource=spec["names"]["plural"],
            # A CompositeResourceDefinition of version 2 is namespaced unless it says otherwise.
            scope="Cluster" if "Cluster" in str(spec.get("scope")) else "Namespaced",
            kibibytes=size // 1024 if size > _LARGEST_ANNOTATION else 0,
        ),
    )


def _webhooks(kind: str, each: Object) -> Iterator[Webhook]:
    mutating = _WEBHOOKS.get(kind)
    if mutating is None:
        return
    for hook in each.get("webhooks") or ():
        resources = _sorted(_resources(hook))
        service = hook["clientConfig"].get("service") or {}
        if resources:
            yield Webhook(
                name=hook["name"],
                mutating=mutating,
                fails=hook.get("failurePolicy", "Fail") == "Fail",
                service=f"{service.get('namespace', '')}/{service.get('name', '')}",
                resources=resources,
                namespaces=hook.get("namespaceSelector") or {},
                objects=hook.get("objectSelector") or {},
            )


def _resources(hook: Object) -> Iterator[str]:
    """Yield what a webhook is asked about when an object is applied."""
    for rule in hook.get("rules") or ():
        if _WRITES.isdisjoint(rule.get("operations") or ()):
            continue
        for group in rule.get("apiGroups") or ():
            for resource in rule.get("resources") or ():
                name, _, part = resource.partition("/")
                if part in ("", "*"):
                    yield f"{group}/{name}" if group else name


def _pods(place: str, kind: str, each: Object) -> Pods | None:
    template = _template(each)
    if template is None or not is_own_group(kind):
        return None
    found = (template.get("metadata") or {}).get("labels") or {}
    return Pods(namespace=place, labels={str(key): str(text) for key, text in found.items()})


def _template(each: Object) -> Object | None:
    """Return what a workload makes its pods of, or the pod itself."""
    spec = each.get("spec")
    if not isinstance(spec, Mapping):
        return None
    if each["kind"] == "Pod":
        return each
    if each["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template = spec.get("template")
    return template if isinstance(template, Mapping) else None


def _is_filled(each: Object) -> bool:
    return bool(each.get("data") or each.get("stringData"))


def _sets_aggregated_rules(each: Object) -> bool:
    """Whether a role whose rules Kubernetes gathers from others names rules all the same."""
    return each["kind"] == "ClusterRole" and bool(each.get("aggregationRule")) and "rules" in each


def _is_kept(kind: str, each: Object) -> bool:
    """Whether Argo CD lets an object be that holds other people's data, or it is no such object."""
    if kind not in ("Namespace", *_DEFINITIONS):
        return True
    annotations = each["metadata"].get("annotations") or {}
    return all(
        option in str(annotations.get(key, ""))
        for key, options in _KEPT.items()
        for option in options
    )


def _sorted(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))


def _distinct(pods: Iterable[Pods | None]) -> list[Pods]:
    found: list[Pods] = []
    for each in pods:
        if each is not None and each not in found:
            found.append(each)
    return found
