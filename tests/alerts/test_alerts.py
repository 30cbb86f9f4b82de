"""Alerts read what is really measured, reach somebody, and say what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from tests.alerts.page import BEGIN, PAGE, shown
from tests.alerts.rules import CASES, METRICS, alerts, metrics_in
from tests.repository import CLUSTERS, GLOBAL_CLUSTER, ROOT, Files, manifests

from tenantry import layout

#: What Prometheus itself adds to every series.
_ADDED = {"job", "namespace", "pod", "instance"}
_SELECTOR = re.compile(r"\b([a-z_]+)\{([^{}]*)}")
_LABEL = re.compile(r"([a-z_]+)(?:=~|!~|!=|=)\"")

#: Which app's pods each PodMonitor and ServiceMonitor of ours is for, and the path to them.
_TARGETS = {
    "argo-cd": ("argo-cd", None),
    "cert-manager": ("cert-manager", 9402),
    "external-secrets": ("external-secrets", 8080),
    "gateway": ("istio", 15090),
}


@pytest.fixture(params=CLUSTERS)
def rules(request: pytest.FixtureRequest, own_trees: Files) -> dict[str, dict[str, Any]]:
    """Return the alerts of each cluster, by name."""
    return alerts(own_trees, request.param)


def test_every_metric_of_an_alert_was_read_in_its_components_sources(
    rules: dict[str, dict[str, Any]],
) -> None:
    read = {metric for rule in rules.values() for metric in metrics_in(rule["expr"])}
    assert read == METRICS.keys()


def test_every_label_of_an_alert_is_one_that_its_metric_has(
    rules: dict[str, dict[str, Any]],
) -> None:
    asked = 0
    for name, rule in rules.items():
        for metric, inside in _SELECTOR.findall(rule["expr"]):
            labels = set(_LABEL.findall(inside))
            assert labels <= {*METRICS[metric]["labels"], *_ADDED}, name
            asked += len(labels)
    assert asked > 20


def test_what_kube_state_metrics_says_is_not_mixed_with_what_opencost_says(
    rules: dict[str, dict[str, Any]],
) -> None:
    """OpenCost exports some metrics under the same names; both together would match twice."""
    asked = 0
    for name, rule in rules.items():
        for metric, inside in _SELECTOR.findall(rule["expr"]):
            if METRICS[metric]["app"] == "prometheus-kube-state-metrics":
                own = metric == "tenantry_claim_condition"
                assert own or 'job="kube-state-metrics"' in inside, name
                asked += 1
    assert asked > 10


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_was_read_at_the_version_that_is_installed(metric: str) -> None:
    """Whoever moves an app looks whether the metric is still there."""
    app = METRICS[metric]["app"]
    if not app:
        assert METRICS[metric]["source"].startswith("k8s.io/")
        return
    file = yaml.safe_load((ROOT / layout.app_file(app)).read_bytes())
    source = file.get("helm") or file["git"]
    assert METRICS[metric]["version"] == str(source.get("version") or source["revision"])


def test_the_claims_metric_is_the_one_that_kube_state_metrics_is_told_to_make() -> None:
    file = yaml.safe_load((ROOT / layout.app_file("prometheus-kube-state-metrics")).read_bytes())
    (resource,) = file["values"]["customResourceState"]["config"]["spec"]["resources"]
    (metric,) = resource["metrics"]
    assert f"{resource['metricNamePrefix']}_{metric['name']}" == "tenantry_claim_condition"
    labels = {*resource["labelsFromPath"], *metric["each"]["gauge"]["labelsFromPath"]}
    assert {*labels, "customresource_kind"} == set(METRICS["tenantry_claim_condition"]["labels"])


def test_every_alert_says_who_hears_it_and_what_to_do(rules: dict[str, dict[str, Any]]) -> None:
    for name, rule in rules.items():
        labels, words = rule["labels"], rule["annotations"]
        assert labels["severity"] in {"critical", "warning"}, name
        assert labels["audience"] == "platform", name
        assert labels["topic"], name
        assert words.keys() == {"summary", "breaks", "action"}, name
        # What leads on is not lost in a message about many things at once.
        assert "{{" not in words["breaks"] + words["action"], name


def test_every_alert_is_routed_to_the_channel_of_the_facts(
    rules: dict[str, dict[str, Any]], own_trees: Files
) -> None:
    for cluster in CLUSTERS:
        spec = _routing(own_trees, cluster)
        (matcher,) = spec["route"]["matchers"]
        assert {rule["labels"][matcher["name"]] for rule in rules.values()} == {matcher["value"]}
        facts = yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_bytes())
        (receiver,) = spec["receivers"]
        channel = facts.get("alerts", {}).get("channel")
        told = [each["channel"] for each in receiver["slackConfigs"]]
        assert told == ([] if channel is None else [channel])
        names = {spec["route"]["receiver"], *(each["receiver"] for each in spec["route"]["routes"])}
        assert names == {receiver["name"]}


def test_the_message_leads_to_a_heading_of_the_page(own_trees: Files) -> None:
    for slack in _routing(own_trees, GLOBAL_CLUSTER)["receivers"][0]["slackConfigs"]:
        link = "/docs/alerts.md#{{ .CommonLabels.alertname | toLower }}"
        assert slack["titleLink"].endswith(link)
    headings = set(re.findall(r"^## (\w+)$", PAGE.read_text("utf-8"), re.MULTILINE))
    assert alerts(own_trees, GLOBAL_CLUSTER).keys() <= headings


def test_what_is_written_by_hand_covers_every_alert(rules: dict[str, dict[str, Any]]) -> None:
    assert CASES.keys() == rules.keys()


def test_the_page_shows_every_alert(own_trees: Files, *, update_examples: bool) -> None:
    words, found, below = PAGE.read_text("utf-8").partition(BEGIN)
    wanted = shown(alerts(own_trees, GLOBAL_CLUSTER).values())
    if update_examples:
        PAGE.write_text(f"{words}{BEGIN}\n{wanted}\n", "utf-8")
        pytest.fail("docs/alerts.md was written anew: read it, then run without the option")
    assert found
    assert below == f"\n{wanted}\n"


def test_prometheus_may_reach_what_it_is_told_to_measure(own_trees: Files) -> None:
    """A namespace that lets nobody in has a policy for just the port that is measured."""
    objects = list(_objects(own_trees, GLOBAL_CLUSTER, "prometheus-targets"))
    monitors = {item["metadata"]["name"] for item in objects if item["kind"].endswith("Monitor")}
    assert monitors == _TARGETS.keys()
    paths = {
        (item["metadata"]["namespace"], rule["ports"][0]["port"])
        for item in objects
        if item["kind"] == "NetworkPolicy"
        for rule in item["spec"].get("ingress", ())
    }
    namespaces = {
        item["metadata"]["name"]: item["spec"]["namespaceSelector"]["matchNames"][0]
        for item in objects
        if item["kind"].endswith("Monitor")
    }
    wanted = {(namespaces[name], port) for name, (_, port) in _TARGETS.items() if port}
    assert paths == wanted


def test_prometheus_is_let_out_to_just_what_lets_it_in(own_trees: Files) -> None:
    """Both ends of each path are closed but for it: one alone would measure nothing."""
    (out,) = (
        item["spec"]["egress"]
        for item in _objects(own_trees, GLOBAL_CLUSTER, "prometheus-targets")
        if item["metadata"]["name"] == "allow-targets"
    )
    ways = {(_place(rule["to"][0]), rule["ports"][0]["port"]) for rule in out}
    doors = {
        (item["metadata"]["namespace"], rule["ports"][0]["port"])
        for app in ("prometheus-targets", "opencost", "velero")
        for item in _objects(own_trees, GLOBAL_CLUSTER, app)
        if item["kind"] == "NetworkPolicy"
        for rule in item["spec"].get("ingress", ())
        if _place(rule["from"][0]) == "monitoring"
    }
    # Argo CD's own policy lets every namespace measure it.
    assert ways - doors == {("argocd", 8082)}
    assert doors <= ways


@pytest.mark.parametrize("app", sorted({app for app, _ in _TARGETS.values()}))
def test_what_is_measured_belongs_to_an_app_of_which_an_alert_reads_metrics(app: str) -> None:
    assert app in {each["app"] for each in METRICS.values()}


def test_in_a_teams_namespace_nothing_is_measured_and_no_rule_is_read(own_trees: Files) -> None:
    """Whoever may write such an object there must not make Prometheus call wherever they like."""
    (application,) = manifests(own_trees[f"{GLOBAL_CLUSTER}/{layout.rendered_app('prometheus')}"])
    values = application["spec"]["sources"][0]["helm"]["valuesObject"]
    spec = values["prometheus"]["prometheusSpec"]
    selectors = {key: value for key, value in spec.items() if key.endswith("NamespaceSelector")}
    no_tenant = {"matchExpressions": [{"key": "tenantry.dev/tenant", "operator": "DoesNotExist"}]}
    assert len(selectors) == 5
    assert all(selector == no_tenant for selector in selectors.values())


def _routing(tree: Files, cluster: str) -> dict[str, Any]:
    (spec,) = (
        item["spec"]
        for item in _objects(tree, cluster, "prometheus-slack")
        if item["kind"] == "AlertmanagerConfig"
    )
    assert isinstance(spec, dict)
    return spec


def _place(peer: dict[str, Any]) -> str:
    return str(peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"])


def _objects(tree: Files, cluster: str, app: str) -> list[dict[str, Any]]:
    start = f"{cluster}/{layout.rendered_app_folder(app)}/"
    return [
        item
        for path, content in tree.items()
        if path.startswith(start)
        for item in manifests(content)
    ]
