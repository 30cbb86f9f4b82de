"""Policies: what a folder of `policies/` delivers. Reading it is `workspace.policies`' business.

A policy is a ValidatingAdmissionPolicy: the API server asks it about every request. It is not a
rule, which judges files, and not a NetworkPolicy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.layout import POLICY_FILE, policy_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.manifest import Manifest

GROUP = "admissionregistration.k8s.io"
POLICY_KIND = "ValidatingAdmissionPolicy"
BINDING_KIND = "ValidatingAdmissionPolicyBinding"


@dataclass(frozen=True)
class Policy:
    """A folder of `policies/`."""

    name: str
    """The name of the folder."""
    objects: tuple[tuple[str, Manifest], ...]
    """Its objects, each with the name of its file: the policy itself, and bindings."""

    def path(self, name: str = POLICY_FILE) -> str:
        """Return one of its files, relative to the repository."""
        return policy_file(self.name, name)

    def delivered(self) -> Iterator[tuple[str, Manifest]]:
        """Yield its objects, each with the path of its file below `policies/`."""
        for name, manifest in self.objects:
            yield f"{self.name}/{name}", manifest
