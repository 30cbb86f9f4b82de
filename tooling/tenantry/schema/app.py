"""An app's file, `apps/<app>/app.yaml`: one component of the platform, as engineers write it.

Owns the fields and their forms. What one field means for another is judged by `rules.apps`.
"""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag

from tenantry.schema.base import Cure, DnsLabel, Model, Switch
from tenantry.schema.tenant import RepositoryUrl

Why = Annotated[
    str,
    Field(min_length=1, max_length=1000),
    Cure("say in a sentence what breaks without it"),
]
Kind = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=63),
    Cure("write a kind as Kubernetes spells it, such as ConfigMap"),
]
Group = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253),
    Cure("write an API group such as apps; leave it out for kinds of the core, such as ConfigMap"),
]
GroupKind = Annotated[
    str,
    Field(pattern=r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Z][A-Za-z0-9]*$", max_length=253),
    Cure("write group and kind, such as apiextensions.k8s.io/CustomResourceDefinition, or a kind"),
]
KindsOfGroup = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/([A-Z][A-Za-z0-9]*|\*)$", max_length=253),
    Cure("write group and kind, such as pkg.crossplane.io/Provider, or group/* for all of a group"),
]
ObjectName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9.:_()|*-]+$", max_length=253),
    Cure("write the name of an object"),
]
FolderInRepository = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$", max_length=512
    ),
    Cure("write a folder from the repository's root, such as common/istio/istio-crds/base"),
]
ChartRepository = Annotated[
    str,
    Field(pattern=r"^(https://)?[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._-]+)*/?$", max_length=512),
    Cure("write the chart repository's https:// address, or host and path of an OCI registry"),
]
SyncOption = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Za-z]+=[A-Za-z]+$"),
    Cure("write an option of Argo CD, such as CreateNamespace=true"),
]
Pointer = Annotated[
    str,
    Field(pattern=r"^(/[^/]*)+$", max_length=500),
    Cure("write a path that starts with /, such as /spec/rules/0 (JSON pointer, RFC 6901)"),
]


class GitSource(Model):
    """A kustomization or a folder of manifests in a Git repository."""

    repository: RepositoryUrl
    """Address of the repository."""
    path: FolderInRepository
    """Folder in it."""
    revision: Annotated[
        str,
        Field(pattern=r"^[^\s]+$", max_length=200),
        Cure("write a full commit id, or a tag such as v1.2.3"),
    ]
    """Full commit id, or a tag that is never moved."""
    version: (
        Annotated[
            str,
            Field(pattern=r"^[0-9A-Za-z.+_/-]+$", max_length=100),
            Cure("write what people call that commit, such as 26.03.1"),
        ]
        | None
    ) = None
    """What people call that commit, such as 26.03.1: shown in Argo CD."""


class ChartSources(Model):
    """Where a chart's sources lie in Git."""

    repository: RepositoryUrl
    """Address of the repository."""
    path: FolderInRepository
    """Folder of the chart in it."""
    revision: Annotated[
        str,
        Field(pattern=r"^[^\s]+$", max_length=200),
        Cure("write the tag of the chart's version, such as v1.2.3, or a full commit id"),
    ]
    """Tag of the chart's version, or a full commit id."""


class HelmSource(Model):
    """A chart in a Helm repository."""

    repository: ChartRepository
    """Address of the chart repository."""
    chart: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9._/-]+$", max_length=200),
        Cure("write the name of the chart, such as crossplane"),
    ]
    """Name of the chart."""
    version: Annotated[
        str,
        Field(pattern=r"^[^\s]+$", max_length=100),
        Cure("write one exact version, such as 2.3.4"),
    ]
    """Exact version of the chart, such as 2.3.4."""
    release_name: DnsLabel | None = None
    """Name of the Helm release; the app's name, if absent."""
    sources: ChartSources | None = None
    """Where its sources lie: `tenantry inspect` builds them where the chart cannot be fetched."""


