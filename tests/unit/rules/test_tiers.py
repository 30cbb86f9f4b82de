"""Rules about tiers: those that profiles name, and the tiers themselves."""

import pytest
from tests.factories import ids, judge, judge_facts, lines, make_facts, profile


def test_an_unknown_tier_gets_the_nearest() -> None:
    assert lines(judge(profile("tier: ml-produkt"))) == [
        '4:9: unknown-tier: the platform has no tier "ml-produkt" (did you mean "ml-product"?)'
    ]


@pytest.mark.parametrize("tier", ["insight", "ml-product"])
def test_a_known_tier_is_taken(tier: str) -> None:
    assert ids(profile(f"tier: {tier}")) == []


@pytest.mark.parametrize("tier", ["", "tier: insight\n"])
def test_production_needs_a_tier_that_has_it(tier: str) -> None:
    assert ids(profile(f"{tier}production: true")) == ["production-not-in-tier"]
    assert ids(profile(f"{tier}production: false")) == []
    assert ids(profile("tier: ml-product\nproduction: true")) == []


def test_the_cure_names_a_tier_with_production() -> None:
    assert lines(judge(profile("production: true"))) == [
        (
            "4:15: production-not-in-tier: churn asks for production, which the tier insight "
            "does not "
            'have (write "tier: ml-product", or remove the line)'
        )
    ]


@pytest.mark.parametrize(
    "platform",
    [
        "defaultTier: gone",
        "tiers: {insight: {extends: gone}}",
        "tiers: {ml-product: {extends: insigt}}",
    ],
)
def test_a_tier_that_facts_name_must_be_there(platform: str) -> None:
    assert [finding.rule for finding in judge_facts(make_facts(platform))][:1] == ["unknown-tier"]


def test_an_unknown_default_tier_does_not_stop_the_judging_of_files() -> None:
    assert ids(profile("quota: {cpu: 4}"), make_facts("defaultTier: gone")) == []


@pytest.mark.parametrize(
    ("tiers", "cure"),
    [
        ("{insight: {extends: insight}}", "delete the line"),
        ("{insight: {extends: ml-product}}", 'remove "extends:" from one of them'),
    ],
)
def test_a_circle_of_tiers_is_refused_once(tiers: str, cure: str) -> None:
    found = [f for f in judge_facts(make_facts(f"tiers: {tiers}")) if f.rule == "tier-cycle"]
    assert [(f.field, f.cure) for f in found] == [(("tiers", "insight", "extends"), cure)]


def test_the_message_shows_the_circle() -> None:
    facts = make_facts("tiers: {insight: {extends: ml-product}}")
    messages = [f.message for f in judge_facts(facts) if f.rule == "tier-cycle"]
    assert messages == ["the tier insight extends itself: insight -> ml-product -> insight"]


def test_a_tier_beside_a_circle_is_not_part_of_it() -> None:
    facts = make_facts("tiers: {a: {extends: b}, b: {extends: b}}")
    fields = [f.field for f in judge_facts(facts) if f.rule == "tier-cycle"]
    assert fields == [("tiers", "b", "extends")]


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("{cpu: 16}", []),
        ("{cpu: 16001m}", ["default-exceeds-cap"]),
        ("{memory: 64Gi}", []),
        ("{memory: 65Gi}", ["default-exceeds-cap"]),
        ("{gpu: 1}", ["default-exceeds-cap"]),
    ],
)
def test_a_tiers_default_is_within_its_cap(default: str, expected: list[str]) -> None:
    facts = make_facts(f"tiers: {{insight: {{default: {default}}}}}")
    found = {f.rule for f in judge_facts(facts) if f.field[1] == "insight"}
    assert found == set(expected)


def test_what_a_tier_inherits_does_not_hide_what_is_wrong_with_its_own() -> None:
    tiers = "{insight: {default: {cpu: 17}}, lab: {extends: insight, default: {memory: 65Gi}}}"
    assert [f.message for f in judge_facts(make_facts(f"tiers: {tiers}"))] == [
        "the tier insight gives cpu 17 by default, but its cap is 16",
        "the tier lab gives memory 65Gi by default, but its cap is 64Gi",
    ]


def test_a_default_without_a_cap_is_refused() -> None:
    facts = make_facts("tiers: {insight: {cap: {cpu: null}}, ml-product: {cap: {cpu: 64}}}")
    assert [f.message for f in judge_facts(facts)] == [
        "the tier insight gives cpu 4 by default, but its cap names no cpu"
    ]


@pytest.mark.parametrize(
    "key",
    [
        "pods",
        "services.loadbalancers",
        "count/jobs.batch",
        "count/secrets",
        "count/s3buckets.claims.example.com",
        "persistentvolumeclaims",
    ],
)
def test_what_a_resource_quota_counts_is_taken(key: str) -> None:
    assert judge_facts(make_facts(f"tiers: {{insight: {{objects: {{{key}: 5}}}}}}")) == []


@pytest.mark.parametrize(
    "key", ["pod", "jobs.batch", "requests.cpu", "cpu", "count/", "count/.batch"]
)
def test_what_a_resource_quota_does_not_count_is_refused(key: str) -> None:
    facts = make_facts(f"tiers: {{insight: {{objects: {{{key}: 5}}}}}}")
    assert [finding.rule for finding in judge_facts(facts)] == ["object-count-key"]


def test_a_misspelled_object_gets_the_nearest() -> None:
    (finding,) = judge_facts(make_facts("tiers: {insight: {objects: {pod: 5}}}"))
    assert finding.cure == 'did you mean "pods"?'
