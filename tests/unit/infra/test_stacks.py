"""Which program a stack's name means."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from infra.refusal import RefusedError
from infra.stacks import Stack, clusters_of, stack_called, stacks
from tests.repository import ROOT, several_clusters

if TYPE_CHECKING:
    from pathlib import Path

CLUSTERS = ["dev", "prod"]


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("dev", Stack("dev")),
        ("prod-tenants-00", Stack("prod", 0)),
        ("prod-tenants-11", Stack("prod", 11)),
    ],
)
def test_a_name_means_one_stack_and_back(name: str, stack: Stack) -> None:
    assert stack_called(name, CLUSTERS, 12) == stack
    assert stack.name == name


def test_each_cluster_has_a_platform_and_its_shards() -> None:
    assert [stack.name for stack in stacks(CLUSTERS, 2)] == [
        "dev",
        "prod",
        "dev-tenants-00",
        "dev-tenants-01",
        "prod-tenants-00",
        "prod-tenants-01",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("porod", 'stack "porod" is none of this project (did you mean "prod"?)'),
        (
            "staging",
            (
                'stack "staging" is none of this project (use one of: dev, prod, dev-tenants-00, '
                "prod-tenants-00)"
            ),
        ),
        (
            "prod-tenants-01",
            (
                'stack "prod-tenants-01" is none of this project (the last one is prod-tenants-00; '
                "`shards` in Pulumi.yaml says how many there are)"
            ),
        ),
        (
            "prod-tenants-0",
            'stack "prod-tenants-0" is none of this project (did you mean "prod-tenants-00"?)',
        ),
    ],
)
def test_an_unknown_stack_is_told_which_there_are(name: str, message: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        stack_called(name, CLUSTERS, 1)
    assert str(refusal.value) == message


def test_a_cluster_whose_name_reads_like_a_share_keeps_its_platform() -> None:
    assert stack_called("a-tenants-00", ["a-tenants-00", "b"], 1) == Stack("a-tenants-00")


def test_clusters_are_discovered(tmp_path: Path) -> None:
    assert clusters_of(several_clusters(tmp_path)) == ["dev", "lab", "prod"]


@pytest.mark.parametrize(
    ("module", "foreign"),
    [
        ("infra.stacks", ("pulumi_azure_native", "pulumi_kubernetes")),
        ("infra.tenants", ("pulumi_azure_native",)),
    ],
)
def test_a_stack_loads_no_sdk_that_it_does_not_use(module: str, foreign: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*(set({foreign!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
