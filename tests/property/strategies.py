"""Tenants' files as plain data: valid ones, and what people and attackers make of them.

Owns what is drawn. How a file is written down is `tests.property.spelling`'s business, and on
which platform it is judged `tests.property.platform`'s.
"""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from tests.property.platform import KNOWN_PROJECT
from tests.repository import TODAY

from tenantry.naming import kfam_binding

if TYPE_CHECKING:
    from collections.abc import Iterator

File = dict[str, Any]
#: The way to a value in a file.
Path = tuple[str | int, ...]

#: Pools, since drawing letter by letter takes longer than judging. All names start with a letter
#: that no name of the platform starts with, all hosts end in a domain that is nobody's.
_PROJECTS = (KNOWN_PROJECT, "qa1", "qb-2", "qc-d-e", "q-f", "q00")
NAMES = st.sampled_from(
    tuple(f"q{head}{tail}" for head in ("a", "b", "0", "z-9") for tail in ("1", "-c", "de", "-f-g"))
)
HOSTS = st.sampled_from(
    tuple(f"{first}{rest}.com" for first in ("a", "b-c", "0x", "x--y") for rest in ("", ".q", "-1"))
)
ADDRESSES = st.sampled_from(
    tuple(
        f"{first}{rest}@{domain}"
        for first in ("a", "B", "0", "Zz")
        for rest in ("", ".c", "%2e", "+x'y", "_-")
        for domain in ("example.com", "Example.COM")
    )
)
LABEL_VALUES = st.sampled_from(("CC-4711", "4711", "0x1F", "NO", "1e3", "a_b.C", "null", "08"))

#: Texts that one format or another takes for more than text.
TRICKS = (
    "a: b",
    "- a",
    "# a",
    "a #b",
    "---",
    "...",
    "x\n---\napiVersion: v1\nkind: Secret\n",
    '", "kind": "Secret',
    "{a: b}",
    "[a]",
    "&a *b !c",
    "|\n a",
    "%0A::error::a",
    "::add-mask::a",
    "$(id) `id` ${HOME} && ; | > <",
    "{{ .Values.a }} {{=a}}",
    "a\tb",
    "\\n\\u0000",
    "NO",
    "1e3",
    "08",
    "~",
    "'\"'",
    " a ",
    "ünïcode \U0001f600",
    "request.headers[kubeflow-userid]=*",
)
#: Characters that no file of ours may hold, not even as an escape.
_VISIBLE = st.characters(
    categories=["L", "N", "P", "S", "Mn", "Zs"],
    exclude_characters="\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u202f\u205f\u3000\u2800\u3164\uffa0\u115f\u1160\u034f\u17b4\u17b5\u180b\u180c\u180d"
    "\u180f\ufffc\ufffd\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b"
    "\ufe0c\ufe0d\ufe0e\ufe0f",
    max_codepoint=0xFFFF,
)
TEXTS = st.one_of(
    st.sampled_from(TRICKS),
    st.lists(st.sampled_from(TRICKS), min_size=1, max_size=3).map("\n".join),
    st.text(_VISIBLE, min_size=1, max_size=30),
)


