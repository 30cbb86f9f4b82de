"""The tenant's file, `tenants/<tenant>/profiles.yaml`: what a team writes."""

from enum import StrEnum
from keyword import iskeyword, kwlist
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue
from pydantic_core import PydanticCustomError, PydanticKnownError

from tenantry.schema.base import (
    Bytes,
    CalendarDate,
    Cpu,
    Cure,
    DnsLabel,
    Email,
    Host,
    LabelValue,
    Model,
    NamedIn,
    Port,
    Switch,
)

#: Room for "-prod" in a DNS label of 63 characters.
MAX_PROFILE_NAME = 58

ProfileName = Annotated[
    str,
    # The rule `computed-name-too-long` refuses what lies between the two lengths: only a rule can
    # print the name that would be too long. Editors are told the shorter one.
    Field(
        pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$",
        min_length=1,
        max_length=63,
        json_schema_extra={"maxLength": MAX_PROFILE_NAME},
    ),
    Cure(
        "use lower-case letters, digits and hyphens; start with a letter, end with a letter or "
        f"digit, at most {MAX_PROFILE_NAME} characters",
    ),
]
ClusterName = Annotated[
    str,
    Field(min_length=1, max_length=63),
    Cure("write the name of a folder in clusters/, such as prod"),
]
GroupName = Annotated[
    str,
    Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=63),
    Cure("use lower-case letters, digits and hyphens; start with a letter"),
]
Person = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
        r"|^[a-z]([-a-z0-9]*[a-z0-9])?$",
        max_length=254,
        examples=["jane.doe@example.com", "reviewers"],
    ),
    Cure("write an e-mail address such as jane.doe@example.com, or the name of a group"),
    NamedIn("groups"),
]


def _refuse_keyword(name: str) -> str:
    if iskeyword(name):
        raise PydanticCustomError("python_keyword", "is a word of the language Python itself")
    return name


