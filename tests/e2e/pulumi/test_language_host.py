"""The path a user takes: the command line, which starts Pulumi's language host for Python.

The programs run as they do anywhere: nothing in `infra/` knows of a test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.repository import ROOT, make_repository, smallest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.pulumi.engine import Bench

pytestmark = pytest.mark.usefixtures("_argo_cd")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project with one small tenant."""
    root = make_repository(tmp_path / "project", vision=smallest("defects"))
    for name in ("Pulumi.yaml", "infra"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, root / name)
    (root / ".venv").symlink_to(ROOT / ".venv")
    return root


def pulumi(bench: Bench, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person does who has set a passphrase, and nothing else."""
    variables = {**os.environ, **bench.variables()}
    del variables["PULUMI_BACKEND_URL"]  # as Pulumi.yaml says
    return subprocess.run(
        [bench.programs.pulumi, *words, "--non-interactive", "--color=never"],
        cwd=root,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_share_of_the_tenants_is_previewed(bench: Bench, project: Path) -> None:
    made = pulumi(bench, project, "stack", "select", "--create", "prod-tenants-00")
    assert made.returncode == 0, made.stderr
    done = pulumi(bench, project, "preview", "--stack", "prod-tenants-00")
    assert done.returncode == 0, done.stdout
    assert "kubernetes:core/v1:ResourceQuota defects/quota create" in done.stdout
    assert "tenantry:tenants:Profile defects create" in done.stdout
    assert (project / ".pulumi").is_dir(), "the state lies beside Pulumi.yaml"


def test_a_platform_is_previewed(bench: Bench) -> None:
    root = _linked(bench)
    pulumi(bench, root, "stack", "select", "--create", "dev")
    done = pulumi(bench, root, "preview", "--stack", "dev")
    assert done.returncode == 0, done.stdout
    assert "azure-native:containerservice:ManagedCluster" in done.stdout
    assert "Outputs:" in done.stdout


def test_an_unknown_stack_is_told_without_a_traceback(bench: Bench, project: Path) -> None:
    pulumi(bench, project, "stack", "select", "--create", "staging")
    done = pulumi(bench, project, "preview", "--stack", "staging")
    assert done.returncode != 0
    assert 'error: stack "staging" is none of this project (use one of: prod, ' in done.stdout
    assert "Traceback" not in done.stdout


def test_an_invalid_tenant_is_told_line_by_line(bench: Bench, project: Path) -> None:
    file = project / "tenants" / "vision" / "profiles.yaml"
    file.write_text(file.read_text() + "  quotaa: 3\n")
    pulumi(bench, project, "stack", "select", "--create", "prod-tenants-00")
    done = pulumi(bench, project, "preview", "--stack", "prod-tenants-00")
    assert done.returncode != 0
    assert "tenants/vision/profiles.yaml:8:3: unknown-field: " in done.stdout
    assert "kubernetes:" not in done.stdout
    assert "Traceback" not in done.stdout


def _linked(bench: Bench) -> Path:
    """Return a folder that is this project, with a state and stack files of its own."""
    root = bench.folder / "project"
    root.mkdir()
    for each in ROOT.iterdir():
        if each.name not in (".pulumi", ".git", "Pulumi.dev.yaml", "infra"):
            (root / each.name).symlink_to(each)
    shutil.copytree(ROOT / "infra", root / "infra")
    shutil.copyfile(ROOT / "Pulumi.dev.yaml", root / "Pulumi.dev.yaml")
    return root
