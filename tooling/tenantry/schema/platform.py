"""Facts that all clusters share: `clusters/platform.yaml`, written by platform engineers."""

from typing import Annotated

from pydantic import Field

from tenantry.schema.base import (
    AddressRange,
    Bytes,
    Count,
    Cpu,
    Cure,
    DnsLabel,
    FilledBy,
    Host,
    HttpsUrl,
    Model,
    Switch,
)
from tenantry.schema.tenant import RepositoryUrl

_PLATFORM_ENGINEER = FilledBy("a platform engineer")
_IDENTITY_TEAM = FilledBy("the team that runs the identity provider")
_NETWORK_TEAM = FilledBy("the team that runs the company network")
_FINANCE = FilledBy("whoever holds the cloud contract")

HeaderName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=64),
    Cure("write a header name in lower case, such as kubeflow-userid"),
]
Url = Annotated[
    str,
    Field(pattern=r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$", max_length=2048),
    Cure("write an http:// or https:// address without user name or password"),
]
Price = Annotated[
    float,
    Field(strict=True, ge=0, le=1_000_000),
    Cure("write an amount of money, 0 or more, without quotes"),
]


RegistryPrefix = Annotated[
    str,
    # Without the last slash it would also be the start of another registry's name.
    Field(
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?(/[A-Za-z0-9._-]+)*/$", max_length=253
    ),
    Cure("write the start of an image's name up to a slash, such as registry.example.com/"),
]


ImageName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$",
        max_length=253,
    ),
    Cure("write an image's full name without tag or digest: registry.istio.io/release/proxyv2"),
]


Color = Annotated[
    str,
    Field(pattern=r"^#[0-9A-Fa-f]{6}$"),
    Cure('write a color as # and six digits in quotes, such as "#0a3b71"'),
]


class Colors(Model):
    """Colors of the dashboard. Pages inside it, such as that of notebooks, keep theirs."""

    menu: Color = "#0a3b71"
    """Background of the menu; its words are white."""
    accent: Color = "#007dfc"
    """Links, buttons and the chosen tab."""


class Company(Model):
    """Whose platform this is."""

    name: Annotated[
        str,
        # It stands in the dashboard's page as it is.
        Field(pattern=r"^[^<>]+$", min_length=1, max_length=100),
        Cure("write the name without < and >"),
        _PLATFORM_ENGINEER,
    ]
    """Name that people see."""
    colors: Annotated[Colors, _PLATFORM_ENGINEER] = Colors()
    """Colors of the dashboard; Kubeflow's own, if absent."""
    email_domains: Annotated[tuple[Host, ...], Field(min_length=1), _IDENTITY_TEAM]
    """Domains of the addresses that may log in."""


class Identity(Model):
    """Who says who somebody is, and how that reaches a workload."""

    owner: Annotated[
        str,
        Field(pattern=r"^[a-z0-9][a-z0-9.-]*@[a-z0-9.-]+\.invalid$"),
        Cure("write an address under .invalid, which no login can ever yield"),
        _PLATFORM_ENGINEER,
    ]
    """Owner of every Profile object: no person, so that no person can delete one."""
    issuer: Annotated[HttpsUrl, _IDENTITY_TEAM]
    """OIDC issuer that people log in with."""
    jwks_uri: Annotated[HttpsUrl | None, _IDENTITY_TEAM] = None
    """Address of the issuer's keys, where its discovery document does not name it."""
    audience: Annotated[str, Field(min_length=1, max_length=200), _IDENTITY_TEAM]
    """Client id of this platform at the issuer: the audience of the tokens meant for it."""
    user_claim: Annotated[str, Field(pattern=r"^[a-z_]+$"), _IDENTITY_TEAM]
    """Claim of a token that names the user."""
    groups_claim: Annotated[str, Field(pattern=r"^[a-z_]+$"), _IDENTITY_TEAM]
    """Claim of a token that lists the user's groups."""
    platform_group: (
        Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:@/-]*$", max_length=200)] | None
    ) = None
    """Group of the platform engineers, as a token names it: they may do everything in Argo CD."""
    user_header: Annotated[HeaderName, _PLATFORM_ENGINEER]
    """Header in which the gateway passes the user on."""
    groups_header: Annotated[HeaderName, _PLATFORM_ENGINEER]
    """Header in which the gateway passes the groups on."""


