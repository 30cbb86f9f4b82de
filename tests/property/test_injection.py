"""A word of a tenant's file stays a word, in its own place, of its own team's objects."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.property.platform import read, render
from tests.property.spelling import STYLES, Style, spell
from tests.property.strategies import TRICKS, File, Path, effort, files, put
from tests.repository import smallest

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Stands in every token, and nowhere else.
_MARK = "qz7mark"
#: What the mark is in a harmless file: as long, and in the same place of any order.
_HARMLESS = "qz7word"

_PERSON = frozenset(
    (
        "RoleBinding metadata.name",
        "RoleBinding metadata.annotations.user",
        "RoleBinding subjects[].name",
        "AuthorizationPolicy spec.rules[].when[].values[]",
        "AppProject spec.roles[].groups[]",
    )
)


@dataclass(frozen=True)
class Field:
    """One field that a tenant writes freely."""

    path: Path
    """In a profile; a number stands for an item that is added to a list."""
    word: str
    """What is written, with `{}` where the mark stands; it holds what the field's form admits."""
    places: frozenset[str] | None
    """Where in which kinds of object it may come to stand; None for a name, which is all over."""
    extra: dict[str, Any] | None = None
    """What else the profile needs."""


_PRODUCTION = {"tier": "ml-product", "production": True}
_REPOSITORY = {
    "url": "https://git.example.com/q/deploy.git",
    "revision": "production",
    "path": "deploy",
}
_CLAIM = {"name": "qclaim", "kind": "Database", "parameters": {"engineVersion": "16"}}
_RANGES = {"engineVersion": "16", "network": {"ranges": []}}

FIELDS = {
    "name": Field(("name",), "{}--x", None),
    "name with production": Field(
        ("name",), "{}--x", None, {**_PRODUCTION, "repository": _REPOSITORY}
    ),
    "description": Field(
        ("description",),
        "{}",
        frozenset(("Namespace metadata.annotations.tenantry.dev/description",)),
    ),
    "costCenter": Field(
        ("costCenter",),
        "{}_._-X",
        frozenset(
            (
                "Namespace metadata.labels.tenantry.dev/cost-center",
                "Bucket spec.placement.costCenter",
                "Cache spec.placement.costCenter",
                "Database spec.placement.costCenter",
            )
        ),
    ),
    "package": Field(
        ("package",), "{}_x", frozenset(("Namespace metadata.annotations.tenantry.dev/package",))
    ),
    "admin": Field(("admins", 0), "{}.%+'_x@example.com", _PERSON),
    "contributor": Field(("contributors", 0), "{}%+'--x@example.com", _PERSON),
    "viewer": Field(("viewers", 0), "{}...x@example.com", _PERSON),
    "egress": Field(
        ("egress", 0),
        "{}--x.0x1.q.com",
        frozenset(
            (
                "ServiceEntry spec.hosts[]",
                "VirtualService spec.hosts[]",
                "VirtualService spec.tls[].match[].sniHosts[]",
                "VirtualService spec.tls[].route[].destination.subset",
                "DestinationRule spec.subsets[].name",
                "DestinationRule spec.subsets[].trafficPolicy.portLevelSettings[].tls.sni",
                "AuthorizationPolicy spec.rules[].when[].values[]",
            )
        ),
    ),
    "expose": Field(
        ("expose", 0, "name"),
        "{}--x",
        frozenset(
            (
                "VirtualService metadata.name",
                "VirtualService spec.hosts[]",
                "VirtualService spec.http[].route[].destination.host",
                "AuthorizationPolicy metadata.name",
                "AuthorizationPolicy spec.rules[].to[].operation.hosts[]",
            )
        ),
        {"expose": [{"port": 8080, "audience": "public"}]},
    ),
    "claim": Field(
        ("claims", 0, "name"),
        "{}--x",
        frozenset(("Database metadata.name",)),
        {"claims": [_CLAIM]},
    ),
    "parameter": Field(
        ("claims", 0, "parameters", "network", "ranges", 0),
        "{}",
        frozenset(("Database spec.parameters.network.ranges[]",)),
        {"claims": [{**_CLAIM, "parameters": _RANGES}]},
    ),
    "repository": Field(
        ("repository", "url"),
        "https://git.example.com/{}/a_-..b",
        frozenset(("AppProject spec.sourceRepos[]", "Application spec.source.repoURL")),
        {**_PRODUCTION, "repository": _REPOSITORY},
    ),
    "path": Field(
        ("repository", "path"),
        "{}/a_-..b",
        frozenset(("Application spec.source.path",)),
        {**_PRODUCTION, "repository": _REPOSITORY},
    ),
    "revision": Field(
        ("repository", "revision"),
        "{}/a_+-x",
        frozenset(("Application spec.source.targetRevision",)),
        {**_PRODUCTION, "repository": _REPOSITORY},
    ),
    "storage": Field(
        ("monitoring", "storage"),
        "https://account1.blob.core.windows.net/{}-x",
        frozenset(("Namespace metadata.annotations.tenantry.dev/monitoring-storage",)),
        {"monitoring": {}},
    ),
    "slack": Field(
        ("monitoring", "slack"),
        "https://{}-x.slack.com/archives/C012345678",
        frozenset(),
        {"monitoring": {}},
    ),
}

