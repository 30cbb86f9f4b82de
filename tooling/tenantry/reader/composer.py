"""Text to plain data: libyaml's events, composed under rules stricter than YAML's.

Every fault that leaves the rest of the file readable is collected; only a syntax error ends the
reading of a file. Aliases are never followed, so no input expands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yaml.cyaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from tenantry.findings import Finding
from tenantry.reader.characters import FORBIDDEN, show_character
from tenantry.reader.scalars import Doubtful, Scalar, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

#: Nesting of the deepest field that any of our models has is 7 (parameters of a claim).
MAX_DEPTH = 16

#: What a file may hold. Mappings have string keys; lists and mappings nest.
Data = Scalar | list["Data"] | dict[str, "Data"]

#: libyaml's words for the faults people make most, in ours. The first that occurs in the problem.
_SYNTAX_CURES = (
    ("found character that cannot start any token", "tab-or-symbol"),
    ("could not find expected ':'", "missing-colon"),
    ("mapping values are not allowed", "nested-colon"),
    ("did not find expected key", "indentation"),
    ("did not find expected '-' indicator", "indentation"),
    ("block sequence entries are not allowed", "list-in-line"),
    ("block collections are not allowed", "indentation"),
    ("found unexpected end of stream", "unclosed"),
    ("did not find expected ',' or", "unclosed"),
    ("unknown escape character", "escape"),
)

_CURES = {
    "tab-or-symbol": "indent with spaces, never tabs, and put text that starts with a symbol "
    "such as @, ` or % in quotes",
    "missing-colon": 'write "name: value", with a colon and a space',
    "nested-colon": 'put text that contains ": " in quotes, and start each field on its own line',
    "indentation": "indent the fields of one block by the same number of spaces",
    "list-in-line": 'start each "- " item on its own line, below its field',
    "unclosed": "close every quote, [ and {",
    "escape": "use single quotes where the text holds a backslash",
}


class _TooDeepError(Exception):
    """Ends the reading at once: libyaml's cost grows with the square of the depth."""

    def __init__(self, mark: Any) -> None:  # noqa: ANN401 - libyaml's marks are untyped
        super().__init__()
        self.mark = mark


