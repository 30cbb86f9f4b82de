"""New tenants' files, and edits of existing ones."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tenantry.editor import Choices, EditError, add_profile, create, refusals
from tenantry.editor.starter import EXAMPLES
from tenantry.reader import read_document
from tenantry.schema.check import check
from tenantry.schema.tenant import Profile, TenantFile

if TYPE_CHECKING:
    from tenantry.editor import Answers

PATH = "tenants/vision/profiles.yaml"
CHURN: Answers = {"name": "churn", "admins": ["jane.doe@example.com"]}
MORE: Answers = {"name": "uplift", "admins": ["john.smith@example.com"], "quota": {"cpu": 4}}

MORE_LINES = """\

  - name: uplift
    admins:
      - john.smith@example.com
    quota:
      cpu: 4
"""


def data_of(text: str) -> Any:  # noqa: ANN401 - what stands in a file
    """Return a file's data; it must be one that reader and model accept."""
    document = read_document(PATH, text.encode())
    _, findings = check(TenantFile, document)
    assert findings == []
    return document.data


def used(text: str) -> str:
    """Return a file with every commented field in use, as the comment in it says."""
    return re.sub(r"(?m)^( *)#(?=[^ #]|  )", r"\1", text)


# Words that some reader takes for something else, and texts that look like structure.
TRICKY = st.sampled_from(
    [
        "no",
        "on",
        "Y",
        "null",
        "~",
        "1e3",
        "0o17",
        "08",
        "1_000",
        "2026-11-22",
        "12:30",
        "0x1f",
        "'",
        '"',
        "\\",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%",
        "@a",
        "`a",
        "?",
        "=",
        "<<",
        "...",
        "---",
        "é",
        "日本",
        "🙂",
        "a: b",
        "- a",
        "# a",
        "a #b",
        "[a]",
        "{a}",
        "a\nb",
        "\n",
        "\u200b",
        "\ufeff",
    ]
)
TEXT = TRICKY | st.text(max_size=40)
NAME = TRICKY | st.from_regex(r"[a-z][-a-z0-9]{0,56}", fullmatch=True)
PERSON = st.from_regex(r"[a-z0-9][a-z0-9._+'-]{0,10}@[a-z0-9]{1,9}\.[a-z]{2,3}", fullmatch=True)
ANSWERS = st.fixed_dictionaries(
    {"name": NAME, "admins": st.lists(PERSON, min_size=1, max_size=3)},
    optional={
        "contributors": st.lists(PERSON | TRICKY, max_size=2),
        "description": TEXT,
        "costCenter": TEXT,
        "reviewBy": st.dates().map(str) | TRICKY,
        "tier": NAME,
        "package": TRICKY | st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
        "production": st.booleans(),
        "quota": st.fixed_dictionaries(
            {},
            optional={
                "cpu": st.integers(0, 64) | st.sampled_from(["500m", 0.5, "1.50"]),
                "memory": st.sampled_from(["16Gi", "1e3", "8G", "010Gi"]),
                "gpu": st.integers(0, 8),
            },
        ),
        "egress": st.lists(st.sampled_from(["api.github.com", "1.2", "a.no"]), max_size=2),
    },
)


def accepted(answers: Answers) -> dict[str, Any]:
    """Return what is accepted of the answers, and something plain for the name if it is not."""
    kept = {
        field: value for field, value in answers.items() if not refusals("vision", {field: value})
    }
    return {"name": "project", **kept}


@given(ANSWERS)
@settings(max_examples=150, deadline=None)
def test_accepted_answers_give_a_valid_file_that_reads_back(answers: dict[str, Any]) -> None:
    """What was accepted stands in the file as it was given, for every reader of YAML."""
    answers = accepted(answers)
    text = create(answers)
    assert data_of(text) == {"profiles": answers}
    assert yaml.safe_load(text) == {"profiles": answers}
    assert YAML(typ="safe", pure=True).load(text) == {"profiles": answers}


@given(ANSWERS)
@settings(max_examples=100, deadline=None)
def test_added_profiles_read_back_and_change_nothing_else(answers: dict[str, Any]) -> None:
    """A second profile is exactly what was answered, and the first is what it was."""
    answers = accepted(answers)
    text = create(CHURN)
    assert data_of(add_profile(text, answers)) == {"profiles": [CHURN, answers]}
    flow = "profiles: {name: churn, admins: [jane.doe@example.com]}\n"
    assert data_of(add_profile(flow, answers)) == {"profiles": [CHURN, answers]}


@given(ANSWERS)
@settings(max_examples=100, deadline=None)
def test_any_answer_is_judged_without_raising(answers: dict[str, Any]) -> None:
    """Whatever is typed is accepted or refused with a cure."""
    assert all(finding.cure and finding.line == 0 for finding in refusals("vision", answers))


