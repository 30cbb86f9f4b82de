"""Rules: what may be written but must not stay. One module a subject; none reads files or clocks.

Field-local checks stand in `schema`. A new rule is a function in a module, and its line in one of
the tuples below.
"""

from tenantry.rules import (
    app_facts,
    app_rights,
    app_secrets,
    app_sources,
    app_upstream,
    app_weaknesses,
    apps,
    capacity,
    claims,
    clusters,
    compatibility,
    egress,
    exposure,
    lifecycle,
    names,
    people,
    platform,
    policies,
    quotas,
    repository,
    secrets,
    sizes,
    tiers,
)
from tenantry.rules.contract import FactsRule, IndexRule, Rule, TenantRule

#: Run on each tenant's file, on its own.
TENANT_RULES: tuple[TenantRule, ...] = (
    names.check_names,
    people.check_people,
    sizes.check_sizes,
    secrets.check_secrets,
    tiers.check_tier,
    quotas.check_quotas,
    claims.check_claims,
    egress.check_egress,
    exposure.check_exposure,
    repository.check_repository,
    lifecycle.check_reviews,
    clusters.check_clusters,
)

#: Run once, on what all tenants take up together.
INDEX_RULES: tuple[IndexRule, ...] = (
    names.check_namespaces,
    exposure.check_exposed_hosts,
    egress.check_hosts_against_namespaces,
    repository.check_repositories,
    capacity.check_capacity,
    platform.check_identities,
)

#: Run once, on the platform's own facts.
FACTS_RULES: tuple[FactsRule, ...] = (
    clusters.check_global_cluster,
    clusters.check_named_tenants,
    tiers.check_tiers,
    capacity.check_pools,
    exposure.check_gateways,
    egress.check_default_egress,
    platform.check_headers,
    platform.check_branch,
    platform.check_regions,
    platform.check_login_domains,
    platform.check_address_ranges,
    platform.check_issuers,
    platform.check_outputs,
    app_sources.check_app_sources,
    apps.check_apps,
    app_upstream.check_app_upstream,
    app_weaknesses.check_app_weaknesses,
    app_rights.check_app_rights,
    app_secrets.check_app_secrets,
    app_facts.check_app_facts,
    policies.check_policies,
    compatibility.check_compatibility,
)

#: Everything that the functions above can find, by subject.
RULES: tuple[Rule, ...] = (
    *names.RULES,
    *people.RULES,
    *sizes.RULES,
    *secrets.RULES,
    *tiers.RULES,
    *quotas.RULES,
    *capacity.RULES,
    *claims.RULES,
    *egress.RULES,
    *exposure.RULES,
    *repository.RULES,
    *lifecycle.RULES,
    *clusters.RULES,
    *platform.RULES,
    *app_sources.RULES,
    *apps.RULES,
    *app_upstream.RULES,
    *app_weaknesses.RULES,
    *app_rights.RULES,
    *app_secrets.RULES,
    *app_facts.RULES,
    *policies.RULES,
    *compatibility.RULES,
)

__all__ = [
    "FACTS_RULES",
    "INDEX_RULES",
    "RULES",
    "TENANT_RULES",
    "FactsRule",
    "IndexRule",
    "Rule",
    "TenantRule",
]
