"""Repository: that Argo CD can deploy a team's own application, at a revision it can find."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tenantry.findings import Severity
from tenantry.layout import tenant_file
from tenantry.rules.contract import Rule
from tenantry.rules.egress import is_address, is_under, names_platform
from tenantry.schema.redaction import describe
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.index import Index
    from tenantry.tenant import Tenant

REPOSITORY_NEEDS_PRODUCTION = Rule(
    "repository-needs-production",
    "A project has a repository to deploy and no production namespace.",
    "There would be nowhere to deploy it to.",
)
UNRESOLVABLE_REVISION = Rule(
    "unresolvable-revision",
    "A revision is nothing that Argo CD can find in a repository.",
    "Nothing would be deployed; the error would show only in Argo CD.",
)
HEAD_REVISION = Rule(
    "head-revision",
    "A revision follows whatever the repository's default branch happens to be.",
    "A renamed default branch would change production without a pull request.",
)
EXACT_REVISION = Rule(
    "exact-revision",
    "A revision looks like a pattern of versions and is one exact name.",
    "v1 is the tag or branch of just that name, not the newest 1.x.",
    Severity.WARNING,
)
PLATFORM_REPOSITORY = Rule(
    "platform-repository",
    "A project deploys this repository itself.",
    "Argo CD would apply the platform's own files as if they were the team's.",
)
REPOSITORY_HOST = Rule(
    "repository-host",
    "A repository stands at an address, or at a name inside a cluster.",
    "Argo CD would ask services for it that the team itself may not reach.",
)
REPOSITORY_TAKEN = Rule(
    "repository-taken",
    "Two teams deploy the same repository.",
    "Argo CD reads it with the platform's credential, so one team could show itself the other's "
    "code without being allowed to read it.",
)
REPOSITORY_PAGE = Rule(
    "repository-page",
    "A repository's address is that of a page which shows one of its folders or files.",
    "Argo CD could not fetch it; the error would show only in Argo CD.",
)
RULES = (
    REPOSITORY_PAGE,
    REPOSITORY_TAKEN,
    REPOSITORY_HOST,
    REPOSITORY_NEEDS_PRODUCTION,
    UNRESOLVABLE_REVISION,
    HEAD_REVISION,
    EXACT_REVISION,
    PLATFORM_REPOSITORY,
)

_PART = r"(?:[0-9]+|[xX*])"
_VERSION = rf"v?{_PART}(?:\.{_PART}){{0,2}}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
_ONE = rf"(?:=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*{_VERSION}"
_RANGE = rf"{_VERSION}\s+-\s+{_VERSION}"
_ALL = rf"(?:{_RANGE}|{_ONE}(?:(?:\s*,\s*|\s+){_ONE})*)"

#: What Masterminds/semver v3.4.0 takes for a constraint; Argo CD looks it up among tags only.
#: A text: it is compiled only when somebody writes a pattern.
_CONSTRAINT = rf"\s*{_ALL}(?:\s*\|\|\s*{_ALL})*\s*\Z"

#: Argo CD takes these for exact versions before it tries them as constraints.
_EXACT = re.compile(r"v?[0-9]+(?:\.[0-9]+)?\Z")

#: Characters of constraints that no branch or tag may hold, or that nobody puts into one.
_PATTERN_CHARACTERS = frozenset("*^~<>=,| ")

#: Names of a machine itself, of clusters' Services, and of Google's and AWS's metadata services.
_NO_GIT_SERVER = (
    "localhost",
    "svc",
    "pod",
    "cluster.local",
    "metadata.google.internal",
    "instance-data.ec2.internal",
)

#: Pages of GitHub, GitLab, Bitbucket and Gitea, as one copies them from the browser: the address
#: of the repository, what kind of page, then perhaps a revision and a folder.
_PAGE = re.compile(
    r"(https://[^/]+/[^/]+(?:/[^/]+)+?)"
    r"/(?:-(?:/(tree|blob)/(.+)|/.*)?|(tree|blob|src/branch|src/tag)/(.+)|(?:commits?|pull)/.+)\Z"
)

#: What Git refuses in the name of a branch or tag. Source: git-check-ref-format.
_NOT_A_REF = re.compile(r"\.\.|//|/\.|\.lock(?:/|\Z)|[/.]\Z")


def check_repository(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the application repositories of one file."""
    for number, profile in enumerate(tenant.profiles):
        repository = profile.repository
        if repository is None:
            continue
        if not profile.production:
            yield REPOSITORY_NEEDS_PRODUCTION.finding(
                tenant.path,
                profile_field(number, "repository"),
                f"{profile.name} has a repository to deploy and no production namespace",
                f'add "production: true" to {profile.name}',
            )
        host = repository.url.split("/")[2].partition(":")[0].lower()
        if _is_inside(host, facts):
            yield REPOSITORY_HOST.finding(
                tenant.path,
                profile_field(number, "repository", "url"),
                f"{host} is no host of a Git server",
                "write the repository's address such as https://github.com/example/churn",
            )
        yield from _check_page(tenant.path, profile_field(number, "repository"), repository.url)
        if _same_repository(repository.url, facts.platform.gitops.repository):
            yield PLATFORM_REPOSITORY.finding(
                tenant.path,
                profile_field(number, "repository", "url"),
                f"{repository.url} is the platform's own repository",
                "write the address of the team's repository",
            )
        field = profile_field(number, "repository", "revision")
        yield from _check_revision(tenant.path, field, repository.revision)


