"""Facts that apps ask for: known ones only, in well-formed markers; outputs may have to wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tenantry.apps import installed, on_cluster, waits_for
from tenantry.arrows import arrows
from tenantry.findings import Severity
from tenantry.markers import AS_YAML, FROM_FACT, JOINED, WHOLE
from tenantry.rules.contract import Rule
from tenantry.schema.base import FilledBy
from tenantry.schema.cluster import Outputs
from tenantry.schema.introspection import metadata_of
from tenantry.schema.redaction import describe
from tenantry.spelling import nearest
from tenantry.wiring import Absence, UnknownFactError, declare, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.apps import App
    from tenantry.facts import ClusterFacts, Facts
    from tenantry.findings import Finding
    from tenantry.markers import Marker, Reference

UNKNOWN_FACT = Rule(
    "unknown-fact",
    "An app asks for a fact that there is not.",
    "The app would be installed without a value that it counts on.",
)
MALFORMED_FACT = Rule(
    "malformed-fact",
    "A marker that asks for a fact is not well formed.",
    "The marker itself would reach the cluster.",
)
APP_LEFT_OUT = Rule(
    "app-left-out",
    "A cluster does without an app, because an output is not known there yet.",
    "People would look for the app on that cluster.",
    Severity.WARNING,
)
RULES = (UNKNOWN_FACT, MALFORMED_FACT, APP_LEFT_OUT)

_FORMS = {
    FROM_FACT: (str, "text", "write the path of a fact, such as cluster.domain"),
    JOINED: (list, "a list", "write a list of texts and facts, which are joined to one text"),
    AS_YAML: (dict, "a block of fields", "write the block that becomes YAML text"),
    WHOLE: (dict, "a block of fields", "write the block that stands whole or not at all"),
}


def check_app_facts(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the facts that apps ask for."""
    for app in facts.apps:
        for path, found in app.markers.items():
            for marker in found:
                yield from _malformed(path, marker)
    sound: set[str] = set()
    unknown = [finding for app in facts.apps for finding in _unknown_in(app, facts, sound)]
    yield from unknown
    if not unknown:
        for cluster in facts.clusters.values():
            if not cluster.outputs_are_faulty:
                yield from _left_out(facts, cluster)


def _unknown_in(app: App, facts: Facts, sound: set[str]) -> Iterator[Finding]:
    """Yield what is wrong with an app's facts; `sound` gathers those with which nothing is."""
    for path, reference in app.references:
        if reference.fact not in sound:
            found = list(_unknown(path, reference, facts))
            yield from found
            if not found:
                sound.add(reference.fact)


def _malformed(path: str, marker: Marker) -> Iterator[Finding]:
    """Yield what is wrong with a key that is a marker, or that was probably meant as one."""
    key = str(marker.field[-1])
    if marker.meant != key:
        message, cure = f"{key} is taken as it stands", f'did you mean "{marker.meant}"?'
    elif not marker.alone:
        message, cure = f"{key} has other fields beside it", "let it stand alone in its block"
    elif key in _FORMS and not isinstance(marker.value, _FORMS[key][0]):
        _, wanted, cure = _FORMS[key]
        message = f"{key} is {describe(marker.value)}, not {wanted}"
    else:
        return
    yield MALFORMED_FACT.finding(path, marker.field, message, cure, at_key=True)


def _unknown(path: str, reference: Reference, facts: Facts) -> Iterator[Finding]:
    """Yield unless a path leads to a fact, or, below a name of somebody's choice, could."""
    try:
        declare(reference.fact)
    except UnknownFactError as error:
        yield _unknown_fact(path, reference, error)
        return
    if reference.fact.startswith("outputs."):
        return
    yield from _unknown_key(path, reference, facts)


def _unknown_fact(path: str, reference: Reference, error: UnknownFactError) -> Finding:
    if error.step:
        message = f"{reference.fact} is no fact: there is no {describe(error.step)}"
        cure = nearest(error.step, error.known)
    else:
        message = f"{reference.fact} is a whole block of facts"
        cure = f"name one of its fields: {', '.join(error.known)}"
    return UNKNOWN_FACT.finding(path, reference.field, message, cure)


def _unknown_key(path: str, reference: Reference, facts: Facts) -> Iterator[Finding]:
    """Yield where a step names an entry, such as a tier, that no cluster has."""
    steps = reference.fact.split(".")
    for end in range(2, len(steps) + 1):
        values = [_entries(".".join(steps[: end - 1]), c) for c in facts.clusters.values()]
        blocks = [value for value in values if isinstance(value, Mapping)]
        if blocks and not any(steps[end - 1] in block for block in blocks):
            known = sorted({str(key) for block in blocks for key in block})
            yield _unknown_fact(path, reference, UnknownFactError(steps[end - 1], known))
            return


def _entries(fact: str, facts: ClusterFacts) -> object:
    """Return the block of named entries that a path leads to, or whatever else it does."""
    value = find(fact, facts)
    return None if isinstance(value, Absence) else value


def _left_out(facts: Facts, cluster: ClusterFacts) -> Iterator[Finding]:
    """Yield a warning for each app that a cluster does not get yet, and why."""
    present = installed(facts.apps, cluster)
    for app in facts.apps:
        if not on_cluster(app, cluster.name) or app.name in present:
            continue
        for path, reference in waits_for(app, cluster):
            yield _awaited(app, path, reference, cluster.name)
        installable = _installable(facts, cluster.name)
        for need in arrows(installable)[app.name]:
            if need not in present:
                yield APP_LEFT_OUT.finding(
                    app.path,
                    ("needs", need),
                    f"cluster {cluster.name} does without {app.name}, which needs {need}",
                    f"see why {need} is left out there",
                )


def _installable(facts: Facts, cluster: str) -> tuple[App, ...]:
    """Return the apps for a cluster; a need of one for other clusters is refused by itself."""
    return tuple(app for app in facts.apps if on_cluster(app, cluster))


def _awaited(app: App, path: str, reference: Reference, cluster: str) -> Finding:
    steps = tuple(reference.fact.split(".")[1:])
    filled_by = metadata_of(Outputs, steps, FilledBy)
    whom = filled_by.whom if filled_by is not None else "the cluster's infrastructure"
    return APP_LEFT_OUT.finding(
        path,
        reference.field,
        f"cluster {cluster} does without {app.name}: {reference.fact} is not known there",
        f"to be filled by {whom}",
    )
