"""What the pages say is true: links, commands, targets, files, objects, rules, folders."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.repository import ROOT, Files, manifests

from tenantry.cli import make_parser
from tenantry.reader import read_document
from tenantry.schema.check import check
from tenantry.schema.platform import Platform
from tenantry.schema.tenant import TenantFile

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Folders whose pages are not ours, or not in Git.
_FOREIGN = ("build", "node_modules")

_FENCED = re.compile(r"^( *)(```+)([a-z]*)\n(.*?)^\1\2$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_MAKE = re.compile(r"`make ([a-z0-9]+)`")
_TARGET = re.compile(r"^([a-z0-9]+):", re.MULTILINE)
_PHONY = re.compile(r"^\.PHONY: (.+)$", re.MULTILINE)
_FINDING = re.compile(r"^[\w./-]+:\d+:\d+: (?:warning: )?([a-z]+(?:-[a-z]+)*): ", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str
    text: str


def _walk() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name == ".github" or not (name.startswith(".") or name in _FOREIGN)
        ]
        yield from (Path(folder, name) for name in names if name.endswith(".md"))


def _makefile() -> str:
    return (ROOT / "Makefile").read_text("utf-8")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PAGES = {_name(path): path.read_text("utf-8") for path in sorted(_walk())}
BLOCKS = [
    Block(page, found[3], found[4])
    for page, text in PAGES.items()
    for found in _FENCED.finditer(text)
]


def _commands() -> Iterator[tuple[str, str]]:
    """Yield every command line: all of a block of `sh`, lines after `$` of one of `console`."""
    for block in BLOCKS:
        for line in block.text.splitlines():
            if block.language == "sh" and line.strip():
                yield block.page, line.strip()
            elif block.language == "console" and line.startswith("$ "):
                yield block.page, line.removeprefix("$ ")


COMMANDS = sorted(set(_commands()))


def _words(line: str) -> list[list[str]]:
    """Return the words of each command of a pipe."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|&;"):
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def _calls(program: str) -> list[tuple[str, tuple[str, ...]]]:
    return sorted(
        {
            (page, tuple(words[1:]))
            for page, line in COMMANDS
            for words in _words(line)
            if words and Path(words[0]).name == program
        }
    )


def _anchors(text: str) -> set[str]:
    """Return what GitHub makes of the headings."""
    headings = _HEADING.findall(_FENCED.sub("", text))
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_the_repository_leads_somewhere(page: str) -> None:
    text = _INLINE.sub("", _FENCED.sub("", PAGES[page]))
    dead = []
    for link in _LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (anchor and anchor not in _anchors(target.read_text("utf-8"))):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize(("page", "words"), _calls("tenantry"))
def test_every_command_in_a_page_is_one_that_tenantry_takes(
    page: str, words: tuple[str, ...]
) -> None:
    try:
        parsed = make_parser().parse_args(words)
    except SystemExit as refused:
        pytest.fail(f"{page}: tenantry {shlex.join(words)}: exit code {refused.code}")
    assert parsed.command == words[0]


def test_pages_show_commands_at_all() -> None:
    """So that no test above is true of nothing."""
    assert {"README.md", "docs/first-pull-request.md"} <= {page for page, _ in _calls("tenantry")}
    assert {"README.md", "CONTRIBUTING.md"} <= {page for page, _ in _calls("make")}


def test_what_make_shows_of_itself_is_pasted_as_it_is() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert f"$ make help\n{shown}```\n" in PAGES["CONTRIBUTING.md"]
    assert set(re.findall(r"^(\S+) ", shown, re.MULTILINE)) == set(_PHONY.findall(_makefile()))


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_in_a_page_exists(page: str) -> None:
    targets = set(_TARGET.findall(_makefile()))
    named = {words[0] for where, words in _calls("make") if where == page}
    assert named | set(_MAKE.findall(PAGES[page])) <= targets


@pytest.mark.parametrize(
    "block",
    [
        block
        for block in BLOCKS
        if block.language == "yaml" and re.match(r"(groups|profiles|version):", block.text)
    ],
    ids=lambda block: block.page,
)
def test_every_file_of_a_team_in_a_page_is_valid(block: Block) -> None:
    file, findings = check(TenantFile, read_document(block.page, block.text.encode()))
    assert findings == []
    assert file is not None


def test_every_message_in_a_page_names_a_rule_that_exists() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tooling").rglob("*.py"))
    shown = {rule for block in BLOCKS for rule in _FINDING.findall(block.text)}
    assert shown
    assert {rule for rule in shown if f'"{rule}"' not in sources} == set()


def test_every_kind_that_teams_get_is_explained_to_them(
    own_trees: Files, example_trees: dict[str, Files]
) -> None:
    kinds = {
        manifest["kind"]
        for tree in (own_trees, *example_trees.values())
        for path, text in tree.items()
        if "/tenants/" in path
        for manifest in manifests(text)
    }
    explained = re.findall(
        r"^\| ([A-Z]\w+(?:, [A-Z]\w+)*)", PAGES["docs/namespace.md"], re.MULTILINE
    )
    assert len(kinds) > 20
    assert kinds <= {kind for row in explained for kind in row.split(", ")}


def test_a_fork_is_told_of_every_block_of_its_facts() -> None:
    first = re.findall(r"^\|([^|]+)\|", PAGES["docs/forking.md"], re.MULTILINE)
    told = re.findall(r"`(\w+)`", " ".join(first))
    assert {field.alias or name for name, field in Platform.model_fields.items()} - {*told} == set()


def test_the_readme_says_what_stands_in_every_folder() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    visible = {name for name in folders if not name.startswith(".")} | {".github", ".ci"}
    rows = "".join(line for line in PAGES["README.md"].splitlines() if line.startswith("| `"))
    assert {name for name in visible if f"`{name}/`" not in rows} == set()
