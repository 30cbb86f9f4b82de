"""One more profile in `profiles: {...}` or `profiles: [...]`, where no line can be put in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.editor.answers import Answers


def flow_candidates(text: str, answers: Answers) -> Iterator[str]:
    """Yield the file with one more profile inside the brackets; the right one reads back.

    There is one that fits a list, and one that fits a list with a comma after its last item.
    """
    node = _profiles_of(text)
    if node is None:
        return
    start, end = node.start_mark.index, node.end_mark.index
    # JSON is YAML in flow style.
    item = json.dumps(answers, ensure_ascii=False)
    if text[start] == "{":
        yield f"{text[:start]}[{text[start:end]}, {item}]{text[end:]}"
        return
    for comma in (", ", " "):
        yield f"{text[: end - 1]}{comma}{item}]{text[end:]}"


def _profiles_of(text: str) -> Any:  # noqa: ANN401 - ruamel.yaml's nodes are untyped
    """Return the node of `profiles`, which knows its end; our own reader knows starts only."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - 28 ms, and seldom needed
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - comes with it

    try:
        root = YAML(pure=True).compose(text)
    except YAMLError:
        return None
    return next((value for key, value in root.value if key.value == "profiles"), None)