def effort(examples: int) -> settings:
    """Return settings for so many examples, or for as many times more as the profile has."""
    return settings(max_examples=examples * settings.default.max_examples // 100)  # type: ignore[union-attr] # there is a default


def _maybe(draw: st.DrawFn, file: File, **fields: st.SearchStrategy[Any]) -> None:
    """Put some of the fields into a block."""
    for name, values in fields.items():
        if draw(st.booleans()):
            file[name] = draw(values)


def _unique_names(most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(NAMES, max_size=most, unique=True)


@st.composite
def _people(draw: st.DrawFn) -> list[str]:
    """Draw people whom Kubeflow can tell from each other."""
    by_binding = st.lists(
        ADDRESSES, min_size=1, max_size=6, unique_by=lambda address: kfam_binding(address, "view")
    )
    return draw(by_binding)


@st.composite
def _quotas(draw: st.DrawFn, production: bool) -> File:  # noqa: FBT001 - what a profile has
    quota: File = {}
    _maybe(
        draw,
        quota,
        cpu=st.sampled_from((1, 2, 0.5, 1.5, "500m", "2", "2000m")),
        memory=st.sampled_from(("1Gi", "1024Mi", "2.5Gi", "16G", "1048576Ki")),
        storage=st.sampled_from(("100Gi", "0.125Ti", "50G")),
    )
    if production:
        _maybe(draw, quota, gpu=st.integers(0, 1))
    return quota


@st.composite
def _claims(draw: st.DrawFn, production: bool) -> list[File]:  # noqa: FBT001 - as above
    claims = []
    for name in draw(_unique_names(2)):
        claim: File = {"name": name}
        kind = draw(st.sampled_from(("Database", "Bucket", "Cache")))
        claim["kind"] = kind
        if production:
            _maybe(draw, claim, environment=st.sampled_from(("development", "production")))
        claim["parameters"] = draw(_PARAMETERS[kind])
        claims.append(claim)
    return claims


_NETWORKS = st.fixed_dictionaries(
    {"ranges": st.lists(TEXTS, min_size=1, max_size=2)}, optional={"private": st.booleans()}
)
_PARAMETERS: dict[str, st.SearchStrategy[File]] = {
    "Database": st.fixed_dictionaries(
        {"engineVersion": st.sampled_from(("16", "17"))}, optional={"network": _NETWORKS}
    ),
    "Bucket": st.fixed_dictionaries(
        {}, optional={"retentionDays": st.integers(1, 99), "versioning": st.booleans()}
    ),
    "Cache": st.fixed_dictionaries({"size": st.sampled_from(("small", "large"))}),
}

_REPOSITORIES = st.fixed_dictionaries(
    {
        "url": NAMES.map(lambda name: f"https://git.example.com/{name}/deploy.git"),
        "revision": st.sampled_from(("production", "v1.*", "v1.4.0", ">=1.0, <2", "release/1")),
    },
    optional={"path": st.sampled_from((".", "deploy", "deploy/production"))},
)
_MONITORING = st.fixed_dictionaries(
    {},
    optional={
        "storage": NAMES.map(lambda name: f"https://account1.blob.core.windows.net/{name}"),
        "slack": st.integers(0, 9).map(
            lambda number: f"https://example.slack.com/archives/C01234567{number}"
        ),
    },
)


@st.composite
def _exposures(draw: st.DrawFn) -> list[File]:
    exposures = []
    for name in draw(_unique_names(2)):
        exposure: File = {"name": name, "port": draw(st.integers(1, 65535))}
        _maybe(draw, exposure, audience=st.sampled_from(("team", "company", "public")))
        exposures.append(exposure)
    return exposures


@st.composite
def _profiles(draw: st.DrawFn, name: str, groups: dict[str, list[str]]) -> File:
    people = draw(_people())
    profile: File = {"name": name, "admins": people[:1]}
    middle = draw(st.integers(1, len(people)))
    if draw(st.booleans()) and len(people) > 1:
        profile |= {"contributors": people[1:middle], "viewers": people[middle:]}
    production = draw(st.booleans())
    if production:
        profile |= {"tier": "ml-product", "production": True}
        _maybe(draw, profile, repository=_REPOSITORIES)
    if middle < len(people) and draw(st.booleans()):
        group = draw(NAMES.filter(lambda name: name not in groups))
        groups[group] = people[middle:]
        profile["viewers"] = [group]
    _maybe(
        draw,
        profile,
        description=TEXTS,
        costCenter=LABEL_VALUES,
        reviewBy=st.integers(-9, 99).map(lambda days: (TODAY + timedelta(days)).isoformat()),
        package=st.sampled_from(("model", "y", "no", "e1", "x_")),
        quota=_quotas(production),
        expose=_exposures(),
        claims=_claims(production),
        egress=st.lists(HOSTS, max_size=3, unique=True),
        monitoring=_MONITORING,
        clusters=st.sampled_from((["prod"], ["dev", "prod"])),
    )
    return profile


@st.composite
def files(draw: st.DrawFn, profiles: int = 2) -> File:
    """Draw a file that is valid on the platform of these tests, but for rare clashes of names."""
    groups: dict[str, list[str]] = {}
    names = draw(st.lists(st.sampled_from(_PROJECTS), min_size=1, max_size=profiles, unique=True))
    file: File = {"profiles": [draw(_profiles(name, groups)) for name in names]}
    if groups:
        file["groups"] = groups
    if draw(st.booleans()):
        file["version"] = 1
    return file


def paths(tree: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - any part of a file
    """Yield the way to every value of a file, the file itself first."""
    yield path
    steps: Any = tree if isinstance(tree, dict) else range(len(tree) if _is_list(tree) else 0)
    for step in steps:
        yield from paths(tree[step], (*path, step))


def _is_list(tree: object) -> bool:
    return isinstance(tree, list)


def at(file: Any, path: Path) -> Any:  # noqa: ANN401 - any part of a file
    """Return the value at the end of a path."""
    for step in path:
        file = file[step]
    return file


def put(file: File, path: Path, value: object) -> File:
    """Return the file with another value at the end of a path."""
    changed = copy.deepcopy(file)
    at(changed, path[:-1])[path[-1]] = value
    return changed


#: What stands in files where something else should.
_WRONG = st.one_of(
    st.sampled_from(
        (
            None,
            True,
            0,
            -1,
            2**53,
            1e300,
            0.1,
            "",
            [],
            {},
            [[]],
            {"a": {}},
            "a\nb: c",
            "a\rb",
            "a\x00b",
            "a\x1b[31mb",
            "a\u2028b",
            "a\u202eb",
            "a\ufffeb",
            "\ue000",
            "\u0378",
            "x" * 300,
            "system:admin",
            "169.254.169.254",
            "../..",
            "-1Gi",
            "1e9",
            "HEAD",
            "platform@tenantry.invalid",
            "jane@example.com",
            "default",
            "2026-02-30",
        )
    ),
    st.sampled_from(TRICKS),
    st.text(max_size=20),
    st.integers(-10, 10**6),
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=6,
    ),
)


@st.composite
def mutants(draw: st.DrawFn) -> Any:  # noqa: ANN401 - a file no longer
    """Draw a valid file in which a few places hold something else, are missing or are twice there.

    Values move as well: what is right in one field is wrong in the next.
    """
    file: Any = draw(files())
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(file))[1:] or [()]))
        if not path:
            return file
        around = at(file, path[:-1])
        kind = draw(st.sampled_from(("wrong", "moved", "gone", "key", "twice")))
        if kind == "wrong":
            around[path[-1]] = draw(_WRONG)
        elif kind == "moved":
            around[path[-1]] = copy.deepcopy(at(file, draw(st.sampled_from(list(paths(file))))))
        elif kind == "gone":
            del around[path[-1]]
        elif _is_list(around):
            around.append(copy.deepcopy(around[path[-1]]))
        else:
            key = draw(st.one_of(st.sampled_from(TRICKS), st.text(max_size=9)))
            around[key] = around[path[-1]]
    return file


@st.composite
def refused(draw: st.DrawFn) -> File:
    """Draw a valid file with one field too many in one of its blocks."""
    file = draw(files())
    blocks = [path for path in paths(file) if isinstance(at(file, path), dict)]
    path = draw(st.sampled_from([path for path in blocks if path[:1] != ("groups",)]))
    return put(file, (*path, "zzz"), draw(_WRONG))
