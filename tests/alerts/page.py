"""docs/alerts.md below its introduction: a heading an alert, under which its message leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.alerts.rules import METRICS, metrics_in
from tests.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = ROOT / "docs" / "alerts.md"

BEGIN = "<!-- Generated from apps/alerts/ and tests/alerts/; do not edit below. -->"


def shown(alerts: Iterable[dict[str, Any]]) -> str:
    """Return all alerts, and where each metric was read."""
    return "\n".join([*(line for each in alerts for line in _alert(each)), *_metrics()])


def _alert(rule: dict[str, Any]) -> Iterator[str]:
    words = rule["annotations"]
    metrics = ", ".join(f"`{each}`" for each in sorted(set(metrics_in(rule["expr"]))))
    yield from ("", f"## {rule['alert']}", "")
    yield f"{rule['labels']['severity'].capitalize()}, after {rule['for']}. Reads {metrics}."
    yield from ("", f"**What breaks.** {words['breaks']}", "")
    yield f"**What to do.** {words['action']}"


def _metrics() -> Iterator[str]:
    yield from ("", "## Where each metric was read", "")
    yield from ("| metric | comes with | read in |", "|---|---|---|")
    for name, each in METRICS.items():
        app = f"{each['app']} {each['version']}" if each["app"] else "the cluster"
        yield f"| `{name}` | {app} | {each['source']} |"