@dataclass
class Composer:
    """Builds the data of one file.

    `marks` holds one libyaml mark for each node in document order (a mapping, its first key, that
    key's value, ...), which is all that is needed to find any position later.
    """

    path: str
    marks: list[Any] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    doubts: int = 0
    """How many `Doubtful` values the data holds."""
    _next: Callable[[], Any] = field(init=False, repr=False)

    def compose(self, text: str) -> Data:
        """Return the data of the only document, with faults in `faults`."""
        parser = CParser(text)
        self._next = parser.get_event
        try:
            return self._document()
        except _TooDeepError as error:
            self._fault(
                error.mark,
                "nested-too-deep",
                f"this is nested more than {MAX_DEPTH} levels deep",
                "no field needs that; check the indentation",
            )
        except MarkedYAMLError as error:
            self._syntax_error(error)
        except YAMLError as error:
            self._fault(None, "yaml-syntax", f"not YAML: {error}", "see docs/what-went-wrong.md")
        return None

    def _document(self) -> Data:
        self._next()
        start = self._next()
        if start.__class__ is StreamEndEvent:
            self._fault(None, "empty-file", "the file is empty", "write at least one field")
            return None
        if start.version is not None or start.tags:
            self._fault(
                start.start_mark,
                "yaml-directive",
                "YAML directives (lines that start with %) are not allowed",
                "delete the line",
            )
        data = self._node(self._next(), 0)
        self._next()
        self._refuse_more_documents()
        return data

    def _refuse_more_documents(self) -> None:
        after = self._next()
        if after.__class__ is DocumentStartEvent:
            self._fault(
                after.start_mark,
                "several-documents",
                "a second YAML document starts here",
                'delete the line "---" so that the file is one document',
            )

    def _node(self, event: Any, depth: int) -> Data:  # noqa: ANN401 - libyaml's events are untyped
        self.marks.append(event.start_mark)
        kind = event.__class__
        if kind is AliasEvent:
            self._refuse_alias(event)
            return None
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if depth >= MAX_DEPTH:
            raise _TooDeepError(event.start_mark)
        if kind is MappingStartEvent:
            return self._mapping(depth + 1)
        return self._sequence(depth + 1)

    def _scalar(self, event: Any) -> Scalar:  # noqa: ANN401 - as above
        text: str = event.value
        if event.implicit[0]:
            value = resolve(text)
            if value.__class__ is Doubtful:
                self.doubts += 1
            return value
        if not text.isascii() or not text.isprintable():
            self._refuse_hidden_characters(event, text)
        return text

    def _sequence(self, depth: int) -> Data:
        items: list[Data] = []
        while (event := self._next()).__class__ is not SequenceEndEvent:
            items.append(self._node(event, depth))
        return items

    def _mapping(self, depth: int) -> Data:
        data: dict[str, Data] = {}
        while (event := self._next()).__class__ is not MappingEndEvent:
            kept = len(self.marks)
            key = self._node(event, depth)
            value = self._node(self._next(), depth)
            if key.__class__ is str and key not in data:
                data[key] = value  # type: ignore[index] # its class was looked at
                continue
            del self.marks[kept:]
            self._refuse_key(event, key, known=isinstance(key, str) and key in data)
        return data

    def _refuse_key(self, event: Any, key: Data, *, known: bool) -> None:  # noqa: ANN401 - as above
        if known and key.__class__ is str:
            self._fault(
                event.start_mark,
                "duplicate-key",
                f'"{key}" is given twice in the same block',
                "keep one of them",
            )
        elif key == "<<":
            self._fault(
                event.start_mark,
                "yaml-merge",
                'the merge key "<<" is not allowed',
                "write the fields out",
            )
        elif isinstance(event, ScalarEvent):
            self._fault(
                event.start_mark,
                "key-not-text",
                f"the key {event.value or '(empty)'} would not be read as text",
                f'put it in quotes: "{event.value}"' if event.value else "give the field a name",
            )
        elif not isinstance(event, AliasEvent):
            self._fault(
                event.start_mark,
                "key-not-text",
                "a list or block stands where a field name is expected",
                'write "name: value"',
            )

    def _refuse_alias(self, event: Any) -> None:  # noqa: ANN401 - as above
        self._fault(
            event.start_mark,
            "yaml-alias",
            f"the alias *{event.anchor} is not allowed",
            "write the value out; text that starts with * needs quotes",
        )

    def _refuse_properties(self, event: Any) -> None:  # noqa: ANN401 - as above
        if event.anchor is not None:
            self._fault(
                event.start_mark,
                "yaml-anchor",
                f"the anchor &{event.anchor} is not allowed",
                "delete it; text that starts with & needs quotes",
            )
        if event.tag is not None:
            self._fault(
                event.start_mark,
                "yaml-tag",
                f"the tag {event.tag} is not allowed",
                "delete it; text that starts with ! needs quotes",
            )

    def _refuse_hidden_characters(self, event: Any, text: str) -> None:  # noqa: ANN401 - as above
        for match in FORBIDDEN.finditer(text):
            self._fault(
                event.start_mark,
                "forbidden-character",
                f"this text holds {show_character(match.group())} as an escape",
                "write the text without it",
            )

    def _syntax_error(self, error: MarkedYAMLError) -> None:
        problem = error.problem or "this is not YAML"
        cure = next((_CURES[name] for part, name in _SYNTAX_CURES if part in problem), None)
        self._fault(
            error.problem_mark or error.context_mark,
            "yaml-syntax",
            f"the file cannot be read from here on: {problem}",
            cure or "compare the lines around it with an example in docs/tenant-file.md",
        )

    def _fault(self, mark: Any, rule: str, message: str, cure: str) -> None:  # noqa: ANN401 - as above
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        self.faults.append(Finding(self.path, rule, message, cure, line=line, column=column))
