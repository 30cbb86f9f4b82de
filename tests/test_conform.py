"""Every tree that is rendered here has no field that its kind does not know: says kubeconform.

Collected where kubeconform is built already (tests/conftest.py); `make e2e` builds it, and asks the
same of this repository's trees with faults put in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.repository import ROOT

from tenantry.workspace.conformance import conform

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repository import Files


def _trees(files: Files, folder: Path) -> list[Path]:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return sorted(folder.iterdir())


def test_the_trees_of_this_repository_conform(own_trees: Files, tmp_path: Path) -> None:
    found = conform(ROOT, _trees(own_trees, tmp_path))
    assert found.findings == []
    assert found.objects > 0


def test_the_trees_of_every_example_conform(
    example_trees: dict[str, Files], tmp_path: Path
) -> None:
    for name, files in example_trees.items():
        found = conform(ROOT, _trees(files, tmp_path / name))
        assert found.findings == [], name
        assert found.objects > 0, name
