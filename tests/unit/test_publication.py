"""What a rendered commit says of itself."""

from __future__ import annotations

import pytest

from tenantry.publication import (
    MAX_NAMED,
    Difference,
    Trailers,
    changed_by_hand,
    is_due,
    message,
    printable,
    read_trailers,
    tampered,
)

SOURCE = "0123456789abcdef0123456789abcdef01234567"
TRAILERS = Trailers(SOURCE, "v1.4.0", "0.1.0")


def test_what_a_message_says_is_read_back() -> None:
    assert read_trailers("rendered/prod", message("prod", TRAILERS, 3)) == (TRAILERS, [])


def test_a_message_is_for_people_first() -> None:
    assert message("prod", TRAILERS, 1) == (
        "Render prod from 0123456789ab: 1 file changed\n"
        "\n"
        f"Source-Revision: {SOURCE}\n"
        "Release: v1.4.0\n"
        "Tenantry-Version: 0.1.0\n"
    )
    assert message("prod", TRAILERS, 0).startswith("Render prod from 0123456789ab: 0 files changed")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (f"Source-Revision: {SOURCE}\n", "", "trailer-missing"),
        ("\nSource-Revision", "\nThanks to main\n\nSource-Revision", None),
        ("Release: v1.4.0\n", "Release: v1.4.0\n\nnot the last paragraph\n", "trailer-missing"),
        ("Release: v1.4.0\n", "Release: v1.4.0\nRelease: main\n", "trailer-malformed"),
        (SOURCE, SOURCE[:12], "trailer-malformed"),
        (SOURCE, SOURCE.upper(), "trailer-malformed"),
        (SOURCE, "--all", "trailer-malformed"),
        ("Release: v1.4.0", "Release: ", "trailer-malformed"),
        ("Version: 0.1.0", "Version: 0.1.0\x1b[2J", "trailer-malformed"),
    ],
)
def test_only_the_exact_form_is_taken(old: str, new: str, rule: str | None) -> None:
    """A trailer stands once, in the last paragraph, in the form that publish writes."""
    text = message("prod", TRAILERS, 3)
    assert old in text
    trailers, findings = read_trailers("rendered/prod", text.replace(old, new))
    assert {finding.rule for finding in findings} == ({rule} if rule else set())
    assert (trailers is None) == (rule is not None)


def test_all_faults_of_the_trailers_are_told_at_once() -> None:
    _, findings = read_trailers("rendered/prod", "quick fix\n\nRelease: main\nRelease: v1\n")
    assert len(findings) == len(("source", "release", "version"))


def test_a_message_by_hand_is_one_fault() -> None:
    """Who committed by hand made one mistake, not three."""
    _, (finding,) = read_trailers("rendered/prod", "quick fix\n")
    assert finding.rule == "trailer-missing"
    assert finding.message == "the commit has none of the trailers that tenantry publish writes"


def test_files_changed_by_hand_are_named_up_to_the_same_limit() -> None:
    found = [Difference(f"{number:03}.yaml", "removed") for number in range(MAX_NAMED + 1)]
    findings = list(changed_by_hand("rendered/prod", SOURCE, found))
    assert len(findings) == MAX_NAMED + 1
    after = "after 0123456789ab, the last published commit"
    assert findings[0].message == f"the file was removed by hand {after}"
    assert findings[-1].message == f"1 more file was touched by hand {after}"


@pytest.mark.parametrize(
    ("published", "tree", "due"),
    [
        (TRAILERS, "same", False),
        (Trailers("f" * 40, "v1.4.0", "0.0.9"), "same", False),
        (Trailers(SOURCE, "v1.3.0", "0.1.0"), "same", True),
        (TRAILERS, "other", True),
        (None, "same", True),
    ],
)
def test_only_a_new_tree_or_release_is_news(
    published: Trailers | None, tree: str, *, due: bool
) -> None:
    """A commit by hand, which has no trailers, is followed by one of ours in any case."""
    assert is_due(TRAILERS, tree, published, "same") is due


def test_files_beyond_the_limit_are_counted() -> None:
    found = [Difference(f"{number:03}.yaml", "changed") for number in range(MAX_NAMED + 1)]
    findings = list(tampered("rendered/prod", TRAILERS, found, "0.1.0"))
    assert len(findings) == MAX_NAMED + 1
    assert findings[0].path == "rendered/prod:000.yaml"
    assert findings[-1].message == "1 more file is not as 0123456789ab renders it"
    found.append(Difference("999.yaml", "added"))
    *_, last = tampered("rendered/prod", TRAILERS, found, "0.1.0")
    assert last.message == "2 more files are not as 0123456789ab renders them"


def test_another_version_changes_the_cure_and_not_the_verdict() -> None:
    (finding,) = tampered("rendered/prod", TRAILERS, [Difference("a.yaml", "removed")], "0.2.0")
    assert finding.is_error
    assert finding.cure == "verify with Tenantry 0.1.0; if that says the same, publish again"


def test_trees_that_differ_in_no_file_are_still_tampered_with() -> None:
    """A tree may hold an empty folder, which Git itself never writes."""
    (finding,) = tampered("rendered/prod", TRAILERS, [], "0.1.0")
    assert finding.rule == "branch-tampered"


def test_what_a_stranger_wrote_cannot_steer_a_terminal() -> None:
    assert printable("a\x1b[2J\nb\u202ec") == "a?[2J?b?c"
