"""Rules about the quota of one profile."""

import pytest
from tests.factories import ids, judge, lines, make_facts, profile


def quota(amounts: str, more: str = "") -> str:
    """Return a file of one project with a quota."""
    return profile(f"quota: {{{amounts}}}\n{more}")


@pytest.mark.parametrize(
    "amounts", ["cpu: 16", "cpu: 16000m", "memory: 64Gi", "storage: 1Ti", "gpu: 0"]
)
def test_the_cap_itself_is_within_the_tier(amounts: str) -> None:
    assert ids(quota(amounts)) == []


@pytest.mark.parametrize("amounts", ["cpu: 16001m", "memory: 65537Mi", "storage: 1025Gi"])
def test_more_than_the_cap_is_refused(amounts: str) -> None:
    assert ids(quota(amounts)) == ["quota-exceeds-tier"]


def test_the_message_gives_both_amounts_and_a_tier_that_would_do() -> None:
    assert lines(judge(quota("cpu: 32"))) == [
        (
            "4:16: quota-exceeds-tier: churn asks for cpu 32, more than the 16 that the tier "
            "insight "
            'allows (write 16 or less, or write "tier: ml-product")'
        )
    ]


def test_no_tier_is_named_where_none_would_do() -> None:
    (finding,) = judge(quota("cpu: 65", "tier: ml-product"))
    assert finding.cure == "write 64 or less"


@pytest.mark.parametrize(
    ("tiers", "cure"),
    [
        ("{huge: {cap: {cpu: 999}}, mid: {cap: {cpu: 40}}}", "mid"),
        ("{two: {cap: {cpu: 32}}, one: {cap: {cpu: 32}}}", "one"),
    ],
)
def test_the_smallest_tier_that_would_do_is_named(tiers: str, cure: str) -> None:
    """Of two that are the same, the first by name."""
    (finding,) = judge(quota("cpu: 32"), make_facts(f"tiers: {tiers}"))
    assert finding.cure == f'write 16 or less, or write "tier: {cure}"'


def test_each_amount_above_the_cap_is_named() -> None:
    found = judge(quota("cpu: 32, memory: 128Gi"))
    assert [finding.field for finding in found] == [
        ("profiles", "quota", "cpu"),
        ("profiles", "quota", "memory"),
    ]


def test_what_a_cap_does_not_name_is_not_given() -> None:
    facts = make_facts("tiers: {insight: {default: {storage: null}, cap: {storage: null}}}")
    assert lines(judge(quota("storage: 1Gi"), facts)) == [
        (
            "4:20: quota-exceeds-tier: churn asks for storage 1Gi, and the tier insight allows "
            "none "
            '(remove the line, or write "tier: ml-product")'
        )
    ]


def test_gpus_need_a_tier_that_has_them() -> None:
    assert lines(judge(quota("gpu: 1"))) == [
        (
            "4:16: gpu-not-in-tier: churn asks for gpu 1, and the tier insight has no GPU "
            '(write "tier: ml-product", or remove the line)'
        )
    ]
    assert ids(quota("gpu: 4", "tier: ml-product")) == []


def test_more_than_a_whole_cluster_has_is_refused() -> None:
    facts = make_facts(
        clusters={
            "dev": "{capacity: {pools: {gpu: {gpu: 0}}}}",
            "prod": "{global: true, domain: prod.example.com}",
        }
    )
    assert lines(judge(quota("gpu: 4", "tier: ml-product"), facts)) == [
        (
            "4:16: quota-exceeds-cluster: churn asks for gpu 4, more than the 0 that the whole "
            "cluster "
            'dev has (write 0 or less, or write "clusters: [prod]")'
        )
    ]
    assert ids(quota("gpu: 4", "tier: ml-product\nclusters: [prod]"), facts) == []
    found = ids(quota("gpu: 5", "tier: ml-product\nclusters: [prod]"), facts)
    assert found == ["quota-exceeds-cluster"]


def test_an_amount_is_held_against_the_clusters_although_the_tier_is_unknown() -> None:
    assert ids(quota("cpu: 120", "tier: gone")) == ["unknown-tier"]
    assert ids(quota("cpu: 121", "tier: gone")) == ["unknown-tier", "quota-exceeds-cluster"]


def test_a_warning_about_an_amount_does_not_hide_that_no_cluster_has_it() -> None:
    facts = make_facts(
        "tiers: {insight: {container: {cpu: 8}}}",
        clusters={"prod": "{global: true, capacity: {pools: {general: {cpu: 1}, gpu: {cpu: 1}}}}"},
    )
    assert ids(quota("cpu: 4"), facts) == ["quota-below-container", "quota-exceeds-cluster"]


@pytest.mark.parametrize("amounts", ["cpu: 0", "cpu: 0m", "cpu: 0.0", "memory: 0Gi"])
def test_no_cpu_or_no_memory_is_refused(amounts: str) -> None:
    assert ids(quota(amounts)) == ["quota-zero"]


@pytest.mark.parametrize("amounts", ["storage: 0Gi", "gpu: 0"])
def test_no_storage_and_no_gpu_are_taken(amounts: str) -> None:
    assert ids(quota(amounts)) == []


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ("cpu: 100m", []),
        ("cpu: 99m", ["quota-below-container"]),
        ("memory: 256Mi", []),
        ("memory: 255Mi", ["quota-below-container"]),
    ],
)
def test_less_than_one_container_gets_warns(amounts: str, expected: list[str]) -> None:
    found = judge(quota(amounts))
    assert [finding.rule for finding in found] == expected
    assert not any(finding.is_error for finding in found)


def test_the_warning_about_one_container_says_what_it_is_given() -> None:
    assert lines(judge(quota("cpu: 50m"))) == [
        (
            "4:16: quota-below-container: churn asks for cpu 50m, less than the 100m that a "
            "container which names no request is given (write 100m or more)"
        )
    ]


def test_nothing_is_said_of_a_container_where_the_tier_names_none() -> None:
    assert ids(quota("cpu: 1m"), make_facts("tiers: {insight: {container: null}}")) == []


def test_units_of_1000_warn_with_the_difference() -> None:
    found = judge(quota("memory: 8G"))
    assert lines(found) == [
        (
            "4:19: decimal-unit: churn asks for memory 8G, which is 589,934,592 bytes less than "
            "8Gi "
            "(write 8Gi, or keep 8G if units of 1000 are meant)"
        )
    ]
    assert not found[0].is_error


@pytest.mark.parametrize(
    ("amount", "meant"),
    [
        ("500M", "500Mi"),
        ("1.5G", "1.5Gi"),
        ("900000000k", "900000000Ki"),
        ("0.5T", "0.5Ti"),
        ("1P", "1Pi"),
    ],
)
def test_every_unit_of_1000_warns(amount: str, meant: str) -> None:
    finding = judge(quota(f"storage: {amount}"))[0]
    assert finding.rule == "decimal-unit"
    assert finding.cure == f"write {meant}, or keep {amount} if units of 1000 are meant"


def test_the_unit_of_nothing_is_not_doubted() -> None:
    assert ids(quota("memory: 0M")) == ["quota-zero"]
    assert ids(quota("storage: 0M")) == []


@pytest.mark.parametrize("amount", ["8Gi", "500Mi", "1.5Gi"])
def test_units_of_1024_do_not_warn(amount: str) -> None:
    assert ids(quota(f"memory: {amount}")) == []