#: Fields of any text: the mark stands among what one format or another takes for structure.
_TEXTS = ("description", "parameter")


#: Around the mark: nothing, or what some format takes for structure.
_FORMS = st.one_of(
    *(
        st.sampled_from(TRICKS).map(partial(form.replace, "TRICK"))
        for form in ("{}TRICK", "TRICK{}", "TRICK\n{}: TRICK", "{}: TRICK\n")
    )
)


def _with(file: File, field: Field, word: str) -> File:
    """Return the file with a word in a field of its first profile."""
    profile = copy.deepcopy({**file["profiles"][0], **(field.extra or {})})
    around: Any = profile
    for step, after in zip(field.path, field.path[1:], strict=False):
        if isinstance(around, dict):
            around = around.setdefault(step, [] if isinstance(after, int) else {})
        else:
            around = around[step]
    if isinstance(around, list):
        around.append(word)
    else:
        around[field.path[-1]] = word
    return put(file, ("profiles", 0), profile)


@pytest.mark.parametrize("name", FIELDS)
@effort(5)
@given(files(), STYLES)
def test_a_word_stays_a_word_in_its_own_place(name: str, file: File, style: Style) -> None:
    """With a harmless word of the same form instead, everything else is the same."""
    _assert_inert(file, FIELDS[name], FIELDS[name].word, style)


@pytest.mark.parametrize("name", _TEXTS)
@effort(25)
@given(files(profiles=1), _FORMS, STYLES)
def test_any_text_stays_a_text_in_its_own_place(
    name: str, file: File, form: str, style: Style
) -> None:
    _assert_inert(file, FIELDS[name], form, style)


def _assert_inert(file: File, field: Field, form: str, style: Style) -> None:
    objects = _rendered(_with(file, field, form.replace("{}", _MARK)), style)
    harmless = _rendered(_with(file, field, form.replace("{}", _HARMLESS)), style)
    found = {f"{o['kind']} {where}" for o in objects for where, text in _texts(o) if _MARK in text}
    # The team's workspace in Slack is read and not kept: its channel alone is.
    assert found or not field.places
    assert field.places is None or found <= field.places
    assert not [key for o in objects for key in _keys(o) if _MARK in key]
    assert [_harmless(o) for o in objects] == harmless


def _rendered(file: File, style: Style) -> list[dict[str, Any]]:
    """Return the objects of the team and of a neighbour, by document."""
    tenant = read(spell(file, style))
    assume(tenant is not None)
    assert tenant is not None
    assert _NEIGHBOUR is not None
    texts = render(tenant)
    assert _MARK not in "".join(render(_NEIGHBOUR).values())
    return [o for text in texts.values() for o in yaml.load_all(text, Loader=yaml.CSafeLoader)]


_NEIGHBOUR = read(smallest("qneighbour"), "neighbour")


def _texts(tree: Any, where: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any object
    """Yield every text that is a value, with the way to it."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _texts(value, f"{where}.{key}" if where else key)
    elif isinstance(tree, list):
        for item in tree:
            yield from _texts(item, f"{where}[]")
    elif isinstance(tree, str):
        yield where, tree


def _keys(tree: Any) -> Iterator[str]:  # noqa: ANN401 - any object
    if isinstance(tree, dict):
        yield from tree
    for inner in (
        tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    ):
        yield from _keys(inner)


def _harmless(tree: Any) -> Any:  # noqa: ANN401 - any object
    """Return an object with the harmless word in each value, keys left alone."""
    if isinstance(tree, dict):
        return {key: _harmless(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_harmless(item) for item in tree]
    return tree.replace(_MARK, _HARMLESS) if isinstance(tree, str) else tree
