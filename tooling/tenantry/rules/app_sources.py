"""Where apps come from: exactly one source each, pinned, and nothing said in vain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tenantry.findings import show_field
from tenantry.layout import MANIFESTS, POLICIES, app_file
from tenantry.rules.contract import Rule
from tenantry.schema.redaction import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.apps import App
    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding

APP_SOURCE = Rule(
    "app-source",
    "An app does not come from exactly one source, or changes what its source does not take.",
    "Argo CD would install nothing, or not what was meant.",
)
FLOATING_REVISION = Rule(
    "floating-revision",
    "An app's version is not pinned.",
    "What is installed tomorrow would not be what was tested today.",
)
IGNORES_NOTHING = Rule(
    "ignores-nothing",
    "A difference to ignore names no field.",
    "Argo CD would go on fighting for the field.",
)
RESERVED_APP_NAME = Rule(
    "reserved-app-name",
    "An app is called like an Application that the platform makes itself.",
    "One of the two would replace the other.",
)
RULES = (APP_SOURCE, FLOATING_REVISION, IGNORES_NOTHING, RESERVED_APP_NAME)

_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?\Z")
#: `26.03`, `v1.2.3-rc.1`, `chart-1.2.3`, `kustomize/v5.0.0`. A name such as `release-1.30` is how
#: projects call branches, so a tag of that name needs `refs/tags/` before it.
_TAG = re.compile(
    r"(refs/tags/\S*[0-9]\S*|v?[0-9]+(\.[0-9]+){1,3}([-+.][0-9A-Za-z.+-]+)?"
    r"|(?!release|refs/)[A-Za-z][A-Za-z0-9_/-]*[-/@_]v?[0-9]+(\.[0-9]+){2}([-+][0-9A-Za-z.+-]+)?)\Z"
)

#: Names of the Applications that the platform makes itself, in the same namespace.
_TAKEN = re.compile(r"root\Z|tenants\Z|tenant-|team-")


def check_app_sources(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with each app by itself."""
    for app in facts.apps:
        yield from _name(app)
        yield from _source(app)
        yield from _changes(app)
        yield from _pins(app)
        yield from _ignored(app)
    yield from _policies(facts)


def _name(app: App) -> Iterator[Finding]:
    if _TAKEN.match(app.name):
        yield RESERVED_APP_NAME.finding(
            app.path,
            (),
            f"{app.name} is a name that the platform gives to Applications of its own",
            "rename the folder: not root, and nothing that starts with tenant- or team-",
        )


def _source(app: App) -> Iterator[Finding]:
    """Yield unless an app says in exactly one way where it comes from."""
    given = _given(app)
    if not given:
        yield APP_SOURCE.finding(
            app.path,
            (),
            f"{app.name} does not say where it comes from",
            "add git:, helm: or, for the app's own folder manifests/ alone, local: true",
        )
    for extra in given[1:]:
        more = f"; an app of {given[0]} may have a folder manifests/ as well"
        yield APP_SOURCE.finding(
            app.path,
            (extra,),
            f"{app.name} comes from {given[0]} and from {extra}",
            "keep one of them" + (more if given[0] in ("git", "helm") else ""),
            at_key=True,
        )
    if given == ["local"] and not app.manifests:
        yield APP_SOURCE.finding(
            app.path,
            ("local",),
            f"{app.name} is local, and its folder {MANIFESTS}/ holds nothing",
            f"put one object a file into {app_file(app.name, MANIFESTS)}/",
        )


def _given(app: App) -> list[str]:
    return [name for name in ("git", "helm", "local", "policies") if getattr(app.file, name)]


def _policies(facts: Facts) -> Iterator[Finding]:
    """Yield each app beyond the first that delivers the policies, and one that delivers none."""
    apps = [app for app in facts.apps if app.file.policies]
    for app in apps[1:]:
        yield APP_SOURCE.finding(
            app.path,
            ("policies",),
            f"{app.name} delivers {POLICIES}/, and so does {apps[0].name}",
            "keep one of these apps",
            at_key=True,
        )
    if apps and not facts.policies and _given(apps[0]) == ["policies"]:
        yield APP_SOURCE.finding(
            apps[0].path,
            ("policies",),
            f"{apps[0].name} delivers {POLICIES}/, which holds no policy",
            f"add a policy, or delete the folder {apps[0].path.rpartition('/')[0]}/",
        )


def _changes(app: App) -> Iterator[Finding]:
    if app.file.values and app.file.helm is None:
        yield _useless(app, "values", "helm", "a Helm chart")
    if app.file.patches and app.file.git is None:
        yield _useless(app, "patches", "git", "a Git repository")


def _useless(app: App, field: str, source: str, meaning: str) -> Finding:
    return APP_SOURCE.finding(
        app.path,
        (field,),
        f"{field} change nothing: they are for {meaning}, and {app.name} comes from none",
        f"remove {field}:, or say {source}:",
        at_key=True,
    )


def _pins(app: App) -> Iterator[Finding]:
    git, helm = app.file.git, app.file.helm
    if git is not None and not (_COMMIT.match(git.revision) or _TAG.match(git.revision)):
        yield _floating(
            app,
            ("git", "revision"),
            git.revision,
            "write the full commit id (40 digits and letters a to f), or a tag such as v1.2.3",
        )
    if helm is not None and not _EXACT.match(helm.version):
        yield _floating(
            app, ("helm", "version"), helm.version, "write one exact version, such as 2.3.4"
        )


def _floating(app: App, field: Field, value: str, cure: str) -> Finding:
    return FLOATING_REVISION.finding(
        app.path,
        field,
        f"{show_field(field)} is {describe(value)}, which may mean something else tomorrow",
        cure,
    )


def _ignored(app: App) -> Iterator[Finding]:
    for number, item in enumerate(app.file.ignore_differences):
        if not (item.json_pointers or item.jq_path_expressions):
            yield IGNORES_NOTHING.finding(
                app.path,
                ("ignoreDifferences", number),
                f"ignoreDifferences[{number}] names no field to ignore",
                "add jsonPointers: or jqPathExpressions:",
            )
