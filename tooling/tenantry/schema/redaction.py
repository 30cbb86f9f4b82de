"""Redaction: which values a message must not repeat, because they look like secrets.

Owns how a value is shown. It errs on the side of silence: a message without the value still names
the field and the cure.
"""

from __future__ import annotations

import re

from tenantry.wording import excerpt

#: What a message says in place of such a value.
REDACTED = "a value that looks like a secret and is not repeated here"

#: Texts of patterns: they are compiled only when a message is about to repeat something.
_MARKS = (
    # A user name or password in an address.
    r"://[^/?#\s]*@",
    r"\A(?!<?mailto:)[^@/\s]+:[^@/\s]+@",
    # Parameters that carry signatures, tokens and keys, a SAS token's among them.
    (
        r"(?i:(?:\A|[?&;\s])(?:sv|sig|se|sp|spr|srt|code|key|pwd|password|secret|token|api[-_]?key"
        r"|access[-_]?(?:key|token)|client[-_]?secret|account[-_]?key|shared[-_]?access[-_a-z]*)=)\S"
    ),
    # Webhook addresses, which whoever holds may post to.
    r"(?i:\bhooks\.[a-z]|/webhook(?:b2|s)?/|/services/T[A-Z0-9]*/B)",
    r"-----BEGIN [A-Z ]*PRIVATE KEY",
    r"(?i:\bBearer\s+)\S",
    # Prefixes of GitHub, GitLab, Slack, AWS, Hugging Face, Databricks, npm, PyPI, OpenAI; JWTs.
    (
        r"(?:\b|_)(?:gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|AKIA|ASIA|hf_|dapi[0-9a-f]"
        r"|npm_|pypi-|sk-[A-Za-z0-9_-]{12}|eyJ)[A-Za-z0-9_-]{8}"
    ),
)

#: Unbroken runs that could be keys. Hyphens, dots and slashes break them, as in names and paths.
_RUN = r"[A-Za-z0-9+_~=]{20,}|[A-Za-z0-9+/_~]{40,}={0,2}"
_HEXADECIMAL = r"[0-9a-fA-F]{32,}\Z"
#: A name may hold some digits; a key of small letters and digits holds many.
_MANY_DIGITS = 5
_MIN_DISTINCT = 10


#: A link to one message or thread: people copy it for the channel's, and it opens for nobody else.
_MESSAGE = (
    r"\Ahttps://[a-z0-9-]+\.slack\.com/archives/[A-Z0-9]{9,21}(?:/p[0-9]{16})?"
    r"(?:\?thread_ts=[0-9.]{1,20}(?:&cid=[A-Z0-9]{9,21})?)?\Z"
)


def looks_secret(text: str) -> bool:
    """Whether a value might be a password, token, key or a link that carries one."""
    if re.match(_MESSAGE, text):
        return False
    return bears_secret_mark(text) or any(_looks_random(run) for run in re.findall(_RUN, text))


def bears_secret_mark(text: str) -> bool:
    """Whether a value has a form that only secrets have: enough to refuse it, not just hide it."""
    return any(re.search(mark, text) for mark in _MARKS)


def _looks_random(run: str) -> bool:
    if re.match(_HEXADECIMAL, run):
        return True
    if len(set(run)) < _MIN_DISTINCT:
        return False
    digits = sum(character.isdigit() for character in run)
    mixed = any(map(str.islower, run)) and any(map(str.isupper, run))
    return digits >= (1 if mixed else _MANY_DIGITS)


def describe(value: object) -> str:
    """Show a value in a message: exact, short, never a whole block, and never a secret."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a block of fields"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = str(value)
    if looks_secret(text):
        return REDACTED
    shown = excerpt(text)
    return f'"{shown}"' if isinstance(value, str) else shown
