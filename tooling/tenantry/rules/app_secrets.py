"""The platform's ExternalSecrets: each says what it is for, so that docs/secrets.md can list it.

That no app holds a Secret itself is the business of `rules.apps` and `rules.app_upstream`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tenantry.layout import SECRETS_PAGE
from tenantry.manifest import identity
from tenantry.naming import (
    FILLED_BY_ANNOTATION,
    PLATFORM_SECRET,
    PURPOSE_ANNOTATION,
    SECRET_LABEL,
    WITHOUT_IT_ANNOTATION,
)
from tenantry.rules.contract import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.apps import App
    from tenantry.facts import Facts
    from tenantry.findings import Field, Finding
    from tenantry.manifest import Manifest

UNDESCRIBED_SECRET = Rule(
    "undescribed-secret",
    "An ExternalSecret of an app does not say what it is for, who fills it, or from which key.",
    "Nobody would be told to fill it, and the app would wait for it for ever.",
)
RULES = (UNDESCRIBED_SECRET,)

EXTERNAL_SECRET = "ExternalSecret"  # noqa: S105 - the name of a kind
_KIND = f"external-secrets.io/{EXTERNAL_SECRET}"

#: What to write at each annotation.
_ANNOTATIONS = {
    PURPOSE_ANNOTATION: "say in a sentence what it is for",
    FILLED_BY_ANNOTATION: "name who knows the value, such as: a platform engineer",
    WITHOUT_IT_ANNOTATION: "say in a sentence what does not work while it is missing",
}


def check_app_secrets(facts: Facts) -> Iterator[Finding]:
    """Yield the ExternalSecrets of apps that docs/secrets.md could not list."""
    for app in facts.apps:
        for name, manifest in app.manifests:
            if manifest["kind"] == EXTERNAL_SECRET:
                yield from _described(app.manifest_path(name), manifest)
        yield from _of_source(app)


def _described(path: str, manifest: Manifest) -> Iterator[Finding]:
    this = identity(manifest)
    if text_at(manifest, "metadata", "labels", SECRET_LABEL) != PLATFORM_SECRET:
        yield UNDESCRIBED_SECRET.finding(
            path,
            ("metadata", "labels", SECRET_LABEL),
            f"{this} has no label {SECRET_LABEL}: {PLATFORM_SECRET}",
            "add it: by it people find on a cluster which secrets are the platform's",
        )
    for annotation, cure in _ANNOTATIONS.items():
        if not text_at(manifest, "metadata", "annotations", annotation).strip():
            yield UNDESCRIBED_SECRET.finding(
                path,
                ("metadata", "annotations", annotation),
                f"{this} has no annotation {annotation}",
                f"{cure}; {SECRETS_PAGE} repeats it",
            )
    for field, key in keys_of(manifest):
        if not key:
            yield UNDESCRIBED_SECRET.finding(
                path,
                field,
                f"{this} does not say which key of the vault it reads",
                f"write the key itself, without facts or patterns: {SECRETS_PAGE} names it to "
                "those who fill it, and each cluster has a vault of its own",
            )


def _of_source(app: App) -> Iterator[Finding]:
    """Yield where an app's source brings one, which its own folder cannot describe."""
    objects = app.upstream.objects if app.upstream is not None else {}
    if any(_KIND in kinds for kinds in objects.values()):
        yield UNDESCRIBED_SECRET.finding(
            app.path,
            (),
            f"what {app.name} comes from holds an ExternalSecret, which nobody here describes",
            "delete it with a patch ($patch: delete), and write it into manifests/",
        )


def keys_of(manifest: Manifest) -> Iterator[tuple[Field, str]]:
    """Yield each key of the vault that an ExternalSecret reads, with where it says so.

    The key is empty where none can be named. What the cluster makes itself has no key.
    """
    spec = manifest.get("spec")
    if not isinstance(spec, Mapping):
        return
    for number in range(_length(spec.get("data"))):
        way: Field = ("spec", "data", number, "remoteRef", "key")
        yield way, text_at(manifest, *way)
    for number in range(_length(spec.get("dataFrom"))):
        if not text_at(manifest, "spec", "dataFrom", number, "sourceRef", "generatorRef", "name"):
            way = ("spec", "dataFrom", number, "extract", "key")
            yield way, text_at(manifest, *way)


def text_at(tree: Any, *way: str | int) -> str:  # noqa: ANN401 - any YAML
    """Return the text at a place in a tree, or nothing where there is none."""
    for step in way:
        try:
            tree = tree[step]
        except (LookupError, TypeError):
            return ""
    return tree if isinstance(tree, str) else ""


def _length(tree: object) -> int:
    return len(tree) if isinstance(tree, list) else 0
