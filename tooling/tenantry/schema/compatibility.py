"""Which versions go together, `apps/compatibility.yaml`: what projects say of themselves.

Owns the form. `rules.compatibility` holds it against the clusters and against what apps install.
"""

from typing import Annotated

from pydantic import Field

from tenantry.schema.base import Cure, DnsLabel, Model

Release = Annotated[
    str,
    Field(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=20),
    Cure('write a version in quotes, such as "1.30"'),
]


class Bounds(Model):
    """Versions that go with a component."""

    least: Release | None = None
    """The oldest: with an older one the component does not work."""
    tested: Release | None = None
    """The newest that the project tests: a newer one may work."""


class Component(Model):
    """A component at some versions, and what goes with it."""

    app: DnsLabel
    """App that installs it."""
    version: Release
    """Its version, as far as this holds for: "1.30" for every 1.30.x."""
    kubernetes: Bounds | None = None
    """Versions of Kubernetes that go with it."""
    apps: dict[DnsLabel, Bounds] = Field(default_factory=dict)
    """Versions of other apps' components that go with it."""
    source: Annotated[str, Field(min_length=1, max_length=500)]
    """Where the project says so, with the revision that was read."""


class Compatibility(Model):
    """All components of which something is known."""

    components: tuple[Component, ...] = ()
    """One entry a component and version."""
