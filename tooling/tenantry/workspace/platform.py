"""What the platform's own files come to: what is wrong with them, and their part of each tree.

Both follow from the bytes that were read, the day, and the tooling, for rules and renderers are
pure. So where none of these changed, they are what they were the last time.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.findings import Finding, Severity
from tenantry.manifest import to_yaml
from tenantry.render.platform import render_platform
from tenantry.rules import FACTS_RULES
from tenantry.workspace import cache, kept
from tenantry.workspace.documents import open_documents
from tenantry.workspace.sources import load_facts
from tenantry.workspace.tree import header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Any

    from tenantry.facts import Facts
    from tenantry.workspace.sources import Sources

_KIND = "platforms"


@dataclass
class Platform:
    """The judgement and the files of one platform, each worked out when first asked for."""

    root: Path
    facts: Facts | None
    """None where they cannot be known."""
    of: str | None = None
    """The digest of all that they follow from, where they may be remembered."""
    found: list[Sequence[Any]] | None = None
    """What is wrong with the facts, as JSON holds it."""
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    """By cluster, the text of each file."""
    grown: bool = False
    """Whether more was worked out than was known before."""

    def clusters(self) -> tuple[str, ...]:
        """Return the names of the clusters."""
        return () if self.facts is None else tuple(self.facts.clusters)

    def findings(self) -> list[Finding]:
        """Return what is wrong with the facts."""
        if self.found is None:
            self.found = [astuple(each) for each in _judged(self.facts)]
            self.grown = True
        return [_finding(*each) for each in self.found]

    def files(self, cluster: str) -> Mapping[str, str]:
        """Return the files that a cluster's tree has of the platform, by path."""
        if cluster not in self.trees and self.facts is not None:
            self.trees[cluster] = _rendered(self.facts, cluster)
            self.grown = True
        return self.trees[cluster]

    def keep(self) -> None:
        """Remember what was worked out, in the place of what was known of the repository."""
        if self.of is not None and self.grown:
            known = {"of": self.of, "found": self.found, "trees": self.trees}
            kept.keep(_KIND, self.root, known)


def load_platform(sources: Sources, today: date, *, remembers: bool = False) -> Platform:
    """Return the platform of a repository; with `remembers`, as it is known from an earlier run."""
    if not remembers:
        return Platform(sources.root, load_facts(sources, today))
    documents = open_documents(sources.root)
    sources.read = documents.read
    facts = load_facts(sources, today)
    documents.keep()
    if facts is None or sources.findings:
        return Platform(sources.root, facts)
    of = cache.digest(today.isoformat().encode(), *sources.seen)
    known = kept.load(_KIND, sources.root)
    if known is None or known["of"] != of:
        return Platform(sources.root, facts, of)
    return Platform(sources.root, facts, of, known["found"], known["trees"])


def _judged(facts: Facts | None) -> Iterator[Finding]:
    if facts is not None:
        for rule in FACTS_RULES:
            yield from rule(facts)


def _finding(  # noqa: PLR0913, PLR0917 - the fields of a finding, in their order
    path: str,
    rule: str,
    message: str,
    cure: str,
    way: Sequence[str | int],
    severity: str,
    *position: Any,  # noqa: ANN401 - line, column, and whether of the key
) -> Finding:
    return Finding(path, rule, message, cure, tuple(way), Severity(severity), *position)


def _rendered(facts: Facts, cluster: str) -> dict[str, str]:
    delivering = (app.name for app in facts.apps if app.file.policies)
    policies = tuple(map(layout.rendered_app_folder, delivering))
    return {
        path: header(_source_of(path, policies)) + to_yaml(manifests)
        for path, manifests in render_platform(facts.apps, facts.clusters[cluster])
    }


def _source_of(path: str, policies: tuple[str, ...]) -> str:
    """Say what a file of the platform is made from; `policies` are the folders of their objects."""
    if path.startswith(layout.APPLICATIONS):
        return f"{layout.APPS}/ and {layout.CLUSTERS}/"
    return f"{layout.POLICIES if path.startswith(policies) else layout.APPS}/"
