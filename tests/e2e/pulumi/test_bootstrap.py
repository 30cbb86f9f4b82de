"""Argo CD's first installation by the real engine, and that Pulumi then keeps away from it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from infra.bootstrap import Bootstrap
from tests.e2e.pulumi.kubernetes import without_schema
from tests.repository import ROOT, TODAY, files, manifests

from tenantry import layout
from tenantry.manifest import identity
from tenantry.workspace.installation import installation
from tenantry.workspace.pipeline import expand

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.pulumi.engine import Bench
    from tests.e2e.pulumi.stand_in import StandIn

    from tenantry.manifest import Manifest

pytestmark = pytest.mark.usefixtures("_argo_cd")

SECRET = "a-credential-of-the-cluster"  # noqa: S105 - nothing takes it


@pytest.fixture(scope="module")
def objects(_argo_cd: None) -> list[Manifest]:
    """Return what is installed on the cluster dev."""
    facts = expand(ROOT, TODAY).facts
    assert facts is not None
    return installation(ROOT, facts, "dev")


def program(objects: list[Manifest]) -> None:
    """Install, as the platform's program does; definitions without their schemas.

    The engine writes the whole state after every step, and they would be most of it.
    """
    Bootstrap("argo-cd", map(without_schema, objects), SECRET)


def test_argo_cd_comes_with_the_projects_and_the_root_and_nothing_else(
    objects: list[Manifest], trees: Path
) -> None:
    tree = files(trees / "dev")
    rendered = [
        *manifests(tree[layout.PROJECTS]),
        *manifests(tree[layout.ROOT_APPLICATION]),
        *(each for path, text in tree.items() for each in manifests(text)
          if path.startswith(f"{layout.rendered_app_folder('argo-cd')}/")),
    ]  # fmt: skip
    ours = {identity(each): each for each in objects}
    assert {identity(each): each for each in rendered}.items() <= ours.items()
    kinds = {each.kind for each in ours}
    assert {"Application"} == kinds & {"Application", "ApplicationSet"}
    assert {"Deployment", "StatefulSet", "CustomResourceDefinition", "AppProject"} <= kinds
    assert [str(each) for each in ours if each.kind == "Application"] == [
        "argoproj.io/Application argocd/root"
    ]
    outside = {each.namespace for each in ours} - {"", "argocd"}
    assert outside == set()


def test_pulumi_ignores_what_becomes_of_it_and_never_deletes_it(
    bench: Bench, on_kubernetes: StandIn, objects: list[Manifest]
) -> None:
    stack = bench.stack("bootstrap", partial(program, objects))
    done = stack.up()
    assert not done.failed, done.said()
    assert len(on_kubernetes.cloud) == len(objects)
    on_kubernetes.changes()
    # Argo CD moves itself to its next version, and a label is set by hand.
    server = "Deployment:argocd/argocd-server"
    on_kubernetes.cloud[server]["spec"]["replicas"] = 7
    # Our own sources change as well: that is Argo CD's to apply.
    newer = [_labelled(each) for each in objects]
    later = bench.stack("bootstrap", partial(program, newer))
    assert later.preview(refresh=True).steps("update", "replace", "create", "delete") == {}
    assert not later.up(refresh=True).failed
    # Nor is anything deleted that the program no longer names.
    assert not bench.stack("bootstrap", lambda: None).up().failed
    assert on_kubernetes.changes() == []
    assert on_kubernetes.cloud[server]["spec"]["replicas"] == 7
    assert len(on_kubernetes.cloud) == len(objects)


def test_the_credential_of_the_cluster_is_not_in_the_state(
    bench: Bench, objects: list[Manifest]
) -> None:
    bench.vault = ""
    assert not bench.stack("bootstrap", partial(program, objects[:1])).up().failed
    state = bench.state("bootstrap")
    assert SECRET.encode() not in state
    assert b"ciphertext" in state


def test_a_source_that_cannot_be_had_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, on_azure: StandIn
) -> None:
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "url./nowhere/at/all.insteadOf")
    monkeypatch.setenv("XDG_CACHE_HOME", str(bench.folder / "cache"))
    monkeypatch.setattr("tenantry.workspace.toolchain.find", lambda *_: "kustomize")
    said = bench.ours("dev", ROOT).preview().said()
    assert "Argo CD cannot be installed; nothing was registered" in said
    assert "Traceback" not in said
    assert on_azure.checked == {}


def _labelled(manifest: Manifest) -> Manifest:
    metadata = manifest["metadata"]
    assert isinstance(metadata, dict)
    return {**manifest, "metadata": {**metadata, "labels": {"moved": "yes"}}}
