"""Which stacks a change touches: those whose trees differ, and no others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from infra.changed import changed_stacks, main, shards_of
from infra.stacks import Stack
from infra.tenants import share_of

_SPACE = "tenants/vision/churn.yaml"
_DELIVERY = "applications/tenants/vision.yaml"


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    """Return two equal folders of trees, of two clusters and two tenants."""
    for side in ("before", "after"):
        for cluster in ("dev", "prod"):
            for path in (_SPACE, _DELIVERY, "tenants/growth/rain.yaml", "apps/istio/a.yaml"):
                _write(tmp_path / side / cluster / path, "a: 1\n")
    return tmp_path / "before", tmp_path / "after"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _stack(cluster: str, tenant: str) -> str:
    return Stack(cluster, share_of(tenant, 8)).name


def test_equal_trees_touch_no_stack(trees: tuple[Path, Path]) -> None:
    assert changed_stacks(*trees, 8) == []


@pytest.mark.parametrize("path", [_SPACE, _DELIVERY, "tenants/vision/new.yaml"])
def test_a_changed_or_new_file_of_a_tenant_touches_its_share_on_that_cluster(
    trees: tuple[Path, Path], path: str
) -> None:
    _write(trees[1] / "prod" / path, "a: 2\n")
    assert changed_stacks(*trees, 8) == [_stack("prod", "vision")]


def test_a_removed_file_and_a_new_cluster_touch_theirs(trees: tuple[Path, Path]) -> None:
    (trees[1] / "dev" / _SPACE).unlink()
    _write(trees[1] / "test" / "tenants/growth/rain.yaml", "a: 1\n")
    assert changed_stacks(*trees, 8) == sorted([_stack("dev", "vision"), _stack("test", "growth")])


def test_a_cluster_that_is_gone_touches_none(trees: tuple[Path, Path]) -> None:
    """No program of the change knows its stacks."""
    shutil.rmtree(trees[1] / "dev")
    assert changed_stacks(*trees, 8) == []


@pytest.mark.parametrize("shards", ["", "tenantry:shards: many", "tenantry:shards: 0"])
def test_a_project_that_does_not_say_how_many_shares_there_are_is_told_so(
    tmp_path: Path, shards: str
) -> None:
    _write(tmp_path / "Pulumi.yaml", f"name: tenantry\nconfig:\n  other: x\n  {shards}\n")
    with pytest.raises(SystemExit, match="write a whole number from 1 to 100"):
        shards_of(tmp_path)


def test_what_is_no_tenants_touches_no_stack_of_tenants(trees: tuple[Path, Path]) -> None:
    _write(trees[1] / "prod" / "apps/istio/a.yaml", "a: 2\n")
    assert changed_stacks(*trees, 8) == []


def test_a_workflow_gets_a_line_of_json_for_each_kind_of_stack(
    trees: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _write(trees[1] / "prod" / _SPACE, "a: 2\n")
    main(str(trees[0]), str(trees[1]))
    shards = shards_of(Path(__file__).parents[3])
    stack = Stack("prod", share_of("vision", shards)).name
    assert capsys.readouterr().out == f'platforms=["dev", "prod"]\ntenants=["{stack}"]\n'
