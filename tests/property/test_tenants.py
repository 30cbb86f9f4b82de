"""Promises about every tenant's file, whatever stands in it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import assume, event, example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.property.platform import TEAM, platform_facts, read, render
from tests.property.spelling import STYLES, spell
from tests.property.strategies import File, effort, files, mutants, refused
from tests.repository import files as written
from tests.repository import make_repository, smallest, write_tenants
from tests.repository import render as render_repository
from yaml12 import parse_yaml

from tenantry import layout, report
from tenantry.findings import Finding, in_order
from tenantry.index import Index
from tenantry.manifest import Manifest, to_yaml
from tenantry.placement import placements
from tenantry.reference.rules_page import documented
from tenantry.render import render_placement
from tenantry.render.delivery import render_delivery
from tenantry.report import Format
from tenantry.rules import INDEX_RULES
from tenantry.workspace.shard import Shard
from tenantry.workspace.sources import place_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tenantry.tenant import Tenant

_PIECES = (
    *"[]{},:?-#&*!|>%@`'\"\\~=<\0\r\t",
    *("\n", "\n  ", "\n    ", "\n- ", "- ", ": ", "---\n", "...\n", "<<: ", "\ufeff", "\x85"),
    *("\\n", "\\r", '"\\n"', '"\\e[0m"', "\u2028", "\u202e", "\xa0", "\ue000", "\U000e0001"),
    *(
        "profiles:\n",
        "name: churn\n",
        "admins: [a@example.com]\n",
        "quota: {cpu: 1}\n",
        "groups:\n",
    ),
    *("claims:\n", "kind: Cache\n", "parameters:\n", "expose:\n", "egress: [a.com]\n", "NO", "08"),
)
_YAMLISH = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """Draw the text of a file in which some pieces were put into, or typed over, other text."""
    text = spell(draw(files()), draw(STYLES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 9, 99)))
        text = text[:start] + draw(st.sampled_from(_PIECES)) + text[end:]
    return text.encode("utf-8", "surrogatepass")


_CONTENTS = st.one_of(
    st.binary(max_size=200),
    _YAMLISH.map(str.encode),
    st.builds(spell, mutants(), STYLES).map(lambda text: text.encode("utf-8", "surrogatepass")),
    _damaged(),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository of one team, whose file each example writes anew."""
    folder = tmp_path_factory.mktemp("root")
    (folder / layout.tenant_folder(TEAM)).mkdir(parents=True)
    return folder


def _judge(root: Path, content: bytes) -> list[Finding]:
    """Say what `validate` says about the team's file, and render it where nothing is wrong."""
    (root / layout.tenant_file(TEAM)).write_bytes(content)
    facts = platform_facts()
    shard = Shard(root, [TEAM], facts, lambda _: None)
    findings, entries = shard.judge()
    index = Index.of(entries)
    findings += [finding for rule in INDEX_RULES for finding in rule(index, facts)]
    if not any(finding.is_error for finding in findings):
        shard.render(list(facts.clusters), str(root / layout.BUILD))
    return in_order(place_findings(root, findings))


@effort(150)
@given(_CONTENTS)
@example(b"---")
@example(b"profiles: [{name: churn}: ")
def test_no_input_raises_and_every_finding_can_be_acted_upon(root: Path, content: bytes) -> None:
    findings = _judge(root, content)
    event("refused" if any(finding.is_error for finding in findings) else "accepted")
    for finding in findings:
        assert finding.rule in documented()
        assert finding.message
        assert finding.cure
        if finding.path == layout.tenant_file(TEAM):
            _assert_within(content, finding)
    _assert_reported(findings)


def _assert_within(content: bytes, finding: Finding) -> None:
    lines = content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    if finding.line <= len(lines):
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1, finding
    assert 1 <= finding.line <= len(lines) + content.count(b"\r"), finding


def _assert_reported(findings: list[Finding]) -> None:
    """Each form says each finding once, with nothing in it that a terminal or GitHub acts on."""
    for form in (Format.TEXT, Format.GITHUB):
        lines = list(report.lines(findings, form))
        assert len(lines) == len(findings)
        assert [line for line in lines if any(map(_acts, line))] == []
    told = json.loads("\n".join(report.lines(findings, Format.JSON)))
    assert [finding["message"] for finding in told["findings"]] == [f.message for f in findings]


def _acts(character: str) -> bool:
    """Whether it controls, formats, separates lines, or is half of a character."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository of two teams that was rendered; then one of them got another project."""
    folder = make_repository(tmp_path_factory.mktemp("rendered"), other=smallest("qother"))
    write_tenants(folder, {TEAM: smallest("qsmallest")})
    assert not render_repository(folder).failed
    write_tenants(folder, {"other": smallest("qanother")})
    return folder


@effort(12)
@given(st.builds(spell, refused(), STYLES))
def test_a_refused_input_writes_nothing(repository: Path, text: str) -> None:
    before = written(repository / layout.BUILD)
    write_tenants(repository, {TEAM: text})
    assert render_repository(repository).failed
    assert written(repository / layout.BUILD) == before


@effort(25)
@given(files())
def test_what_is_rendered_reads_back_equal(file: File) -> None:
    tenant = read(spell(file))
    assume(tenant is not None)
    assert tenant is not None
    expected = json.loads(json.dumps(list(_manifests(tenant))))
    text = to_yaml(_manifests(tenant))
    assert list(yaml.load_all(text, Loader=yaml.CSafeLoader)) == expected
    assert parse_yaml(text, multi=True) == expected


@effort(5)  # pure Python reads some hundred lines in a tenth of a second
@given(files(profiles=1))
def test_what_is_rendered_reads_back_equal_in_pure_python(file: File) -> None:
    tenant = read(spell(file))
    assume(tenant is not None)
    assert tenant is not None
    own = [manifest for manifest in _manifests(tenant) if _words(file) & _words(manifest)]
    text = to_yaml(own)
    expected = json.loads(json.dumps(own))
    assert list(yaml.safe_load_all(text)) == expected
    for version in ((1, 1), (1, 2)):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        assert list(reader.load_all(text)) == expected


def _manifests(tenant: Tenant) -> Iterator[Manifest]:
    facts = platform_facts().clusters["prod"]
    placed = list(placements(tenant, facts))
    for placement in placed:
        yield from render_placement(placement)
    yield from render_delivery(tenant, facts, placed)


def _words(tree: object) -> set[str]:
    """Return the texts in a tree that a drawn file has chosen, as far as one can tell."""
    if isinstance(tree, Mapping):
        return set().union(*map(_words, tree.values()))
    if isinstance(tree, list | tuple):
        return set().union(*map(_words, tree))
    return {tree} if isinstance(tree, str) else set()


@effort(15)
@given(files(), files())
def test_a_rendering_depends_on_nothing_that_was_rendered_before(one: File, two: File) -> None:
    first, second = read(spell(one)), read(spell(two), "other")
    assume(first is not None and second is not None)
    assert first is not None
    assert second is not None
    before = render(first)
    render(second)
    assert render(first) == before
    # Facts that are equal and not the same: nothing is remembered of the others.
    platform_facts.cache_clear()
    assert render(first) == before
