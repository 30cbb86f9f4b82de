"""What apps' sources hold: looked at, whole, allowed by what the app names, and safe to install.

Judges `upstream.json`, which `tenantry inspect` writes, and the apps' own manifests beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.apps import on_cluster
from tenantry.arrows import brought_by, judged_by_itself, kindless, used_namespaces
from tenantry.findings import Severity
from tenantry.pins import source_of
from tenantry.rules.contract import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.apps import App
    from tenantry.arrows import Brought
    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.schema.upstream import Upstream

NOT_INSPECTED = Rule(
    "not-inspected",
    "Nobody looked at what an app comes from, or it was another version or had other patches.",
    "Its place in the order of apps, and what it may touch, would be guessed.",
)
UNCHECKED_APP = Rule(
    "unchecked-app",
    "What an app comes from could not be looked at.",
    "What it needs and brings is known only as far as its file says.",
    Severity.WARNING,
)
PATCH_WITHOUT_OBJECT = Rule(
    "patch-without-object",
    "A patch matches no object.",
    "What it was written against would be as upstream ships it, without a word.",
)
KIND_WITHOUT_APP = Rule(
    "kind-without-app",
    "An app holds an object of a kind that no app brings.",
    "The API server would refuse the object.",
)
NAMESPACE_WITHOUT_APP = Rule(
    "namespace-without-app",
    "An app puts objects into a namespace that no app brings.",
    "The API server would refuse the objects.",
)
UPSTREAM_SECRET = Rule(
    "upstream-secret",
    "An app's source holds a Secret with values.",
    "The values are known to everybody: upstream ships the same to all.",
)
UNPINNED_IMAGE = Rule(
    "unpinned-image",
    "An app runs an image without a tag or digest.",
    "What runs tomorrow would not be what was tested today.",
)
NOT_KEPT = Rule(
    "not-kept",
    "Argo CD may delete a namespace or definition of an app.",
    "All that people keep in it, or all objects of its kind, would be deleted with it.",
)
AGGREGATED_RULES = Rule(
    "aggregated-rules",
    "An app sets the rules of a role that Kubernetes gathers from other roles.",
    "Each sync would take the role's rights away for a moment, from everybody.",
)
JUDGED_BY_ITSELF = Rule(
    "judged-by-itself",
    "A webhook of an app must let objects of the same app in.",
    "On a new cluster the webhook does not serve yet, and the app's installation fails.",
    Severity.WARNING,
)
LARGE_DEFINITION = Rule(
    "large-definition",
    "An app with a definition over 256 KiB is applied on the client's side.",
    "The API server would refuse it: client-side apply keeps the object in an annotation.",
)
RULES = (
    NOT_INSPECTED,
    UNCHECKED_APP,
    PATCH_WITHOUT_OBJECT,
    KIND_WITHOUT_APP,
    NAMESPACE_WITHOUT_APP,
    UPSTREAM_SECRET,
    UNPINNED_IMAGE,
    NOT_KEPT,
    AGGREGATED_RULES,
    JUDGED_BY_ITSELF,
    LARGE_DEFINITION,
)

#: Namespaces that every cluster has.
_SYSTEM = ("default", "kube-system", "kube-public", "kube-node-lease")

#: Lets Argo CD make the namespace that an app is installed into.
_MADE = "CreateNamespace=true"
_SERVER_SIDE = "ServerSideApply=false"


def check_app_upstream(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with what apps' sources hold."""
    for app in facts.apps:
        yield from _inspected(app)
        if app.upstream is not None:
            yield from _patches(app, app.upstream)
        yield from _contents(app)
        yield from _judged(app)
    yield from _without_app(facts)


def _inspected(app: App) -> Iterator[Finding]:
    """Yield unless somebody looked at just this source, with just these changes."""
    source = source_of(app.file)
    if not source or app.file.clusters == ():
        return
    kind = "git" if app.file.git is not None else "helm"
    known, cure = app.upstream, f"run: tenantry inspect {app.name}"
    if known is None:
        message = f"nobody looked at what {app.name} comes from"
    elif known.source != source:
        was = known.source.get("revision", known.source.get("version", "something else"))
        message = f"what was looked at is not what {app.name} comes from now: it was {was}"
    elif known.changes != app.changes:
        what = "patches" if kind == "git" else "values"
        message = f"the {what} of {app.name} are not those that were looked at"
    elif known.unchecked:
        yield UNCHECKED_APP.finding(
            app.path,
            (kind,),
            f"what {app.name} comes from could not be looked at: {known.unchecked}",
            cure,
            at_key=True,
        )
        return
    else:
        return
    yield NOT_INSPECTED.finding(app.path, (kind,), message, cure, at_key=True)


def _from(app: App) -> Field:
    """Return the field that says where an app comes from: the nearest to what it holds."""
    file = app.file
    given = {"git": file.git, "helm": file.helm, "local": file.local, "policies": file.policies}
    return tuple(name for name, value in given.items() if value)[:1]


