"""Benches for the engine's tests: one a test, each with stand-ins of its own."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from infra.haste import hasten
from tests.e2e.processes import GO_BRIEFLY
from tests.e2e.pulumi import azure, kubernetes, programs, vault
from tests.e2e.pulumi.engine import Bench, serving
from tests.repository import ROOT

from tenantry import layout
from tenantry.workspace import gomodules
from tenantry.workspace.installation import ARGO_CD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.pulumi.programs import Programs
    from tests.e2e.pulumi.stand_in import StandIn


def _tell(message: str) -> None:
    print(f"\ntenantry: {message}", file=sys.__stderr__, flush=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Do not complain of the event loops that the Automation API leaves open."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))


@pytest.fixture(autouse=True)
def _tidied(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Collect those loops here, where nobody complains of them."""
    # What is logged of a program that failed would hold its loop until after this.
    caplog.set_level(logging.CRITICAL, logger="grpc._server")
    # As infra/__main__.py does; nor is garbage collected in between.
    hasten()
    # The SDK tells the engine of all that it does, a call each. Nobody asked for it (--debug).
    monkeypatch.setattr("pulumi.log.debug", lambda *_, **__: None)
    # For what our program runs in turn: kustomize takes half the time.
    for name, value in GO_BRIEFLY.items():
        monkeypatch.setenv(name, value)
    yield
    gc.enable()
    gc.collect()
    # What is left stays: a hundred thousand objects of the SDK, which no later search goes through.
    gc.freeze()


@pytest.fixture(scope="session")
def pulumi_programs() -> Programs:
    """Return engine and language host, built where they are not at hand."""
    return programs.find(_tell)


@pytest.fixture
def on_kubernetes() -> StandIn:
    """Return the stand-in for the provider kubernetes."""
    return kubernetes.stand_in()


@pytest.fixture
def on_azure() -> StandIn:
    """Return the stand-in for the provider azure-native."""
    return azure.stand_in()


@pytest.fixture(scope="session")
def key_vault() -> Iterator[str]:
    """Return where a stand-in for a vault is served."""
    with vault.serving() as address:
        yield address


@pytest.fixture
def bench(
    pulumi_programs: Programs,
    tmp_path: Path,
    on_kubernetes: StandIn,
    on_azure: StandIn,
    key_vault: str,
) -> Iterator[Bench]:
    """Return a folder for stacks, with all stand-ins served."""
    with serving(on_kubernetes, on_azure) as attached:
        yield Bench(pulumi_programs, tmp_path, attached, vault=key_vault)


@pytest.fixture(scope="session")
def argo_cd_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Git repository with what Argo CD's holds at the pinned tag, as far as we use it.

    The files are those of its Go module. Our app pins a tag, so the commit around them is our own.
    """
    pins = yaml.safe_load((ROOT / layout.UPSTREAM / "modules.yaml").read_bytes())
    pin = next(each for each in pins["crds"] if each["installed"]["app"] == ARGO_CD)
    module = gomodules.Module(pin["module"], pin["version"], pin["sum"])
    source = gomodules.files_of([module])[module.path]
    folder = tmp_path_factory.mktemp("argo-cd")
    shutil.copytree(source / "manifests", folder / "manifests", copy_function=shutil.copyfile)
    own = ("-c", "user.name=Sample", "-c", "user.email=sample@example.com")
    for words in (
        ("init", "--quiet"),
        ("add", "."),
        (*own, "commit", "--quiet", "--message=Manifests"),
        ("tag", pin["installed"]["revision"]),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, env=_plain_git())
    return folder


@pytest.fixture(scope="module")
def _argo_cd(argo_cd_repository: Path) -> Iterator[None]:
    """Lead Git to the repository that is here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_COUNT", "1")
        patch.setenv("GIT_CONFIG_KEY_0", f"url.{argo_cd_repository}.insteadOf")
        patch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/argoproj/argo-cd")
        yield


def _plain_git() -> dict[str, str]:
    return {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
