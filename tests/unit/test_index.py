"""The index of all tenants."""

import pickle

from tests.factories import entries, make_facts, profile, read_tenant

from tenantry.index import Index, Origin, homes

PRODUCTION = "tier: ml-product\nproduction: true\n"


def test_an_entry_holds_what_rules_need_and_no_more() -> None:
    text = profile(
        f"{PRODUCTION}expose: [{{name: ui, port: 80}}]\negress: [data.example.net, a.b.example.net]"
    )
    ((tenant, (space,)),) = entries({"retail": text}, make_facts())
    assert tenant == "retail"
    assert space.namespaces == ("churn", "churn-prod")
    assert space.clusters == ("prod",)
    assert space.requests == (4000, 16 * 2**30, 100 * 2**30, 0)
    assert space.exposed == ("ui",)
    assert space.egress == ("data.example.net", "a.b.example.net")


def test_the_entry_of_the_smallest_file_is_a_few_hundred_bytes() -> None:
    (entry,) = entries({"retail": profile()}, make_facts())
    content = pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
    assert len(content) < 300
    assert pickle.loads(content) == entry  # noqa: S301 - what was just written


def test_a_quota_replaces_what_the_tier_gives_amount_by_amount() -> None:
    ((_, (space,)),) = entries({"a": profile("quota: {cpu: 500m, gpu: 2}")}, make_facts())
    assert space.requests == (500, 16 * 2**30, 100 * 2**30, 2)


def test_an_unknown_tier_counts_for_nothing() -> None:
    ((_, (space,)),) = entries({"a": profile("tier: gone")}, make_facts())
    assert space.requests == (0, 0, 0, 0)


def test_the_order_of_entries_does_not_matter() -> None:
    found = entries({"b": profile(), "a": profile(), "c": profile(PRODUCTION)}, make_facts())
    assert Index.of(found) == Index.of(reversed(found))
    assert [entry.tenant for entry in Index.of(found).entries] == ["a", "b", "c"]


def test_a_registry_keeps_the_first_origin_and_all_where_there_are_several() -> None:
    index = Index.of(entries({"b": profile(), "a": profile(PRODUCTION)}, make_facts()))
    assert index.namespaces.owners == {"churn": Origin("a", 0), "churn-prod": Origin("a", 0)}
    assert index.namespaces.shared == {"churn": [Origin("a", 0), Origin("b", 0)]}


def test_a_profile_lives_where_it_says_else_where_the_platform_says() -> None:
    facts = make_facts(
        "canaries: [lab]",
        clusters={"dev": "tenants: canary", "test": "tenants: [retail]", "prod": "global: true"},
    )

    def of(name: str, fields: str = "") -> tuple[str, ...]:
        tenant, _ = read_tenant(profile(fields), name)
        return homes(name, tenant.profiles[0], facts)

    assert of("retail") == ("test", "prod")
    assert of("lab") == ("dev", "prod")
    assert of("other") == ("prod",)
    assert of("other", "clusters: [prod, dev, dev, gone]") == ("dev", "prod")
