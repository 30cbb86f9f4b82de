"""Promises of what is still judged in a tenant's file that has faults."""

from __future__ import annotations

import pytest

from tenantry.reader import read_document
from tenantry.schema.check import check
from tenantry.schema.salvage import salvage
from tenantry.schema.tenant import TenantFile

_HEAD = "profiles:\n  - name: churn\n    admins: [jane.doe@example.com]\n"


def _salvaged(text: str) -> TenantFile | None:
    document = read_document("tenants/growth/profiles.yaml", text.encode())
    file, faults = check(TenantFile, document)
    assert file is None
    assert faults
    return salvage(document, faults)


@pytest.mark.parametrize(
    "field",
    [
        "quota: {cpu: lots}",
        "egress: ['*.example.org']",
        "reviewBy: soon",
        "colour: red",
        "monitoring: {slack: none}",
        "viewers: [not@an@address]",
    ],
)
def test_a_refused_field_leaves_the_rest_to_be_judged(field: str) -> None:
    file = _salvaged(f"{_HEAD}    {field}\n    tier: gold\n")
    assert file is not None
    (profile,) = file.profiles
    assert (profile.tier, profile.quota and profile.quota.cpu, profile.egress) == ("gold", None, ())


def test_a_doubtful_word_is_judged_as_the_text_it_will_be_once_quoted() -> None:
    file = _salvaged(f"{_HEAD}    costCenter: 0815\n")
    assert file is not None
    assert file.profiles[0].cost_center == "0815"


def test_of_a_single_profile_the_rest_is_judged_as_well() -> None:
    file = _salvaged("profiles:\n  name: churn\n  admins: [a@example.com]\n  quotaa: {}\n")
    assert file is not None
    assert file.profiles[0].name == "churn"


@pytest.mark.parametrize(
    "text",
    [
        _HEAD
        + "    production: 'yes'\n    repository: {url: 'https://x.example.com/a', revision: v1}\n",
        _HEAD + "    tier: [gold]\n",
        _HEAD + "    clusters: prod\n",
        _HEAD + "groups: {ds: [nobody]}\n",
        _HEAD + "version: 2\n",
        "profiles:\n  - name: Churn!\n    admins: [a@example.com]\n",
        "profiles:\n  - admins: [a@example.com]\n",
        "profiles: nothing\n",
        "- profiles\n",
    ],
)
def test_nothing_is_salvaged_where_the_rest_would_mean_something_else(text: str) -> None:
    assert _salvaged(text) is None


def test_the_document_itself_stays_as_it_was_read() -> None:
    document = read_document("t", (_HEAD + "    egress: nothing\n").encode())
    _, faults = check(TenantFile, document)
    salvage(document, faults)
    assert isinstance(document.data, dict)
    assert "egress" in str(document.data)
