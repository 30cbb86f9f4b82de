"""How a chart's sources are made ready to be built. Helm itself is played; see tests/e2e."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tenantry.workspace import helm
from tenantry.workspace.building import objects_in
from tenantry.workspace.helm import Helm

if TYPE_CHECKING:
    from pathlib import Path

_CHART = """\
name: mesh
version: 1.2.3
dependencies:
  - name: always
  - {name: used, condition: used.enabled}
  - {name: spare, condition: spare.enabled}
  - {name: unsaid, condition: unsaid.enabled}
  - {name: within, condition: within.enabled}
"""
_VALUES = "used: {enabled: true}\nspare: {enabled: false}\nwithin: {enabled: true}\n"


def _left(folder: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]) -> list[str]:
    """Return the charts that a chart still asks for when it is built."""
    (folder / "charts" / "within").mkdir(parents=True)
    (folder / "Chart.yaml").write_text(_CHART)
    (folder / "values.yaml").write_text(_VALUES)
    monkeypatch.setattr(helm, "run", lambda *_: [])
    Helm(folder / "helm", "mesh", "mesh", "1.36", values).folder(folder, "1.2.3")
    chart = yaml.safe_load((folder / "Chart.yaml").read_text())
    return [each["name"] for each in chart["dependencies"]]


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({}, ["always", "used", "within"]),
        ({"spare": {"enabled": True}}, ["always", "used", "spare", "within"]),
        # What we say goes before what the chart says of itself.
        ({"used": {"enabled": False}}, ["always", "within"]),
        ({"used": "x", "unsaid": {"enabled": True}}, ["always", "used", "unsaid", "within"]),
        # Left out of the list, Helm would install what lies in the folder, whatever values say.
        ({"within": {"enabled": False}}, ["always", "used", "within"]),
    ],
)
def test_charts_within_a_chart_are_asked_for_where_they_are_on(
    values: dict[str, Any], left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _left(tmp_path, monkeypatch, values) == left


def test_an_equals_sign_is_text() -> None:
    """Prometheus' definitions have one among the values of an enumeration."""
    (found,) = objects_in(b"kind: A\nenum: [=, '!=']\n")
    assert found["enum"] == ["=", "!="]
