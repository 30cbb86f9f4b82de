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


@pytest.mark.parametrize("amount", ["500M", "1.5G", "900000000k"])
def test_every_unit_of_1000_warns(amount: str) -> None:
    assert "decimal-unit" in ids(quota(f"storage: {amount}"))


@pytest.mark.parametrize("amount", ["8Gi", "500Mi", "1.5Gi"])
def test_units_of_1024_do_not_warn(amount: str) -> None:
    assert ids(quota(f"memory: {amount}")) == []
