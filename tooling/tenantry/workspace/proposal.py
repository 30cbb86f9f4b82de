"""A tenant's file as it is to become: read, judged, edited, written. Asks and prints nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tenantry import editor
from tenantry.findings import Finding
from tenantry.layout import CLUSTERS, tenant_file, tenant_folder
from tenantry.reader import read_document
from tenantry.rules.names import DUPLICATE_PROFILE, TENANT_NAME
from tenantry.schema.base import LABEL_PATTERN
from tenantry.schema.check import check
from tenantry.schema.tenant import TenantFile
from tenantry.tenant import profile_field
from tenantry.workspace.files import read_bounded, write_atomically
from tenantry.workspace.neighbours import Neighbours
from tenantry.workspace.sources import Sources, load_facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from tenantry.editor import Answers
    from tenantry.facts import Facts
    from tenantry.reader import Document


class RefusedError(Exception):
    """What was asked for cannot be written; `findings` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


def known_facts(root: Path, today: date) -> Facts | None:
    """Return the facts, or None where they are absent or broken: others are told about that."""
    return load_facts(Sources(root), today)


def refused_tenant(tenant: str, facts: Facts | None) -> list[Finding]:
    """Return why a folder cannot be called so."""
    if re.fullmatch(LABEL_PATTERN, tenant):
        return editor.refusals(tenant, {}, facts)
    finding = TENANT_NAME.finding(
        tenant_file("TEAM"),
        (),
        f'"{tenant}" cannot be the name of a team\'s folder',
        "use lower-case letters, digits and hyphens; start with a letter",
    )
    return [finding]


@dataclass(frozen=True)
class TenantPage:
    """A team's file as it stands, or the place where its first one goes."""

    root: Path
    tenant: str
    facts: Facts | None = None
    text: str | None = None
    """What stands in the file; None where there is none."""
    document: Document | None = None
    file: TenantFile | None = None

    @property
    def path(self) -> str:
        """The file, relative to the repository."""
        return tenant_file(self.tenant)

    def refusals(self, answers: Answers) -> list[Finding]:
        """Return what is wrong with a profile for this file, warnings included."""
        refused = editor.refusals(self.tenant, answers, self.facts, self._groups)
        return [*self._taken(answers), *refused, *self._clashes(answers)]

    def text_with(self, answers: Answers) -> str:
        """Return the file with one more profile. Raises RefusedError."""
        shared = [f for f in self._found_together(answers) if f.path.startswith(CLUSTERS)]
        if shared:
            raise RefusedError(shared)
        text = self._edited(answers)
        file, findings = check(TenantFile, read_document(self.path, text.encode()))
        if file is None:
            raise RefusedError(findings)
        return text

    def write(self, text: str) -> None:
        """Put a text in the file's place, whole or not at all."""
        write_atomically(self.root / self.path, text.encode())

    @property
    def _groups(self) -> editor.Groups | None:
        return self.file.groups if self.file is not None else None

    @cached_property
    def _neighbours(self) -> Neighbours | None:
        if self.facts is None:
            return None
        return Neighbours(self.root, self.tenant, self.facts, self.file)

    def _found_together(self, answers: Answers) -> list[Finding]:
        """Return what is wrong only beside all other projects of the platform."""
        file, _ = editor.trial(self.tenant, answers, self._groups)
        if file is None or self._neighbours is None:
            return []
        return self._neighbours.clashes(file)

    def _clashes(self, answers: Answers) -> list[Finding]:
        """Return what the new profile itself may not have because others have it.

        A name of this very file is `_taken`. That all together are too much is said at the end:
        no other answer to the question at hand would help.
        """
        number = self._neighbours.added if self._neighbours is not None else 0
        return [
            replace(finding, line=0, column=0)
            for finding in self._found_together(answers)
            if finding.path == self.path
            and finding.field[:2] == profile_field(number)
            and editor.is_about(finding.field, answers)
        ]

    def _edited(self, answers: Answers) -> str:
        if self.text is None:
            return editor.create(answers, editor.choices_of(self.facts))
        try:
            return editor.add_profile(self.text, answers)
        except editor.EditError as error:
            cure = "write profiles: as a block, each project from a line of its own, and try again"
            raise RefusedError([Finding(self.path, "not-editable", str(error), cure)]) from error

    def _taken(self, answers: Answers) -> list[Finding]:
        if self.file is None or self.document is None:
            return []
        return self.document.place(
            DUPLICATE_PROFILE.finding(
                self.path,
                profile_field(number, "name"),
                f'"{profile.name}" is already the name of a project of this file',
                "choose another name, or edit the file to change that project",
            )
            for number, profile in enumerate(self.file.profiles)
            if profile.name == answers.get("name")
        )


def open_page(root: Path, tenant: str, facts: Facts | None) -> TenantPage:
    """Read a team's file, if there is one. Raises RefusedError where it must be mended first."""
    path = tenant_file(tenant)
    if (root / tenant_folder(tenant)).is_symlink():
        raise RefusedError([_link(tenant_folder(tenant))])
    sources = Sources(root)
    document = sources.document(path)
    if sources.findings:
        raise RefusedError(sources.findings)
    if document is None:
        return TenantPage(root, tenant, facts)
    file, findings = check(TenantFile, document)
    if file is None:
        raise RefusedError(findings)
    text = read_bounded(root / path).decode()
    return TenantPage(root, tenant, facts, text, document, file)


def _link(path: str) -> Finding:
    return Finding(
        path,
        "link",
        "this is a symbolic link, and links are not followed",
        "replace it with the folder itself",
    )
