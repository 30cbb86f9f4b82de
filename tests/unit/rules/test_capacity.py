"""Rules about what a cluster has. It has cpu 120, memory 500Gi, storage 4Ti and 4 GPUs."""

import pytest
from tests.factories import judge_facts, judge_together, make_facts, profile

from tenantry.facts import Facts
from tenantry.findings import Severity

PRODUCT = "tier: ml-product\n"


def asking(**amounts: str) -> dict[str, str]:
    """Return files of tenants that each ask for one amount, such as ``cpu: 60``."""
    # The tier's default of all else is small enough never to matter.
    return {
        tenant.replace("_", "-"): profile(f"{PRODUCT}quota: {{{amount}}}", name=f"p-{tenant}")
        for tenant, amount in amounts.items()
    }


def found(files: dict[str, str], facts: Facts | None = None) -> list[tuple[str, str]]:
    return [(finding.rule, finding.message) for finding in judge_together(files, facts)]


def test_exactly_what_the_cluster_has_is_silent() -> None:
    assert found(asking(a="cpu: 60", b="cpu: 60")) == []


def test_crossing_what_the_cluster_has_warns_with_the_largest() -> None:
    files = asking(a="cpu: 60", b="cpu: 50", c="cpu: 8", d="cpu: 2500m")
    (finding,) = judge_together(files)
    assert finding.rule == "capacity-crossed"
    assert finding.severity is Severity.WARNING
    assert finding.path == "clusters/prod/cluster.yaml"
    assert finding.field == ("capacity", "pools")
    assert finding.message == (
        "all quotas on the cluster prod add up to cpu 120.5, more than the 120 that it has; the "
        "largest: p-a of a with 60, p-b of b with 50, p-c of c with 8"
    )
    assert finding.cure == "add nodes or lower a quota before the sum reaches 180"


def test_exactly_what_the_overcommit_allows_warns_and_more_is_refused() -> None:
    files = asking(a="cpu: 64", b="cpu: 64", c="cpu: 52")
    assert [rule for rule, _ in found(files)] == ["capacity-crossed"]
    files |= asking(d="cpu: 1m")
    assert found(files) == [
        (
            "capacity-exceeded",
            (
                "all quotas on the cluster prod add up to cpu 180.001, more than the 120 that "
                "it has, "
                "and more than the 180 that its overcommit allows; the largest: p-a of a with 64, "
                "p-b of b with 64, p-c of c with 52"
            ),
        )
    ]


def test_an_overcommit_that_is_no_binary_fraction_is_exact() -> None:
    assert [rule for rule, _ in found(asking(a="memory: 500Gi", b="memory: 50Gi"))] == [
        "capacity-crossed"
    ]
    assert [rule for rule, _ in found(asking(a="memory: 500Gi", b="memory: 51Gi"))] == [
        "capacity-exceeded"
    ]


def test_gpus_are_never_promised_twice() -> None:
    assert found(asking(a="gpu: 2", b="gpu: 2")) == []
    (finding,) = judge_together(asking(a="gpu: 2", b="gpu: 3"))
    assert finding.rule == "capacity-exceeded"
    assert finding.message == (
        "all quotas on the cluster prod add up to gpu 5, more than the 4 that it has; the "
        "largest: p-b of b with 3, p-a of a with 2"
    )


def test_production_counts_as_a_namespace_of_its_own() -> None:
    production = profile(f"{PRODUCT}production: true\nquota: {{gpu: 3}}")
    assert [rule for rule, _ in found({"a": production})] == ["capacity-exceeded"]


def test_storage_is_reported_at_its_own_field() -> None:
    facts = make_facts(clusters={"prod": "capacity: {storage: 1Ti}"}, outputs=None)
    (finding,) = judge_together(asking(a="storage: 1Ti", b="storage: 1Gi"), facts)
    assert finding.field == ("capacity", "storage")


def test_a_quota_that_alone_exceeds_the_cluster_is_left_to_its_own_rule() -> None:
    assert found(asking(a="cpu: 121", b="cpu: 60", c="cpu: 60")) == []
    assert [rule for rule, _ in found(asking(a="cpu: 121", b="cpu: 60", c="cpu: 61"))] == [
        "capacity-crossed"
    ]


def test_a_default_that_alone_exceeds_the_cluster_counts() -> None:
    facts = make_facts(clusters={"prod": "capacity: {storage: 30Gi}"}, outputs=None)
    assert [rule for rule, _ in found({"a": profile(name="a")}, facts)] == ["capacity-exceeded"]


def test_defaults_of_tiers_count() -> None:
    facts = make_facts(clusters={"prod": "capacity: {storage: 150Gi}"}, outputs=None)
    files = {"a": profile(name="a"), "b": profile(name="b")}
    assert [rule for rule, _ in found(files, facts)] == ["capacity-crossed"]


def test_only_what_lives_on_a_cluster_counts() -> None:
    facts = make_facts(clusters={"dev": "tenants: [a]", "prod": "global: true"}, outputs=None)
    files = asking(a="gpu: 3", b="gpu: 1")
    assert found(files, facts) == []
    files |= {"c": profile(f"{PRODUCT}quota: {{gpu: 2}}\nclusters: [dev]")}
    assert [message[:40] for _, message in found(files, facts)] == [
        "all quotas on the cluster dev add up to "
    ]


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ("{purpose: gpu, gpu: 4, queue: gpu}", []),
        ("{purpose: gpu, gpu: 4, queue: null}", ["pool-without-queue"]),
        ("{purpose: general, gpu: 1, queue: null}", ["pool-without-queue"]),
        ("{purpose: general, gpu: 0, queue: null}", []),
    ],
)
def test_a_pool_of_gpus_should_have_a_queue(pool: str, expected: list[str]) -> None:
    facts = make_facts(clusters={"prod": f"{{global: true, capacity: {{pools: {{gpu: {pool}}}}}}}"})
    findings = judge_facts(facts)
    assert [finding.rule for finding in findings] == expected
    assert not any(finding.is_error for finding in findings)


def test_a_default_larger_than_a_cluster_warns() -> None:
    cluster = "{global: true, capacity: {storage: %s}}"
    assert judge_facts(make_facts(clusters={"prod": cluster % "100Gi"})) == []
    findings = judge_facts(make_facts(clusters={"prod": cluster % "99Gi"}))
    assert {finding.rule for finding in findings} == {"default-exceeds-cluster"}
    assert not findings[0].is_error
