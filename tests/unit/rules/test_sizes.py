"""Rules about how much becomes of one file."""

import pytest
from tests.factories import judge, make_facts

from tenantry.rules.sizes import MAX_BINDINGS


def _file(projects: int, people: int) -> str:
    group = "".join(f"    - p{number}@example.com\n" for number in range(people))
    profiles = "".join(f"  - name: project-{n}\n    admins: [all-of-us]\n" for n in range(projects))
    return f"groups:\n  all-of-us:\n{group}profiles:\n{profiles}"


def test_as_many_bindings_as_the_limit_are_taken() -> None:
    assert judge(_file(10, MAX_BINDINGS // 10), make_facts()) == []


def test_one_project_more_is_refused_where_it_crosses_the_limit() -> None:
    found = judge(_file(11, MAX_BINDINGS // 10), make_facts())
    assert [(finding.rule, finding.field) for finding in found] == [
        ("too-many-bindings", ("profiles", 10, "name"))
    ]
    assert "make 5,500 bindings, more than 5,000" in found[0].message


def test_production_counts_as_a_namespace_of_its_own() -> None:
    text = _file(6, MAX_BINDINGS // 10).replace(
        "    admins: [all-of-us]\n", "    admins: [all-of-us]\n    production: true\n"
    )
    assert "too-many-bindings" in [finding.rule for finding in judge(text, make_facts())]


def test_who_has_two_roles_in_a_project_counts_once() -> None:
    text = _file(10, MAX_BINDINGS // 10)
    both = text.replace(
        "    admins: [all-of-us]\n", "    admins: [all-of-us]\n    viewers: [all-of-us]\n"
    )
    assert "too-many-bindings" not in [finding.rule for finding in judge(both)]


@pytest.mark.parametrize("role", ["admins", "contributors", "viewers"])
def test_a_group_counts_in_every_role(role: str) -> None:
    text = _file(11, MAX_BINDINGS // 10)
    other = text.replace(
        "    admins: [all-of-us]\n", f"    admins: [x@example.com]\n    {role}: [all-of-us]\n"
    )
    rules = [finding.rule for finding in judge(other if role != "admins" else text, make_facts())]
    assert rules.count("too-many-bindings") == 1
