"""Every computed name, and its limit. What people type is named in `schema`."""

from __future__ import annotations

import re
from functools import lru_cache

from tenantry.schema.tenant import Environment

#: Prefix of our labels and annotations.
PREFIX = "tenantry.dev"

TENANT_LABEL = f"{PREFIX}/tenant"
PROFILE_LABEL = f"{PREFIX}/profile"
ENVIRONMENT_LABEL = f"{PREFIX}/environment"
TIER_LABEL = f"{PREFIX}/tier"
COST_CENTER_LABEL = f"{PREFIX}/cost-center"
DESCRIPTION_ANNOTATION = f"{PREFIX}/description"
REVIEW_BY_ANNOTATION = f"{PREFIX}/review-by"
PACKAGE_ANNOTATION = f"{PREFIX}/package"
STORAGE_ANNOTATION = f"{PREFIX}/monitoring-storage"

#: What an ExternalSecret of the platform says of itself: docs/secrets.md is made of it.
SECRET_LABEL = f"{PREFIX}/secret"
PLATFORM_SECRET = "platform"  # noqa: S105 - the value of a label
PURPOSE_ANNOTATION = f"{PREFIX}/purpose"
FILLED_BY_ANNOTATION = f"{PREFIX}/filled-by"
WITHOUT_IT_ANNOTATION = f"{PREFIX}/without-it"

PRODUCTION_SUFFIX = "-prod"

#: Longest DNS label (RFC 1123): namespaces, and each part of a host name.
MAX_LABEL = 63

#: Project of what the platform installs, and project of the tenants' folders.
PLATFORM_PROJECT = "platform"
TENANTS_PROJECT = "tenants"

#: The Application of all Applications, with its project, and the one of the tenants' Applications.
ROOT = "root"
TENANTS = "tenants"

#: Service accounts that Kubeflow gives every namespace.
EDITOR = "default-editor"
VIEWER = "default-viewer"

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def namespace_of(profile: str, environment: Environment) -> str:
    """Return the namespace of one environment of a profile."""
    return profile if environment is Environment.DEVELOPMENT else profile + PRODUCTION_SUFFIX


@lru_cache(maxsize=4096)
def kfam_binding(address: str, role: str) -> str:
    """Return KFAM's name for a person's binding. Different addresses may share one.

    `role` is ``admin``, ``edit`` or ``view``. Source: kubeflow/dashboard
    components/access-management/kfam/bindings.go, getBindingName.
    """
    return f"user-{_NOT_ALPHANUMERIC.sub('-', address.lower())}-clusterrole-{role}"


def exposed_host(service: str, namespace: str, domain: str) -> str:
    """Return the host name of an exposed service: one label, so one wildcard certificate fits."""
    return f"{service}-{namespace}.{domain}"


def tenant_application(tenant: str) -> str:
    """Return the name of the platform-owned Application of a tenant's folder."""
    return f"tenant-{tenant}"


def team_application(namespace: str) -> str:
    """Return the name of the Application, and of its AppProject, that deploys a team's own code."""
    return f"team-{namespace}"


def slack_channel(url: str) -> str:
    """Return the channel id that a link to a Slack channel ends with."""
    return url.rsplit("/", 1)[-1]


def egress_policy(namespace: str) -> str:
    """Return the name of a namespace's policy at the egress gateway.

    It stands among the platform's own policies there, so it must not be able to take their names.
    """
    return f"tenant-{namespace}"


def egress_subset(host: str) -> str:
    """Return the name of a host's DestinationRule subset, which must be a DNS label.

    Hyphens are doubled before dots become hyphens, so that no two hosts share a name.
    """
    name = host.replace("-", "--").replace(".", "-")
    if len(name) <= MAX_LABEL:
        return name
    import hashlib  # noqa: PLC0415 - slow to import; hardly a host is so long

    digest = hashlib.sha256(host.encode()).hexdigest()[:12]
    return f"{name[: MAX_LABEL - 13].rstrip('-')}-{digest}"
