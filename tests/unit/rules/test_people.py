"""Rules about people and groups."""

import pytest
from tests.factories import ids, judge, lines, profile

from tenantry.reader import read_document
from tenantry.schema.check import check
from tenantry.schema.tenant import TenantFile


def people(**roles: str) -> str:
    """Return a file with these roles, each a YAML list."""
    roles = {"admins": "[jane.doe@example.com]"} | roles
    rows = "".join(f"  {role}: {entries}\n" for role, entries in roles.items() if role != "groups")
    groups = f"groups: {roles['groups']}\n" if "groups" in roles else ""
    return f"{groups}profiles:\n  name: churn\n{rows}"


@pytest.mark.parametrize(
    "address", ["jane.doe@example.com", "JD@Example.ORG", "o'neil+x@example.com"]
)
def test_an_address_in_an_allowed_domain_is_taken(address: str) -> None:
    assert ids(people(admins=f'["{address}"]')) == []


@pytest.mark.parametrize(
    "address",
    ["jane@gmail.com", "jane@sub.example.com", "jane@example.com.evil.net", "j@exampleXcom.org"],
)
def test_an_address_outside_the_domains_is_refused(address: str) -> None:
    assert ids(people(admins=f"[{address}]")) == ["address-outside-domains"]


def test_a_misspelled_domain_gets_the_nearest() -> None:
    assert lines(judge(people(viewers="[bo@exmaple.com]"))) == [
        (
            "4:13: address-outside-domains: bo@exmaple.com cannot log in: exmaple.com is not "
            "one of the "
            "company's domains (write an address that ends in @example.com)"
        )
    ]


@pytest.mark.parametrize("address", ["platform@tenantry.invalid", "X@A.Invalid"])
def test_the_platforms_own_identity_is_nobody(address: str) -> None:
    assert ids(people(contributors=f"[{address}]")) == ["platform-identity"]


def test_members_of_groups_are_judged_where_they_stand() -> None:
    text = people(admins="[leads]", groups="{leads: [jane@example.com, jane@gmail.com]}")
    assert lines(judge(text)) == [
        (
            "1:36: address-outside-domains: jane@gmail.com cannot log in: gmail.com is not one "
            "of the "
            "company's domains (write an address that ends in @example.com)"
        )
    ]


def test_a_person_has_one_role() -> None:
    assert lines(judge(people(contributors="[Jane.Doe@example.com]"))) == [
        (
            "4:18: person-in-two-roles: jane.doe@example.com is an admin and a contributor of "
            "churn "
            "(keep the stronger role; it includes the weaker)"
        )
    ]


def test_a_person_has_one_role_through_groups_as_well() -> None:
    text = people(
        admins="[leads]",
        viewers="[all]",
        groups="{leads: [jane.doe@example.com], all: [bo@example.com, JANE.DOE@example.com]}",
    )
    assert lines(judge(text)) == [
        (
            "5:13: person-in-two-roles: jane.doe@example.com is an admin through the group "
            "leads and a "
            "viewer through the group all of churn (keep the stronger role; it includes the weaker)"
        )
    ]


def test_one_role_in_each_of_two_projects_is_taken() -> None:
    text = """
    profiles:
      - {name: churn, admins: [jane.doe@example.com]}
      - {name: fraud, admins: [bo@example.com], viewers: [jane.doe@example.com]}
    """
    assert ids(text) == []


@pytest.mark.parametrize("second", ["jane.doe@example.com", "Jane.Doe@EXAMPLE.com"])
def test_a_person_listed_twice_is_refused(second: str) -> None:
    assert ids(people(admins=f"[jane.doe@example.com, {second}]")) == ["duplicate-person"]
    text = people(admins="[leads]", groups=f"{{leads: [jane.doe@example.com, {second}]}}")
    assert ids(text) == ["duplicate-person"]


def test_two_groups_of_one_role_may_share_people() -> None:
    text = people(
        admins="[one, two, jane.doe@example.com]",
        groups="{one: [jane.doe@example.com], two: [jane.doe@example.com]}",
    )
    assert ids(text) == []


def test_addresses_that_kubeflow_takes_for_one_are_refused() -> None:
    assert lines(judge(people(viewers="[a.b@example.com, a-b@example.com]"))) == [
        (
            "4:30: bindings-collide: a-b@example.com and a.b@example.com would share the "
            "RoleBinding "
            "user-a-b-example-com-clusterrole-view (give only one of the two a role in churn, "
            "or have "
            "one address changed)"
        )
    ]


def test_bindings_of_different_roles_differ_except_in_production() -> None:
    roles = "contributors: [a.b@example.com]\nviewers: [a-b@example.com]"
    assert ids(profile(roles)) == []
    assert ids(profile(f"{roles}\ntier: ml-product\nproduction: true")) == ["bindings-collide"]


def test_addresses_that_differ_in_a_letter_do_not_collide() -> None:
    assert ids(people(viewers="[a.b@example.com, ab@example.com]")) == []


def test_an_address_fits_into_the_name_of_its_binding() -> None:
    fits = "x" * (230 - len("@example.com")) + "@example.com"
    assert ids(people(admins=f"[{fits}]")) == []
    assert ids(people(admins=f"[x{fits}]")) == ["binding-name-too-long"]


def test_an_unknown_group_gets_the_nearest() -> None:
    text = people(admins="[leds]", groups="{leads: [jane.doe@example.com]}")
    assert lines(judge(text)) == [
        (
            '4:12: unknown-group: "leds" is neither an e-mail address nor a group of this file '
            '(did you mean "leads"?)'
        ),
        (
            '1:10: unused-group: no project names the group "leads" (name it under admins, '
            "contributors or viewers, or delete it)"
        ),
    ]


def test_an_unknown_group_in_a_file_without_groups() -> None:
    assert lines(judge(people(admins="[leads]"))) == [
        (
            '3:12: unknown-group: "leads" is neither an e-mail address nor a group of this file '
            "(write an e-mail address, or add it under groups:)"
        )
    ]


def test_an_unused_group_only_warns() -> None:
    text = people(groups="{leads: [bo@example.com]}")
    (finding,) = judge(text)
    assert finding.rule == "unused-group"
    assert not finding.is_error


@pytest.mark.parametrize("subject", ["system:masters", "system:serviceaccount:kube-system:default"])
def test_subjects_of_kubernetes_itself_are_refused_by_the_model(subject: str) -> None:
    document = read_document("a", people(admins=f'["{subject}"]').encode())
    _, findings = check(TenantFile, document)
    assert [finding.rule for finding in findings] == ["invalid-value"]


def test_every_person_of_a_large_group_is_judged() -> None:
    members = ", ".join(f"p{number}@gmail.com" for number in range(300))
    assert len(ids(people(viewers="[all]", groups=f"{{all: [{members}]}}"))) == 300