def test_the_first_file_in_words() -> None:
    """What was given comes first, explained; the rest follows as comments."""
    choices = Choices(("insight", "ml-product"), "insight", ("ml-product",), ("dev",))
    text = create(CHURN, choices)
    assert text.startswith(
        "# The projects of one team. docs/tenant-file.md explains every field.\n"
        "profiles:\n"
        "  # The project's name and namespace; unique on the platform.\n"
        "  name: churn\n"
        "  # People who manage the project. At least one.\n"
        "  admins:\n"
        "    - jane.doe@example.com\n"
        "\n"
        "  # All else is optional."
    )
    assert (
        "  # What the profile may use; the platform's default tier where absent. One of:\n"
        "  # insight, ml-product.\n"
        "  # Whether the project has a production namespace, `<name>-prod`, that only Git\n"
        "  # changes.\n"
        "  # The application that Argo CD deploys to production.\n"
        "  #tier: ml-product\n"
        "  #production: true\n"
        "  #repository:\n"
    ) in text
    assert "  #clusters:\n  #  - dev\n" in text


@pytest.mark.parametrize(
    ("answers", "allowing", "shown"),
    [
        ({}, ("ml-product",), ["tier: ml-product", "production: true", "repository:"]),
        ({}, (), ["tier: insight"]),
        ({"tier": "ml-product"}, ("ml-product",), ["production: true", "repository:"]),
        ({"tier": "insight"}, ("ml-product",), []),
        ({"tier": "ml-product", "production": True}, ("ml-product",), ["repository:"]),
    ],
)
def test_production_is_taught_only_with_a_tier_that_allows_it(
    answers: Answers, allowing: tuple[str, ...], shown: list[str]
) -> None:
    text = create({**CHURN, **answers}, Choices(("insight", "ml-product"), "insight", allowing))
    lines = [line.removeprefix("  #") for line in text.splitlines() if line.startswith("  #")]
    assert [line for line in lines if line.startswith(("tier", "prod", "repo"))] == shown


def test_a_claim_is_taught_that_needs_no_parameters() -> None:
    """A platform may lack the kind that is shown elsewhere."""
    assert "  #    kind: Topic\n" in create(CHURN, Choices(claim_kinds=("Topic", "Cache")))
    assert "  #    kind: Bucket\n" in create(CHURN, Choices(claim_kinds=("Topic", "Bucket")))


def test_every_optional_field_is_taught() -> None:
    """A field that the model gains has to be shown to newcomers."""
    optional = {
        info.alias or name for name, info in Profile.model_fields.items() if not info.is_required()
    }
    assert set(EXAMPLES) == optional


@pytest.mark.parametrize("answers", [CHURN, {**MORE, "description": "Uplift."}])
def test_every_comment_can_be_used(answers: Answers) -> None:
    """Taking away every # gives a valid file, with all fields, in the first and in a list."""
    data = data_of(used(create(answers)))
    assert set(data["profiles"]) == {"name", "admins", *EXAMPLES}
    assert set(data["groups"]) == {"reviewers"}
    later = data_of(used(add_profile(create(answers), {**CHURN, "name": "third"})))
    assert set(later["profiles"][0]) == {"name", "admins", *EXAMPLES}
    assert set(later["groups"]) == {"reviewers"}


def test_lines_grow_no_wider_than_a_review_shows() -> None:
    """Explanations are wrapped."""
    assert max(len(line) for line in create(CHURN).splitlines()) < 90


# A list, and each thing that a round trip through a YAML library is known to change.
LIST = """\
---
# head

version: 1   # eol of version

profiles:
  # about the first
  - name:   'churn'      # two spaces, single quotes
    # before admins
    admins: [ "jane.doe@example.com" ]   # odd spaces
    description: >-
      folded
      text

    contributors:
    - bob@example.com
    # after the last
"""
TRAILER = """\

# about groups

groups: {reviewers: [ 'jane.doe@example.com' ]}
# tail
"""


def test_every_byte_of_a_list_stays() -> None:
    """Comments, quotes, spaces and order stay; the new lines stand at the end of the list."""
    edited = add_profile(LIST + TRAILER, MORE)
    assert edited == LIST + MORE_LINES + TRAILER
    assert len(data_of(edited)["profiles"]) == 2


