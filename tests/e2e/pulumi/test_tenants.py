"""What the real engine does with the tenants' stacks."""

from __future__ import annotations

import copy
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from infra.stacks import clusters_of
from infra.tenants import Group
from tests.e2e.conftest import CLUSTERS
from tests.e2e.pulumi import kubernetes
from tests.e2e.pulumi.engine import Bench, serving
from tests.e2e.pulumi.stand_in import Mishap
from tests.repository import (
    ROOT,
    files,
    make_repository,
    manifests,
    render,
    smallest,
    write_tenants,
)

from tenantry import layout
from tenantry.manifest import Identity, identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.pulumi.engine import Stack
    from tests.e2e.pulumi.programs import Programs
    from tests.e2e.pulumi.stand_in import StandIn

STACK = "prod-tenants-00"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of two small tenants on one cluster."""
    return _two_tenants(tmp_path / "platform")


def _two_tenants(root: Path) -> Path:
    return make_repository(root, vision=smallest("defects"), churn=smallest("leavers"))


@dataclass(frozen=True)
class First:
    """The two tenants' share after its first update: the state, and what is in the cloud."""

    bench: Bench
    cloud: dict[str, Any]


@pytest.fixture(scope="module")
def _first(
    pulumi_programs: Programs, tmp_path_factory: pytest.TempPathFactory, key_vault: str
) -> First:
    folder = tmp_path_factory.mktemp("first")
    on_kubernetes = kubernetes.stand_in()
    with serving(on_kubernetes) as attached:
        bench = Bench(pulumi_programs, folder, attached, vault=key_vault)
        done = bench.ours(STACK, _two_tenants(folder / "platform")).up()
    assert not done.failed, done.said()
    return First(bench, on_kubernetes.cloud)


@pytest.fixture
def stack(bench: Bench, repository: Path, on_kubernetes: StandIn, _first: First) -> Stack:
    """Return a stack after its first update, to go on from."""
    bench.take_over(_first.bench)
    on_kubernetes.cloud.update(copy.deepcopy(_first.cloud))
    return bench.ours(STACK, repository)


def by_identity(objects: list[dict[str, Any]]) -> dict[Identity, dict[str, Any]]:
    found = {identity(each): each for each in objects}
    assert len(found) == len(objects), "an object is there twice"
    return found


def of_tenants(output: Path, cluster: str) -> list[dict[str, Any]]:
    """Return the tenants' objects in the tree of a cluster."""
    own = (f"{layout.RENDERED_TENANTS}/", f"{layout.TENANT_APPLICATIONS}/")
    tree = files(output / cluster)
    return [each for path, text in tree.items() if path.startswith(own) for each in manifests(text)]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_engine_gets_what_a_render_writes_object_for_object(
    bench: Bench, trees: Path, cluster: str
) -> None:
    bench.shards = 2
    registered: list[dict[str, Any]] = []
    for number in range(bench.shards):
        preview = bench.ours(f"{cluster}-tenants-{number:02}", ROOT).preview()
        assert not preview.failed, preview.said()
        registered += preview.registered().values()
    assert by_identity(registered) == by_identity(of_tenants(trees, cluster))


def test_what_is_registered_stands_below_tenant_profile_and_namespace(
    bench: Bench, repository: Path
) -> None:
    urns = bench.ours(STACK, repository).preview().steps("create")
    group = "tenantry:tenants:Tenant$tenantry:tenants:Profile$tenantry:tenants:Namespace"
    base = f"urn:pulumi:{STACK}::tenantry::{group}"
    assert f"{base}$kubernetes:core/v1:ResourceQuota::defects/quota" in urns
    application = "tenantry:tenants:Tenant$kubernetes:argoproj.io/v1alpha1:Application"
    assert f"urn:pulumi:{STACK}::tenantry::{application}::argocd/tenant-vision" in urns


def test_a_preview_changes_nothing_and_one_after_an_update_finds_nothing(
    bench: Bench, repository: Path, on_kubernetes: StandIn
) -> None:
    stack = bench.ours(STACK, repository)
    assert stack.preview().steps("create")
    assert on_kubernetes.changes() == []
    assert not stack.up().failed
    made = on_kubernetes.changes()
    assert made
    assert {verb for verb, _ in made} == {"create"}
    assert stack.preview().steps() == {}
    assert stack.up().steps() == {}
    assert on_kubernetes.changes() == []