def _check_page(path: str, field: Field, url: str) -> Iterator[Finding]:
    page = _PAGE.match(url)
    if page is not None:
        kind, shown = page[2] or page[4], page[3] or page[5] or ""
        revision, _, folder = shown.partition("/")
        if kind == "blob":
            folder = folder.rpartition("/")[0]
        meant = {"url": page[1], "path": folder, "revision": revision}
        yield REPOSITORY_PAGE.finding(
            path,
            (*field, "url"),
            "this is the address of a page that shows the repository, not the repository's own",
            f"write {', '.join(f'{name}: {value}' for name, value in meant.items() if value)}",
        )


def check_repositories(index: Index, _facts: Facts) -> Iterator[Finding]:
    """Look for repositories that two teams deploy."""
    teams: dict[str, set[str]] = {}
    for tenant, spaces in index.entries:
        for space in spaces:
            if space.repository:
                teams.setdefault(_plain(space.repository), set()).add(tenant)
    shared = {url for url, tenants in teams.items() if len(tenants) > 1}
    if not shared:
        return
    for tenant, spaces in index.entries:
        for number, space in enumerate(spaces):
            url = _plain(space.repository)
            if url in shared:
                others = sorted(teams[url] - {tenant})
                yield REPOSITORY_TAKEN.finding(
                    tenant_file(tenant),
                    profile_field(number, "repository", "url"),
                    f"{space.repository} is deployed by the team {others[0]} as well",
                    "write a repository of this team alone",
                )


def _is_inside(host: str, facts: Facts) -> bool:
    """Whether Argo CD, which looks names up inside the cluster, would find one of its Services."""
    bare = "." not in host
    return bare or is_address(host) or is_under(host, _NO_GIT_SERVER) or names_platform(host, facts)


def _same_repository(url: str, other: str) -> bool:
    return _plain(url) == _plain(other)


def _plain(url: str) -> str:
    plain = url.lower().rstrip("/").removesuffix(".git")
    return re.sub(r"^https://(?:www\.)?([^/:]+)(?::0*443)?/", r"https://\1/", plain)


def _check_revision(path: str, field: Field, revision: str) -> Iterator[Finding]:
    if revision == "HEAD":
        yield HEAD_REVISION.finding(
            path,
            field,
            "HEAD follows whatever branch is the repository's default",
            "name the branch, such as production, or a tag pattern such as v1.*",
        )
    elif _EXACT.match(revision) or revision == "latest":
        yield EXACT_REVISION.finding(
            path,
            field,
            f'"{revision}" is the tag or branch of exactly that name, not the newest version',
            _pattern_for(revision),
        )
    elif _PATTERN_CHARACTERS.isdisjoint(revision):
        if _NOT_A_REF.search(revision):
            yield _unresolvable(path, field, revision, "is no name that a branch or tag can have")
    elif not re.match(_CONSTRAINT, revision):
        yield _unresolvable(
            path, field, revision, "is not a pattern of versions, and Argo CD knows no others"
        )


def _pattern_for(revision: str) -> str:
    if revision == "latest":
        return "write * for the newest tag of all, or a pattern such as v1.*"
    return f"write {revision}.* for the newest {revision}, or keep it if that one is meant"


def _unresolvable(path: str, field: Field, revision: str, reason: str) -> Finding:
    return UNRESOLVABLE_REVISION.finding(
        path,
        field,
        f"{describe(revision)} {reason}",
        "write a tag pattern such as v1.*, a tag such as v1.4.0, or a branch such as production",
    )
