"""Every path of the repository and of the rendered trees. Nothing else spells one out.

Paths are strings relative to the repository's root, with forward slashes.
"""

from __future__ import annotations

TENANTS = "tenants"
CLUSTERS = "clusters"
APPS = "apps"
POLICIES = "policies"
BUILD = "build"
TOOLING = "tooling"
BINARIES = f"{TOOLING}/binaries"
UPSTREAM = f"{TOOLING}/upstream"

TENANT_FILE = "profiles.yaml"
README = "README.md"
PLATFORM_FACTS = f"{CLUSTERS}/platform.yaml"
CLUSTER_FILE = "cluster.yaml"
OUTPUTS_FILE = "outputs.yaml"
RELEASE_FILE = "release.yaml"

APP_FILE = "app.yaml"
UPSTREAM_FILE = "upstream.json"
MANIFESTS = "manifests"
COMPATIBILITY = f"{APPS}/compatibility.yaml"

POLICY_FILE = "policy.yaml"
CASES_FILE = "cases.yaml"

TENANT_SCHEMA = "docs/schemas/profiles.schema.json"
SCHEMAS = "docs/schemas"
TENANT_PAGE = "docs/tenant-file.md"
FACTS_PAGE = "docs/facts.md"
APPS_PAGE = "docs/apps.md"
RULES_PAGE = "docs/rules.md"
COMPONENTS_PAGE = "docs/components.md"
INFRASTRUCTURE_PAGE = "docs/infrastructure.md"
SECRETS_PAGE = "docs/secrets.md"

#: What a rendered tree depends on.
SOURCES = (TENANTS, CLUSTERS, APPS, POLICIES, TOOLING)


def tenant_folder(tenant: str) -> str:
    """Return the folder of a tenant."""
    return f"{TENANTS}/{tenant}"


def tenant_file(tenant: str) -> str:
    """Return the only file of a tenant."""
    return f"{TENANTS}/{tenant}/{TENANT_FILE}"


def cluster_file(cluster: str, name: str) -> str:
    """Return a file of facts of a cluster."""
    return f"{CLUSTERS}/{cluster}/{name}"


def app_file(app: str, name: str = APP_FILE) -> str:
    """Return a file of an app."""
    return f"{APPS}/{app}/{name}"


def policy_file(policy: str, name: str = POLICY_FILE) -> str:
    """Return a file of a policy."""
    return f"{POLICIES}/{policy}/{name}"


# Inside a rendered tree, relative to build/<cluster>: what Argo CD reads.

RENDERED_TENANTS = "tenants"
RENDERED_APPS = "apps"
APPLICATIONS = "applications"
ROOT_APPLICATION = f"{APPLICATIONS}/root.yaml"
PROJECTS = f"{APPLICATIONS}/projects.yaml"
TENANTS_APPLICATION = f"{APPLICATIONS}/tenants.yaml"
PLATFORM_APPLICATIONS = f"{APPLICATIONS}/platform"
TENANT_APPLICATIONS = f"{APPLICATIONS}/tenants"


def rendered_namespace(tenant: str, namespace: str) -> str:
    """Return the file of a namespace in a rendered tree."""
    return f"{RENDERED_TENANTS}/{tenant}/{namespace}.yaml"


def rendered_delivery(tenant: str) -> str:
    """Return the file of a tenant's Applications in a rendered tree."""
    return f"{TENANT_APPLICATIONS}/{tenant}.yaml"


def rendered_app(app: str) -> str:
    """Return the file of an app's Application in a rendered tree."""
    return f"{PLATFORM_APPLICATIONS}/{app}.yaml"


def rendered_app_folder(app: str) -> str:
    """Return the folder of an app's own manifests in a rendered tree."""
    return f"{RENDERED_APPS}/{app}"


def rendered_branch(cluster: str) -> str:
    """Return the branch that holds a cluster's rendered tree."""
    return f"rendered/{cluster}"


def is_branch(path: str) -> bool:
    """Whether a finding's path is no file of the repository, but a rendered branch or the whole.

    Branches stand there as ``rendered/prod``, with a remote before, or with a file after a colon.
    """
    first, _, rest = path.partition("/")
    after_remote = first not in (*SOURCES, BUILD) and rest.startswith(rendered_branch(""))
    return path == "." or path.startswith(rendered_branch("")) or after_remote
