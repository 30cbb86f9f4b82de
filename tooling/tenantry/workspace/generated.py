"""The generated files of the repository: made from models and facts, compared, written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.findings import Finding, in_order
from tenantry.reference.components_page import components_page
from tenantry.reference.json_schema import schemas
from tenantry.reference.pages import facts_page, tenant_page
from tenantry.reference.rules_page import rules_page
from tenantry.reference.secrets_page import secrets_page
from tenantry.workspace.files import write_atomically
from tenantry.workspace.sources import Sources, load_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def generated_files(root: Path) -> tuple[list[Finding], dict[str, str]]:
    """Return every generated file's text by path, or what is wrong with the facts."""
    sources = Sources(root)
    facts = load_facts(sources, date.min)  # nothing generated depends on the day
    errors = [finding for finding in sources.findings if finding.is_error]
    if facts is None or errors:
        return in_order(errors), {}
    files = {f"{layout.SCHEMAS}/{name}": text for name, text in schemas(facts).items()}
    files[layout.TENANT_PAGE] = tenant_page(facts)
    files[layout.FACTS_PAGE] = facts_page()
    files[layout.RULES_PAGE] = rules_page()
    files[layout.COMPONENTS_PAGE] = components_page(facts)
    files[layout.SECRETS_PAGE] = secrets_page(facts)
    return [], files


def stale_files(root: Path, files: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each generated file that is not as it would be written now."""
    return [
        Finding(
            path,
            "stale-generated-file",
            "the file is not what would be generated now",
            "run: make generate",
        )
        for path, text in files.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]


def write_files(root: Path, files: Mapping[str, str]) -> int:
    """Write the generated files; return how many changed."""
    return sum(write_atomically(root / path, text.encode()) for path, text in files.items())
