"""What the real engine does with a cluster's platform."""

from __future__ import annotations

import base64
import copy
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e.conftest import CLUSTERS
from tests.e2e.pulumi import azure
from tests.e2e.pulumi.kubernetes import without_schema
from tests.e2e.pulumi.stand_in import Mishap
from tests.repository import ROOT

from tenantry.schema.cluster import Outputs
from tenantry.workspace.installation import installation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.pulumi.engine import Bench, Stack
    from tests.e2e.pulumi.stand_in import StandIn

    from tenantry.facts import Facts
    from tenantry.manifest import Manifest

#: The cluster whose platform goes through everything.
LIVED = "dev"

pytestmark = pytest.mark.usefixtures("_argo_cd")


def protected(resources: dict[str, dict[str, Any]]) -> set[str]:
    """Return the types of the resources that Pulumi refuses to delete."""
    return {each["type"] for each in resources.values() if each.get("protect")}


@pytest.fixture(scope="module")
def _built() -> dict[str, list[Manifest]]:
    """Keep Argo CD's objects by cluster: two seconds of work each time, and never other ones."""
    return {}


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch, _built: dict[str, list[Manifest]]) -> None:
    """Leave out what makes definitions large: all of it is in the state."""

    def light(root: Path, facts: Facts, cluster: str, *_: object) -> list[Manifest]:
        if cluster not in _built:
            found = installation(root, facts, cluster)
            _built[cluster] = [without_schema(each) for each in found]
        return copy.deepcopy(_built[cluster])

    monkeypatch.setattr("infra.bootstrap.installation", light)


def test_a_platform_is_made_once_and_what_holds_data_is_not_destroyed(
    bench: Bench, on_azure: StandIn, on_kubernetes: StandIn
) -> None:
    """One platform's life: seen before, made, found as it is, and kept from whoever destroys it."""
    bench.vault = ""
    stack = bench.ours(LIVED, ROOT)
    preview = stack.preview()
    assert not preview.failed, preview.said()
    assert on_azure.cloud == on_kubernetes.cloud == {}
    _assert_it_comes_up(bench, stack, LIVED, on_azure)
    assert stack.preview().steps() == {}
    _assert_data_is_kept(bench, stack, on_azure)


@pytest.mark.parametrize("cluster", [each for each in CLUSTERS if each != LIVED])
def test_outputs_are_facts_and_no_credential_is_in_the_state(
    bench: Bench, on_azure: StandIn, cluster: str
) -> None:
    bench.vault = ""
    _assert_it_comes_up(bench, bench.ours(cluster, ROOT), cluster, on_azure)


def _assert_it_comes_up(bench: Bench, stack: Stack, cluster: str, on_azure: StandIn) -> None:
    done = stack.up()
    assert not done.failed, done.said()
    _assert_outputs_are_facts(stack, on_azure)
    _assert_no_credential_is_in(bench.state(cluster))


def _assert_outputs_are_facts(stack: Stack, on_azure: StandIn) -> None:
    outputs = stack.outputs()
    assert Outputs.model_validate(outputs).azure is not None
    issuers = {inputs["issuer"] for inputs in on_azure.cloud.values() if "audiences" in inputs}
    assert issuers == {outputs["azure"]["oidcIssuer"]}


def _assert_no_credential_is_in(state: bytes) -> None:
    """Look for the credential of the cluster, in whatever form: Pulumi alone may know it."""
    assert b"ciphertext" in state
    assert azure.CREDENTIAL.encode() not in state
    assert not [form for form in _in_base64(azure.CREDENTIAL) if form in state]


def _assert_data_is_kept(bench: Bench, stack: Stack, on_azure: StandIn) -> None:
    kept = protected(stack.resources())
    assert {"azure-native:storage:StorageAccount", "azure-native:keyvault:Vault"} <= kept
    before = set(on_azure.cloud)
    on_azure.changes()
    # As a person does it: a preview comes first, and stops it before anything is gone.
    done = subprocess.run(
        [bench.programs.pulumi, "destroy", "--yes", "--stack", LIVED, "--non-interactive"],
        cwd=bench.work,
        env={**os.environ, **bench.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "cannot be deleted" in done.stdout, done.stdout
    assert on_azure.changes() == []
    # Whoever leaves the preview out loses what can be made anew, and no data.
    assert stack.destroy().failed
    gone = before - set(on_azure.cloud)
    assert not {name.split("/")[-2] for name in gone} & {"StorageAccount", "Vault"}


def test_a_platform_that_fails_on_its_way_is_finished_by_the_next_update(
    bench: Bench, on_azure: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every way in turn, each time further on; nothing is made twice. Argo CD comes after."""
    monkeypatch.setattr("infra.bootstrap.installation", lambda *_: [])
    made: list[str] = []
    for mishap in Mishap:
        on_azure.mishaps = {20: mishap}
        with bench.revived(on_azure):
            # One after the other: what else is on its way when a provider dies, nobody knows.
            assert bench.ours(LIVED, ROOT).up(parallel=1).failed, mishap
        made += _created(on_azure)[: 20 if mishap is Mishap.HALF_MADE else 19]
    with bench.revived(on_azure):
        stack = bench.ours(LIVED, ROOT)
        assert not stack.up().failed
        assert stack.preview().steps() == {}
    made += _created(on_azure)
    assert sorted(made) == sorted(on_azure.cloud)


def _created(on_azure: StandIn) -> list[str]:
    return [name for verb, name in on_azure.changes() if verb == "create"]


def test_a_platform_refuses_a_wrong_configuration_before_anything_is_registered(
    bench: Bench, on_azure: StandIn
) -> None:
    stack = bench.ours("dev", ROOT, {"budgett": "3", "name": "Not A Name"})
    said = stack.preview().said()
    assert "Pulumi.dev.yaml: unknown-field: budgett" in said
    assert 'did you mean "budget"?' in said
    assert "Pulumi.dev.yaml: invalid-value: name" in said
    assert "Traceback" not in said
    assert on_azure.checked == {}


def _in_base64(text: str) -> list[bytes]:
    """Return what base64 makes of a text, wherever in a longer one it stands."""
    forms = [base64.b64encode(b"\0" * shift + text.encode()) for shift in range(3)]
    return [form[4:-4] for form in forms]
