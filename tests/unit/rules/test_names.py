"""Rules about names of tenants and projects."""

import pytest
from tests.factories import ids, judge, judge_together, lines, make_facts, profile


@pytest.mark.parametrize("name", ["retail", "r", "a-1", "x" * 56])
def test_a_folder_may_have_any_name_that_leaves_room(name: str) -> None:
    assert ids(profile(), name=name) == []


@pytest.mark.parametrize(
    "name",
    [
        "Retail",
        "re_tail",
        "-a",
        "a-",
        "1a",
        "réseau",
        "a b",
        "a.b",
        "x" * 57,
        "all",
        "canary",
        "a\n",
    ],
)
def test_a_folder_that_cannot_be_a_tenant_is_refused(name: str) -> None:
    assert ids(profile(), name=name) == ["tenant-name"]


def test_the_message_shows_the_name_that_would_be_too_long() -> None:
    name = "x" * 57
    assert lines(judge(profile(), name=name)) == [
        (
            f'1:1: tenant-name: the folder {name} cannot be a tenant: "tenant-{name}", the name '
            f"of its "
            "Application, would have 64 characters, more than 63 (rename the folder to at most 56 "
            "characters)"
        )
    ]


@pytest.mark.parametrize(
    "name",
    [
        "kube-system",
        "kube-anything",
        "istio-x",
        "knative-serving",
        "kubeflow",
        "kubeflow-user",
        "argocd",
        "crossplane-system",
        "cert-manager",
        "default",
        "monitoring",
        "istio-egress",
        "com",
        "svc",
        "de",
        "ai",
    ],
)
def test_a_reserved_name_is_refused(name: str) -> None:
    assert ids(profile(name=name)) == ["reserved-name"]


@pytest.mark.parametrize("name", ["churn", "a", "kube", "recommender-system", "comet", "d3"])
def test_a_name_that_only_resembles_a_reserved_one_is_taken(name: str) -> None:
    assert ids(profile(name=name)) == ([] if len(name) != 2 else ["reserved-name"])


def test_namespaces_of_the_facts_are_reserved() -> None:
    facts = make_facts("gitops: {namespace: delivery}")
    assert lines(judge(profile(name="delivery"), facts)) == [
        (
            '2:9: reserved-name: the project name "delivery" is a namespace of the platform itself '
            "(choose another name, such as retail-delivery)"
        )
    ]
    assert ids(profile(name="delivery")) == []


def test_a_reserved_prefix_is_named() -> None:
    assert lines(judge(profile(name="kube-costs"))) == [
        (
            '2:9: reserved-name: the project name "kube-costs" starts with "kube-", as '
            "namespaces of "
            "the platform itself do (choose another name, such as retail-costs)"
        )
    ]


def test_the_suffix_of_production_is_refused_with_what_was_meant() -> None:
    assert lines(judge(profile(name="churn-prod"))) == [
        (
            '2:9: reserved-suffix: the project name "churn-prod" ends in "-prod", as production '
            'namespaces do (name it "churn" and write "production: true" to get the namespace '
            "churn-prod)"
        )
    ]
    assert ids(profile(name="churn-product")) == []


def test_a_name_leaves_room_for_the_suffix() -> None:
    assert ids(profile(name="x" * 58)) == []
    name = "x" * 59
    assert lines(judge(profile(name=name))) == [
        (
            f'2:9: computed-name-too-long: the production namespace would be "{name}-prod", '
            f"which has "
            "64 characters; Kubernetes allows 63 (shorten the name to at most 58 characters)"
        )
    ]


def test_one_name_twice_in_a_file_is_refused_at_the_second() -> None:
    text = """
    profiles:
      - {name: churn, admins: [jane.doe@example.com]}
      - {name: churn-2, admins: [jane.doe@example.com]}
      - {name: churn, admins: [jane.doe@example.com]}
    """
    assert lines(judge(text)) == [
        (
            '5:12: duplicate-profile: "churn" is already the name of project 1 of this file '
            "(give each project a name of its own, or join the two)"
        )
    ]


def test_one_namespace_in_two_files_is_refused_in_both() -> None:
    found = judge_together({"b": profile(), "a": profile(), "c": profile(name="other")})
    assert [(finding.path, finding.rule, finding.field) for finding in found] == [
        ("tenants/a/profiles.yaml", "namespace-taken", ("profiles", 0, "name")),
        ("tenants/b/profiles.yaml", "namespace-taken", ("profiles", 0, "name")),
    ]
    assert found[0].message == ('the namespace "churn" is also made by tenants/b/profiles.yaml')


def test_a_production_namespace_meets_a_project_of_that_name() -> None:
    found = judge_together(
        {"a": profile("production: true"), "b": profile(name="churn-prod"), "c": profile(name="x")}
    )
    assert [finding.path for finding in found] == [
        "tenants/a/profiles.yaml",
        "tenants/b/profiles.yaml",
    ]
    assert {finding.rule for finding in found} == {"namespace-taken"}


def test_many_files_with_one_namespace_are_counted_and_not_listed() -> None:
    found = judge_together({name: profile() for name in "abcd"})
    assert found[0].message == (
        'the namespace "churn" is also made by tenants/b/profiles.yaml and 2 more'
    )


def test_one_name_twice_in_a_file_is_not_reported_again_across_files() -> None:
    text = """
    profiles:
      - {name: churn, admins: [jane.doe@example.com]}
      - {name: churn, admins: [jane.doe@example.com]}
    """
    assert judge_together({"a": text}) == []
