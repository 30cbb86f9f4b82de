"""What kubeconform said, as values, and as findings once it is known where they stand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenantry import layout
from tenantry.findings import Finding, show_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tenantry.findings import Field

#: Steps from an object's root to a value, all of them text: kubeconform does not tell lists apart.
Pointer = tuple[str, ...]

_EACH = re.compile(r"- at '((?:/(?:[^'\\]|\\.)*)?)': ")
#: Said of a schema that holds others; what these say is the reason.
_ONLY_AROUND = re.compile(r"(?:'(?:allOf|anyOf|oneOf)' failed.*|validation failed)\Z")
_UNKNOWN = re.compile(r"additional properties (.*) not allowed\Z")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")

UNKNOWN_KIND = "object-kind-unknown"
NOT_CONFORMANT = "object-not-conformant"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One reason why an object would be refused."""

    file: str
    kind: str
    name: str
    pointer: Pointer
    message: str
    rule: str = NOT_CONFORMANT


@dataclass(frozen=True, slots=True)
class Place:
    """Where the object of a verdict stands, and where it came from."""

    rendered: str
    """``file:line:column`` in the rendered tree."""
    shown: str
    """The object, as kubectl would name it."""
    field: Field
    """The pointer, with numbers where lists are."""
    source: str
    """The file that it was generated from."""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """All that kubeconform said of one tree."""

    objects: int
    verdicts: tuple[Verdict, ...]


def report(said: str) -> Report:
    """Read what ``kubeconform -output json -summary`` prints. Raises ValueError for other text."""
    answer = json.loads(said)
    summary = answer["summary"]
    objects = sum(summary[key] for key in ("valid", "invalid", "errors", "skipped"))
    return Report(
        objects, tuple(verdict for each in answer["resources"] for verdict in _verdicts(each))
    )


def finding(verdict: Verdict, place: Place) -> Finding:
    """Say what is wrong with an object, at the line of the source that it came from."""
    field = show_field(place.field)
    where = f"{field}: " if field else ""
    of_tenant = place.source.endswith(f"/{layout.TENANT_FILE}")
    return Finding(
        place.source,
        verdict.rule,
        f"{place.shown} at {place.rendered} would be refused: {where}{verdict.message}",
        _NOT_YOURS if of_tenant else _CURES[verdict.rule],
        line=place.line,
        column=place.column,
    )


_NOT_YOURS = "this file cannot cause that, the platform's tooling does: tell the platform team"
_CURES = {
    NOT_CONFORMANT: "correct the app's manifest, or the code that renders it",
    UNKNOWN_KIND: "correct apiVersion and kind, or name the module that defines the kind in "
    f"{layout.UPSTREAM}/modules.yaml",
}


def _verdicts(answer: dict[str, Any]) -> Iterator[Verdict]:
    file, kind, name = answer["filename"], answer["kind"], answer["name"]
    said = " ".join(answer["msg"].split())
    if answer["status"] == "statusError":
        unknown = said.startswith("could not find schema")
        message = f"no API of this platform has {answer['version']} {kind}" if unknown else said
        rule = UNKNOWN_KIND if unknown else NOT_CONFORMANT
        yield Verdict(file, kind, name, ("kind",) if unknown else (), message, rule)
        return
    for pointer, message in _reasons(said):
        yield Verdict(file, kind, name, pointer, message)


def _reasons(said: str) -> Iterator[tuple[Pointer, str]]:
    """Yield place and text of every reason in a message of kubeconform's JSON Schema library."""
    steps = _EACH.split(said)
    found = [
        (_pointer(where), text.strip())
        for where, text in zip(steps[1::2], steps[2::2], strict=True)
    ]
    telling = [reason for reason in found if not _ONLY_AROUND.match(reason[1])]
    for where, text in telling or found or [((), said)]:
        yield from _named(where, text)


def _named(where: Pointer, text: str) -> Iterable[tuple[Pointer, str]]:
    """Place a field that is not listed where it stands, not at what is around it."""
    unknown = _UNKNOWN.match(text)
    if unknown is None:
        return [(where, text)]
    return [
        ((*where, _unescape(name)), "there is no such field")
        for name in _QUOTED.findall(unknown[1])
    ]


def _pointer(text: str) -> Pointer:
    steps = _unescape(text).split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def _unescape(text: str) -> str:
    return text.replace("\\'", "'").replace("\\\\", "\\")
