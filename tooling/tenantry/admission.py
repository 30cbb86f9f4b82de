"""Admission: which objects a webhook is asked about, as the API server decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def resources_for(resource: str) -> tuple[str, ...]:
    """Return the ways in which a webhook may name a resource, given as ``apps/deployments``."""
    group, slash, name = resource.rpartition("/")
    return (resource, f"{group}{slash}*", f"*/{name}", "*/*")


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes these labels. An empty one takes all."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    expressions = selector.get("matchExpressions")
    return not expressions or all(_holds(expression, labels) for expression in expressions)


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator, values = expression["key"], expression["operator"], expression.get("values")
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    listed = labels.get(key) in (values or ())
    return listed if operator == "In" else not listed


def labels_of_namespace(name: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of a namespace with the one that Kubernetes adds."""
    return {**labels, "kubernetes.io/metadata.name": name}