class Links(Model):
    """Pages that the dashboard leads to, beside those of the platform itself."""

    documentation: HttpsUrl | None = None
    """How to work on this platform."""
    support: HttpsUrl | None = None
    """Where people ask for help, such as a Slack channel."""
    costs: HttpsUrl | None = None
    """What each team spends."""
    tekton: HttpsUrl | None = None
    """The dashboard of Tekton, if there is one."""


class Alerts(Model):
    """Where alerts about the platform itself go. Teams name channels of their own."""

    channel: (
        Annotated[
            str,
            Field(pattern=r"^[CG][A-Z0-9]{8,20}$"),
            Cure("write the id at the end of the link to a Slack channel, such as C0123ABCD"),
        ]
        | None
    ) = None
    """Slack channel of the platform engineers, by its id: for alerts, and for what Argo CD cannot
    deliver. Without it, nobody is told."""


class GitOps(Model):
    """The repository that Argo CD reads: this one."""

    repository: Annotated[RepositoryUrl, _PLATFORM_ENGINEER]
    """Address of this repository."""
    branch: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=200),
        Cure("write the name of a branch, such as main"),
        _PLATFORM_ENGINEER,
    ]
    """Branch that pull requests merge to."""
    namespace: Annotated[DnsLabel, _PLATFORM_ENGINEER]
    """Namespace of Argo CD."""
    server: Annotated[Url, _PLATFORM_ENGINEER]
    """How Argo CD names the cluster that it runs in."""


class Proxy(Model):
    """The company's HTTP proxy. What passes it is its own decision, not a team's `egress`."""

    http: Url
    """Proxy for http:// addresses."""
    https: Url
    """Proxy for https:// addresses."""
    ranges: Annotated[tuple[AddressRange, ...], Field(min_length=1)]
    """Its addresses: NetworkPolicies know no names."""
    exceptions: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9./:-]+$")], ...] = ()
    """Hosts, domain suffixes and ranges that are reached without it."""


class Network(Model):
    """The company network around the clusters."""

    proxy: Annotated[Proxy | None, _NETWORK_TEAM] = None
    """HTTP proxy, if the network has one."""
    ca_bundle: (
        Annotated[
            str,
            Field(pattern=r"^-----BEGIN CERTIFICATE-----\n", max_length=60_000),
            Cure("write the PEM text of the certificates, as a block that starts with |"),
            _NETWORK_TEAM,
        ]
        | None
    ) = None
    """Certificates of the company's own authority, as PEM text."""
    egress: Annotated[tuple[Host, ...], Field(max_length=200), _NETWORK_TEAM] = ()
    """Hosts outside the platform that every namespace may reach."""


Image = Annotated[
    str,
    # Without a tag or digest it would be another image tomorrow.
    Field(
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?(/[a-z0-9._-]+)+"
        r"(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$",
        max_length=500,
    ),
    Cure("write registry, name and version, such as registry.example.com/notebooks/scipy:v1.2.3"),
]


class NotebookImages(Model):
    """Images that people may start a notebook from: the list that the dashboard offers."""

    jupyter: tuple[Image, ...] = ()
    """JupyterLab."""
    vscode: tuple[Image, ...] = ()
    """Visual Studio Code in the browser."""
    rstudio: tuple[Image, ...] = ()
    """RStudio."""


