"""What the real engine does with a cluster's platform."""

from __future__ import annotations

import base64
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
    from tests.e2e.pulumi.engine import Bench
    from tests.e2e.pulumi.stand_in import StandIn

pytestmark = pytest.mark.usefixtures("_argo_cd")


def protected(resources: dict[str, dict[str, Any]]) -> set[str]:
    """Return the types of the resources that Pulumi refuses to delete."""
    return {each["type"] for each in resources.values() if each.get("protect")}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_platform_is_made_once_and_its_outputs_are_facts(
    bench: Bench, on_azure: StandIn, on_kubernetes: StandIn, cluster: str
) -> None:
    stack = bench.ours(cluster, ROOT)
    preview = stack.preview()
    assert not preview.failed, preview.said()
    assert on_azure.cloud == on_kubernetes.cloud == {}
    done = stack.up()
    assert not done.failed, done.said()
    assert stack.preview().steps() == {}
    outputs = {name: output.value for name, output in stack.stack.outputs().items()}
    assert Outputs.model_validate(outputs).azure is not None
    issuers = {inputs["issuer"] for inputs in on_azure.cloud.values() if "audiences" in inputs}
    assert issuers == {outputs["azure"]["oidcIssuer"]}
    # The credential of the cluster is known to Pulumi alone, in whatever form it is kept.
    state = bench.state(cluster)
    assert b"ciphertext" in state
    assert azure.CREDENTIAL.encode() not in state
    assert not [form for form in _in_base64(azure.CREDENTIAL) if form in state]


@pytest.fixture
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what makes definitions large: the engine writes all of it after every step."""
    monkeypatch.setattr(
        "infra.bootstrap.installation",
        lambda *arguments: [without_schema(each) for each in installation(*arguments)],
    )


@pytest.mark.usefixtures("_light")
def test_what_holds_data_is_not_destroyed(bench: Bench, on_azure: StandIn) -> None:
    stack = bench.ours("dev", ROOT)
    assert not stack.up().failed
    kept = protected(stack.resources())
    assert {"azure-native:storage:StorageAccount", "azure-native:keyvault:Vault"} <= kept
    before = set(on_azure.cloud)
    on_azure.changes()
    # As a person does it: a preview comes first, and stops it before anything is gone.
    done = subprocess.run(
        [bench.programs.pulumi, "destroy", "--yes", "--stack", "dev", "--non-interactive"],
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


@pytest.mark.usefixtures("_light")
@pytest.mark.parametrize("mishap", list(Mishap))
def test_a_platform_that_fails_halfway_is_finished_by_the_next_update(
    bench: Bench, on_azure: StandIn, mishap: Mishap
) -> None:
    on_azure.mishaps = {20: mishap}
    assert bench.ours("dev", ROOT).up(parallel=1).failed
    made = [name for _, name in on_azure.changes()][:19]
    with bench.revived(on_azure):
        stack = bench.ours("dev", ROOT)
        assert not stack.up().failed
        assert stack.preview().steps() == {}
    assert not {("create", name) for name in made} & set(on_azure.changes())


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
