"""What infrastructure wrote about several clusters, some of which it does not know yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.factories import OUTPUTS, data_of, judge_facts, judge_together, make_facts, profile

from tenantry.schema.cluster import Outputs

if TYPE_CHECKING:
    from tenantry.facts import ClusterFacts, Facts

_CLUSTERS = {"dev": "{}", "east": "global: true", "prod": "{}"}


def _with_outputs(facts: Facts, **outputs: Outputs) -> Facts:
    known = {
        name: replace(cluster, outputs=outputs.get(name, cluster.outputs))
        for name, cluster in facts.clusters.items()
    }
    return replace(facts, clusters=known)


def _outputs(issuer: str) -> Outputs:
    data = data_of(OUTPUTS)
    data["azure"]["oidcIssuer"] = issuer
    return Outputs.model_validate(data)


def test_one_issuer_is_found_in_two_clusters_however_it_ends() -> None:
    facts = _with_outputs(
        make_facts(clusters=_CLUSTERS, outputs=None),
        east=_outputs("https://issuer.example.com/a/"),
        prod=_outputs("https://issuer.example.com/a"),
    )
    (finding,) = (f for f in judge_facts(facts) if f.rule == "shared-outputs")
    assert finding.path == "clusters/prod/outputs.yaml"
    assert finding.message == "this is the issuer of the cluster east as well"


def test_outputs_that_cannot_be_read_hide_no_others_that_are_missing() -> None:
    facts = make_facts(clusters=_CLUSTERS, outputs=None)
    faulty: ClusterFacts = replace(facts.clusters["dev"], outputs_are_faulty=True)
    found = judge_facts(replace(facts, clusters={**facts.clusters, "dev": faulty}))
    assert {f.path for f in found if f.rule == "outputs-missing"} == {
        "clusters/east/outputs.yaml",
        "clusters/prod/outputs.yaml",
    }


def test_three_namespaces_without_identity_are_all_named() -> None:
    files = {f"team-{name}": profile(name=name) for name in ("one", "two", "six")}
    (finding,) = (f for f in judge_together(files, make_facts()) if f.rule == "identity-missing")
    assert finding.message.endswith(" yet: one, six, two")