class Supply(Model):
    """Where software comes from."""

    registries: Annotated[tuple[RegistryPrefix, ...], Field(min_length=1), _PLATFORM_ENGINEER]
    """Prefixes of images that production may run."""
    platform_images: Annotated[tuple[ImageName, ...], _PLATFORM_ENGINEER] = ()
    """Images that the platform itself puts into pods of teams, such as the mesh's sidecar: names
    without tag or digest. Production may run them too."""
    package_index: Annotated[
        str,
        Field(pattern=r"^https://[A-Za-z0-9.-]+(/[^\s@?#]*)?$", max_length=2048),
        Cure("write an https:// address without port, user name, password or ?"),
        _PLATFORM_ENGINEER,
    ]
    """Python package index for notebooks. Every namespace may reach its host."""
    notebooks: Annotated[NotebookImages, _PLATFORM_ENGINEER] = NotebookImages()
    """Images of notebooks. Without any, the dashboard offers none."""


class Amounts(Model):
    """Amounts that one namespace may request in total."""

    cpu: Cpu | None = None
    """Cores."""
    memory: Bytes | None = None
    """Memory."""
    storage: Bytes | None = None
    """Disk of all volumes together."""
    gpu: Count | None = None
    """Whole GPUs."""


class ContainerRequest(Model):
    """What a container that asks for nothing is taken to ask for."""

    cpu: Cpu
    """Cores."""
    memory: Bytes
    """Memory."""


class Tier(Model):
    """What a profile may use. Not a price plan."""

    description: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """What the tier is for."""
    extends: DnsLabel | None = None
    """Tier whose facts hold where this one names none."""
    production: Switch | None = None
    """Whether its profiles may have a production namespace."""
    default: Amounts = Amounts()
    """Quota of a profile that names none."""
    cap: Amounts = Amounts()
    """Largest quota that a profile may name."""
    objects: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9./-]*$")], Count] = Field(
        default_factory=dict
    )
    """Limits on the number of objects, by Kubernetes resource name."""
    container: ContainerRequest | None = None
    """What a container that asks for nothing is taken to ask for."""


class Prices(Model):
    """What use costs, for plans and reports."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$"), Cure("write a code such as EUR")]
    """Currency of all prices."""
    cpu_hour: Annotated[Price, _FINANCE]
    """One core for one hour."""
    memory_gib_hour: Annotated[Price, _FINANCE]
    """One GiB of memory for one hour."""
    storage_gib_month: Annotated[Price, _FINANCE]
    """One GiB of disk for one month."""
    gpu_hour: Annotated[Price, _FINANCE]
    """One GPU for one hour."""


class Platform(Model):
    """Everything that all clusters share."""

    company: Annotated[Company, _PLATFORM_ENGINEER]
    """Whose platform this is."""
    identity: Annotated[Identity, _IDENTITY_TEAM]
    """Who says who somebody is."""
    gitops: Annotated[GitOps, _PLATFORM_ENGINEER]
    """The repository that Argo CD reads."""
    network: Annotated[Network, _NETWORK_TEAM]
    """The company network around the clusters."""
    links: Annotated[Links, _PLATFORM_ENGINEER] = Links()
    """Pages that the dashboard leads to."""
    alerts: Annotated[Alerts, _PLATFORM_ENGINEER] = Alerts()
    """Where alerts about the platform itself go."""
    supply: Annotated[Supply, _PLATFORM_ENGINEER]
    """Where software comes from."""
    regions: Annotated[tuple[DnsLabel, ...], Field(min_length=1), _PLATFORM_ENGINEER]
    """Cloud regions that may hold data."""
    default_tier: Annotated[DnsLabel, _PLATFORM_ENGINEER]
    """Tier of a profile that names none."""
    tiers: Annotated[dict[DnsLabel, Tier], Field(min_length=1), _PLATFORM_ENGINEER]
    """The tiers, by name."""
    canaries: tuple[DnsLabel, ...] = ()
    """Tenants that agreed to meet changes first: those that a `canary` cluster takes."""
    prices: Annotated[Prices, _FINANCE]
    """What use costs."""
