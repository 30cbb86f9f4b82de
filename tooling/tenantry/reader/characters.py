"""Bytes to text: size, encoding, and the characters that no file of ours may hold."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from tenantry.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Larger files are refused unread. The largest sample is under 4 KiB.
MAX_BYTES = 64 * 1024

_BYTE_ORDER_MARK = "\ufeff"

#: Control characters, Unicode line breaks (YAML 1.1 and 1.2 disagree on them), characters that
#: have no width or change the direction of text, lone surrogates and non-characters.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

#: A carriage return that does not belong to a CRLF line end.
_LONE_CARRIAGE_RETURN = re.compile("\r(?!\n)")

_ASCII_CLEAN = re.compile(rb"[\t\n\r\x20-\x7e]*\Z")


def decode(path: str, content: bytes) -> tuple[str | None, list[Finding]]:
    """Return the text of a file with Unix line ends, or None where it cannot be read at all."""
    if len(content) > MAX_BYTES:
        return None, [_too_large(path, len(content))]
    if _ASCII_CLEAN.match(content) and b"\r" not in content:
        return content.decode("ascii"), []
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(path, content, error.start)]
    text = text.replace("\r\n", "\n")
    faults = list(_forbidden_characters(path, text))
    return (None if faults else text), faults


def show_character(character: str) -> str:
    """Name a character that cannot be printed: ``U+200B ZERO WIDTH SPACE``."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def _too_large(path: str, size: int) -> Finding:
    return Finding(
        path,
        "file-too-large",
        f"the file has {size:,} bytes, more than the {MAX_BYTES:,} that are read",
        "split the team, or remove what is not configuration",
    )


def _not_utf8(path: str, content: bytes, offset: int) -> Finding:
    before = content[:offset]
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    encoding = "UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "not UTF-8"
    return Finding(
        path,
        "not-utf8",
        f"byte 0x{content[offset]:02x} is not UTF-8 text (the file seems to be {encoding})",
        'save the file with the encoding "UTF-8"',
        line=line,
        column=column,
    )


def _forbidden_characters(path: str, text: str) -> Iterator[Finding]:
    if text.startswith(_BYTE_ORDER_MARK):
        yield Finding(
            path,
            "byte-order-mark",
            "the file starts with a byte-order mark",
            'save the file as "UTF-8" and not as "UTF-8 with BOM"',
            line=1,
            column=1,
        )
        text = " " + text[1:]
    for pattern in (FORBIDDEN, _LONE_CARRIAGE_RETURN):
        for match in pattern.finditer(text):
            yield _forbidden(path, text, match.start())


def _forbidden(path: str, text: str, offset: int) -> Finding:
    return Finding(
        path,
        "forbidden-character",
        f"the invisible or control character {show_character(text[offset])} stands here",
        "delete it; typing the line again by hand is the quickest way",
        line=text.count("\n", 0, offset) + 1,
        column=offset - (text.rfind("\n", 0, offset) + 1) + 1,
    )
