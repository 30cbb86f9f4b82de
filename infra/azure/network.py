"""The virtual network: subnets and the way out of them, made here or read where it exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import network

from infra.azure.addresses import fixed_address
from infra.azure.existing import ExistingNetwork, Outbound
from infra.azure.names import own
from infra.azure.place import below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.azure.place import Place
    from infra.azure.settings import Network as NetworkSettings

#: Whom the API server's subnet is handed to: AKS puts the API server's addresses into it.
API_SERVER_DELEGATION = "Microsoft.ContainerService/managedClusters"

_OUTBOUND = {
    Outbound.NAT_GATEWAY: "userAssignedNATGateway",
    Outbound.ROUTE_TABLE: "userDefinedRouting",
}


@dataclass(frozen=True)
class NetworkArgs:
    """What a network needs to know."""

    place: Place
    wanted: NetworkSettings | ExistingNetwork
    api_server: str
    """Range of the API server's subnet."""
    zones: Sequence[str]
    public_front_door: bool
    """Whether the internet may reach the gateways."""


class Network(pulumi.ComponentResource):
    """Three subnets (nodes, private endpoints, API server) and one way out."""

    id: pulumi.Output[str]
    nodes: pulumi.Output[str]
    """Id of the nodes' subnet."""
    endpoints: pulumi.Output[str]
    """Id of the private endpoints' subnet."""
    api_server: pulumi.Output[str]
    """Id of the API server's subnet."""
    outbound: str
    """The way out, as AKS calls it."""

    def __init__(self, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("tenantry:azure:Network", "network", None, opts)
        if isinstance(args.wanted, ExistingNetwork):
            self._read(args.wanted)
        else:
            self._make(args, args.wanted)
        self.register_outputs({"id": self.id})

    def _read(self, wanted: ExistingNetwork) -> None:
        def subnet(name: str) -> pulumi.Output[str]:
            found = network.get_subnet_output(
                resource_group_name=wanted.resource_group,
                virtual_network_name=wanted.name,
                subnet_name=name,
                opts=pulumi.InvokeOutputOptions(parent=self),
            )
            path: pulumi.Output[str] = found.apply(lambda it: str(it.id))
            return path

        found = network.get_virtual_network_output(
            resource_group_name=wanted.resource_group,
            virtual_network_name=wanted.name,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        self.id = found.apply(lambda it: str(it.id))
        self.nodes = subnet(wanted.subnets.nodes)
        self.endpoints = subnet(wanted.subnets.endpoints)
        self.api_server = subnet(wanted.subnets.api_server)
        self.outbound = _OUTBOUND[wanted.outbound]

    def _make(self, args: NetworkArgs, wanted: NetworkSettings) -> None:
        place = args.place
        whole = network.VirtualNetwork(
            "network",
            resource_group_name=place.group,
            virtual_network_name=place.names.stem,
            location=place.location,
            address_space=network.AddressSpaceArgs(address_prefixes=[wanted.range]),
            tags=place.tags,
            opts=below(self),
        )
        outward = network.SubResourceArgs(id=self._way_out(args).id)
        guard = self._security_group("nodes", _front_door(args), place)
        closed = self._security_group("endpoints", [], place)
        subnets = _Subnets(self, whole.name, place.group)
        nodes = subnets.add(
            "nodes", wanted.nodes, nat_gateway=outward, network_security_group=guard
        )
        endpoints = subnets.add("endpoints", wanted.endpoints, network_security_group=closed)
        api_server = subnets.add(
            "api-server",
            args.api_server,
            delegations=[network.DelegationArgs(name="aks", service_name=API_SERVER_DELEGATION)],
        )
        self.id, self.nodes = whole.id, nodes.id
        self.endpoints, self.api_server = endpoints.id, api_server.id
        self.outbound = _OUTBOUND[Outbound.NAT_GATEWAY]

    def _way_out(self, args: NetworkArgs) -> network.NatGateway:
        place = args.place
        address = fixed_address("outbound", place, args.zones, self)
        # Without zones of its own, one gateway serves subnets whose nodes stand in all of them.
        return network.NatGateway(
            "outbound",
            resource_group_name=place.group,
            nat_gateway_name=place.names.stem,
            location=place.location,
            sku=network.NatGatewaySkuArgs(name=network.NatGatewaySkuName.STANDARD),
            public_ip_addresses=[network.SubResourceArgs(id=address.id)],
            idle_timeout_in_minutes=10,
            tags=place.tags,
            opts=below(self),
        )

    def _security_group(
        self, name: str, rules: list[network.SecurityRuleArgs], place: Place
    ) -> network.NetworkSecurityGroupArgs:
        group = network.NetworkSecurityGroup(
            name,
            resource_group_name=place.group,
            network_security_group_name=own(place.names.stem, name),
            location=place.location,
            security_rules=rules,
            tags=place.tags,
            opts=below(self),
        )
        return network.NetworkSecurityGroupArgs(id=group.id)


class _Subnets:
    """Adds subnets one after the other: Azure changes a network in one place at a time."""

    def __init__(
        self, parent: pulumi.Resource, whole: pulumi.Output[str], group: pulumi.Input[str]
    ) -> None:
        self._parent, self._whole, self._group = parent, whole, group
        self._made: list[pulumi.Resource] = []

    def add(self, name: str, prefix: str, **further: object) -> network.Subnet:
        """Make a subnet that leads nowhere by itself."""
        subnet = network.Subnet(
            name,
            network.SubnetInitArgs(
                resource_group_name=self._group,
                virtual_network_name=self._whole,
                subnet_name=name,
                address_prefix=prefix,
                default_outbound_access=False,
                private_endpoint_network_policies=(
                    network.VirtualNetworkPrivateEndpointNetworkPolicies.ENABLED
                ),
                **further,
            ),
            pulumi.ResourceOptions(parent=self._parent, depends_on=list(self._made)),
        )
        self._made.append(subnet)
        return subnet


def _front_door(args: NetworkArgs) -> list[network.SecurityRuleArgs]:
    """Return what lets the internet in. Without it nothing from outside the network comes in."""
    if not args.public_front_door:
        return []
    return [
        network.SecurityRuleArgs(
            name="front-door",
            description="People reach the gateways: HTTPS, and HTTP that is sent there",
            priority=100,
            direction=network.SecurityRuleDirection.INBOUND,
            access=network.SecurityRuleAccess.ALLOW,
            protocol=network.SecurityRuleProtocol.TCP,
            source_address_prefix="Internet",
            source_port_range="*",
            destination_address_prefix="*",
            destination_port_ranges=["80", "443"],
        )
    ]
