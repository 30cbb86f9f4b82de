"""What all tests share: the option that writes expected trees anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.repository import BASE as EXAMPLE_BASE
from tests.repository import ROOT, Files, lay, rendered, valid_examples

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our option."""
    parser.addoption(
        "--update-examples",
        action="store_true",
        help="write the expected trees in tests/examples/valid/ anew; the run then fails, so that "
        "nobody takes it for a test",
    )


@pytest.fixture(scope="session")
def update_examples(request: pytest.FixtureRequest) -> bool:
    """Return whether to write expected trees instead of comparing them."""
    return bool(request.config.getoption("--update-examples"))


@pytest.fixture(scope="session")
def own_trees(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return what this repository's own sources become, by path."""
    return rendered(ROOT, tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="session")
def example_trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    """Return what the sources of each valid example become, by name and path."""
    trees = {}
    for example in valid_examples():
        root: Path = lay(tmp_path_factory.mktemp(example.name), EXAMPLE_BASE, example)
        trees[example.name] = rendered(root)
    return trees
