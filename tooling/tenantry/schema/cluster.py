"""Facts of one cluster: `cluster.yaml` (by hand), `outputs.yaml` (generated), `release.yaml`."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from tenantry.schema.base import (
    Address,
    AddressRange,
    Bytes,
    Count,
    Cpu,
    Cure,
    DnsLabel,
    Email,
    FilledBy,
    Host,
    HttpsUrl,
    Model,
    Port,
    Switch,
)
from tenantry.schema.tenant import Audience

_PLATFORM_ENGINEER = FilledBy("a platform engineer")
_NETWORK_TEAM = FilledBy("the team that runs the company network")
_TENANTRY_FACTS = FilledBy("`tenantry facts`, from the cluster's infrastructure stack")

Uuid = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    Cure("write a UUID in lower case, such as 00000000-0000-0000-0000-000000000000"),
]
ResourceGroupName = Annotated[
    str,
    Field(pattern=r"^[-A-Za-z0-9._()]+$", max_length=90),
    Cure("use up to 90 letters, digits, '-', '_', '.', '(' and ')'"),
]
Factor = Annotated[
    float,
    Field(strict=True, ge=1, le=10),
    Cure("write a factor from 1 (no overcommit) to 10, without quotes"),
]


class Purpose(StrEnum):
    """What a node pool is for."""

    GENERAL = "general"
    GPU = "gpu"


class ServiceAccountName(Model):
    """A service account by namespace and name."""

    namespace: DnsLabel
    """Its namespace."""
    name: DnsLabel
    """Its name."""


class Pool(Model):
    """A pool of nodes at its largest."""

    purpose: Annotated[Purpose, Cure("write general or gpu")]
    """What it is for."""
    cpu: Cpu
    """Cores that pods may use, all nodes together."""
    memory: Bytes
    """Memory that pods may use, all nodes together."""
    gpu: Count = 0
    """GPUs, all nodes together."""
    queue: DnsLabel | None = None
    """Kueue ClusterQueue that hands out its GPUs."""


class Overcommit(Model):
    """How far the sum of quotas may exceed what is there. GPUs never: they cannot be shared."""

    cpu: Factor
    """For cores."""
    memory: Factor
    """For memory."""
    storage: Factor
    """For disk."""


class Capacity(Model):
    """What the cluster has."""

    pools: Annotated[dict[DnsLabel, Pool], Field(min_length=1)]
    """Node pools, by name."""
    storage: Bytes
    """Disk that volumes may use."""
    overcommit: Overcommit
    """How far the sum of quotas may exceed it."""


class Gateway(Model):
    """An Istio gateway and the identity of the proxy behind it."""

    namespace: DnsLabel
    """Namespace of the Gateway object."""
    name: DnsLabel
    """Name of the Gateway object."""
    service_account: ServiceAccountName
    """Account that the proxy runs as."""
    pods: Annotated[
        dict[str, str],
        Field(min_length=1),
        Cure("write at least one label, such as app: istio-ingressgateway"),
    ]
    """Labels of the proxy's pods."""
    login: Switch
    """Whether it lets in only people who are logged in."""


class EgressGateway(Model):
    """The only way from a tenant's pod to a host outside the mesh."""

    namespace: DnsLabel
    """Namespace of its proxy."""
    service: DnsLabel
    """Name of its Service; also the value of the proxy's label `istio`."""
    port: Port
    """Port of that Service for TLS traffic."""
    target_port: Port
    """Port that the proxy listens on: what a NetworkPolicy sees."""


class Mesh(Model):
    """The cluster's Istio installation."""

    namespace: DnsLabel
    """Namespace of istiod and of mesh-wide policies."""
    trust_domain: Host
    """First part of every workload's identity."""
    gateway: Gateway
    """Gateway of the dashboard and all web apps."""
    egress: EgressGateway
    """Gateway to hosts outside the mesh."""


class ApiServer(Model):
    """How pods reach the Kubernetes API."""

    ranges: Annotated[tuple[AddressRange, ...], Field(min_length=1)]
    """Its addresses."""
    port: Port
    """Its port."""


class Issuer(StrEnum):
    """Who signs the certificate of the front door."""

    ACME = "acme"
    INTERNAL_CA = "internal-ca"


class Certificates(Model):
    """Where the certificate of the front door comes from."""

    issuer: Annotated[Issuer, Cure("write acme or internal-ca")] = Issuer.INTERNAL_CA
    """Who signs it: an authority that speaks ACME, or the cluster's own, which no browser knows."""
    server: HttpsUrl = "https://acme-v02.api.letsencrypt.org/directory"
    """ACME directory of the authority."""
    email: Email | None = None
    """Where the authority writes to, if it does."""


