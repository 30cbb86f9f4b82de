"""Miniature repositories that must render to exactly the trees that stand beside them.

A case is a folder: `tenants/` and whatever else differs from `tests/examples/base`, and either
`expected/<cluster>/` or `same-as` with the name of another case. A new case is a folder too;
`pytest --update-examples` writes its tree.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.repository import VALID, Files, files, valid_examples

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

#: The case that shows all of a tree. The others show what belongs to tenants.
_WHOLE = "platform"
_OF_TENANTS = (f"{layout.RENDERED_TENANTS}/", f"{layout.TENANT_APPLICATIONS}/")

_SAME_AS = "same-as"
_LIKE_OTHERS = [example for example in valid_examples() if (example / _SAME_AS).exists()]
_WITH_TREE = [example for example in valid_examples() if example not in _LIKE_OTHERS]


def _shown(case: str, tree: Files) -> Files:
    return {
        path: content
        for path, content in tree.items()
        if case == _WHOLE or path.partition("/")[2].startswith(_OF_TENANTS)
    }


def _write(folder: Path, tree: Files) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    for path, content in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@pytest.mark.parametrize("example", _WITH_TREE, ids=lambda path: path.name)
def test_a_repository_renders_to_its_expected_tree(
    example: Path,
    example_trees: dict[str, Files],
    update_examples: bool,  # noqa: FBT001 - a fixture
) -> None:
    """Byte for byte, with no file more and none less."""
    tree = _shown(example.name, example_trees[example.name])
    if update_examples:
        _write(example / "expected", tree)
        pytest.fail("written anew: look at the difference, then run without --update-examples")
    expected = files(example / "expected")
    assert sorted(tree) == sorted(expected)
    for path, content in tree.items():
        assert content.decode() == expected[path].decode(), path


@pytest.mark.parametrize("example", _LIKE_OTHERS, ids=lambda path: path.name)
def test_two_spellings_of_one_file_render_the_same_bytes(
    example: Path, example_trees: dict[str, Files]
) -> None:
    """Such a case has no tree of its own: its file `same-as` names the case that has it."""
    other = (example / _SAME_AS).read_text("utf-8").strip()
    assert (VALID / other / "expected").is_dir()
    assert not (example / "expected").exists()
    assert example_trees[example.name] == example_trees[other]


def test_the_smallest_example_is_the_file_that_the_readme_promises() -> None:
    text = (VALID / "smallest" / "tenants" / "first-steps" / "profiles.yaml").read_text("utf-8")
    assert text == (
        "profiles:\n"
        "  name: project-name\n"
        "  admins:\n"
        "    - john.doe@example.com\n"
        "  contributors:\n"
        "    - jane.doe@example.com\n"
        "    - john.smith@example.com\n"
    )


def test_windows_line_endings_are_really_in_the_example() -> None:
    content = (VALID / "crlf" / "tenants" / "first-steps" / "profiles.yaml").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 7
