"""What in an object would let strangers in: passwords that stand in it, tokens made for anybody.

Owns how to see them. That none is installed is `rules.app_weaknesses`' business; Secrets with
values are found by `contents`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tenantry.kinds import group_kind

Object = Mapping[str, Any]

_REQUEST_AUTHENTICATION: Final = "security.istio.io/RequestAuthentication"

#: An environment variable that holds a secret, and no name or place of one.
_SECRET_VARIABLE = re.compile(
    r"(passw(or)?d|secret|(secret|access|api|private)_?key)$", re.IGNORECASE
)
#: What upstream publishes as password or key, a hash of a password (bcrypt), Dex's list of people,
#: and the switches that let somebody in without any.
_KNOWN = re.compile(
    r"\bminio123\b|\b12341234\b|\$2[aby]\$\d\d\$|\bstaticPasswords\b"
    r"|\benablePasswordDB: *true\b|\b(root|postgres|katib):(root|test|postgres|password)\b"
)


def passwords_of(each: Object, variables: Iterable[Object]) -> Iterator[str]:
    """Yield the places in an object where a password or key stands in plain text.

    Each is a kind, the object, and the key of a ConfigMap or the name of a variable. `variables`
    are those of its containers.
    """
    this = f"{each['kind']} {each['metadata']['name']}"
    if group_kind(each) == "ConfigMap":
        for key, text in (each.get("data") or {}).items():
            if _KNOWN.search(str(text)):
                yield f"{this}, {key}"
    for variable in variables:
        name, value = str(variable.get("name", "")), variable.get("value")
        if _is_password(name, value):
            yield f"{this}, {name}"


def takes_tokens_for_anybody(each: Object) -> bool:
    """Whether an object lets a token in that the company's login made for another program."""
    if group_kind(each) != _REQUEST_AUTHENTICATION:
        return False
    rules = (each.get("spec") or {}).get("jwtRules") or ()
    return any(not rule.get("audiences") for rule in rules if isinstance(rule, Mapping))


def _is_password(name: str, value: object) -> bool:
    """Whether a variable is given a secret as it is; one made of other variables is not."""
    if not isinstance(value, str) or not value or value.startswith("$("):
        return False
    return bool(_SECRET_VARIABLE.search(name) or _KNOWN.search(value))
