"""How facts reach an app."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tenantry.markers import markers, references
from tenantry.schema.cluster import FrontDoor
from tenantry.wiring import Absence, UnknownFactError, awaited, declare, fill, find

if TYPE_CHECKING:
    from tenantry.facts import ClusterFacts


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("clusterName", "dev"),
        ("appNamespaces", ["argocd", "kubeflow"]),
        ("cluster.domain", "ml.example.com"),
        ("cluster.mesh.gateway.serviceAccount.name", "front-door"),
        ("cluster.global", False),
        ("cluster.apiServer.port", 443),
        ("cluster.capacity.storage", "1Ti"),
        ("cluster.capacity.pools.general.purpose", "general"),
        ("platform.company.emailDomains", ["example.com", "example.org"]),
        ("platform.tiers.insight.default.cpu", "4"),
        ("outputs.identities", {}),
        (
            "monthlyPrices",
            {
                "CPU": "73.000000",
                "spotCPU": "73.000000",
                "RAM": "7.300000",
                "spotRAM": "7.300000",
                "GPU": "2190.000000",
                "storage": "0.100000",
            },
        ),
    ],
)
def test_a_dotted_path_leads_to_the_value_of_a_fact(
    fact: str, value: object, dev: ClusterFacts
) -> None:
    declare(fact)
    assert find(fact, dev) == value


@pytest.mark.parametrize(
    "fact",
    [
        "platform.network.proxy.http",
        "platform.tiers.gold.description",
        "cluster.audiences.company.name",
        "outputs.keyVault",
        "outputs.azure.tenantId",
    ],
)
def test_a_fact_that_is_not_given_is_absent_and_never_null(fact: str, dev: ClusterFacts) -> None:
    declare(fact)
    assert find(fact, dev) is Absence.ABSENT


@pytest.mark.parametrize(
    ("fact", "step", "known"),
    [
        ("cluster.domian", "domian", "domain"),
        ("clusters.domain", "clusters", "cluster"),
        ("cluster.domain.host", "host", None),
        ("platform.network.proxy.htp", "htp", "http"),
        ("outputs.azure.tenant", "tenant", "tenantId"),
        ("cluster.trust_domain", "trust_domain", "mesh"),
        ("platform.company", "", "name"),
        ("platform.tiers", "", "cap"),
        ("clusterName.x", "clusterName", "clusterName"),
    ],
)
def test_a_path_that_leads_nowhere_says_which_step_and_what_would_lead_on(
    fact: str, step: str, known: str | None
) -> None:
    with pytest.raises(UnknownFactError) as caught:
        declare(fact)
    assert caught.value.step == step
    assert known is None or known in caught.value.known


def test_only_outputs_are_waited_for(dev: ClusterFacts, prod: ClusterFacts) -> None:
    assert awaited("outputs.keyVault", dev)
    assert not awaited("outputs.keyVault", prod)
    assert not awaited("platform.network.proxy.http", dev)


def test_what_a_given_output_does_without_is_left_out_and_not_waited_for(
    dev: ClusterFacts,
) -> None:
    """A private front door has no resource group, and never will; an identity is still to come."""
    asked = {"group": {"fromFact": "outputs.frontDoor.resourceGroup"}}
    known = dev.outputs.model_copy(update={"front_door": FrontDoor(address="10.0.0.4")})
    inside = replace(dev, outputs=known)

    assert awaited("outputs.frontDoor.resourceGroup", dev)
    assert not awaited("outputs.frontDoor.resourceGroup", inside)
    assert fill(asked, inside) == {}
    assert awaited("outputs.identities.velero", inside)


def test_every_marker_is_replaced_at_any_depth(dev: ClusterFacts) -> None:
    tree = {
        "host": {"fromFact": "cluster.domain"},
        "list": [{"fromFact": "clusterName"}, "as it is", 3, None],
        "principal": {"joined": [{"fromFact": "cluster.mesh.trustDomain"}, "/sa/", 7, True]},
        "ranges": {"joined": [{"fromFact": "cluster.apiServer.ranges"}]},
        "json": {"asJson": {"header": {"fromFact": "platform.identity.userHeader"}}},
        "yaml": {"asYaml": {"a": {"b": {"fromFact": "clusterName"}}}},
    }
    assert fill(tree, dev) == {
        "host": "ml.example.com",
        "list": ["dev", "as it is", 3, None],
        "principal": "mesh.example/sa/7true",
        "ranges": "10.0.0.0/28,10.1.0.0/28",
        "json": '{\n  "header": "x-user"\n}',
        "yaml": "a:\n  b: dev\n",
    }


def test_an_absent_fact_takes_only_the_entry_with_it_that_asks(dev: ClusterFacts) -> None:
    absent = {"fromFact": "platform.network.proxy.http"}
    tree = {
        "kept": 1,
        "gone": absent,
        "joined text": {"joined": ["http=", absent]},
        "list": [absent, "kept"],
        "inner": {"gone": absent},
        "json": {"asJson": {"gone": absent, "kept": 1}},
        "absent json": {"asJson": absent},
    }
    assert fill(tree, dev) == {
        "kept": 1,
        "list": ["kept"],
        "inner": {},
        "json": '{\n  "kept": 1\n}',
    }


def test_a_whole_block_stands_as_it_is_or_not_at_all(dev: ClusterFacts) -> None:
    absent = {"name": "PROXY", "value": {"fromFact": "platform.network.proxy.http"}}
    given = {"name": "DOMAIN", "value": {"fromFact": "cluster.domain"}}
    tree = {"list": [{"whole": absent}, {"whole": given}], "block": {"whole": {"a": [absent]}}}
    assert fill(tree, dev) == {"list": [{"name": "DOMAIN", "value": "ml.example.com"}]}


def test_text_is_never_a_template(dev: ClusterFacts) -> None:
    """Braces, dollars and dotted paths in a text stay what they are."""
    tree = {"a": "{{ cluster.domain }} ${clusterName} fromFact: cluster.domain"}
    assert fill(tree, dev) == tree


def test_every_place_that_asks_for_a_fact_is_found() -> None:
    tree = {"a": [{"joined": ["x", {"fromFact": "cluster.domain"}]}], "fromFact": "clusterName"}
    assert [(r.field, r.fact) for r in references(markers(tree, ("values",)))] == [
        (("values", "a", 0, "joined", 1, "fromFact"), "cluster.domain"),
        (("values", "fromFact"), "clusterName"),
    ]
