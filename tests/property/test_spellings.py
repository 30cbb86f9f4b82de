"""Two files that people would call the same render the same bytes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.property.platform import read, render
from tests.property.spelling import STYLES, Style, spell
from tests.property.strategies import File, effort, files

if TYPE_CHECKING:
    from collections.abc import Callable


def _bytes(text: str) -> dict[str, bytes]:
    tenant = read(text)
    assert tenant is not None, text
    return {path: content.encode() for path, content in render(tenant).items()}


@effort(120)
@given(files(), STYLES)
def test_layout_quotes_comments_and_line_ends_say_nothing(file: File, style: Style) -> None:
    """Nor does the order of fields."""
    assume(read(spell(file)) is not None)
    assert _bytes(spell(file, style)) == _bytes(spell(file))


#: Amounts, each with the other ways to write it.
_AMOUNTS: dict[str, dict[Any, tuple[Any, ...]]] = {
    "cpu": {
        1: ("1000m", "1", 1.0),
        2: ("2", "2000m"),
        0.5: ("500m", "0.5", "0.500"),
        1.5: ("1.5", "1500m"),
        "2": (2,),
        "2000m": (2,),
    },
    "memory": {
        "1Gi": ("1024Mi", "1.0Gi", "1048576Ki"),
        "1024Mi": ("1Gi",),
        "2.5Gi": ("2560Mi",),
        "1048576Ki": ("1Gi",),
    },
    "storage": {"100Gi": ("102400Mi",), "0.125Ti": ("128Gi",), "50G": ("50000M",)},
}
#: What stands where nothing is written.
_DEFAULTS: tuple[tuple[str, object], ...] = (
    ("production", False),
    ("tier", "insight"),
    ("contributors", []),
    ("viewers", []),
    ("expose", []),
    ("claims", []),
    ("egress", []),
    ("quota", {}),
    ("monitoring", {}),
)


@st.composite
def _rewordings(draw: st.DrawFn, file: File) -> File:
    """Draw a file that says the same in other words."""
    other = copy.deepcopy(file)
    for profile in other["profiles"]:
        _reword(draw, profile)
        _name_group(draw, other, profile)
    other["profiles"] = draw(st.permutations(other["profiles"]))
    for members in other.get("groups", {}).values():
        members[:] = _people(draw, members)
    if draw(st.booleans()):
        other["version"] = 1
    if len(other["profiles"]) == 1 and draw(st.booleans()):
        other["profiles"] = other["profiles"][0]
    return other


def _reword(draw: st.DrawFn, profile: File) -> None:
    for role in ("admins", "contributors", "viewers"):
        if role in profile:
            profile[role] = _people(draw, profile[role])
    for name in ("egress", "expose", "claims", "clusters"):
        if name in profile:
            profile[name] = draw(st.permutations(profile[name]))
    quota = profile.get("quota", {})
    for name, amount in quota.items():
        ways = _AMOUNTS.get(name, {}).get(amount)
        quota[name] = draw(st.sampled_from(ways)) if ways else amount
    _write_defaults(draw, profile)


def _write_defaults(draw: st.DrawFn, profile: File) -> None:
    for name, value in _DEFAULTS:
        if name not in profile and draw(st.booleans()):
            profile[name] = value
    for exposure in profile.get("expose", ()):
        exposure.setdefault("audience", "team")
    for claim in profile.get("claims", ()):
        claim.setdefault("environment", "development")
    if "repository" in profile:
        profile["repository"].setdefault("path", ".")


def _people(draw: st.DrawFn, people: list[str]) -> list[str]:
    """Put people into another order and their addresses into other cases; groups have only one."""
    forms: tuple[Callable[[str], str], ...] = (str, str.upper, str.lower, str.swapcase)
    cases = st.sampled_from(forms)
    return [draw(cases)(one) if "@" in one else one for one in draw(st.permutations(people))]


def _name_group(draw: st.DrawFn, file: File, profile: File) -> None:
    """Let a group stand for the people of a role."""
    role = draw(st.sampled_from(("admins", "contributors", "viewers")))
    people = [one for one in profile.get(role, ()) if "@" in one]
    if draw(st.booleans()) and people:
        name = f"{profile['name']}-{role}"
        file.setdefault("groups", {})[name] = people
        profile[role] = [*(one for one in profile[role] if one not in people), name]


@effort(120)
@given(st.data(), files(), STYLES)
def test_order_case_units_groups_and_defaults_say_nothing(
    data: st.DataObject, file: File, style: Style
) -> None:
    assume(read(spell(file)) is not None)
    other = data.draw(_rewordings(file))
    assert _bytes(spell(other, style)) == _bytes(spell(file))


_HEAD = "profiles:\n  name: qchurn\n  admins: [jane@example.com]\n"

_DELIVERED = (
    "{{name: {0}, admins: [jane@example.com], tier: ml-product, production: true, "
    "repository: {{url: https://git.example.com/{0}, revision: v1.*}}}}"
)

#: One file in two spellings each, for people who want to know what is the same.
SAME = {
    "a project alone and in a list": (
        _HEAD,
        "profiles:\n  - name: qchurn\n    admins:\n      - jane@example.com\n",
    ),
    "a list indented and not": (
        "profiles:\n  name: qchurn\n  admins:\n  - jane@example.com\n",
        "profiles:\n  name: qchurn\n  admins:\n    - jane@example.com\n",
    ),
    "line ends of Unix and Windows": (_HEAD, _HEAD.replace("\n", "\r\n")),
    "with and without a line end at the end": (_HEAD, _HEAD.rstrip()),
    "text folded over two lines": (
        _HEAD + "  description: >-\n    one\n    two\n",
        _HEAD + "  description: one two\n",
    ),
    "a date with and without quotes": (
        _HEAD + "  reviewBy: 2027-03-31\n",
        _HEAD + '  reviewBy: "2027-03-31"\n',
    ),
    "a decimal that every reader takes for the same number": (
        _HEAD + "  quota: {cpu: 1.50}\n",
        _HEAD + '  quota: {cpu: "1.5"}\n',
    ),
    "the tier's own amount and none": (_HEAD + "  quota: {cpu: 4}\n", _HEAD),
    "a person directly and through two groups": (
        "{groups: {a: [J@example.com], b: [j@example.com]}, profiles: {name: qa1, admins: [a, b]}}",
        "{profiles: {name: qa1, admins: [j@example.com]}}",
    ),
    "projects in another order": (
        f"profiles: [{_DELIVERED.format('qa1')}, {_DELIVERED.format('qb1')}]\n",
        f"profiles: [{_DELIVERED.format('qb1')}, {_DELIVERED.format('qa1')}]\n",
    ),
    "a document marked as one": (f"---\n{_HEAD}...\n", _HEAD),
}

#: What looks alike and is not the same: what is rendered is what was written.
DIFFERENT = {
    "binary and decimal units": (
        _HEAD + "  quota: {memory: 8Gi}\n",
        _HEAD + "  quota: {memory: 8G}\n",
    ),
    "a text with and without a line break at its end": (
        _HEAD + "  description: |\n    one\n",
        _HEAD + "  description: one\n",
    ),
    "upper and lower case in what is no address": (
        _HEAD + "  costCenter: cc-1\n",
        _HEAD + "  costCenter: CC-1\n",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_file_renders_the_same_bytes(name: str) -> None:
    one, other = SAME[name]
    assert _bytes(one) == _bytes(other)


@pytest.mark.parametrize("name", DIFFERENT)
def test_another_file_renders_other_bytes(name: str) -> None:
    one, other = DIFFERENT[name]
    assert _bytes(one) != _bytes(other)