class Cluster(Model):
    """One cluster, by hand."""

    description: Annotated[str, Field(min_length=1, max_length=500)]
    """What the cluster is for."""
    tenants: Annotated[
        Literal["all", "canary"] | tuple[DnsLabel, ...],
        Cure("write all, canary, or a list of tenants"),
        _PLATFORM_ENGINEER,
    ]
    """Which tenants it takes."""
    global_: Annotated[Switch, Field(alias="global"), _PLATFORM_ENGINEER] = False
    """Whether its Crossplane owns what exists once in the world. True on one cluster."""
    domain: Annotated[Host, _PLATFORM_ENGINEER]
    """Domain of everything that people open in a browser."""
    private: Annotated[Switch, _NETWORK_TEAM] = True
    """Whether the front door has an address inside the company's network only."""
    certificates: Annotated[Certificates, _PLATFORM_ENGINEER] = Certificates()
    """Where the certificate of the front door comes from."""
    region: Annotated[DnsLabel, _PLATFORM_ENGINEER]
    """Cloud region."""
    kubernetes_version: Annotated[
        str,
        Field(pattern=r"^1\.[0-9]{2}$"),
        Cure('write major and minor version in quotes, such as "1.36"'),
        _PLATFORM_ENGINEER,
    ]
    """Version of Kubernetes."""
    api_server: Annotated[ApiServer, _PLATFORM_ENGINEER]
    """How pods reach the Kubernetes API."""
    mesh: Annotated[Mesh, _PLATFORM_ENGINEER]
    """The cluster's Istio installation."""
    audiences: Annotated[dict[Audience, Gateway | None], _PLATFORM_ENGINEER] = Field(
        default_factory=dict
    )
    """Audiences that may be exposed to, each with the gateway that serves it."""
    capacity: Annotated[Capacity, _PLATFORM_ENGINEER]
    """What the cluster has."""


class Azure(Model):
    """Where the cluster stands in Azure."""

    tenant_id: Uuid
    """Entra ID tenant."""
    subscription_id: Uuid
    """Subscription."""
    resource_group: ResourceGroupName
    """Resource group of what teams claim, and of their identities."""
    oidc_issuer: HttpsUrl
    """Issuer of the cluster's service account tokens."""


class DnsZone(Model):
    """Azure DNS zone that the cluster's domain lies in."""

    zone: Host
    """Its name."""
    subscription_id: Uuid
    """Its subscription."""
    resource_group: ResourceGroupName
    """Its resource group."""


class FrontDoor(Model):
    """Where the cluster's domain leads: the fixed address of the gateway that people reach."""

    address: Address
    """Its address: public, or one in the nodes' subnet."""
    resource_group: ResourceGroupName | None = None
    """Resource group of the public address. None where the front door is inside the network."""


class Backup(Model):
    """Where backups are kept. Better in another region, and in a group that nobody clears."""

    storage_account: Annotated[
        str,
        Field(pattern=r"^[a-z0-9]{3,24}$"),
        Cure("use 3 to 24 small letters and digits"),
    ]
    """Its storage account."""
    container: Annotated[
        str,
        Field(pattern=r"^[a-z0-9](-?[a-z0-9]){2,62}$"),
        Cure("use 3 to 63 small letters, digits and single hyphens"),
    ]
    """Container in it."""
    resource_group: ResourceGroupName
    """Its resource group."""


class Outputs(Model):
    """Facts that only the infrastructure knows. Each may be absent."""

    azure: Annotated[Azure | None, _TENANTRY_FACTS] = None
    """Where the cluster stands in Azure."""
    key_vault: Annotated[HttpsUrl | None, _TENANTRY_FACTS] = None
    """Key vault of the teams' secrets."""
    platform_key_vault: Annotated[HttpsUrl | None, _TENANTRY_FACTS] = None
    """Key vault of the platform's own secrets."""
    dns: Annotated[DnsZone | None, _TENANTRY_FACTS] = None
    """Azure DNS zone in which ACME proves who owns the domain."""
    front_door: Annotated[FrontDoor | None, _TENANTRY_FACTS] = None
    """Where the domain leads: the gateway's Service asks Azure for that address."""
    backup: Annotated[Backup | None, _TENANTRY_FACTS] = None
    """Where backups are kept."""
    identities: Annotated[dict[DnsLabel, Uuid], _TENANTRY_FACTS] = Field(default_factory=dict)
    """Client id of each namespace's managed identity, the platform's namespaces included."""


class Release(Model):
    """The platform revision that a cluster is pinned to."""

    revision: Annotated[
        str,
        Field(pattern=r"^(main|v[0-9]+\.[0-9]+\.[0-9]+|[0-9a-f]{40})$"),
        Cure("write main, a tag such as v1.4.0, or a full commit id"),
    ]
    """`main`, a release tag, or a commit."""
