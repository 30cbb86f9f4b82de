"""Rules about review dates. Today is 2026-11-22."""

import pytest
from tests.factories import ids, judge, lines, profile


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-12-23", []),
        ("2026-12-22", ["review-near"]),
        ("2026-11-22", ["review-near"]),
        ("2026-11-21", ["review-past"]),
        ("2020-01-01", ["review-past"]),
        ("2030-01-01", []),
    ],
)
def test_a_review_warns_thirty_days_ahead_and_ever_after(day: str, expected: list[str]) -> None:
    assert ids(profile(f"reviewBy: {day}")) == expected


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-12-22", "is to be reviewed by 2026-12-22, in 30 days"),
        ("2026-11-23", "is to be reviewed by 2026-11-23, in 1 day"),
        ("2026-11-22", "is to be reviewed by 2026-11-22, today"),
        ("2026-11-21", "was to be reviewed by 2026-11-21, 1 day ago"),
        ("2026-11-02", "was to be reviewed by 2026-11-02, 20 days ago"),
    ],
)
def test_the_message_counts_the_days(day: str, words: str) -> None:
    (finding,) = judge(profile(f"reviewBy: {day}"))
    assert finding.message == f"churn {words}"
    assert not finding.is_error


def test_the_cure_says_what_to_write() -> None:
    assert lines(judge(profile("reviewBy: 2026-11-22"))) == [
        (
            "4:13: review-near: churn is to be reviewed by 2026-11-22, today (decide whether the "
            "project is still needed; then write a later day, or remove it)"
        )
    ]
