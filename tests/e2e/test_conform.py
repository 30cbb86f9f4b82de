"""`tenantry conform` with the real kubeconform and the real schemas."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.repository import ROOT

from tenantry.conform.verdicts import NOT_CONFORMANT, UNKNOWN_KIND
from tenantry.workspace.conformance import conform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tenantry.findings import Finding

#: The tenant, and the file of one of its namespaces, into which faults are put.
_SOURCE = "tenants/vision/profiles.yaml"
_FILE = "tenants/vision/defect-detection.yaml"

_FAULTS = {
    "an unknown field": (
        "  podSelector: {}\n",
        "  podSelectors: {}\n",
        "networking.k8s.io/NetworkPolicy defect-detection/deny-all",
        "spec.podSelectors: there is no such field",
    ),
    "an unknown field of a custom kind": (
        "spec:\n  host: istio-egressgateway",
        "spec:\n  host: x\n  hosts: istio-egressgateway",
        "networking.istio.io/DestinationRule defect-detection/egress",
        "spec.hosts: there is no such field",
    ),
    "an unknown parameter of a claim": (
        "  parameters: {}\n",
        "  parameters:\n    colour: red\n",
        "claims.tenantry.dev/Bucket defect-detection/training-images",
        "spec.parameters.colour: there is no such field",
    ),
    "an unknown field of the metadata": (
        "  name: deny-all\n",
        "  name: deny-all\n  label: {}\n",
        "networking.k8s.io/NetworkPolicy defect-detection/deny-all",
        "metadata.label: there is no such field",
    ),
    "a value of the wrong type": (
        "istio-injection: enabled\n",
        "istio-injection: true\n",
        "Namespace defect-detection",
        "metadata.labels.istio-injection: got boolean, want string",
    ),
    "a value that is not among those allowed": (
        "        mode: ISTIO_MUTUAL\n",
        "        mode: ISTIO\n",
        "networking.istio.io/DestinationRule defect-detection/egress",
        "spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode: value must be one of",
    ),
    "a version that nobody serves": (
        "apiVersion: kueue.x-k8s.io/v1beta2\n",
        "apiVersion: kueue.x-k8s.io/v2\n",
        "kueue.x-k8s.io/LocalQueue defect-detection/pool-gpu",
        "no API of this platform has kueue.x-k8s.io/v2 LocalQueue",
    ),
}


@pytest.fixture
def judge(trees: Path, tmp_path: Path) -> Callable[[str, str], list[Finding]]:
    """Return what finds the faults of a tree in which a text was replaced once."""
    tree = tmp_path / "dev"
    shutil.copytree(trees / "dev", tree)

    def found(old: str, new: str) -> list[Finding]:
        text = (tree / _FILE).read_text(encoding="utf-8")
        assert old in text
        (tree / _FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
        return conform(ROOT, [tree]).findings

    return found


def test_everything_that_is_rendered_conforms(trees: Path) -> None:
    found = conform(ROOT, sorted(trees.iterdir()))
    assert found.findings == []
    assert found.objects == sum(
        path.read_text(encoding="utf-8").count("\n---\n") + 1 for path in trees.rglob("*.yaml")
    )


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_fault_is_found_with_its_object_and_the_tenants_line(
    judge: Callable[[str, str], list[Finding]], fault: str
) -> None:
    old, new, shown, message = _FAULTS[fault]
    found = judge(old, new)
    assert len(found) == 1, found
    assert {(finding.path, finding.line > 0) for finding in found} == {(_SOURCE, True)}
    assert any(finding.message.startswith(f"{shown} at ") for finding in found)
    assert any(message in finding.message for finding in found)
    assert {finding.rule for finding in found} <= {NOT_CONFORMANT, UNKNOWN_KIND}


def test_the_same_key_twice_is_refused(judge: Callable[[str, str], list[Finding]]) -> None:
    found = judge("  name: deny-all\n", "  name: deny-all\n  name: deny-all\n")
    assert ['key "name" already set' in finding.message for finding in found] == [True]
