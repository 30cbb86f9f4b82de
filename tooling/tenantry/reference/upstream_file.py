"""The text of `apps/<app>/upstream.json`: a line a fact, so that a change is easy to read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tenantry.schema.upstream import Contents

if TYPE_CHECKING:
    from tenantry.schema.upstream import Upstream

#: How deep blocks are opened; what lies deeper stands on one line.
_DEPTH = 2


def upstream_text(upstream: Upstream) -> str:
    """Return the file that holds these facts. What is empty is left out."""
    data = upstream.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    # What it is about comes first: a model's fields begin with those that it takes over.
    about = {key: value for key, value in data.items() if key not in Contents.model_fields}
    return "".join(_lines({**about, **data}, 0)) + "\n"


def _lines(value: Any, depth: int) -> list[str]:  # noqa: ANN401 - any JSON
    pad = "  " * (depth + 1)
    if depth >= _DEPTH or not value or not isinstance(value, (dict, list)):
        return [json.dumps(value, ensure_ascii=False)]
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    if isinstance(value, dict):
        items = [
            f"{pad}{json.dumps(key)}: {''.join(_lines(item, depth + 1))}"
            for key, item in value.items()
        ]
    else:
        items = [f"{pad}{''.join(_lines(item, depth + 1))}" for item in value]
    return [f"{opening}\n", ",\n".join(items), f"\n{'  ' * depth}{closing}"]
