"""Tenants' files written down as YAML, in any of the many ways that mean the same.

Owns the ways to write YAML. Files that say the same in other words, such as 1024Mi for 1Gi, are
`test_spellings`' business.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

#: Texts that are the same with and without quotes to every reader.
_PLAIN = re.compile(r"[A-Za-z][-A-Za-z0-9_./@+%]*(?: [A-Za-z][-A-Za-z0-9_./]*)*")
_WORDS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
#: Texts that a block of lines (|) keeps as they are.
_LINES = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?\n)+")


@dataclass(frozen=True)
class Style:
    """How one person types. Chances are numbers from 0 to 1."""

    random: Random
    indent: int = 2
    indented_lists: bool = True
    flow: float = 0.0
    quotes: float = 0.0
    comments: float = 0.0
    blocks: float = 0.0
    shuffled: bool = False
    start: str = ""
    windows: bool = False

    def may(self, chance: float) -> bool:
        """Decide whether to."""
        return chance > 0 and self.random.random() < chance


STYLES = st.builds(
    Style,
    random=st.randoms(use_true_random=True),
    indent=st.sampled_from((2, 3, 4)),
    indented_lists=st.booleans(),
    flow=st.sampled_from((0.0, 0.2, 1.0)),
    quotes=st.sampled_from((0.0, 0.5, 1.0)),
    comments=st.sampled_from((0.0, 0.5)),
    blocks=st.sampled_from((0.0, 1.0)),
    shuffled=st.booleans(),
    start=st.sampled_from(("", "---\n", "# The team's file.\n\n---\n")),
    windows=st.booleans(),
)


def spell(tree: Any, style: Style | None = None) -> str:  # noqa: ANN401 - whatever was drawn
    """Write a tree as one YAML document."""
    style = style or Style(Random(0))  # noqa: S311 - decides nothing: all chances are 0
    body = _block(tree, style, 0) if isinstance(tree, dict) and tree else _flow(tree, style) + "\n"
    text = style.start + body
    return text.replace("\n", "\r\n") if style.windows else text


def _items(tree: dict[str, Any], style: Style) -> list[tuple[str, Any]]:
    items = list(tree.items())
    if style.shuffled:
        style.random.shuffle(items)
    return items


def _block(tree: Any, style: Style, depth: int) -> str:  # noqa: ANN401 - as above
    """Write a filled mapping or list, each line indented by `depth`."""
    pad = " " * depth
    if isinstance(tree, dict):
        return "".join(
            f"{_comment(style, pad)}{pad}{_scalar(key, style)}:{_value(value, style, depth)}"
            for key, value in _items(tree, style)
        )
    return "".join(f"{_comment(style, pad)}{_item(item, style, depth)}" for item in tree)


def _comment(style: Style, pad: str) -> str:
    if not style.may(style.comments):
        return ""
    return style.random.choice(("\n", f"{pad}# a: b\n", "# - c\n", f"\n{pad}# 'd\n\n"))


def _value(value: Any, style: Style, depth: int) -> str:  # noqa: ANN401 - as above
    """Write what follows a key's colon."""
    if isinstance(value, (dict, list)) and value and not style.may(style.flow):
        is_list = isinstance(value, list) and not style.indented_lists
        return f"{_end(style)}{_block(value, style, depth if is_list else depth + style.indent)}"
    if isinstance(value, str) and _LINES.fullmatch(value) and style.may(style.blocks):
        pad = " " * (depth + style.indent)
        return " |\n" + "".join(f"{pad}{line}\n" for line in value.splitlines())
    return f" {_flow(value, style)}{_end(style)}"


def _item(item: Any, style: Style, depth: int) -> str:  # noqa: ANN401 - as above
    pad = " " * depth
    if isinstance(item, dict) and item and not style.may(style.flow):
        block = _block(item, style, depth + 2)
        first = block.lstrip("\n")
        if first.startswith(f"{pad}  ") and not first.lstrip().startswith("#"):
            return f"{pad}- {first[depth + 2 :]}"
        return f"{pad}-\n{block}"
    return f"{pad}- {_flow(item, style)}{_end(style)}"


def _end(style: Style) -> str:
    return style.random.choice(("  # why: not\n", "   \n")) if style.may(style.comments) else "\n"


def _flow(tree: Any, style: Style) -> str:  # noqa: ANN401 - as above
    if isinstance(tree, dict):
        inner = (
            f"{_scalar(key, style)}: {_flow(value, style)}" for key, value in _items(tree, style)
        )
        return "{" + ", ".join(inner) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(_flow(item, style) for item in tree) + "]"
    return _scalar(tree, style)


def _scalar(value: Any, style: Style) -> str:  # noqa: ANN401 - as above
    if not isinstance(value, str):
        return json.dumps(value)
    bare = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    if bare and not style.may(style.quotes):
        return value
    if value.isascii() and value.isprintable() and style.may(0.5):
        return "'" + value.replace("'", "''") + "'"
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(map(_escape, quoted)) if style.may(0.5) or not quoted.isprintable() else quoted


def _escape(character: str) -> str:
    """JSON's own escapes of what is beyond 16 bits are none to YAML."""
    return character if " " <= character <= "~" else f"\\U{ord(character):08x}"
