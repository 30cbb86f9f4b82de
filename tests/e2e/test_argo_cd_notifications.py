"""What people are told of Applications, as Argo CD's own program says of the rendered settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.e2e import argo_cd_admin
from tests.e2e.gitops.delivery import fullest
from tests.e2e.trees import tenants
from tests.repository import manifests

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.argo_cd_admin import ArgoCDAdmin

_SETTINGS = "argocd-notifications-cm"


def _ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status(
    health: str = "Healthy", sync: str = "Synced", phase: str = "Succeeded", **finished: float
) -> dict[str, Any]:
    """Return the status of an Application whose last sync is over for some time."""
    time = _ago(**finished)
    return {
        "health": {"status": health},
        "sync": {"status": sync, "revision": "0" * 40},
        "conditions": [{"type": "ComparisonError", "message": "the branch is gone"}],
        "operationState": {
            "phase": phase,
            "message": "the API server refused one object",
            "startedAt": time,
            "finishedAt": time,
            "operation": {},
            "syncResult": {"revision": "0" * 40, "source": {"repoURL": "https://x.example.com"}},
        },
    }


@pytest.fixture(scope="module")
def admin(trees: Path, tmp_path_factory: pytest.TempPathFactory) -> ArgoCDAdmin:
    """Return Argo CD's program with the settings of notifications written for it."""
    tree = trees / fullest(tenants(trees))
    found = argo_cd_admin.find(tree, tmp_path_factory.mktemp("argo-cd-notifications"))
    settings = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": _SETTINGS},
        "data": found.settings(_SETTINGS),
    }
    found.write("settings.yaml", yaml.safe_dump(settings))
    return found


def _ask(admin: ArgoCDAdmin, what: tuple[str, ...], status: dict[str, Any]) -> str:
    """Return what the program prints about a team's Application in this state."""
    path = next((admin.tree / layout.TENANT_APPLICATIONS).glob("vision.yaml"))
    application = next(
        each for each in manifests(path.read_bytes()) if each["kind"] == "Application"
    )
    file = admin.write("application.yaml", yaml.safe_dump({**application, "status": status}))
    settings = f"--config-map={admin.folder / 'settings.yaml'}"
    said = admin.run("notifications", *what, file, settings, "--secret=:empty")
    assert said.returncode == 0, said.stderr
    return said.stdout


#: Made when they are asked about: some tell how long ago something was.
_FAULTS = {
    "on-sync-failed": (partial(_status, phase="Failed"), partial(_status, phase="Running")),
    "on-health-degraded": (
        partial(_status, health="Degraded"),
        partial(_status, health="Progressing"),
    ),
    "on-sync-status-unknown": (
        partial(_status, sync="Unknown"),
        partial(_status, sync="OutOfSync"),
    ),
    "on-out-of-sync": (
        partial(_status, sync="OutOfSync", minutes=61),
        partial(_status, sync="OutOfSync", minutes=54),
    ),
}


def test_every_trigger_is_asked_about(admin: ArgoCDAdmin) -> None:
    named = {key for key in admin.settings(_SETTINGS) if key.startswith("trigger.")}
    assert named == {f"trigger.{name}" for name in _FAULTS}


@pytest.mark.parametrize("trigger", _FAULTS)
def test_a_fault_is_told_and_what_is_none_is_not(admin: ArgoCDAdmin, trigger: str) -> None:
    fault, none = _FAULTS[trigger]
    sound = partial(_status, minutes=61)
    for status, told in ((fault, "true"), (none, "false"), (sound, "false")):
        lines = _ask(admin, ("trigger", "run", trigger), status()).strip().splitlines()
        assert [line.split()[-1] for line in lines[1:]] == [told], status


def test_an_application_that_was_never_synced_is_no_fault_of_the_program(
    admin: ArgoCDAdmin,
) -> None:
    """Fields that are not there yet must not end a trigger with an error, which nobody reads."""
    status = {"health": {"status": "Missing"}, "sync": {"status": "OutOfSync"}}
    for trigger in _FAULTS:
        lines = _ask(admin, ("trigger", "run", trigger), status).strip().splitlines()
        assert [line.split()[-1] for line in lines[1:]] == ["false"], trigger


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("app-sync-failed", "the API server refused one object"),
        ("app-health-degraded", "is degraded"),
        ("app-sync-status-unknown", "the branch is gone"),
        ("app-out-of-sync", "for an hour"),
    ],
)
def test_a_message_names_application_cluster_and_page(
    admin: ArgoCDAdmin, template: str, word: str
) -> None:
    said = _ask(admin, ("template", "notify", template), _status())
    assert "*tenant-vision*" in said
    assert f" on {admin.tree.name}" in said
    assert "https://argocd.ml.example.com/applications/tenant-vision" in said
    assert word in said
    assert "<no value>" not in said
    assert "<nil>" not in said
