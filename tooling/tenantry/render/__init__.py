"""Renderers: what a placement becomes. Each module owns one subject; none touches a file.

A new subject is one module, one line in `RENDERERS`, one example folder. Objects come out in the
order of this tuple, so that a person reads a namespace from its purpose to its details.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tenantry.render import (
    access,
    claims,
    egress,
    exposure,
    identity,
    limits,
    mesh,
    namespace,
    network,
    notebooks,
    proxy,
    queues,
)

if TYPE_CHECKING:
    from tenantry.manifest import Manifest
    from tenantry.placement import Placement

Renderer = Callable[["Placement"], Iterator["Manifest"]]

RENDERERS: tuple[Renderer, ...] = (
    namespace.render,
    access.render,
    limits.render,
    network.render,
    mesh.render,
    egress.render,
    proxy.render,
    exposure.render,
    identity.render,
    notebooks.render,
    queues.render,
    claims.render,
)


def render_placement(placement: Placement) -> Iterator[Manifest]:
    """Yield every object of one namespace, in a fixed order."""
    for renderer in RENDERERS:
        yield from renderer(placement)