def _patches(app: App, upstream: Upstream) -> Iterator[Finding]:
    if upstream.unchecked or upstream.changes != app.changes:
        return
    for number, patched in enumerate(upstream.patched):
        if not patched.objects:
            yield PATCH_WITHOUT_OBJECT.finding(
                app.path,
                ("patches", number, "target"),
                f"the patch for {patched.target} matches nothing that {app.name} comes from",
                "write the name as upstream's files do, without the hash at its end; leave out the "
                "namespace where the folder sets it, which it does after our patches",
                at_key=True,
            )


def _contents(app: App) -> Iterator[Finding]:
    """Yield what must not be installed as it is."""
    upstream = app.upstream
    for secret in upstream.secrets if upstream is not None else ():
        yield UPSTREAM_SECRET.finding(
            app.path,
            _from(app),
            f"{app.name} would install Secret {secret} with the values that upstream publishes",
            "delete it with a patch ($patch: delete), and write an ExternalSecret of that name",
            at_key=True,
        )
    for contents in app.contents:
        for image in contents.images:
            if not is_pinned(image):
                yield UNPINNED_IMAGE.finding(
                    app.path,
                    _from(app),
                    f"{app.name} runs {image}, which names no version",
                    "patch a tag or digest into it",
                    at_key=True,
                )
        for unkept in contents.unkept:
            if unkept.partition(".")[2] in app.file.disposable:
                continue
            yield NOT_KEPT.finding(
                app.path,
                _from(app),
                f"{unkept} of {app.name} would be deleted with all that is in it",
                "give it the annotations that docs/apps.md names, by a patch or in manifests/",
                at_key=True,
            )
        for role in contents.emptied:
            yield AGGREGATED_RULES.finding(
                app.path,
                _from(app),
                f"ClusterRole {role} of {app.name} is aggregated, and sets rules all the same",
                "remove /rules from it with a patch",
                at_key=True,
            )
        yield from _large(app, [k for k, each in contents.definitions.items() if each.kibibytes])


def _judged(app: App) -> Iterator[Finding]:
    for kind in sorted({kind for kind, _ in judged_by_itself(app)}):
        yield JUDGED_BY_ITSELF.finding(
            app.path,
            _from(app),
            f"a webhook of {app.name} must let its own objects of kind {kind} in",
            'give these the annotation argocd.argoproj.io/sync-wave: "1", by a patch or in '
            "manifests/",
            at_key=True,
        )


def _large(app: App, kinds: list[str]) -> Iterator[Finding]:
    if kinds and _SERVER_SIDE in app.file.sync_options:
        yield LARGE_DEFINITION.finding(
            app.path,
            ("syncOptions", app.file.sync_options.index(_SERVER_SIDE)),
            f"the definition of {kinds[0]} is over 256 KiB",
            f"remove {_SERVER_SIDE}",
        )


def is_pinned(image: str) -> bool:
    """Whether an image names a tag or digest; a colon before the last slash is a port's.

    Istio puts its proxy, of its own version, in the place of `auto`.
    """
    if image == "auto":
        return True
    name = image.rpartition("/")[2]
    _, colon, tag = name.partition(":")
    return "@sha256:" in name or (bool(colon) and tag not in ("", "latest"))


def _without_app(facts: Facts) -> Iterator[Finding]:
    """Yield kinds and namespaces that nobody brings to a cluster where they are used.

    An app that nobody looked at may bring any: where one is, that alone is told.
    """
    told = set()
    for cluster in facts.clusters:
        present = tuple(app for app in facts.apps if on_cluster(app, cluster))
        if any(source_of(app.file) and app.upstream is None for app in present):
            continue
        given = _given(present, facts)
        for app in present:
            for rule, what in _missing(app, brought_by(present), given):
                if (app, what) not in told:
                    told.add((app, what))
                    yield _missing_finding(app, rule, what, cluster)


def _given(present: tuple[App, ...], facts: Facts) -> set[str]:
    """Return the namespaces that a cluster has: by itself, or brought by the apps on it."""
    made = (each.file.namespace for each in present if _MADE in each.file.sync_options)
    return {*_SYSTEM, *brought_by(present).namespaces, facts.platform.gitops.namespace, *made}


def _missing(app: App, brought: Brought, given: set[str]) -> Iterator[tuple[Rule, str]]:
    yield from ((KIND_WITHOUT_APP, kind) for kind in kindless(app, brought))
    for namespace in used_namespaces(app):
        if namespace not in given:
            yield NAMESPACE_WITHOUT_APP, namespace


def _missing_finding(app: App, rule: Rule, what: str, cluster: str) -> Finding:
    if rule is KIND_WITHOUT_APP:
        return rule.finding(
            app.path,
            _from(app),
            f"{app.name} holds objects of kind {what}, which no app on cluster {cluster} brings",
            "add the app that brings it; where one defines it by itself as it runs, name it in "
            "that app's brings:",
            at_key=True,
        )
    return rule.finding(
        app.path,
        _from(app),
        f"{app.name} puts objects into namespace {what}, which no app on cluster {cluster} brings",
        f"put the Namespace into {app.manifest_path('namespace.yaml')}",
        at_key=True,
    )
