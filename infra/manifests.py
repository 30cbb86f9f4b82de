"""Kubernetes objects as Pulumi's resources, untyped: an object goes in and comes out as it is.

What is registered, below which group, and for which cluster is for others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from tenantry.manifest import identity

if TYPE_CHECKING:
    from tenantry.manifest import Manifest, Tree


class Object(pulumi.CustomResource):
    """One object of Kubernetes. Named `<namespace>/<name>`: its kind stands in its type."""

    def __init__(self, manifest: Manifest, opts: pulumi.ResourceOptions) -> None:
        super().__init__(type_of(manifest), name_of(manifest), _plain(manifest), opts)


def type_of(manifest: Manifest) -> str:
    """Return the token by which Pulumi's provider knows the kind of an object."""
    version = str(manifest["apiVersion"])
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{manifest['kind']}"


def name_of(manifest: Manifest) -> str:
    """Return the name of an object's resource, unique among those of its type."""
    known = identity(manifest)
    return f"{known.namespace}/{known.name}" if known.namespace else known.name


def _plain(tree: Tree) -> Any:  # noqa: ANN401 - what JSON may hold
    """Return a copy of plain dictionaries and lists: Pulumi asks each value for its class."""
    if isinstance(tree, str):
        return str(tree)
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_plain(value) for value in tree]
    return tree
