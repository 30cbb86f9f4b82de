"""What an app's source really holds, `apps/<app>/upstream.json`: facts that a program found.

Owns the form. `contents` finds the facts in objects, `arrows` says what follows for the order of
apps, `rules.app_upstream` what is refused. Nobody writes this file by hand.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from tenantry.schema.base import Model

#: Kinds of the objects in one namespace, as ``apps/Deployment``, with how many there are of each.
Kinds = dict[str, int]


class Definition(Model):
    """A kind that an app brings: a CustomResourceDefinition, or what becomes one."""

    resource: str
    """Its name in addresses and webhooks, such as ``profiles``."""
    scope: Literal["Cluster", "Namespaced"]
    """Where its objects stand."""
    kibibytes: int = 0
    """Its size, where it is too large for client-side apply."""


class Webhook(Model):
    """Something that the API server asks before it takes an object."""

    name: str
    """Name."""
    mutating: bool
    """Whether it changes objects, or only judges them."""
    fails: bool
    """Whether an object is refused while nobody answers: failurePolicy Fail."""
    service: str
    """Who answers, as namespace/name."""
    resources: tuple[str, ...]
    """What it is asked about, as ``apps/deployments``; core's without a group, ``*`` for any."""
    namespaces: dict[str, Any] = Field(default_factory=dict)
    """Label selector of namespaces; empty for all."""
    objects: dict[str, Any] = Field(default_factory=dict)
    """Label selector of objects; empty for all."""


class Pods(Model):
    """Pods of one kind that an app runs."""

    namespace: str
    """Where."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Their labels."""


class Contents(Model):
    """What a set of objects brings to a cluster, and what it uses there."""

    objects: dict[str, Kinds] = Field(default_factory=dict)
    """Kinds by namespace; those that stand in none below the empty name."""
    later: tuple[str, ...] = ()
    """Kinds whose objects all wait for a later sync wave within the app."""
    namespaces: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Namespaces that it brings, with their labels."""
    definitions: dict[str, Definition] = Field(default_factory=dict)
    """Kinds that it brings."""
    webhooks: tuple[Webhook, ...] = ()
    """Webhooks that it brings."""
    pods: tuple[Pods, ...] = ()
    """Pods that its workloads run, each form once."""
    offers: tuple[str, ...] = ()
    """Objects that others name: issuers, secret stores, authorizers, priority classes."""
    asks: tuple[str, ...] = ()
    """Such objects that it names, whoever brings them."""
    images: tuple[str, ...] = ()
    """Images of containers in its objects."""
    accounts: tuple[str, ...] = ()
    """ServiceAccounts that it brings, as namespace/name."""
    secrets: tuple[str, ...] = ()
    """Secrets that hold values."""
    passwords: tuple[str, ...] = ()
    """Where a password or key stands in plain text outside of Secrets."""
    audienceless: tuple[str, ...] = ()
    """RequestAuthentications that take tokens made for anybody, as namespace/name."""
    emptied: tuple[str, ...] = ()
    """Aggregated ClusterRoles that name rules of their own, which every sync would set."""
    unkept: tuple[str, ...] = ()
    """Namespaces and definitions that Argo CD may delete with all that is in them."""


class Patched(Model):
    """What one of our patches changes."""

    target: str
    """Its target, as a person would say it."""
    objects: tuple[str, ...]
    """The objects that it matched, before any patch."""


class Upstream(Contents):
    """What an app's source holds together with our patches or values."""

    comment: str = Field(default="", alias="$comment")
    """That it is generated."""
    source: dict[str, str]
    """The pinned source, as in the app's file."""
    changes: str
    """Digest of our patches or values."""
    checked: date
    """The day on which this was found to be so."""
    program: str = ""
    """What built the objects, with its version."""
    instead: str = ""
    """What was built in place of something that could not be fetched, such as the chart."""
    unfetched: str = ""
    """Why that could not be fetched."""
    unchecked: str = ""
    """Why the source could not be looked at; other facts are then of an earlier look, or none."""
    patched: tuple[Patched, ...] = ()
    """What each of our patches changes, in their order."""