PackageName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]*$",
        max_length=63,
        examples=["churn_model"],
        json_schema_extra={"not": {"enum": [*kwlist]}},
    ),
    AfterValidator(_refuse_keyword),
    Cure("write a name that Python can import: lower-case letters, digits and _; a letter first"),
]
Revision = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9^~<>=*][A-Za-z0-9._/*^~<>=,| +-]*$", max_length=128),
    Cure("write a tag, a tag pattern such as v1.*, or a branch such as production"),
]
FolderPath = Annotated[
    str,
    Field(
        pattern=r"^(\.|[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$",
        max_length=512,
    ),
    Cure(
        'write a folder of the repository such as deploy/production, without "..", a space, or a / '
        "at either end"
    ),
]
RepositoryUrl = Annotated[
    str,
    Field(
        pattern=(
            r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$"
        ),
        max_length=512,
        examples=["https://github.com/example/churn"],
    ),
    Cure(
        "write the repository's address such as https://github.com/example/churn, without user "
        "name, token, ? or a / at the end"
    ),
]


def _refuse_double_hyphen(url: str) -> str:
    if "--" in url:
        raise PydanticCustomError("container_name", "is not of the right form")
    return url


BlobContainerUrl = Annotated[
    str,
    Field(
        pattern=r"^https://[a-z0-9]{3,24}\.blob\.core\.windows\.net/[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])$",
        examples=["https://churndata.blob.core.windows.net/monitoring"],
        json_schema_extra={"not": {"pattern": "--"}},
    ),
    AfterValidator(_refuse_double_hyphen),
    Cure(
        "write https://ACCOUNT.blob.core.windows.net/CONTAINER, without a SAS token (?sv=...); "
        "CONTAINER is 3 to 63 small letters, digits and single hyphens",
    ),
]
SlackChannelUrl = Annotated[
    str,
    Field(
        pattern=r"^https://[a-z0-9-]+\.slack\.com/archives/[CG][A-Z0-9]{8,20}$",
        examples=["https://example.slack.com/archives/C0123ABCD"],
    ),
    Cure(
        "in Slack open the channel's menu and copy its link: "
        "https://WORKSPACE.slack.com/archives/C...; never a webhook address, which is a secret",
    ),
]


class Environment(StrEnum):
    """A stage of one profile, each a namespace of its own. Not a cluster."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Audience(StrEnum):
    """Who may open an exposed service."""

    TEAM = "team"
    COMPANY = "company"
    PUBLIC = "public"


class Quota(Model):
    """How much a namespace of the profile may request. What is absent comes from the tier."""

    cpu: Cpu | None = None
    """Cores that all pods together may request."""
    memory: Bytes | None = None
    """Memory that all pods together may request."""
    storage: Bytes | None = None
    """Disk that all volumes together may request."""
    gpu: (
        Annotated[
            int,
            Field(strict=True, ge=0, le=1024),
            Cure("write a whole number from 0 to 1024, without quotes"),
        ]
        | None
    ) = None
    """Whole GPUs that all pods together may request."""


class Repository(Model):
    """The team's application repository; Argo CD deploys it to the production namespace."""

    url: RepositoryUrl
    """Address of the repository."""
    path: FolderPath = "."
    """Folder in it that holds the manifests; the root where absent."""
    revision: Revision
    """The tag, tag pattern (`v1.*`) or branch that the team promotes to."""


class Exposure(Model):
    """A service of the profile that people open in a browser."""

    name: Annotated[DnsLabel, Field(max_length=40)]
    """Name of the Kubernetes Service; also the first part of the host name."""
    port: Port
    """Port of that Service."""
    audience: Annotated[Audience, Cure("write team, company or public")] = Audience.TEAM
    """Who may open it."""


class Claim(Model):
    """A request for a cloud resource."""

    name: Annotated[DnsLabel, Field(max_length=40)]
    """Name of the claim, unique in its namespace."""
    kind: Annotated[
        str,
        Field(min_length=1, max_length=63, examples=["Database"]),
        Cure("write one of the kinds in docs/tenant-file.md, such as Database"),
    ]
    """What is wanted: one of the kinds that the platform offers."""
    environment: Annotated[Environment, Cure("write development or production")] = (
        Environment.DEVELOPMENT
    )
    """The environment that uses it."""
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    """Settings of the kind; each kind lists its own."""


class Monitoring(Model):
    """Where the team looks when something breaks."""

    storage: BlobContainerUrl | None = None
    """The team's own blob container, for monitoring data."""
    slack: SlackChannelUrl | None = None
    """Link to the team's Slack channel; notifications go there."""


class Profile(Model):
    """One project of a tenant. Not a Kubeflow Profile object, which is one of its results."""

    name: Annotated[ProfileName, Field(examples=["churn"])]
    """The project's name and namespace; unique on the platform."""
    description: (
        Annotated[
            str,
            Field(min_length=1, max_length=500),
            Cure("write one to three sentences, at most 500 characters"),
        ]
        | None
    ) = None
    """What the project is for, in a sentence."""
    cost_center: Annotated[LabelValue, Field(examples=["CC-4711"])] | None = None
    """The cost center that pays."""
    review_by: CalendarDate | None = None
    """The day by which the team decides whether the project is still needed."""
    tier: (
        Annotated[
            str,
            # Which names there are is judged by a rule, which can say what was probably meant.
            Field(min_length=1, max_length=63, examples=["insight"]),
            Cure("write the name of one of the tiers in clusters/platform.yaml, such as insight"),
        ]
        | None
    ) = None
    """What the profile may use; the platform's default tier where absent."""
    package: PackageName | None = None
    """Name of the Python package in the project template."""
    admins: Annotated[
        tuple[Person, ...],
        Field(min_length=1, max_length=200),
        Cure('write a list with at least one person: "- jane.doe@example.com"'),
    ]
    """People who manage the project. At least one."""
    contributors: Annotated[
        tuple[Person, ...],
        Field(max_length=1000),
        Cure('write a list: one "- jane.doe@example.com" a line'),
    ] = ()
    """People who work in the project."""
    viewers: Annotated[
        tuple[Person, ...],
        Field(max_length=1000),
        Cure('write a list: one "- jane.doe@example.com" a line'),
    ] = ()
    """People who may look and change nothing."""
    production: Switch = False
    """Whether the project has a production namespace, `<name>-prod`, that only Git changes."""
    quota: Quota | None = None
    """How much each namespace may request; the tier's default where absent."""
    repository: Repository | None = None
    """The application that Argo CD deploys to production."""
    expose: Annotated[
        tuple[Exposure, ...],
        Field(max_length=50),
        Cure('write "- name: web" and on the next line, straight below name, "port: 8080"'),
    ] = ()
    """Services to open in a browser, with TLS and login."""
    claims: Annotated[
        tuple[Claim, ...],
        Field(max_length=50),
        Cure('write "- name: orders" and on the next line, straight below name, "kind: Database"'),
    ] = ()
    """Cloud resources."""
    egress: Annotated[tuple[Host, ...], Field(max_length=100, examples=[["api.github.com"]])] = ()
    """Hosts outside the platform that pods may reach, besides the platform's defaults."""
    monitoring: Monitoring | None = None
    """Where the team looks when something breaks."""
    clusters: (
        Annotated[
            tuple[ClusterName, ...],
            Field(min_length=1, max_length=50),
            Cure("write a list of cluster names, or leave the field out"),
        ]
        | None
    ) = None
    """Clusters to run on; where the platform places the tenant, if absent."""


def _one_or_many(value: Any) -> Any:  # noqa: ANN401 - what stands in the file is not yet known
    return [value] if isinstance(value, dict) else value


def _whole(value: object) -> object:
    """Refuse what only equals 1: ``true``, ``1.0``."""
    if type(value) is int:
        return value
    raise PydanticKnownError("literal_error", {"expected": "1"})


class TenantFile(Model):
    """A tenant's file: the projects of one team. Not the tenant, which also has a name."""

    version: Annotated[
        Literal[1], BeforeValidator(_whole), Cure("write version: 1 or leave the field out")
    ] = 1
    """Version of this format."""
    groups: dict[
        GroupName,
        Annotated[
            tuple[Email, ...],
            Field(min_length=1, max_length=1000),
            Cure('write a list with at least one person: "- jane.doe@example.com"'),
        ],
    ] = Field(default_factory=dict)
    """Named sets of people; the name may stand wherever a person may."""
    profiles: Annotated[
        tuple[Profile, ...],
        BeforeValidator(
            _one_or_many,
            json_schema_input_type=Profile
            | Annotated[tuple[Profile, ...], Field(min_length=1, max_length=200)],
        ),
        Field(min_length=1, max_length=200),
        Cure("write one project, or a list of projects that each start with - name:"),
    ]
    """The team's projects: one, or a list."""