class Target(Model):
    """Which objects a patch changes."""

    group: Group | None = None
    """API group; any, if absent."""
    kind: Kind
    """Kind."""
    name: ObjectName
    """Name, or a regular expression for a whole name, as in kustomize."""
    namespace: DnsLabel | None = None
    """Namespace; any, if absent."""


class Operation(Model):
    """One step of a JSON patch (RFC 6902)."""

    op: Annotated[
        Literal["add", "remove", "replace", "test"], Cure("write add, remove, replace or test")
    ]
    """What is done."""
    path: Pointer
    """Where."""
    value: JsonValue = None
    """With what; may hold facts."""

    @property
    def has_value(self) -> bool:
        """Whether a value was written, be it null."""
        return "value" in self.model_fields_set


def _form_of_patch(patch: object) -> str:
    return "operations" if isinstance(patch, (list, tuple)) else "merge"


class Patch(Model):
    """A small change to what the source holds."""

    why: Why
    """What breaks without it."""
    target: Target
    """Which objects."""
    patch: Annotated[
        Annotated[dict[str, JsonValue], Field(min_length=1), Tag("merge")]
        | Annotated[tuple[Operation, ...], Field(min_length=1), Tag("operations")],
        Discriminator(_form_of_patch),
    ]
    """Fields to set (null removes one), or a list of JSON patch operations; may hold facts."""


class IgnoredDifference(Model):
    """Fields that something on the cluster writes, and that Argo CD leaves alone."""

    why: Why
    """Who writes them."""
    group: Group | None = None
    """API group; the core's, if absent."""
    kind: Kind
    """Kind."""
    name: ObjectName | None = None
    """Name; any, if absent."""
    namespace: DnsLabel | None = None
    """Namespace; any, if absent."""
    json_pointers: tuple[Pointer, ...] = ()
    """Fields, as JSON pointers."""
    jq_path_expressions: tuple[Annotated[str, Field(min_length=1, max_length=500)], ...] = ()
    """Fields, as jq paths."""


class AppFile(Model):
    """One component of the platform that Argo CD installs. Not a team's application."""

    description: Annotated[str, Field(min_length=1, max_length=500)]
    """What it is, and why the platform has it."""
    namespace: DnsLabel
    """Namespace that it is installed into."""
    namespaces: tuple[DnsLabel, ...] = ()
    """Further namespaces that it puts objects into."""
    needs: Annotated[
        dict[DnsLabel, Why],
        Cure("write a line for each app: its name, a colon, and why it must be healthy before"),
    ] = Field(default_factory=dict)
    """Apps that must be healthy before it, where no object shows it: each with the reason."""
    brings: tuple[KindsOfGroup, ...] = ()
    """Kinds that it defines by itself as it runs, so that no object shows them."""
    disposable: dict[Group, Why] = Field(default_factory=dict)
    """API groups of which nothing is lost if Argo CD deletes their definitions: each with why."""
    clusters: Annotated[
        Literal["global"] | tuple[DnsLabel, ...] | None,
        Cure("write global, or a list of clusters"),
    ] = None
    """Clusters to install it on: all, if absent; none, if empty, which is how an app is retired;
    `global`: the one that owns what exists once in the world."""
    git: GitSource | None = None
    """Where it comes from: a Git repository."""
    helm: HelmSource | None = None
    """Where it comes from: a Helm chart."""
    local: Switch = False
    """Where it comes from: only its own folder `manifests/`."""
    policies: Switch = False
    """Where it comes from: the folders of `policies/`."""
    values: dict[str, JsonValue] = Field(default_factory=dict)
    """Values of the Helm chart; may hold facts."""
    patches: tuple[Patch, ...] = ()
    """Changes to what the Git repository holds."""
    ignore_differences: tuple[IgnoredDifference, ...] = ()
    """Fields that something on the cluster writes."""
    sync_options: tuple[SyncOption, ...] = ()
    """Options of Argo CD's sync, over the platform's own."""
    cluster_kinds: tuple[GroupKind, ...] = ()
    """Kinds of cluster-scoped objects that it installs: others are refused."""
