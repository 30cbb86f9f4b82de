"""Guards on the real engine: what they find stops a preview, and an update without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.repository import ROOT

if TYPE_CHECKING:
    from tests.e2e.pulumi.engine import Bench
    from tests.e2e.pulumi.stand_in import StandIn

pytestmark = pytest.mark.usefixtures("_argo_cd")


def test_guards_stop_a_preview_and_an_update_before_anything_is_registered(
    bench: Bench, on_azure: StandIn, on_kubernetes: StandIn
) -> None:
    stack = bench.ours("dev", ROOT, {"zones": '["1"]'})
    for run in (stack.preview(), stack.up()):
        said = run.said()
        assert run.failed
        assert "guards stop this; nothing was registered:" in said
        assert "Pulumi.dev.yaml: nodes-spread: general (AgentPool): availability_zones" in said
        assert "Pulumi.dev.yaml: nodes-spread: cluster (ManagedCluster): pool system:" in said
        assert "Traceback" not in said
    assert on_azure.checked == {}
    assert on_azure.cloud == on_kubernetes.cloud == {}
    assert {each["type"] for each in stack.resources().values()} <= {"pulumi:pulumi:Stack"}
