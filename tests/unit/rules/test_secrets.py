"""Rules about secrets in free text."""

import pytest
from tests.factories import ids, judge, profile


@pytest.mark.parametrize(
    "text",
    [
        "data at https://acme.blob.core.windows.net/raw?sv=2024&sig=abcdef",
        "log in with https://me:hunter2@git.example.com/x",
        "token ghp_0123456789abcdefghijklmnopqrstuvwxyzAB",
    ],
)
def test_a_secret_in_a_description_is_refused_and_not_repeated(text: str) -> None:
    (finding,) = judge(profile(f'description: "{text}"'))
    assert (finding.rule, finding.field) == ("secret-in-text", ("profiles", "description"))
    assert text not in f"{finding.message} {finding.cure}"


def test_an_ordinary_description_is_taken() -> None:
    text = "Churn of customers, see https://wiki.example.com/churn?page=2; mail jane@example.com."
    assert ids(profile(f'description: "{text}"')) == []


def test_a_secret_in_a_parameter_is_found_where_it_stands() -> None:
    claim = "{name: a, kind: Database, parameters: {notes: ['https://a:b@c.example.com/d']}}"
    found = [f for f in judge(profile(f"claims: [{claim}]")) if f.rule == "secret-in-text"]
    assert [f.field for f in found] == [("profiles", "claims", 0, "parameters", "notes", 0)]


@pytest.mark.parametrize(
    "text", ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "12345678901234567890"]
)
def test_a_commit_id_or_a_large_number_is_no_secret(text: str) -> None:
    """A message would not repeat it, but nothing shows that it is one."""
    assert ids(profile(f'description: "as of {text}"')) == []


def test_each_secret_of_a_file_is_named_with_the_text_that_holds_it() -> None:
    login = "https://a:b@c.example.com/d"
    claims = [
        "{name: one, kind: Database, parameters: {size: small}}",
        f"{{name: two, kind: Database, parameters: {{a: 1, b: [x, '{login}'], c: '{login}'}}}}",
    ]
    first, second = (
        f"  - name: {name}\n    admins: [jane.doe@example.com]\n    {field}\n"
        for name, field in (
            ("ads", f"description: {login}"),
            ("churn", f"claims: [{', '.join(claims)}]"),
        )
    )
    found = [f for f in judge(f"profiles:\n{first}{second}") if f.rule == "secret-in-text"]
    place = ("profiles", 1, "claims", 1, "parameters")
    assert [(f.field, f.message) for f in found] == [
        (("profiles", 0, "description"), "the description holds what looks like a secret"),
        ((*place, "b", 1), "a parameter of the claim two holds what looks like a secret"),
        ((*place, "c"), "a parameter of the claim two holds what looks like a secret"),
    ]
