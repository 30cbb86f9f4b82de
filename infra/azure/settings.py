"""What a platform stack is told in `Pulumi.<cluster>.yaml`. What facts say already is not here.

Region, domain, Kubernetes version, node pools, API server's range and who is an administrator
come from `clusters/`: `planning` holds both against each other.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictInt

from infra.azure.existing import Existing
from tenantry.schema.base import (
    AddressRange,
    CalendarDate,
    Count,
    Cure,
    DnsLabel,
    Email,
    Model,
    Switch,
)
from tenantry.schema.cluster import Uuid

Prefix = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20),
    Cure("use up to 20 lower-case letters, digits and single hyphens; start with a letter"),
]
MachineSize = Annotated[
    str,
    Field(pattern=r"^Standard_[A-Za-z0-9_]+$"),
    Cure("write a size such as Standard_D16ds_v5"),
]
Zone = Annotated[str, Field(pattern=r"^[1-3]$"), Cure('write zones in quotes: "1", "2" and "3"')]
TagValue = Annotated[
    str,
    Field(pattern=r"^[-A-Za-z0-9 ._@/]+$", max_length=256),
    Cure("use letters, digits, spaces and '-', '.', '_', '@', '/'"),
]
Days = Annotated[
    StrictInt, Field(ge=30, le=730), Cure("write a number of days from 30 to 730, without quotes")
]
Hour = Annotated[
    str,
    Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Cure('write a time of day in quotes, such as "22:00"'),
]
Reason = Annotated[
    str,
    Field(min_length=20, max_length=500),
    Cure("say in a sentence why this stack may do without, and until when"),
]


class WeekDay(StrEnum):
    """A day of the week, as Azure writes it."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


class Network(Model):
    """A virtual network that this stack makes, and how it is divided."""

    range: AddressRange
    """All its addresses. The API server's range, a fact of the cluster, lies in it."""
    nodes: AddressRange
    """Subnet of nodes and internal load balancers."""
    endpoints: AddressRange
    """Subnet of private endpoints: one address each."""


class PoolMachines(Model):
    """The machines of a node pool. How many at most follows from the cluster's facts."""

    size: MachineSize
    """Size of each."""
    least: Count = 0
    """How many run even when nobody needs them."""
    zones: Annotated[tuple[Zone, ...] | None, Field(min_length=1, max_length=3)] = None
    """Zones, where Azure does not have the size in all of `zones`."""


class SystemPool(Model):
    """The machines of what the cluster itself runs. Pods of tenants never land there."""

    size: MachineSize = "Standard_D8ds_v5"
    """Size of each."""
    least: Annotated[StrictInt, Field(ge=2, le=100), Cure("write a number from 2 to 100")] = 3
    """How many run always."""
    most: Annotated[StrictInt, Field(ge=2, le=100), Cure("write a number from 2 to 100")] = 6
    """How many run at most."""


class Maintenance(Model):
    """When Azure may upgrade the cluster and restart its nodes: four hours, once a week."""

    day: Annotated[WeekDay, Cure("write a day in English, such as Sunday")] = WeekDay.SUNDAY
    """Day of the week."""
    start: Hour = "01:00"
    """Time at which it begins, in UTC."""


class Budget(Model):
    """What the cluster's resource groups may cost a month before somebody is told."""

    amount: Annotated[StrictInt, Field(ge=1, le=10_000_000), Cure("write a whole amount of money")]
    """In the currency of the cloud contract."""
    since: CalendarDate
    """First day of the month it begins with. Azure wants it, and it never changes."""


class Logs(Model):
    """What is kept of logs, and for how long."""

    retention_days: Days = 90
    """How long they can be looked up."""
    daily_gigabytes: Annotated[
        StrictInt, Field(ge=1, le=10_000), Cure("write a number of gigabytes from 1 to 10000")
    ] = 20
    """How much comes in on one day at most. What is above is lost, and somebody is told."""


class Settings(Model):
    """The configuration of a platform stack."""

    tenant_id: Uuid
    """Entra ID tenant."""
    subscription_id: Uuid
    """Subscription that everything is made in."""
    name: Prefix
    """First part of the names of all that is made; the cluster's name is the second."""
    owner: Email
    """Mailbox of the team that runs the platform: alerts, costs and the tag `owner` go there."""
    cost_center: TagValue
    """Who pays for the platform itself."""
    network: Network | None = None
    """The network to make. Left out where `existing.network` names one."""
    pod_range: AddressRange = "100.64.0.0/12"
    """Addresses of pods. They exist inside the cluster only; each node takes a /24."""
    service_range: AddressRange = "172.29.0.0/16"
    """Addresses of Services. They exist inside the cluster only."""
    existing: Existing = Existing()
    """What is there already."""
    system: SystemPool = SystemPool()
    """Machines of what the cluster itself runs."""
    pools: Annotated[
        dict[DnsLabel, PoolMachines],
        Cure("name each pool of capacity.pools in cluster.yaml, with a size below it"),
    ] = Field(default_factory=dict)
    """Machines of each pool that the cluster's facts name."""
    zones: Annotated[tuple[Zone, ...], Field(min_length=1, max_length=3)] = ("1", "2", "3")
    """Availability zones to spread over."""
    api_server_callers: tuple[AddressRange, ...] = ()
    """Who may call the Kubernetes API over the internet. Nobody: it is in the network only."""
    maintenance: Maintenance = Maintenance()
    """When Azure may upgrade and restart."""
    budget: Budget
    """What it may cost a month."""
    logs: Logs = Logs()
    """What is kept of logs."""
    defender: Switch = True
    """Whether Defender watches the nodes. It costs by core."""
    exceptions: dict[str, Reason] = Field(default_factory=dict)
    """Guards that this stack does without, each with the reason."""
