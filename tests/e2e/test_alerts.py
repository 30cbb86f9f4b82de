"""Every alert fires when it should, says what it should, and else is silent: says promtool."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.alerts.rules import CASES, alerts, groups
from tests.e2e.promtool import Promtool
from tests.repository import ROOT, files

from tenantry import layout
from tenantry.workspace import toolchain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repository import Files


@pytest.fixture(scope="module")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> Promtool:
    def tell(message: str) -> None:
        print(f"\ntenantry: {message}", file=sys.__stderr__, flush=True)

    return Promtool(toolchain.find(ROOT, "promtool", tell), tmp_path_factory.mktemp("promtool"))


class _Cores(float):
    """What a pool has, of which a case names a share: ``{gpu:0.9}``."""

    def __format__(self, share: str) -> str:
        """Return that share."""
        return f"{float(share) * self:f}"


def _case(name: str) -> dict[str, Any]:
    """Return a case with the cores of prod's pools in it."""
    facts = yaml.safe_load((ROOT / layout.cluster_file("prod", layout.CLUSTER_FILE)).read_bytes())
    pools = {pool: _Cores(each["cpu"]) for pool, each in facts["capacity"]["pools"].items()}
    case = dict(CASES[name])
    for key in ("series", "not"):
        case[key] = {measured: str(each).format(**pools) for measured, each in case[key].items()}
    return case


@pytest.fixture(scope="module")
def tree(trees: Path) -> Files:
    return files(trees)


@pytest.mark.parametrize("cluster", ["dev", "prod"])
def test_prometheus_understands_every_rule(promtool: Promtool, tree: Files, cluster: str) -> None:
    found = groups(tree, cluster)
    assert found
    assert promtool.faults(found) == ""


def test_it_finds_fault_with_a_rule_that_is_wrong(promtool: Promtool) -> None:
    wrong = {"alert": "Wrong", "expr": "sum by (job (up)"}
    assert "parse error" in promtool.faults([{"name": "wrong", "rules": [wrong]}])


@pytest.mark.parametrize("name", CASES)
def test_an_alert_does_what_its_case_says(promtool: Promtool, tree: Files, name: str) -> None:
    assert promtool.differs(alerts(tree, "prod")[name], _case(name)) == ""


@pytest.mark.parametrize("name", CASES)
def test_a_case_notices_an_alert_that_never_fires(
    promtool: Promtool, tree: Files, name: str
) -> None:
    rule: dict[str, Any] = {**alerts(tree, "prod")[name], "expr": "vector(1) > 2"}
    assert "FAILED" in promtool.differs(rule, _case(name))
