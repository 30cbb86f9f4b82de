"""Bytes to text: size, encoding, and the characters that no file of ours may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tenantry.findings import Finding
from tenantry.wording import show_character

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Larger files are refused unread. The largest sample is under 4 KiB.
MAX_BYTES = 64 * 1024

#: Values, keys and blocks of one file; 64 KiB of ordinary lines hold some 4,000.
MAX_NODES = 10_000


@dataclass(frozen=True, slots=True)
class Room:
    """How large a file may be."""

    bytes: int
    nodes: int
    """Values, keys and blocks."""


#: What people write.
WRITTEN = Room(MAX_BYTES, MAX_NODES)
#: What grows with all tenants together and is written by a command: a line of 60 bytes for each of
#: 30,000 namespaces, three a tenant where there are 10,000 tenants.
GENERATED = Room(4 * 1024 * 1024, 100_000)

#: Faults after this many are not listed: the file needs another look, not a longer list.
MAX_FAULTS = 1000

_BYTE_ORDER_MARK = "\ufeff"

#: Spaces that are none to YAML: most come from web pages, word processors and phones.
_SPACES = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"

#: Control characters, Unicode line breaks (YAML 1.1 and 1.2 disagree on them), spaces that no one
#: can tell from a space, characters that have no width or change the direction of text, lone
#: surrogates and non-characters.
FORBIDDEN = re.compile(
    f"[{_SPACES}"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891"
    "\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800"
    "\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
    + "".join(chr(plane + end) for plane in range(0x1FFFE, 0x110000, 0x10000) for end in (0, 1))
    + "]"
)

_SPACE = re.compile(f"[{_SPACES}]")

#: In a file also the carriage return that does not belong to a CRLF line end.
_FORBIDDEN_IN_FILE = re.compile(f"\r|{FORBIDDEN.pattern}")

_ASCII_CLEAN = re.compile(rb"[\t\n\x20-\x7e]*\Z")


def decode(path: str, content: bytes, room: Room = WRITTEN) -> tuple[str | None, list[Finding]]:
    """Return the text of a file with Unix line ends, or None where it cannot be read at all."""
    if len(content) > room.bytes:
        return None, [_too_large(path, room)]
    if _ASCII_CLEAN.match(content):
        return content.decode("ascii"), []
    if _is_utf16(content):
        return None, [_utf16(path)]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(path, content, error.start)]
    return _cleaned(path, text.replace("\r\n", "\n"))


def fault_limit(path: str) -> Finding:
    """Say that the list of faults ends before the faults do."""
    return Finding(
        path,
        "too-many-faults",
        f"the file has more than {MAX_FAULTS:,} faults; the others are not listed",
        "mend the first ones and try again; one cause may be behind all of them",
        line=1,
        column=1,
    )


def _cleaned(path: str, text: str) -> tuple[str | None, list[Finding]]:
    """Read on past a byte-order mark and odd spaces, so that one run lists all faults."""
    faults: list[Finding] = []
    if text.startswith(_BYTE_ORDER_MARK):
        faults.append(_byte_order_mark(path))
        text = text[1:]
    faults += islice(_forbidden_characters(path, text), MAX_FAULTS + 1)
    if len(faults) > MAX_FAULTS:
        return None, [*faults[:MAX_FAULTS], fault_limit(path)]
    text = _SPACE.sub(" ", text)
    return (None if _FORBIDDEN_IN_FILE.search(text) else text), faults


def _too_large(path: str, room: Room) -> Finding:
    return Finding(
        path,
        "file-too-large",
        f"the file has more than {room.bytes:,} bytes, which is the most that is read",
        "split the team, or remove what is not configuration",
        line=1,
        column=1,
    )


def _is_utf16(content: bytes) -> bool:
    """Whether this is UTF-16: by its mark, or because every other byte of its text is zero."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    half_zero = min(even, odd) == 0 and max(even, odd) * 3 > len(content) > 1
    return content[:2] in (b"\xff\xfe", b"\xfe\xff") or half_zero


def _utf16(path: str) -> Finding:
    return Finding(
        path,
        "not-utf8",
        "the file is UTF-16 text (Windows calls it Unicode), not UTF-8",
        'save it again with the encoding "UTF-8"; in PowerShell add "-Encoding utf8"',
        line=1,
        column=1,
    )


def _not_utf8(path: str, content: bytes, offset: int) -> Finding:
    before = content[:offset].decode("utf-8")
    guess = content[offset : offset + 1].decode("cp1252", "ignore")
    meant = f'; on Windows it may stand for "{guess}"' if guess.isprintable() and guess else ""
    return Finding(
        path,
        "not-utf8",
        f"byte 0x{content[offset]:02x} is not UTF-8 text{meant}",
        'save the file with the encoding "UTF-8"',
        line=before.count("\n") + 1,
        column=offset_column(before, len(before)),
    )


def _byte_order_mark(path: str) -> Finding:
    return Finding(
        path,
        "byte-order-mark",
        "the file starts with a byte-order mark, three invisible bytes",
        'save the file as "UTF-8" and not as "UTF-8 with BOM"',
        line=1,
        column=1,
    )


def offset_column(text: str, offset: int) -> int:
    """Return the column, from 1, of an offset into `text`."""
    return offset - text.rfind("\n", 0, offset)


def _forbidden_characters(path: str, text: str) -> Iterator[Finding]:
    line, counted = 1, 0
    for match in _FORBIDDEN_IN_FILE.finditer(text):
        offset = match.start()
        line += text.count("\n", counted, offset)
        counted = offset
        yield _forbidden(path, text[offset], line, offset_column(text, offset))


def _forbidden(path: str, character: str, line: int, column: int) -> Finding:
    if _SPACE.match(character):
        message = f"this space is not an ordinary one but {show_character(character)}"
        cure = "delete it and press the space bar"
    elif character == "\r":
        message = "a carriage return stands here without a line feed"
        cure = 'save the file with the line ends "LF"'
    else:
        message = f"the invisible or control character {show_character(character)} stands here"
        cure = "delete it; typing the line again by hand is the quickest way"
    return Finding(path, "forbidden-character", message, cure, line=line, column=column)
