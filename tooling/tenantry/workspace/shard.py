"""A share of the tenants: read and judged once, then rendered from what was judged.

Holding the judged tenants between both steps costs about 3 KiB each, and saves a second reading
of files that may have changed in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.index import Entry, entry_of
from tenantry.manifest import to_yaml
from tenantry.placement import placements
from tenantry.render import render_placement
from tenantry.render.delivery import render_delivery
from tenantry.rules import TENANT_RULES
from tenantry.rules.claims import INVALID_PARAMETER
from tenantry.schema.salvage import salvage
from tenantry.tenant import Tenant
from tenantry.workspace.tenants import load_tenant
from tenantry.workspace.tree import Tally, Tree, header

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tenantry.facts import ClusterFacts, Facts
    from tenantry.findings import Finding
    from tenantry.reader import Document

#: How many tenants go by between two reports of progress.
_STRIDE = 100


@dataclass
class Shard:
    """Some tenants of a repository, in order of name."""

    root: Path
    names: Sequence[str]
    facts: Facts | None
    """None where the facts cannot be known; then only the files themselves are judged."""
    progress: Callable[[int], None]
    """Told how many more tenants are done."""
    tenants: list[Tenant] = field(default_factory=list)

    def judge(self) -> tuple[list[Finding], list[Entry]]:
        """Read every tenant; return what is wrong with each, and what the index needs of it."""
        findings: list[Finding] = []
        entries: list[Entry] = []
        for number, name in enumerate(self.names, 1):
            findings += self._judge_one(name, entries)
            if number % _STRIDE == 0:
                self.progress(_STRIDE)
        return findings, entries

    def _judge_one(self, name: str, entries: list[Entry]) -> list[Finding]:
        facts = self.facts
        tenant, document, findings = load_tenant(self.root, name)
        if document is None or facts is None:
            return findings
        if tenant is None:
            file = salvage(document, findings)
            if file is None:
                return findings
            return _without_echoes(findings, _judged(Tenant(name, file), document, facts))
        findings += _judged(tenant, document, facts)
        entries.append(entry_of(tenant, facts))
        self.tenants.append(tenant)
        return findings

    def render(self, clusters: Sequence[str], output: str) -> Tally:
        """Write every tenant's part of the trees of `clusters`."""
        tally = Tally()
        known = self.facts.clusters if self.facts is not None else {}
        trees = [(known[name], Tree(f"{output}/{name}", tally)) for name in clusters]
        for number, tenant in enumerate(self.tenants, 1):
            for facts, tree in trees:
                _write_tenant(tenant, facts, tree)
            if number % _STRIDE == 0:
                self.progress(_STRIDE)
        return tally


def _without_echoes(findings: list[Finding], judged: list[Finding]) -> list[Finding]:
    """Leave out the advice to quote a parameter that its kind would refuse in quotes as well."""
    refused = {(f.line, f.column) for f in judged if f.rule == INVALID_PARAMETER.id}
    return [
        *(f for f in findings if f.rule != "doubtful-scalar" or (f.line, f.column) not in refused),
        *judged,
    ]


def _judged(tenant: Tenant, document: Document, facts: Facts) -> list[Finding]:
    found = [finding for rule in TENANT_RULES for finding in rule(tenant, facts)]
    return document.place(found) if found else found


def render_tenant(tenant: Tenant, facts: ClusterFacts) -> tuple[dict[str, str], str]:
    """Return a tenant's namespaces on a cluster, text by namespace, and what delivers them.

    Both are empty where the tenant has nothing on the cluster.
    """
    placed = list(placements(tenant, facts))
    if not placed:
        return {}, ""
    mark = header(tenant.path)
    namespaces = {
        placement.namespace: mark + to_yaml(render_placement(placement)) for placement in placed
    }
    return namespaces, mark + to_yaml(render_delivery(tenant, facts, placed))


def _write_tenant(tenant: Tenant, facts: ClusterFacts, tree: Tree) -> None:
    namespaces, delivery = render_tenant(tenant, facts)
    tree.write_folder(
        f"{layout.RENDERED_TENANTS}/{tenant.name}",
        {f"{name}.yaml": text.encode() for name, text in namespaces.items()},
    )
    path = layout.rendered_delivery(tenant.name)
    if delivery:
        tree.write(path, delivery.encode())
    else:
        tree.remove(path)
