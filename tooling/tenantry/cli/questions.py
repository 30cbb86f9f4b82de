"""Questions on a terminal: asked until the answer will do. What will do is the caller's to say."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tenantry.findings import Finding
    from tenantry.manifest import Tree

#: An address as mail programs and chats copy it: `Ada King <ada.king@example.com>`.
_COPIED = re.compile(r"<(?:mailto:)?([^<>\s|]+@[^<>\s|]+)[^<>]*>")
_BETWEEN_ITEMS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for one field."""

    field: str
    text: str
    fallback: str = ""
    """What an empty answer means, in words or as the value; none where an answer is needed."""
    is_value: bool = False
    """Whether `fallback` is the value, and not a word for leaving the field out."""
    is_list: bool = False

    @property
    def prompt(self) -> str:
        """What stands before the cursor."""
        return f"{self.text} [{self.fallback}]: " if self.fallback else f"{self.text}: "

    def value(self, line: str) -> str | list[str]:
        """Return what a line means; nothing where the field is to be left out."""
        text = line.strip() or (self.fallback if self.is_value else "")
        return [item for item in _BETWEEN_ITEMS.split(text) if item] if self.is_list else text


def _copied(question: Question, line: str) -> str | None:
    """Return what to write for addresses that were copied with more around them."""
    addresses = _COPIED.findall(line) if question.is_list else []
    return f"write only {', '.join(addresses)}" if addresses else None


class Console:
    """Where a person sits: questions go to standard error, so that output can be redirected."""

    def __init__(
        self, source: TextIO | None = None, screen: TextIO | None = None, *, watched: bool = False
    ) -> None:
        self._source = source or sys.stdin
        self._screen = screen or sys.stderr
        self.is_terminal = watched or self._source.isatty()

    def tell(self, text: str) -> None:
        """Show a line."""
        print(text, file=self._screen)

    def ask(self, prompt: str) -> str:
        """Return the line that is typed. Raises EOFError where there is none (Ctrl-D)."""
        print(prompt, end="", file=self._screen, flush=True)
        line = self._source.readline()
        if not line:
            raise EOFError
        return line.strip()


def ask_for(
    console: Console,
    questions: Iterable[Question],
    given: Mapping[str, Tree],
    judge: Callable[[Mapping[str, Tree]], Sequence[Finding]],
) -> dict[str, Tree]:
    """Return `given` and the answers to all questions that it leaves open.

    `judge` says what is wrong with the answers so far.
    """
    answers = dict(given)
    for question in questions:
        if question.field in answers:
            continue
        value = _answer(console, question, answers, judge)
        if value:
            answers[question.field] = value
    return answers


def _answer(
    console: Console,
    question: Question,
    answers: Mapping[str, Tree],
    judge: Callable[[Mapping[str, Tree]], Sequence[Finding]],
) -> str | list[str]:
    while True:
        try:
            line = console.ask(question.prompt)
        except UnicodeDecodeError:
            console.tell("  that was no readable text; type it again")
            continue
        if copied := _copied(question, line):
            console.tell(f"  {copied}")
            continue
        value = question.value(line)
        if not value:
            if question.fallback:
                return value
            console.tell("  an answer is needed here; Ctrl-C stops and writes nothing")
            continue
        refused = [f for f in judge({**answers, question.field: value}) if f.is_error]
        if not refused:
            return value
        for finding in refused:
            console.tell(f"  {finding.message.removeprefix('profiles.')} ({finding.cure})")
