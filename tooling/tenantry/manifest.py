"""Manifests: plain Kubernetes objects, their identity, and the one way they become text.

Every string that any YAML parser could read as something else is quoted. Keys keep the order in
which a renderer wrote them; nothing here sorts or adds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

Tree = str | int | float | bool | None | Sequence["Tree"] | Mapping[str, "Tree"]
Manifest = Mapping[str, Tree]


#: A longer key is written in the form "? key": readers allow 1,024 characters before a colon.
_LONGEST_KEY = 1000


class Shared(dict[str, Tree]):
    """A subtree that many manifests have in common, such as the rule that allows DNS.

    Or a whole manifest that clusters have in common. Its text is made once for each depth it stands
    at. Never change one after its first use.
    """

    __slots__ = ("texts",)

    def __init__(self, tree: Mapping[str, Tree]) -> None:
        super().__init__(tree)
        self.texts: dict[str, str] = {}


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What tells one object of a cluster from all others. The version is not part of it."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Show it as kubectl would: ``networking.k8s.io/NetworkPolicy churn/deny-all``."""
        kind = f"{self.group}/{self.kind}" if self.group else self.kind
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"


def identity(manifest: Manifest) -> Identity:
    """Return the identity of a manifest."""
    metadata = manifest["metadata"]
    if not isinstance(metadata, Mapping):
        raise TypeError("metadata is not a mapping")
    group, _, _ = str(manifest["apiVersion"]).rpartition("/")
    return Identity(
        group, str(manifest["kind"]), str(metadata.get("namespace", "")), str(metadata["name"])
    )


def to_yaml(manifests: Iterable[Manifest]) -> str:
    """Write manifests as one YAML stream in block style, ended by a line break."""
    lines: list[str] = []
    for manifest in manifests:
        if lines:
            lines.append("---\n")
        if isinstance(manifest, Shared):
            lines.append(_text(manifest, "", ""))
        else:
            _add_mapping(lines, manifest, "", "")
    return "".join(lines)


def list_to_yaml(items: Sequence[Tree]) -> str:
    """Write a list that stands alone, such as a JSON patch, in block style."""
    lines: list[str] = []
    _add_sequence(lines, items, "", "")
    return "".join(lines) or "[]\n"


# What follows is the hottest code there is: one list of pieces for a whole stream, joined once.
# `lead` stands before the first line and `pad` before the others: they differ within a list.


def _add_mapping(lines: list[str], tree: Mapping[str, Tree], lead: str, pad: str) -> None:
    inner = pad + "  "
    for key, value in tree.items():
        kind = value.__class__
        name = scalar(key)
        if len(name) > _LONGEST_KEY:
            lines.append(f"{lead}? {name}\n")
            name, lead = "", pad
        if kind is str:
            lines.append(f"{lead}{name}:{_string(value, pad)}")  # type: ignore[arg-type] # a str
        elif value and kind is Shared:
            lines.append(f"{lead}{name}:\n{_text(value, inner, inner)}")  # type: ignore[arg-type] # a Shared
        elif value and kind is dict:
            lines.append(f"{lead}{name}:\n")
            _add_mapping(lines, value, inner, inner)  # type: ignore[arg-type] # a dict
        elif value and (kind is list or kind is tuple):
            lines.append(f"{lead}{name}:\n")
            _add_sequence(lines, value, pad, pad)  # type: ignore[arg-type] # a list
        else:
            lines.append(f"{lead}{name}:{_short(value, pad)}")
        lead = pad


def _short(value: Tree, pad: str) -> str:
    """Write what follows a key's colon or a dash where it is no mapping or list that holds any."""
    kind = value.__class__
    if kind is dict or kind is Shared:
        return " {}\n"
    if kind is list or kind is tuple:
        return " []\n"
    if isinstance(value, str):
        return _string(value, pad)
    return f" {_leaf(value)}\n"


def _add_sequence(lines: list[str], items: Sequence[Tree], lead: str, pad: str) -> None:
    inner = pad + "  "
    for item in items:
        kind = item.__class__
        if item and kind is Shared:
            lines.append(_text(item, f"{lead}- ", inner))  # type: ignore[arg-type] # a Shared
        elif item and kind is dict:
            _add_mapping(lines, item, f"{lead}- ", inner)  # type: ignore[arg-type] # a mapping
        elif item and (kind is list or kind is tuple):
            _add_sequence(lines, item, f"{lead}- ", inner)  # type: ignore[arg-type] # a list
        else:
            lines.append(f"{lead}-{_short(item, pad)}")
        lead = pad


def _string(value: str, pad: str) -> str:
    if "\n" in value and _is_literal(value):
        lines = "".join(f"{pad}  {line}\n" if line else "\n" for line in value[:-1].split("\n"))
        return f" |\n{lines}"
    return f" {scalar(value)}\n"


def _text(value: Shared, lead: str, pad: str) -> str:
    text = value.texts.get(lead)
    if text is None:
        lines: list[str] = []
        _add_mapping(lines, value, lead, pad)
        text = value.texts[lead] = "".join(lines)
    return text


def _leaf(value: Tree) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


def _float(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        raise ValueError(f"{text} has no place in a manifest")
    mantissa, exponent, power = text.partition("e")
    # YAML 1.1 wants a point before the exponent, and a sign in it.
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{exponent}{power}"


#: Strings of this form that are no `_WORDS` are text to every reader.
_PLAIN = re.compile(r"[A-Za-z_/](?:[-A-Za-z0-9_./@:%+]*[-A-Za-z0-9_./@%+])?\Z")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))

_LITERAL = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?|)(?:\n(?:[ ]*[!-~](?:[ -~]*[!-~])?)?)*\n\Z")


def _is_literal(text: str) -> bool:
    """Whether a literal block (|) keeps `text` as it is: ASCII lines, one line break at the end."""
    return (
        not text.startswith((" ", "\n"))
        and not text.endswith("\n\n")
        and bool(_LITERAL.match(text))
    )


@lru_cache(maxsize=8192)
def scalar(text: str) -> str:
    """Write a string so that YAML 1.1, YAML 1.2 and kubectl all read it back as that string."""
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if text.isprintable() else _UNUSUAL.sub(_escape, quoted)


#: Whatever is not certainly printable.
_UNUSUAL = re.compile(r"[^ -~]")


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"  # noqa: PLR2004 - end of the basic plane