def test_a_changed_tenant_changes_only_its_own_objects(
    stack: Stack, repository: Path, on_kubernetes: StandIn
) -> None:
    write_tenants(repository, {"vision": smallest("defects") + "  quota:\n    cpu: 3\n"})
    preview = stack.preview()
    assert set(preview.steps().values()) == {"update"}
    assert preview.names() == {"defects/quota"}
    stack.up()
    assert on_kubernetes.changes() == [("update", "ResourceQuota:defects/quota")]


def test_a_removed_tenant_takes_only_its_own_objects_along(
    stack: Stack, repository: Path, on_kubernetes: StandIn
) -> None:
    before = set(stack.resources())
    shutil.rmtree(repository / layout.tenant_folder("vision"))
    assert set(stack.preview().steps().values()) == {"delete"}
    stack.up()
    gone = before - set(stack.resources())
    assert {urn.rpartition("::")[2].partition("/")[0] for urn in gone} == {
        "argocd",
        "defects",
        "istio-egress",
        "vision",
    }
    assert all("defects" in urn or "vision" in urn for urn in gone)
    assert {verb for verb, _ in on_kubernetes.changes()} == {"delete"}


@pytest.mark.parametrize("mishap", list(Mishap))
def test_an_update_that_fails_is_resumed_and_makes_nothing_twice(
    bench: Bench, repository: Path, on_kubernetes: StandIn, mishap: Mishap
) -> None:
    bench.checkpoints = True
    on_kubernetes.mishaps = {3: mishap}
    # One after the other: what else is on its way when a provider dies is known to nobody.
    failed = bench.ours(STACK, repository).up(parallel=1)
    assert failed.failed
    made = [name for _, name in on_kubernetes.changes()][:3]
    with bench.revived(on_kubernetes):
        stack = bench.ours(STACK, repository)
        resumed = stack.up()
        assert not resumed.failed, resumed.said()
        assert stack.preview().steps() == {}
    verbs: dict[str, set[str]] = {}
    for verb, name in on_kubernetes.changes():
        verbs.setdefault(verb, set()).add(name)
    assert not set(made[:2]) & verbs["create"]
    again = "update" if mishap is Mishap.HALF_MADE else "create"
    assert made[2] in verbs[again]
    assert {*made, *verbs["create"]} == set(on_kubernetes.cloud)


def test_drift_is_seen_and_put_right(stack: Stack, on_kubernetes: StandIn) -> None:
    quota = "ResourceQuota:defects/quota"
    policy = "NetworkPolicy:defects/deny-all"
    on_kubernetes.cloud[quota] = {**on_kubernetes.cloud[quota], "spec": {"hard": {"pods": "1"}}}
    del on_kubernetes.cloud[policy]
    on_kubernetes.changes()
    seen = stack.preview(refresh=True)
    assert sorted(seen.steps("update", "create").values()) == ["create", "update"]
    assert not stack.up(refresh=True).failed
    assert sorted(verb for verb, _ in on_kubernetes.changes()) == ["create", "update"]
    assert stack.preview(refresh=True).steps("update", "create", "delete") == {}


def test_types_of_groups_may_be_renamed_without_touching_an_object(
    stack: Stack, on_kubernetes: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = Group.TYPES["profile"]
    monkeypatch.setattr(Group, "TYPES", {**Group.TYPES, "profile": "tenantry:tenants:Project"})
    assert "delete" in stack.preview().steps().values()
    monkeypatch.setattr(Group, "FORMER_TYPES", {"profile": (former,)})
    assert stack.preview().steps() == {}
    assert not stack.up().failed
    assert on_kubernetes.changes() == []


def test_more_shards_move_objects_and_lose_none(bench: Bench, repository: Path) -> None:
    bench.shards = 3
    found: list[dict[str, Any]] = []
    for number in range(3):
        found += bench.ours(f"prod-tenants-{number:02}", repository).preview().registered().values()
    render(repository)
    assert by_identity(found) == by_identity(of_tenants(repository / layout.BUILD, "prod"))


def test_every_cluster_of_this_repository_is_tried() -> None:
    assert clusters_of(ROOT) == CLUSTERS
