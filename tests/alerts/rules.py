"""The alerts as Prometheus is given them, and what is written by hand to judge them by.

Owns how rules are found in a rendered tree; promtool's form of a test is `tests.e2e.promtool`'s.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from tests.repository import manifests

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.repository import Files

HERE = Path(__file__).parent
#: For each metric: which app brings what exports it, at which version, and where that was read.
METRICS: dict[str, dict[str, str]] = yaml.safe_load((HERE / "metrics.yaml").read_bytes())
CASES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "cases.yaml").read_bytes())

_TEXT = re.compile(r'"[^"]*"')
_LABELS = re.compile(r"\{[^{}]*}|\b(?:by|on|without|ignoring|group_left|group_right) *\([^()]*\)")
_WORD = re.compile(r"[a-z_][a-z0-9_:]*(?! *\()\b", re.IGNORECASE)
_KEYWORDS = {"and", "or", "unless", "offset", "by", "on", "group_left", "bool", "inf", "nan"}


def groups(tree: Files, cluster: str) -> list[dict[str, Any]]:
    """Return all groups of rules of a cluster."""
    return [
        group
        for path, content in tree.items()
        if path.startswith(f"{cluster}/{layout.rendered_app_folder('alerts')}/")
        for each in manifests(content)
        if each["kind"] == "PrometheusRule"
        for group in each["spec"]["groups"]
    ]


def alerts(tree: Files, cluster: str) -> dict[str, dict[str, Any]]:
    """Return every alert of a cluster, by its name."""
    return {rule["alert"]: rule for group in groups(tree, cluster) for rule in group["rules"]}


def metrics_in(expression: str) -> Iterator[str]:
    """Yield the metrics that an expression reads.

    What is no function, no label and no keyword is one: enough for what we write, and the table of
    metrics would show anything else.
    """
    bare = _LABELS.sub(" ", _TEXT.sub("", expression))
    bare = re.sub(r"\[[^]]*]|\b[0-9][0-9a-z.]*\b", " ", bare)
    for word in _WORD.findall(bare):
        if word not in _KEYWORDS and not re.search(rf"\b{word} *\(", bare):
            yield word
