"""What a commit on a rendered branch says of itself, and whether that is true. Values, no Git."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SOURCE = "Source-Revision"
RELEASE = "Release"
VERSION = "Tenantry-Version"

#: How many files that differ are named one by one.
MAX_NAMED = 20
#: Digits of a commit id in text for people.
SHORT = 12

_FORMS = {
    SOURCE: re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?"),
    RELEASE: re.compile(r"[A-Za-z0-9._/-]{1,200}"),
    VERSION: re.compile(r"[A-Za-z0-9.+!-]{1,100}"),
}
_TRAILER = re.compile(r"(?P<key>[A-Za-z0-9-]+): *(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class Trailers:
    """What a rendered commit came from."""

    source: str
    """Id of the commit that was rendered."""
    release: str
    """Platform revision that the cluster was pinned to."""
    version: str
    """Version of Tenantry that rendered."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """A file of a rendered branch that is not as rendered."""

    path: str
    how: str
    """`added`, `removed` or `changed`, as seen from what was rendered."""


def message(cluster: str, trailers: Trailers, changed: int) -> str:
    """Return the message of the commit of a rendered tree."""
    files = "1 file" if changed == 1 else f"{changed} files"
    return (
        f"Render {cluster} from {trailers.source[:SHORT]}: {files} changed\n"
        "\n"
        f"{SOURCE}: {trailers.source}\n"
        f"{RELEASE}: {trailers.release}\n"
        f"{VERSION}: {trailers.version}\n"
    )


def read_trailers(place: str, text: str) -> tuple[Trailers | None, list[Finding]]:
    """Return the trailers of a commit message, or None and what is wrong with them.

    Trailers stand in the last paragraph, each exactly once. `place` is where the commit stands.
    """
    last = text.rstrip("\n").rpartition("\n\n")[2]
    found: dict[str, list[str]] = {}
    for match in filter(None, map(_TRAILER.fullmatch, last.split("\n"))):
        found.setdefault(match["key"], []).append(match["value"])
    if not found.keys() & _FORMS.keys():
        text = "the commit has none of the trailers that tenantry publish writes"
        return None, [Finding(place, "trailer-missing", text, _FOREIGN)]
    findings = [
        fault for key in _FORMS if (fault := _trailer_fault(place, key, found.get(key, [])))
    ]
    if findings:
        return None, findings
    return Trailers(found[SOURCE][0], found[RELEASE][0], found[VERSION][0]), []


_FOREIGN = "the commit was not made by tenantry publish: publish again, and ask who made it"


def _trailer_fault(place: str, key: str, values: Sequence[str]) -> Finding | None:
    cure = _FOREIGN
    if not values:
        return Finding(place, "trailer-missing", f"the commit has no trailer {key}", cure)
    if len(values) > 1:
        text = f"the commit has the trailer {key} {len(values)} times"
        return Finding(place, "trailer-malformed", text, cure)
    if not _FORMS[key].fullmatch(values[0]):
        text = f"the trailer {key} of the commit is not of the form that publish writes"
        return Finding(place, "trailer-malformed", text, cure)
    return None


def is_due(trailers: Trailers, tree: str, published: Trailers | None, current: str | None) -> bool:
    """Whether a commit is to be made: the tree, the release or the tip's honesty calls for one.

    A source that renders to what is published already is no news to a cluster.
    """
    return published is None or tree != current or trailers.release != published.release


def tampered(
    place: str, trailers: Trailers, found: Sequence[Difference], running: str
) -> Iterator[Finding]:
    """Yield the files in which a rendered branch differs from what its source renders to.

    Without any the trees still differ, in something that is no file.
    """
    cure = _ASK
    if trailers.version != running:
        cure = f"verify with Tenantry {trailers.version}; if that says the same, publish again"
    source = trailers.source[:SHORT]
    yield from _named(place, found, _RENDERED, source, cure)
    if not found:
        text = f"its tree holds something that is no file and that {source} does not render to"
        yield Finding(place, "branch-tampered", text, cure)


def changed_by_hand(place: str, parent: str, found: Sequence[Difference]) -> Iterator[Finding]:
    """Yield the files in which a commit by hand differs from `parent`, published before it."""
    yield from _named(place, found, _PUBLISHED, parent[:SHORT], _ASK)


def _named(
    place: str, found: Sequence[Difference], words: Mapping[str, str], origin: str, cure: str
) -> Iterator[Finding]:
    for difference in sorted(found)[:MAX_NAMED]:
        text = words[difference.how].format(origin=origin)
        yield Finding(f"{place}:{printable(difference.path)}", "branch-tampered", text, cure)
    rest = len(found) - MAX_NAMED
    if rest > 0:
        text = words["one" if rest == 1 else "more"].format(origin=origin, rest=rest)
        yield Finding(place, "branch-tampered", text, cure)


_ASK = "publish again, and ask who wrote to the branch"

_RENDERED = {
    "added": "the branch has this file, but {origin} does not render it",
    "removed": "{origin} renders this file, but the branch lacks it",
    "changed": "the file is not as {origin} renders it",
    "one": "1 more file is not as {origin} renders it",
    "more": "{rest} more files are not as {origin} renders them",
}
_PUBLISHED = {
    "added": "the file was added by hand after {origin}, the last published commit",
    "removed": "the file was removed by hand after {origin}, the last published commit",
    "changed": "the file was changed by hand after {origin}, the last published commit",
    "one": "1 more file was touched by hand after {origin}, the last published commit",
    "more": "{rest} more files were touched by hand after {origin}, the last published commit",
}


def printable(text: str) -> str:
    """Return text from a stranger, such as a path, as one line that no terminal acts on."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)
