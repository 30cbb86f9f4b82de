"""Argo CD's first installation, and the root Application. After that both are Argo CD's own.

Pulumi makes the objects and never changes or deletes them: Argo CD is the only writer to a cluster.
What they are is built by `tenantry.workspace.installation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_kubernetes import Provider

from infra.manifests import Object
from tenantry.workspace.installation import installation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tenantry.facts import Facts
    from tenantry.manifest import Manifest

#: Objects that all others wait for: they stand in that namespace, or are of those kinds.
_FIRST = ("Namespace", "CustomResourceDefinition")


class Bootstrap(pulumi.ComponentResource):
    """Argo CD on a cluster that has none, with the one Application that brings all others."""

    def __init__(
        self,
        name: str,
        manifests: Iterable[Manifest],
        kubeconfig: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tenantry:bootstrap:Bootstrap", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        provider = Provider(name, kubeconfig=pulumi.Output.secret(kubeconfig), opts=below)
        first: list[pulumi.Resource] = []
        for manifest in manifests:
            waits = manifest["kind"] not in _FIRST
            made = Object(manifest, _once(self, provider, first if waits else first[:1]))
            if not waits:
                first.append(made)
        self.register_outputs({})


def _once(
    parent: Bootstrap, provider: Provider, after: list[pulumi.Resource]
) -> pulumi.ResourceOptions:
    """Return options for an object that Pulumi makes, and then leaves to others."""
    return pulumi.ResourceOptions(
        parent=parent,
        provider=provider,
        depends_on=list(after),
        ignore_changes=["*"],
        retain_on_delete=True,
    )


def bootstrap(
    root: Path,
    facts: Facts,
    cluster: str,
    kubeconfig: pulumi.Input[str],
    opts: pulumi.ResourceOptions | None = None,
) -> Bootstrap:
    """Install Argo CD on a cluster. Raises WorkspaceError where its source cannot be had."""
    manifests = installation(root, facts, cluster, pulumi.log.info)
    return Bootstrap("argo-cd", manifests, kubeconfig, opts)
