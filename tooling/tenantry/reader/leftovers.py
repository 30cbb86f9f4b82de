"""Lines that other tools leave in a file: merge conflicts and the frame of a Markdown block."""

from __future__ import annotations

import re

from tenantry.reader.trouble import Diagnosis, Trouble, place_of

_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_FENCE = re.compile(r"^[ ]*+(?:`{3}|~{3})", re.MULTILINE)


def conflict(trouble: Trouble) -> Diagnosis | None:
    """Find what Git writes where two people changed the same lines."""
    match = _CONFLICT.search(trouble.file)
    if match is None:
        return None
    return Diagnosis(
        *place_of(trouble.file, match.start()),
        f"Git left this {match.group().strip()} where two changes met and were not joined",
        "keep the lines that are right, and delete those that start with <<<<<<<, ======= or "
        ">>>>>>>",
    )


def code_fence(trouble: Trouble) -> Diagnosis | None:
    """Find the frame that a chat or a web page puts around code."""
    match = _FENCE.match(trouble.text)
    if match is None:
        return None
    return Diagnosis(
        trouble.line,
        match.end() - 3,
        "this line is the frame of a code block, copied with it",
        f"delete each line that starts with {match.group().strip()}",
    )
