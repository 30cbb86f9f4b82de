"""What all tests share: the option that writes expected trees anew, and how inputs are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.repository import BASE as EXAMPLE_BASE
from tests.repository import ROOT, Files, lay, lay_own, rendered, valid_examples

from tenantry.workspace import conformance

if TYPE_CHECKING:
    from pathlib import Path


_CONFORM = ROOT / "tests" / "test_conform.py"

# Every run draws the same inputs, so that a change is judged by what it changes, and a failing run
# ends as soon as a passing one. To search for new inputs, ten times as many, and to have one that
# fails made small: pytest --hypothesis-profile=search tests/property
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=_SLOW,
)
settings.register_profile(
    "search", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=_SLOW
)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our option."""
    parser.addoption(
        "--update-examples",
        action="store_true",
        help="write the expected trees in tests/examples/valid/ anew; the run then fails, so that "
        "nobody takes it for a test",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs Go: tests/e2e unless somebody names it, kubeconform where it is not."""
    if collection_path == ROOT / "tests" / "e2e":
        return None if any("e2e" in word for word in config.args) else True
    if collection_path == _CONFORM:
        return None if conformance.at_hand(ROOT) else True
    return None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is left out."""
    if "e2e" in str(config.args) or conformance.at_hand(ROOT):
        return []
    return [f"not asked: {_CONFORM.relative_to(ROOT)}, as kubeconform is not built: run make e2e"]


@pytest.fixture(scope="session")
def update_examples(request: pytest.FixtureRequest) -> bool:
    """Return whether to write expected trees instead of comparing them."""
    return bool(request.config.getoption("--update-examples"))


@pytest.fixture(scope="session")
def own_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with this repository's own sources, and outputs for every cluster."""
    return lay_own(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="session")
def own_trees(own_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return what this repository's own sources become, by path."""
    return rendered(own_root, tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="session")
def example_trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    """Return what the sources of each valid example become, by name and path."""
    trees = {}
    for example in valid_examples():
        root: Path = lay(tmp_path_factory.mktemp(example.name), EXAMPLE_BASE, example)
        trees[example.name] = rendered(root)
    return trees
