"""Lifecycle: projects that are due for a decision whether they are still needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.findings import Severity
from tenantry.rules.contract import Rule
from tenantry.tenant import profile_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.facts import Facts
    from tenantry.findings import Finding
    from tenantry.tenant import Tenant

REVIEW_NEAR = Rule(
    "review-near",
    "A project is to be reviewed within 30 days.",
    "The team decides in time whether it still needs what it pays for.",
    Severity.WARNING,
)
REVIEW_PAST = Rule(
    "review-past",
    "The day by which a project was to be reviewed is over.",
    "Nobody seems to look after it.",
    Severity.WARNING,
)
RULES = (REVIEW_NEAR, REVIEW_PAST)

#: How many days ahead a review is announced.
NOTICE = 30


def check_reviews(tenant: Tenant, facts: Facts) -> Iterator[Finding]:
    """Look at the review dates of one file."""
    for number, profile in enumerate(tenant.profiles):
        if profile.review_by is None:
            continue
        left = (profile.review_by - facts.today).days
        if left > NOTICE:
            continue
        rule = REVIEW_PAST if left < 0 else REVIEW_NEAR
        yield rule.finding(
            tenant.path,
            profile_field(number, "reviewBy"),
            f"{profile.name} was to be reviewed by {profile.review_by}, {-left} {_days(-left)} ago"
            if left < 0
            else f"{profile.name} is to be reviewed by {profile.review_by}, {_in(left)}",
            "decide whether the project is still needed; then write a later day, or remove it",
        )


def _in(left: int) -> str:
    return f"in {left} {_days(left)}" if left else "today"


def _days(number: int) -> str:
    return "day" if number == 1 else "days"
