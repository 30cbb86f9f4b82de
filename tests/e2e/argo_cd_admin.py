"""Argo CD's own program, asked without a cluster: who may do what, and what people are told.

Owns how it is called and with which rendered settings. What must come out is the tests' business.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from tests.e2e.processes import GO_BRIEFLY
from tests.repository import ROOT, manifests

from tenantry import layout
from tenantry.workspace import toolchain

if TYPE_CHECKING:
    from pathlib import Path

#: It reads one before it does anything, and asks nobody at the address in it.
_KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [{"name": "nobody", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "nobody", "user": {}}],
    "contexts": [
        {
            "name": "nobody",
            "context": {"cluster": "nobody", "user": "nobody", "namespace": "argocd"},
        }
    ],
    "current-context": "nobody",
}


@dataclass(frozen=True)
class ArgoCDAdmin:
    """`argocd admin` with the settings of one cluster's tree, and a folder of its own."""

    program: str
    tree: Path
    folder: Path

    def settings(self, name: str) -> dict[str, Any]:
        """Return what our patches write into one of Argo CD's ConfigMaps."""
        (application,) = manifests((self.tree / layout.rendered_app("argo-cd")).read_bytes())
        spec = application["spec"]
        (found,) = (
            yaml.safe_load(patch["patch"])["data"]
            for source in spec.get("sources") or [spec["source"]]
            for patch in source.get("kustomize", {}).get("patches", [])
            if patch["target"].get("name") == name
        )
        return dict(found)

    def projects(self) -> dict[str, dict[str, Any]]:
        """Return every AppProject of the tree, by name."""
        return {
            each["metadata"]["name"]: each
            for path in sorted((self.tree / layout.APPLICATIONS).rglob("*.yaml"))
            for each in manifests(path.read_bytes())
            if each["kind"] == "AppProject"
        }

    def write(self, name: str, content: str) -> Path:
        """Write a file that it is to read."""
        path = self.folder / name
        path.write_text(content, "utf-8")
        return path

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run it; nothing of the machine's own settings reaches it."""
        kubeconfig = self.folder / "kubeconfig"
        if not kubeconfig.exists():
            kubeconfig.write_text(yaml.safe_dump(_KUBECONFIG), "utf-8")
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "KUBECONFIG": str(kubeconfig),
            **GO_BRIEFLY,
        }
        return subprocess.run(
            [self.program, "admin", *map(str, words)],
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def find(tree: Path, folder: Path) -> ArgoCDAdmin:
    """Return it; build Argo CD where it is not at hand."""
    return ArgoCDAdmin(str(toolchain.find(ROOT, "argocd")), tree, folder)
