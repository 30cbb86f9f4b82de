"""A newcomer's first file: what they gave, and under it every other field as a comment.

The explanations are the model's own descriptions; only the examples stand here.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from tenantry.editor.answers import Choices, in_order
from tenantry.editor.block import block_lines
from tenantry.schema.descriptions import descriptions
from tenantry.schema.tenant import Profile, TenantFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tenantry.editor.answers import Answers
    from tenantry.manifest import Tree

_HEAD = "# The projects of one team. docs/tenant-file.md explains every field."

#: Columns of an explanation, so that it can be read beside a change in the browser.
_WIDTH = 80

_TURN = (
    "All else is optional. To use a field, take away the # in front of it "
    "and of the lines that belong to it."
)

#: One value for each optional field of a profile, with which it is shown as a comment.
EXAMPLES: Final[dict[str, Tree]] = {
    "description": "Predicts which customers are about to leave.",
    "costCenter": "CC-4711",
    "reviewBy": "2030-12-31",
    "tier": "ml-product",
    "package": "churn_model",
    "contributors": ["john.smith@example.com"],
    "viewers": ["max.miller@example.com"],
    "production": True,
    "quota": {"cpu": 4, "memory": "16Gi", "storage": "50Gi", "gpu": 0},
    "repository": {
        "url": "https://github.com/example/churn",
        "path": "deploy/production",
        "revision": "v1.*",
    },
    "expose": [{"name": "web", "port": 8080, "audience": "team"}],
    "claims": [{"name": "features", "kind": "Bucket"}],
    "egress": ["api.github.com"],
    "monitoring": {
        "storage": "https://churndata.blob.core.windows.net/monitoring",
        "slack": "https://example.slack.com/archives/C0123ABCD",
    },
    "clusters": ["prod"],
}

#: Fields that not every tier allows, and that need each other: they are shown as one block.
_PRODUCTION = ("production", "repository")

_GROUPS: Final[dict[str, Tree]] = {
    "groups": {"reviewers": ["jane.doe@example.com", "john.smith@example.com"]}
}


def create(answers: Answers, choices: Choices | None = None) -> str:
    """Return a tenant's file with one profile.

    It is valid where `refusals` has nothing against the answers, and so is the file that results
    when one of the commented blocks is used, or all of them.
    """
    choices = choices or Choices()
    fields = {name: _meaning(name, meaning, choices) for name, meaning in _fields()}
    lines = [_HEAD, "profiles:", *_indented(_given(fields, in_order(answers)))]
    unused = {name: fields[name] for name in fields if _is_open(name, answers, choices)}
    if unused:
        lines += ["", *_indented(_comment(_TURN)), "", *_indented(_optional(unused, choices))]
    lines += ["", *_comment(descriptions(TenantFile)["groups"]), *_unused(_GROUPS)]
    return "\n".join(lines) + "\n"


def _is_open(name: str, answers: Answers, choices: Choices) -> bool:
    """Whether a field can still be used: production only where a tier that allows it can be."""
    if name in answers:
        return False
    if name not in _PRODUCTION or not choices.tiers or "production" in answers:
        return True
    allowed = choices.production_tiers
    return answers["tier"] in allowed if "tier" in answers else bool(allowed)


def _fields() -> Iterator[tuple[str, str]]:
    """Yield the fields of a profile, as they are named in the file, and what they mean."""
    meanings = descriptions(Profile)
    names = {info.alias or name: name for name, info in Profile.model_fields.items()}
    for name in in_order(names):
        yield name, meanings[names[name]]


def _given(meanings: Mapping[str, str], answers: Answers) -> Iterator[str]:
    for name, value in answers.items():
        yield from _comment(meanings[name])
        yield from block_lines({name: value})


def _optional(meanings: Mapping[str, str], choices: Choices) -> Iterator[str]:
    examples = _examples(choices)
    together = [name for name in meanings if name in ("tier", *_PRODUCTION)]
    for name in meanings:
        block = together if name in together else [name]
        if name == block[0]:
            for each in block:
                yield from _comment(meanings[each])
            yield from _unused({each: examples[each] for each in block})


def _examples(choices: Choices) -> dict[str, Tree]:
    """Return an example of each field that this platform takes."""
    examples = {**EXAMPLES, "clusters": choices.clusters or EXAMPLES["clusters"]}
    if choices.tiers:
        examples["tier"] = next(iter(choices.production_tiers), choices.default_tier)
    if choices.claim_kinds and "Bucket" not in choices.claim_kinds:
        examples["claims"] = [{"name": "features", "kind": choices.claim_kinds[0]}]
    return examples


def _meaning(name: str, meaning: str, choices: Choices) -> str:
    return (
        f"{meaning} One of: {', '.join(choices.tiers)}."
        if name == "tier" and choices.tiers
        else meaning
    )


def _comment(text: str) -> Iterator[str]:
    for line in wrap(text, _WIDTH):
        yield f"# {line}"


def _unused(fields: Mapping[str, Tree]) -> Iterator[str]:
    """Yield a block as comments, without a space after #: what is left then stands right."""
    for line in block_lines(fields):
        yield f"#{line}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"  {line}"
