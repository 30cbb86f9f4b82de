"""What a company has already, as a platform stack is told of it: read and used, never changed."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tenantry.schema.base import Address, Cure, Host, Model
from tenantry.schema.cluster import ResourceGroupName, Uuid

ResourceName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9_])?$", max_length=80),
    Cure("write the resource's name as Azure shows it, without its path"),
]


class Outbound(StrEnum):
    """How an existing network leads nodes out."""

    NAT_GATEWAY = "nat-gateway"
    ROUTE_TABLE = "route-table"


class ZonesElsewhere(Model):
    """Private DNS zones that somebody else runs, and has linked to the network."""

    resource_group: ResourceGroupName
    """Their resource group."""
    subscription_id: Uuid | None = None
    """Their subscription, if it is another one."""


class Subnets(Model):
    """Subnets of an existing network, by name."""

    nodes: ResourceName
    """For nodes and internal load balancers."""
    endpoints: ResourceName
    """For private endpoints."""
    api_server: ResourceName
    """For the API server alone: /28 or larger, delegated to
    Microsoft.ContainerService/managedClusters."""


class ExistingNetwork(Model):
    """A virtual network that somebody else runs."""

    resource_group: ResourceGroupName
    """Its resource group."""
    name: ResourceName
    """Its name."""
    subscription_id: Uuid | None = None
    """Its subscription, if it is another one."""
    subnets: Subnets
    """Which subnets are ours to use."""
    outbound: Annotated[Outbound, Cure("write nat-gateway or route-table")]
    """How the nodes' subnet leads out."""
    front_door: Address | None = None
    """Free address in the nodes' subnet: that of a private front door, which needs one."""
    private_dns: ZonesElsewhere | None = None
    """Where the company keeps its private DNS zones. Without it this stack makes its own."""


class ExistingCluster(Model):
    """A cluster that somebody else runs, with OIDC issuer and workload identity switched on."""

    resource_group: ResourceGroupName
    """Its resource group."""
    name: ResourceName
    """Its name."""
    subscription_id: Uuid | None = None
    """Its subscription, if it is another one."""


class ExistingZone(Model):
    """A DNS zone that somebody else runs."""

    zone: Host
    """Its name: the cluster's domain, or a parent of it."""
    resource_group: ResourceGroupName
    """Its resource group."""
    subscription_id: Uuid | None = None
    """Its subscription, if it is another one."""


class ExistingRegistry(Model):
    """A container registry of another stack, or of somebody else. `supply.registries` names it."""

    resource_group: ResourceGroupName
    """Its resource group."""
    subscription_id: Uuid | None = None
    """Its subscription, if it is another one."""


class Existing(Model):
    """What is there already: it is read and used, never made, changed or deleted."""

    network: ExistingNetwork | None = None
    """The virtual network."""
    cluster: ExistingCluster | None = None
    """The Kubernetes cluster."""
    dns_zone: ExistingZone | None = None
    """The DNS zone."""
    registry: ExistingRegistry | None = None
    """The container registry."""
