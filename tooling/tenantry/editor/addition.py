"""One more profile in a file that people wrote: each of their lines stays as it is.

The new lines are put in by position. A round trip through ruamel.yaml would keep the comments'
text and not their place: it hangs those after the last profile (about `groups:`, say) on the new
one, drops some inside {...}, and indents anew. What comes out is read back before it is returned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tenantry.editor.answers import in_order
from tenantry.editor.block import item_lines
from tenantry.editor.flow import flow_candidates
from tenantry.reader import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.editor.answers import Answers
    from tenantry.reader import Document

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_BLANK_OR_COMMENT = re.compile(r"[ \t]*(?:#.*)?\r?\n?\Z")
_END_OF_DOCUMENT = re.compile(r"\.\.\.(?:\s|\Z)")


class EditError(Exception):
    """A file is written in a way that no edit keeps; its owner has to add the lines by hand."""


def add_profile(text: str, answers: Answers) -> str:
    """Return a tenant's file with one more profile at the end of its list.

    `text` is a file that reader and model accept. A single profile becomes the first of a list.
    Comments, quotes, order and line ends stay. Raises EditError where that cannot be done.
    """
    document = _read(text)
    answers = in_order(answers)
    wanted = _with_profile(document.data, answers)
    for candidate in _candidates(document, text, answers):
        edited = _read(candidate)
        if edited.data == wanted and not any(fault.is_error for fault in edited.faults):
            return candidate
    raise EditError("this file is laid out so that nothing can be added without changing the rest")


def _read(text: str) -> Document:
    return read_document("", text.encode("utf-8", "surrogatepass"))


def _with_profile(data: Any, answers: Answers) -> Any:  # noqa: ANN401 - what stands in a file
    added: Any = _read("\n".join(item_lines(answers))).data
    profiles = data["profiles"]
    return {**data, "profiles": [*(profiles if isinstance(profiles, list) else [profiles]), *added]}


def _candidates(document: Document, text: str, answers: Answers) -> Iterator[str]:
    """Yield the files that may be right, the one that people would write first."""
    lines = _LINE.findall(text)
    if any(_starts_flow(lines, document.position(field)) for field in ((), ("profiles",))):
        return flow_candidates(text, answers)
    return _block_candidates(document, lines, answers)


def _starts_flow(lines: list[str], position: tuple[int, int]) -> bool:
    line, column = position
    return lines[line - 1][column - 1] in "{["


def _block_candidates(document: Document, lines: list[str], answers: Answers) -> Iterator[str]:
    """Blank lines, and what looks like a comment, may be the end of a text of the last profile.

    Such a text may even take up one more blank line.
    """
    start, column = document.position(("profiles",))
    end = _end_of_profiles(document, len(lines))
    if document.position(("profiles", 0, "name")) == document.position(("profiles", "name")):
        lines[start - 1 : end] = _as_item(lines[start - 1 : end], column - 1)
    item = [" " * (column - 1) + line for line in item_lines(answers)]
    yield _insert(lines, _before_trailer(lines, end, column), ["", *item])
    yield _insert(lines, end, ["", *item])
    yield _insert(lines, end, item)


def _end_of_profiles(document: Document, count: int) -> int:
    """Return the number of lines up to the next field of the file, or to its end."""
    start, _ = document.position(("profiles",), at_key=True)
    others = (document.position((name,), at_key=True)[0] for name in ("groups", "version"))
    return min((line - 1 for line in others if line > start), default=count)


def _before_trailer(lines: list[str], end: int, column: int) -> int:
    """Return `end` without the blank lines, and comments of the file's own level, before it."""
    own_level = column > 1 or end < len(lines)
    while end and _is_trailer(lines[end - 1], own_level=own_level):
        end -= 1
    return end


def _is_trailer(line: str, *, own_level: bool) -> bool:
    if not line.strip() or _END_OF_DOCUMENT.match(line):
        return True
    return own_level and line.startswith("#")


def _as_item(lines: list[str], indent: int) -> list[str]:
    """Return the lines of a mapping as the first item of a list."""
    first, *rest = lines
    return [
        f"{first[:indent]}- {first[indent:]}",
        *(f"  {line}" if _belongs(line, indent) else line for line in rest),
    ]


def _belongs(line: str, indent: int) -> bool:
    """Whether a line moves with the fields around it; comments further left do not."""
    if not line.strip() or _END_OF_DOCUMENT.match(line):
        return False
    return not _BLANK_OR_COMMENT.match(line) or line.startswith(" " * indent)


def _insert(lines: list[str], at: int, item: list[str]) -> str:
    """Put lines after line `at`, with the line ends of the file."""
    before = list(lines[:at])
    ending = "\r\n" if before and before[0].endswith("\r\n") else "\n"
    if before and not before[-1].endswith("\n"):
        before[-1] += ending
    added = [line + ending for line in item]
    return "".join([*before, *added, *lines[at:]])
