"""Reads the folders of `policies/`: the objects that are delivered.

The cases beside them must be there, and are read by the tests alone: they are longer than all else,
and nothing is rendered of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.policies import Policy
from tenantry.workspace.apps import load_manifests
from tenantry.workspace.missteps import missing_file

if TYPE_CHECKING:
    from tenantry.workspace.sources import Sources

_WHO = "whoever adds the policy"


def load_policies(sources: Sources) -> tuple[Policy, ...]:
    """Return all policies, in order of name; what is missing or no object is a finding."""
    names = sources.named_folders(layout.POLICIES)
    sources.refuse_all_but(layout.POLICIES, names)
    return tuple(_load_policy(sources, name) for name in names)


def _load_policy(sources: Sources, name: str) -> Policy:
    folder = layout.policy_file(name, "").rstrip("/")
    names = [each for each in sources.names(folder) if each != layout.README]
    for needed in (layout.POLICY_FILE, layout.CASES_FILE):
        if needed not in names:
            sources.findings.append(missing_file(layout.policy_file(name, needed), _WHO))
    objects = [each for each in names if each != layout.CASES_FILE]
    return Policy(name, tuple(load_manifests(sources, folder, objects)))
