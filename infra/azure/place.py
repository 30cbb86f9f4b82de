"""Where a resource is made, what it is called, and what it is tagged with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pulumi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.azure.names import Names


@dataclass(frozen=True)
class Place:
    """What all resources of a cluster share."""

    names: Names
    location: str
    subscription_id: str
    tags: Mapping[str, str]
    group: pulumi.Input[str] = ""
    """Name of the resource group."""

    def within(self, group: pulumi.Input[str]) -> Place:
        """Return the same place in a resource group."""
        return replace(self, group=group)


def below(parent: pulumi.Resource) -> pulumi.ResourceOptions:
    """Return the options of a part that can be made anew at any time."""
    return pulumi.ResourceOptions(parent=parent)


def kept(parent: pulumi.Resource) -> pulumi.ResourceOptions:
    """Return the options of a part that holds what nobody can make anew.

    Pulumi refuses to delete it; and where somebody takes the protection off and the resource out
    of the program in one step, Azure keeps it and Pulumi only forgets it.
    """
    return pulumi.ResourceOptions(parent=parent, protect=True, retain_on_delete=True)


def path_of(subscription: str, group: str, kind: str, name: str) -> str:
    """Return the id that Azure gives a resource; `kind` is like Microsoft.Network/dnsZones."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{name}"
