"""What an app would install that lets strangers in: known passwords, and tokens made for anybody.

Secrets with values are the business of `rules.app_upstream`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.rules.contract import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Finding

PLAIN_PASSWORD = Rule(
    "plain-password",
    "An object of an app holds a password or key as it is, or people with their passwords.",
    "Everybody who reads Git knows it; where it is upstream's own, everybody does.",
)
TOKEN_FOR_ANYBODY = Rule(
    "token-for-anybody",
    "A RequestAuthentication of an app does not say for whom a token must be made.",
    "Any program's token from the company's login would be a login here.",
)
RULES = (PLAIN_PASSWORD, TOKEN_FOR_ANYBODY)


def check_app_weaknesses(facts: Facts) -> Iterator[Finding]:
    """Yield what apps, from their source or their own folder, would let strangers in with."""
    for app in facts.apps:
        for contents in app.contents:
            for place in contents.passwords:
                yield PLAIN_PASSWORD.finding(
                    app.path,
                    (),
                    f"{app.name} would install a password in plain text: {place}",
                    "patch it out, or read it from a Secret that an ExternalSecret fills",
                )
            for name in contents.audienceless:
                yield TOKEN_FOR_ANYBODY.finding(
                    app.path,
                    (),
                    f"RequestAuthentication {name} of {app.name} takes tokens made for anybody",
                    "give each of its jwtRules audiences: fromFact: platform.identity.audience",
                )
