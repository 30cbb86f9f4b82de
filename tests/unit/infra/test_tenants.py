"""What the tenants' stacks register, against Pulumi's mocks."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import pulumi
import pytest
from infra.manifests import name_of, type_of
from infra.refusal import RefusedError
from infra.stacks import run
from infra.tenants import Share, share_of
from pulumi.runtime import mocks, set_all_config
from pulumi.runtime.settings import reset_options
from tests.repository import files, make_repository, manifests, render, several_clusters, smallest

from tenantry import layout
from tenantry.manifest import Identity, identity

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Registered(mocks.Mocks):
    """What a program registers, in order."""

    resources: list[mocks.MockResourceArgs] = field(default_factory=list)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Remember a resource."""
        self.resources.append(args)
        return args.name, dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> NoReturn:
        """Refuse to ask a cloud."""
        raise AssertionError(f"{args.token} asks a cloud")

    def objects(self) -> list[dict[str, Any]]:
        """Return the objects of Kubernetes."""
        kinds = [each for each in self.resources if each.typ.startswith("kubernetes:")]
        return [dict(each.inputs) for each in kinds]

    def types(self) -> Counter[str]:
        """Return how many resources of each type there are."""
        return Counter(each.typ for each in self.resources)


def registered(root: Path, stack: str, shards: int = 1) -> Registered:
    """Run the program of a stack over mocks."""
    found = Registered()
    mocks.set_mocks(found, project="tenantry", stack=stack, preview=True)
    set_all_config({"tenantry:shards": str(shards)})
    try:
        pulumi.runtime.test(lambda: run(root))()  # type: ignore[no-untyped-call] # the SDK's
    finally:
        reset_options()
        set_all_config({})
    return found


def rendered(root: Path, cluster: str) -> list[dict[str, Any]]:
    """Return the objects of all tenants in the tree that `tenantry render` writes."""
    assert not render(root).failed
    tree = files(root / layout.BUILD / cluster)
    own = (f"{layout.RENDERED_TENANTS}/", f"{layout.TENANT_APPLICATIONS}/")
    return [o for path, text in tree.items() if path.startswith(own) for o in manifests(text)]


def by_identity(objects: list[dict[str, Any]]) -> dict[Identity, dict[str, Any]]:
    found = {identity(each): each for each in objects}
    assert len(found) == len(objects), "an object is there twice"
    return found


@pytest.mark.parametrize("cluster", ["dev", "lab", "prod"])
def test_a_stack_registers_what_a_render_writes_object_for_object(
    tmp_path: Path, cluster: str
) -> None:
    root = several_clusters(tmp_path)
    objects = rendered(root, cluster)
    assert objects
    assert by_identity(registered(root, f"{cluster}-tenants-00").objects()) == by_identity(objects)


def test_the_shards_of_a_cluster_are_all_of_it_and_nothing_twice(tmp_path: Path) -> None:
    root = several_clusters(tmp_path)
    shards = [registered(root, f"prod-tenants-{n:02}", shards=3).objects() for n in range(3)]
    assert by_identity(list(itertools.chain.from_iterable(shards))) == by_identity(
        rendered(root, "prod")
    )


def test_objects_stand_below_tenant_profile_and_namespace(tmp_path: Path) -> None:
    root = make_repository(tmp_path, vision=smallest("defects"))
    types = registered(root, "prod-tenants-00").types()
    assert types["tenantry:tenants:Tenant"] == 1
    assert types["tenantry:tenants:Profile"] == 1
    assert types["tenantry:tenants:Namespace"] == 1
    assert types["kubernetes:core/v1:Namespace"] == 1
    assert types["kubernetes:argoproj.io/v1alpha1:Application"] == 1


def test_the_provider_writes_to_a_folder_and_knows_no_cluster(tmp_path: Path) -> None:
    root = make_repository(tmp_path, vision=smallest("defects"))
    found = registered(root, "prod-tenants-00").resources
    provider = next(each for each in found if each.typ == "pulumi:providers:kubernetes")
    assert provider.inputs == {"renderYamlToDirectory": "../.preview/prod-tenants-00"}


def test_an_invalid_tenant_registers_nothing_and_is_told_as_validate_tells_it(
    tmp_path: Path,
) -> None:
    root = make_repository(tmp_path, vision=smallest("defects") + "  quotaa: 3\n", churn="a: 1\n")
    found = Registered()
    mocks.set_mocks(found, project="tenantry", stack="prod-tenants-00")
    set_all_config({"tenantry:shards": "1"})
    with pytest.raises(RefusedError) as refused:
        run(root)
    first, *rest = str(refused.value).splitlines()
    assert first == "the sources are not valid; nothing was registered:"
    assert any(line.startswith("tenants/churn/profiles.yaml:1:1: ") for line in rest)
    assert any("tenants/vision/profiles.yaml:8:3: unknown-field: " in line for line in rest)
    assert found.resources == []


def test_a_share_depends_on_the_name_alone() -> None:
    # Written down: a change moves every tenant from one stack to another.
    names = ["vision", "retail", "platform-lab", "churn", "fraud", "search"]
    assert [share_of(name, 4) for name in names] == [1, 1, 3, 0, 1, 3]


def test_one_more_share_moves_tenants_only_into_it() -> None:
    names = [f"team-{number}" for number in range(1000)]
    moved = [
        (share_of(n, 40), share_of(n, 41)) for n in names if share_of(n, 40) != share_of(n, 41)
    ]
    assert {new for _, new in moved} == {40}
    assert len(moved) < 2 * 1000 / 41


def test_shares_are_about_as_large() -> None:
    sizes = Counter(share_of(f"team-{number}", 40) for number in range(1000))
    assert len(sizes) == 40
    assert max(sizes.values()) <= 42, "25 tenants are meant; 42 are still previewed in 30 seconds"


def test_a_tenant_is_in_its_own_share_alone() -> None:
    assert [n for n in range(4) if "vision" in Share("prod", n, 4)] == [share_of("vision", 4)]


@pytest.mark.parametrize(
    ("manifest", "type_", "name"),
    [
        ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}},
         "kubernetes:core/v1:Namespace", "a"),
        ({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
          "metadata": {"name": "b", "namespace": "a"}},
         "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "a/b"),
    ],
)  # fmt: skip
def test_an_object_has_the_type_of_its_kind_and_the_name_of_its_place(
    manifest: dict[str, Any], type_: str, name: str
) -> None:
    assert (type_of(manifest), name_of(manifest)) == (type_, name)
