"""Every example repository, judged without the command: what the core says, word for word.

`tests/examples/test_invalid.py` runs the command on each of them. This one keeps what all share in
memory and renders nothing, so that it can be run anew for every mutant of a rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.cases import EXPECTED, INVALID, LIMITS, WARNED, cases, content_of, expected, materialise
from tests.repository import BASE, EXAMPLES, TODAY, lay

from tenantry import layout
from tenantry.findings import in_order
from tenantry.index import Index
from tenantry.report import text_line
from tenantry.rules import INDEX_RULES
from tenantry.rules.platform import IDENTITY_MISSING
from tenantry.workspace.pipeline import Job, run
from tenantry.workspace.shard import Shard
from tenantry.workspace.sources import Sources, load_facts, place_findings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tenantry.facts import Facts
    from tenantry.findings import Finding

ALL = [case for kind in (INVALID, WARNED, LIMITS) for case in cases(kind)]
#: How the file of a tenant is called in a case.
TENANT_FILES = (layout.TENANT_FILE, f"{layout.TENANT_FILE}.escaped")
CLASSES = sorted({case.name.partition("-")[0] for case in ALL})


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """Return the facts that most examples share."""
    root = lay(tmp_path_factory.mktemp("base"), BASE, EXAMPLES / "outputs")
    (root / layout.TENANTS).mkdir()
    facts = load_facts(Sources(root), TODAY)
    assert facts is not None
    return facts


def _holds_only_tenants_files(case: Path) -> bool:
    return all(
        path.name == EXPECTED or (path.match("tenants/*/*") and path.name in TENANT_FILES)
        for path in case.rglob("*")
        if not path.is_dir()
    )


def _judged_in_memory(case: Path, facts: Facts, root: Path) -> list[Finding]:
    """Judge a case that differs from the base by tenants' files alone."""
    for path in (case / layout.TENANTS).rglob(f"{layout.TENANT_FILE}*"):
        target = root / path.parent.relative_to(case) / layout.TENANT_FILE
        target.parent.mkdir(parents=True)
        target.write_bytes(content_of(path))
    names = Sources(root).folders(layout.TENANTS)
    facts = replace(facts, known_tenants=frozenset(names))
    findings, entries = Shard(root, names, facts, lambda _done: None).judge()
    index = Index.of(entries)
    findings += [finding for rule in INDEX_RULES for finding in rule(index, facts)]
    # The base knows no identity of a case's namespaces; on disk, each case is given its own.
    known = [finding for finding in findings if finding.rule != IDENTITY_MISSING.id]
    return in_order(place_findings(root, known))


def _expected(case: Path) -> list[str]:
    return expected(case) if (case / EXPECTED).exists() else []


def _said(findings: Iterable[Finding]) -> list[str]:
    return [text_line(finding) for finding in findings]


@pytest.mark.parametrize("name", CLASSES)
def test_each_example_of_a_class_is_judged_in_the_expected_words(
    name: str, base: Facts, tmp_path: Path
) -> None:
    for number, case in enumerate(ALL):
        if case.name.partition("-")[0] != name:
            continue
        root = tmp_path / str(number)
        wanted = _expected(case)
        speaks_of_identities = any(IDENTITY_MISSING.id in line for line in wanted)
        if _holds_only_tenants_files(case) and not speaks_of_identities:
            findings = _judged_in_memory(case, base, root)
        else:
            findings = run(Job(materialise(case, root), TODAY)).findings
        wanted = expected(case) if (case / EXPECTED).exists() else []
        assert (case.name, _said(findings)) == (case.name, wanted)
