"""Text of a file as a message may repeat it: short, on one line, nothing hidden in it."""

from __future__ import annotations

import unicodedata

#: Longest piece of a file that a message repeats.
MAX_SHOWN = 60

#: What word processors and chats put at the start of an item instead of a hyphen.
DASH = "\u2010\u2011\u2012\u2013\u2014\u2015\u2022\u2212\u00b7"


def excerpt(text: str) -> str:
    """Return `text` cut to `MAX_SHOWN` characters, with escapes for what cannot be printed."""
    return visible(text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "...")


def visible(text: str) -> str:
    """Return `text` on one line, with escapes for what cannot be printed."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def show_character(character: str) -> str:
    """Name a character that people cannot see or tell from another: ``U+200B ZERO WIDTH SPACE``."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def in_quotes(text: str) -> str:
    """Write `text` as YAML in the quotes that need the fewest escapes; long text as ``...``."""
    if len(text) > MAX_SHOWN or not text.isprintable():
        return '"..."'
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