def test_a_single_profile_becomes_the_first_of_a_list() -> None:
    """Its lines move two columns, its comments with them, and nothing else changes."""
    single = (
        "profiles:\n  # one\n  name: churn # two\n\n# left\n  # three\n  admins:\n"
        "    # four\n    - jane.doe@example.com\n  description: |\n    # no comment\n\n    x\n"
    )
    assert add_profile(single, MORE) == (
        "profiles:\n  # one\n  - name: churn # two\n\n# left\n    # three\n    admins:\n"
        "      # four\n      - jane.doe@example.com\n    description: |\n      # no comment\n\n"
        "      x\n" + MORE_LINES
    )


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        (
            "profiles:\n- name: a\n  admins: [a@b.c]\n# groups\ngroups: {g: [a@b.c]}\n",
            (
                "profiles:\n- name: a\n  admins: [a@b.c]\n\n- name: uplift\n  admins:\n"
                "    - john.smith@example.com\n  quota:\n    cpu: 4\n"
                "# groups\ngroups: {g: [a@b.c]}\n"
            ),
        ),
        (
            "profiles:\n  -\n    name: a\n    admins: [a@b.c]",
            "profiles:\n  -\n    name: a\n    admins: [a@b.c]\n" + MORE_LINES,
        ),
        (
            "groups: {g: [a@b.c]}\nprofiles:\n  - {name: a, admins: [a@b.c]}\n...\n",
            "groups: {g: [a@b.c]}\nprofiles:\n  - {name: a, admins: [a@b.c]}\n"
            + MORE_LINES
            + "...\n",
        ),
        (
            "profiles: # 1\n  [ # 2\n  {name: a, # 3\n  admins: [a@b.c]}, # 4\n  ] # 5\n",
            (
                "profiles: # 1\n  [ # 2\n  {name: a, # 3\n  admins: [a@b.c]}, # 4\n   "
                '{"name": "uplift", "admins": ["john.smith@example.com"], "quota": {"cpu": 4}}]'
                " # 5\n"
            ),
        ),
        (
            "{profiles: {name: a, admins: [a@b.c]}} # 1\n",
            (
                '{profiles: [{name: a, admins: [a@b.c]}, {"name": "uplift", "admins": '
                '["john.smith@example.com"], "quota": {"cpu": 4}}]} # 1\n'
            ),
        ),
    ],
)
def test_every_layout_is_kept(text: str, edited: str) -> None:
    """A profile is added in the layout that the file has."""
    data_of(text)
    assert add_profile(text, MORE) == edited
    assert data_of(edited)["profiles"][1] == MORE


def test_blank_lines_that_belong_to_a_text_stay_in_it() -> None:
    """`|+` keeps the blank lines at its end: the profile goes below them."""
    text = "profiles:\n  - name: a\n    admins: [a@b.c]\n    description: |+\n      x\n\n\n"
    assert add_profile(text, MORE) == text + MORE_LINES.removeprefix("\n")


def test_windows_line_ends_stay() -> None:
    """A file with CRLF has CRLF on each of the new lines too."""
    windows = (LIST + TRAILER).replace("\n", "\r\n")
    assert add_profile(windows, MORE) == (LIST + MORE_LINES + TRAILER).replace("\n", "\r\n")


@pytest.mark.parametrize("text", [LIST, LIST + TRAILER, create(CHURN)])
def test_what_was_added_stays_when_more_is_added(text: str) -> None:
    """Adding twice gives three profiles, each as it was."""
    twice = add_profile(add_profile(text, MORE), {**MORE, "name": "third"})
    names = [profile["name"] for profile in data_of(twice)["profiles"]]
    assert names == ["churn", "uplift", "third"]


def test_comments_survive_in_what_ruamel_reads() -> None:
    """Another library finds the same comments before and after."""
    comments = re.findall(r"# [a-z ,]+", LIST + TRAILER)
    stream = io.StringIO()
    round_trip = YAML()
    round_trip.dump(round_trip.load(add_profile(LIST + TRAILER, MORE)), stream)
    assert [comment for comment in comments if comment not in stream.getvalue()] == []


def test_a_file_that_cannot_be_edited_is_refused() -> None:
    """Nothing is returned that reads back as anything but the old file and the profile."""
    with pytest.raises(EditError, match="without changing the rest"):
        add_profile("? profiles\n: - {name: a, admins: [a@b.c]}\n...\n...\n# x", {"name": "\x00"})


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"name": "Churn"}, "start with a letter"),
        ({"admins": []}, "at least one"),
        ({"admins": ["jane doe"]}, "e-mail address"),
        ({"quota": {"gpu": "two"}}, "whole number"),
        ({"reviewBy": "tomorrow"}, "year-month-day"),
        ({"description": "a\u200bb"}, "write the text without it"),
    ],
)
def test_a_refused_answer_says_what_to_type(answers: Answers, words: str) -> None:
    """Answers are judged one by one, while others are still missing."""
    findings = refusals("vision", answers)
    assert words in findings[0].cure
