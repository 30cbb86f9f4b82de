"""The script that previews shares in a workflow, with the real engine and language host."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from infra.stacks import Stack
from infra.tenants import share_of
from tests.repository import ROOT, several_clusters

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.pulumi.engine import Bench

_TENANT = "retail"
_STACK = Stack("prod", share_of(_TENANT, 1)).name


def _checkout(target: Path) -> Path:
    """Lay out what a build machine checks out, with the environment of these tests."""
    several_clusters(target)
    shutil.copytree(ROOT / "infra", target / "infra")
    shutil.copy(ROOT / "Pulumi.yaml", target)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


@pytest.mark.parametrize("changed", [True, False])
def test_a_share_is_previewed_against_the_base_without_any_state_or_right(
    bench: Bench,
    tmp_path: Path,
    changed: bool,  # noqa: FBT001 - a case
) -> None:
    base = _checkout(tmp_path / "base")
    head = _checkout(tmp_path / "head")
    if changed:
        file = head / layout.tenant_file(_TENANT)
        text = file.read_text("utf-8") + "  contributors:\n    - omar.haddad@example.com\n"
        file.write_text(text, encoding="utf-8")
    variables = bench.variables()
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
        del variables[name]
    done = subprocess.run(
        ["bash", str(ROOT / ".ci" / "preview-tenants"), str(base), str(head), _STACK],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert ("user-omar-haddad-example-com" in done.stdout) is changed
    assert ("to create" in done.stdout) is changed
    assert "unchanged" in done.stdout
