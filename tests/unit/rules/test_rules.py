"""Promises that hold for all rules."""

import re
from pathlib import Path

import pytest
from tests.factories import ids, judge_facts, make_facts, profile

from tenantry.rules import RULES, Rule

CASES = "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))


def test_the_smallest_file_breaks_no_rule() -> None:
    text = """
    profiles:
      name: project-name
      admins:
        - john.doe@example.com
      contributors:
        - jane.doe@example.com
        - john.smith@example.com
    """
    assert ids(text) == []


def test_a_sound_platform_breaks_no_rule() -> None:
    assert judge_facts(make_facts()) == []


def test_every_id_names_one_rule() -> None:
    names = [rule.id for rule in RULES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_explained_and_has_a_case(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.meaning.endswith(".")
    assert rule.reason.endswith(".")
    assert f'"{rule.id}"' in CASES or f" {rule.id}: " in CASES


def test_a_file_with_every_kind_of_fault_is_judged_to_its_end() -> None:
    text = profile(
        """
        tier: gone
        production: true
        reviewBy: 2026-11-21
        quota: {cpu: 0, memory: 8G, gpu: 100}
        egress: [10.0.0.1, a.svc]
        expose: [{name: ui, port: 80, audience: public}]
        claims: [{name: db, kind: Datebase}]
        repository: {url: https://github.com/example/platform, revision: HEAD}
        clusters: [gone]
        """,
        name="kube-x-prod",
    )
    assert set(ids(text, name="Bad")) == {
        "tenant-name",
        "reserved-name",
        "reserved-suffix",
        "unknown-tier",
        "quota-zero",
        "decimal-unit",
        "egress-address",
        "egress-inside",
        "unknown-claim-kind",
        "platform-repository",
        "head-revision",
        "review-past",
        "unknown-cluster",
    }
