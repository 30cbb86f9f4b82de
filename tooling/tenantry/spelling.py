"""Spelling: which known name somebody probably meant."""

from __future__ import annotations

from bisect import bisect_left

#: How many names a cure lists, and how many are compared with a misspelled one.
_MAX_NAMED = 30
_MAX_COMPARED = 40


def nearest(name: str, names: list[str]) -> str:
    """Return the cure for an unknown name: the one probably meant, else all of them."""
    close = close_name(name, names)
    if close is not None:
        return f'did you mean "{close}"?'
    if not names:
        return "remove it"
    more = ", ..." if len(names) > _MAX_NAMED else ""
    return f"use one of: {', '.join(names[:_MAX_NAMED])}{more}"


def close_name(name: str, names: list[str]) -> str | None:
    """Return the name that was probably meant, regardless of case, `-` and `_`, or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - slow to import, rarely needed

    folded = _fold(name)
    by_fold = {_fold(known): known for known in names}
    if len(by_fold) > _MAX_COMPARED:
        # Comparing is slow, and a file may hold thousands of faults: look only at the names around.
        ordered = sorted(by_fold)
        place = bisect_left(ordered, folded)
        around = ordered[max(0, place - _MAX_COMPARED // 2) :][:_MAX_COMPARED]
        by_fold = {known: by_fold[known] for known in around}
    close = get_close_matches(folded, list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
