"""Text to plain data: libyaml's events, composed under rules stricter than YAML's.

Every fault that leaves the rest of the file readable is collected; only a syntax error ends the
reading of a file. Aliases are never followed, so no input expands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from tenantry.findings import Finding
from tenantry.reader.characters import FORBIDDEN, MAX_FAULTS, WRITTEN, Room, fault_limit
from tenantry.reader.comments import GLUED_COMMENT, cut_text
from tenantry.reader.lists import cure_of_twice
from tenantry.reader.quotation import CURLY
from tenantry.reader.scalars import Doubtful, Scalar, resolve
from tenantry.reader.syntax import diagnose
from tenantry.wording import excerpt, in_quotes, show_character

if TYPE_CHECKING:
    from collections.abc import Callable

#: Nesting of the deepest field that any of our models has is 7 (parameters of a claim).
MAX_DEPTH = 16

#: What a file may hold. Mappings have string keys; lists and mappings nest.
Data = Scalar | list["Data"] | dict[str, "Data"]


class _StopError(Exception):
    """Ends the reading of a file; its fault stands among the others already."""


@dataclass
class Composer:
    """Builds the data of one file.

    `marks` holds one libyaml mark for each node in document order (a mapping, its first key, that
    key's value, ...), which is all that is needed to find any position later.
    """

    path: str
    marks: list[Any] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    room: Room = WRITTEN
    doubts: int = 0
    """How many `Doubtful` values the data holds."""
    nulls: int = 0
    """How many empty values it holds."""
    _next: Callable[[], Any] = field(init=False, repr=False)
    _may_curl: bool = False
    """Whether the text holds curly quotes at all."""
    _text: str = ""
    """The text, where a comment may cut one of its values short."""
    _room: int = field(init=False)
    """How long `marks` may become; less for each node that was dropped with a refused key."""

    def __post_init__(self) -> None:
        self._room = self.room.nodes

    def compose(self, text: str) -> Data:
        """Return the data of the only document, with faults in `faults`."""
        parser = CParser(text)
        self._next = parser.get_event
        self._text = text if GLUED_COMMENT.search(text) else ""
        self._may_curl = not text.isascii() and CURLY.search(text) is not None
        try:
            return self._document()
        except _StopError:
            pass
        except MarkedYAMLError as error:
            self._syntax_error(text, error)
        except YAMLError as error:
            self._add(Finding(self.path, "yaml-syntax", *_unexplained(error), line=1, column=1))
        return None

    def _document(self) -> Data:
        self._next()
        start = self._next()
        if start.__class__ is StreamEndEvent:
            self._refuse_empty_file()
            return None
        if start.version is not None or start.tags:
            self._fault(
                start.start_mark,
                "yaml-directive",
                "YAML directives (lines that start with %) are not allowed",
                "delete the line",
            )
        root = self._next()
        data = self._node(root, 0)
        self._next()
        self._refuse_more_documents()
        if root.start_mark.index == root.end_mark.index and data is None and not self.faults:
            self._refuse_empty_file()  # "---" and nothing after it
        return data

    def _refuse_empty_file(self) -> None:
        self._fault(None, "empty-file", "the file is empty", "write at least one field")

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
        if len(self.marks) > self._room:
            self._stop_too_many(event)
        kind = event.__class__
        if kind is AliasEvent:
            self._refuse_alias(event)
            return None
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if depth >= MAX_DEPTH:
            self._stop_too_deep(event)
        if kind is MappingStartEvent:
            return self._mapping(depth + 1)
        return self._sequence(depth + 1)

    def _scalar(self, event: Any) -> Scalar:  # noqa: ANN401 - as above
        text: str = event.value
        if event.implicit[0]:
            value = resolve(text)
            if value is None:
                self.nulls += 1
            elif value.__class__ is Doubtful:
                self._count_doubt()
            elif self._may_curl and CURLY.match(text):
                self._refuse_curly_quote(event, text)
            if self._text and value.__class__ is str:
                self._warn_of_cut(event)
            return value
        if not text.isascii() or not text.isprintable():
            self._refuse_hidden_characters(event, text)
        return text

    def _warn_of_cut(self, event: Any) -> None:  # noqa: ANN401 - as above
        cut = cut_text(self.path, self._text, event)
        if cut is not None:
            self._add(cut)

    def _count_doubt(self) -> None:
        """Bound the doubtful scalars like the faults: most of them become one."""
        self.doubts += 1
        if self.doubts > MAX_FAULTS:
            self._add(fault_limit(self.path))
            raise _StopError

    def _sequence(self, depth: int) -> Data:
        items: list[Data] = []
        while (event := self._next()).__class__ is not SequenceEndEvent:
            items.append(self._node(event, depth))
        return items

    def _mapping(self, depth: int) -> Data:
        data: dict[str, Data] = {}
        named_twice = False
        while (event := self._next()).__class__ is not MappingEndEvent:
            kept = len(self.marks)
            key = self._node(event, depth)
            value = self._node(self._next(), depth)
            if key.__class__ is str and key not in data:
                data[key] = value
                continue
            self._room -= len(self.marks) - kept
            del self.marks[kept:]
            self._refuse_key(event, key, below_name=named_twice)
            named_twice = named_twice or key == "name"
        return data

    def _refuse_key(self, event: Any, key: Data, *, below_name: bool) -> None:  # noqa: ANN401 - as above
        if key.__class__ is str:
            self._fault(
                event.start_mark,
                "duplicate-key",
                f'"{excerpt(event.value)}" is given twice in the same block',
                cure_of_twice(event.value, below_name=below_name),
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
                f"the key {excerpt(event.value) or '(empty)'} would not be read as text",
                f"put it in quotes: {in_quotes(event.value)}" if event.value else "give it a name",
            )
        elif not isinstance(event, AliasEvent):
            self._fault(
                event.start_mark,
                "key-not-text",
                "a list or block stands where a field name is expected",
                'write "name: value"; text that starts with [ or { needs quotes',
            )

    def _refuse_alias(self, event: Any) -> None:  # noqa: ANN401 - as above
        self._fault(
            event.start_mark,
            "yaml-alias",
            f"the alias *{excerpt(event.anchor)} is not allowed",
            "write the value out; text that starts with * needs quotes",
        )

    def _refuse_properties(self, event: Any) -> None:  # noqa: ANN401 - as above
        if event.anchor is not None:
            self._fault(
                event.start_mark,
                "yaml-anchor",
                f"the anchor &{excerpt(event.anchor)} is not allowed",
                "delete it; text that starts with & needs quotes",
            )
        if event.tag is not None:
            self._fault(
                event.start_mark,
                "yaml-tag",
                f"the tag {excerpt(_typed(event.tag))} is not allowed",
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

    def _refuse_curly_quote(self, event: Any, text: str) -> None:  # noqa: ANN401 - as above
        bare = CURLY.sub("", text)
        self._fault(
            event.start_mark,
            "curly-quote",
            f"the quote {text[0]} is curly: YAML takes it for a letter of the text",
            f"type straight quotes: {in_quotes(bare)}",
        )

    def _stop_too_deep(self, event: Any) -> NoReturn:  # noqa: ANN401 - as above
        """End the reading at once: libyaml's cost grows with the square of the depth."""
        self._fault(
            event.start_mark,
            "nested-too-deep",
            f"this is nested more than {MAX_DEPTH} levels deep",
            "no field needs that; check the indentation",
        )
        raise _StopError

    def _stop_too_many(self, event: Any) -> NoReturn:  # noqa: ANN401 - as above
        self._fault(
            event.start_mark,
            "too-many-values",
            f"the file holds more than {self.room.nodes:,} fields and values up to here",
            "split the team, or remove what is not configuration",
        )
        raise _StopError

    def _syntax_error(self, text: str, error: MarkedYAMLError) -> None:
        line, column, message, cure = diagnose(text, error)
        lines = text.split("\n")
        if line >= len(lines):  # libyaml counts one more where the last line does not end
            line, column = len(lines) - 1, len(lines[-1])
        if self.faults and (self.faults[-1].line, self.faults[-1].column) == (line + 1, column + 1):
            self.faults.pop()  # what was wrong with this value alone, and the smaller fault
        self._add(
            Finding(self.path, "yaml-syntax", message, cure, line=line + 1, column=column + 1)
        )

    def _fault(self, mark: Any, rule: str, message: str, cure: str) -> None:  # noqa: ANN401 - as above
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        self._add(Finding(self.path, rule, message, cure, line=line, column=column))
        if len(self.faults) > MAX_FAULTS:
            raise _StopError

    def _add(self, fault: Finding) -> None:
        """Keep a fault, or in the place of the first one too many say that there are more."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)
        elif len(self.faults) == MAX_FAULTS:
            self.faults.append(fault_limit(self.path))


def _typed(tag: str) -> str:
    """Return a tag as people type it: libyaml writes out what ``!!`` stands for."""
    return tag.replace("tag:yaml.org,2002:", "!!", 1)


def _unexplained(error: YAMLError) -> tuple[str, str]:
    return f"not YAML: {excerpt(str(error))}", "see docs/what-went-wrong.md"
