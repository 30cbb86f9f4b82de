"""Rules about hosts that pods may reach."""

import pytest
from tests.factories import ids, judge, judge_facts, judge_together, lines, make_facts, profile


def egress(*hosts: str) -> str:
    """Return a file of one project that reaches some hosts."""
    return profile("egress:\n" + "".join(f'  - "{host}"\n' for host in hosts))


@pytest.mark.parametrize(
    "host",
    [
        "api.example.net",
        "data.example.net",
        "a1.b2.io",
        "internal.example.net",
        "svc.example.net",
        "1password.com",
        "nip.example.net",
        "xn--bcher-kva.example.net",
        "metadata.example.net",
    ],
)
def test_a_host_outside_is_taken(host: str) -> None:
    assert ids(egress(host)) == []


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "168.63.129.16",
        "metadata.google.internal",
        "metadata.azure.internal",
        "metadata.azure.com",
    ],
)
def test_metadata_services_are_refused(host: str) -> None:
    assert ids(egress(host)) == ["egress-metadata"]


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "8.8.8.8",
        "127.1",
        "1.2.3.0x4",
        "127.0.0.0x7f",
        "a.b.9",
        "10.0.0.1.nip.io",
        "x.sslip.io",
        "lvh.me",
    ],
)
def test_addresses_in_any_form_are_refused(host: str) -> None:
    assert ids(egress(host)) == ["egress-address"]


@pytest.mark.parametrize(
    "host",
    [
        "api.other.svc",
        "api.other.svc.cluster.local",
        "printer.local",
        "api.github.com.vision.egress.internal",
        "x.localhost",
        "kubernetes.default",
        "ml-pipeline.kubeflow",
        "istiod.istio-system",
        "a.kube-system",
        "1.0.0.10.in-addr.arpa",
        "x.invalid",
    ],
)
def test_names_that_mean_something_only_inside_are_refused(host: str) -> None:
    assert ids(egress(host)) == ["egress-inside"]


@pytest.mark.parametrize("host", ["ml.example.com", "ui-churn.ml.example.com"])
def test_the_clusters_own_domain_is_refused(host: str) -> None:
    assert ids(egress(host)) == ["egress-own-domain"]


@pytest.mark.parametrize("host", ["example.com", "xml.example.com", "ml.example.com.net"])
def test_a_domain_beside_the_clusters_is_taken(host: str) -> None:
    assert ids(egress(host)) == []


def test_the_message_says_what_to_write() -> None:
    assert lines(judge(egress("10.0.0.1"))) == [
        (
            "5:7: egress-address: 10.0.0.1 stands for an address and not for a host "
            "(write the host's name, such as api.github.com)"
        )
    ]


def test_a_host_twice_is_refused_at_the_second() -> None:
    assert lines(judge(egress("data.example.net", "api.example.net", "data.example.net"))) == [
        "7:7: duplicate-egress: data.example.net is listed twice (delete one of the two)"
    ]


def test_a_default_of_the_platform_only_warns() -> None:
    (finding,) = judge(egress("github.com"))
    assert finding.rule == "egress-by-default"
    assert not finding.is_error
    assert ids(egress("api.github.com")) == []


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("[data.example.net, github.com]", []),
        ("[data.example.net, data.example.net]", ["duplicate-egress"]),
        ("[10.0.0.1]", ["egress-address"]),
        ("[a.svc]", ["egress-inside"]),
        ("[x.ml.example.com]", ["egress-own-domain"]),
    ],
)
def test_the_platforms_own_hosts_pass_the_same_rules(hosts: str, expected: list[str]) -> None:
    found = judge_facts(make_facts(f"network: {{egress: {hosts}}}"))
    assert [finding.rule for finding in found] == expected


def test_a_host_that_is_a_service_of_another_namespace_is_refused() -> None:
    files = {"retail": egress("api.fraud", "api.sales"), "finance": profile(name="fraud")}
    (finding,) = judge_together(files)
    assert (finding.path, finding.rule) == ("tenants/retail/profiles.yaml", "egress-namespace")
    assert finding.message == ("api.fraud is, inside the cluster, a name of the namespace fraud")


def test_a_host_that_is_a_service_of_a_production_namespace_is_refused() -> None:
    files = {
        "retail": egress("api.fraud-prod"),
        "finance": profile("tier: ml-product\nproduction: true", name="fraud"),
    }
    assert [finding.rule for finding in judge_together(files)] == ["egress-namespace"]
