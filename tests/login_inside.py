"""The hops of a login behind oauth2-proxy: the token, and those who believe it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from tests.login_path import Tree, World, filters, is_strict
from tests.repository import manifests

if TYPE_CHECKING:
    from collections.abc import Iterator


def token(world: World) -> None:
    """Tokens are the issuer's, for this platform; they become the two headers and end there."""
    identity = world.platform["identity"]
    assert world.login["set_authorization_header"] is True
    assert "authorization" in world.provider["envoyExtAuthzHttp"]["headersToUpstreamOnAllow"]
    request = world.patched("oauth2-proxy", "RequestAuthentication", "dex-jwt")
    assert request["/spec/selector/matchLabels"] == world.pods
    (rule,) = request["/spec/jwtRules"]
    assert rule["issuer"] == world.login["oidc_issuer_url"]
    assert rule["audiences"] == [world.login["client_id"]]
    assert rule["forwardOriginalToken"] is False
    assert rule["outputClaimToHeaders"] == [
        {"header": identity["userHeader"], "claim": identity["userClaim"]},
        {"header": identity["groupsHeader"], "claim": identity["groupsClaim"]},
    ]


def fences(world: World) -> None:
    """Without such a token nothing passes, even where one of the two policies is missing."""
    domain = world.facts["domain"]
    allow = world.patched("istio", "AuthorizationPolicy", "istio-ingressgateway")
    assert allow["/spec/selector/matchLabels"] == world.pods
    assert allow["/spec/rules"] == [
        {
            "from": [
                {"source": {"requestPrincipals": [f"{world.platform['identity']['issuer']}/*"]}}
            ]
        },
        {"to": [{"operation": {"hosts": [domain, f"{domain}:*"], "paths": ["/oauth2/*"]}}]},
    ]
    deny = world.patched("oauth2-proxy", "AuthorizationPolicy", "istio-ingressgateway-require-jwt")
    assert deny["/spec/selector/matchLabels"] == world.pods
    assert [rule["to"] for rule in deny["/spec/rules"]] == [
        [{"operation": {"notPaths": ["/oauth2/*"]}}],
        [{"operation": {"notHosts": [domain, f"{domain}:*"]}}],
    ]
    for rule in deny["/spec/rules"]:
        assert rule["from"] == [{"source": {"notRequestPrincipals": ["*"]}}]


def cookie(world: World) -> None:
    """Cookies of the login go no further than the gateway; a renewed one reaches the browser."""
    _, after = filters(world)
    assert f'cookie:find("^{world.login["cookie_name"]}")' in after
    assert re.fullmatch(r"\w+", world.login["cookie_name"]), "would be a pattern in that program"
    assert "set-cookie" in world.provider["envoyExtAuthzHttp"]["headersToDownstreamOnAllow"]


def dashboard(world: World) -> None:
    """Let the dashboard read the header that the gateway writes, from the gateway alone."""
    header = world.platform["identity"]["userHeader"]
    parameters = world.patched("kubeflow-dashboard", "ConfigMap", "dashboard-parameters")
    assert parameters["data"]["USERID_HEADER"] == header
    policy = world.patched("kubeflow-dashboard", "AuthorizationPolicy", "dashboard")
    assert policy["/spec/rules/0/from/0/source/principals"] == [world.gateway]
    assert is_strict(world)


def profiles(world: World) -> None:
    """KFAM reads it from the dashboard alone; the controller writes it into every namespace."""
    settings = world.patched("kubeflow-profiles", "ConfigMap", "profiles-config")["data"]
    assert settings["USERID_HEADER"] == world.platform["identity"]["userHeader"]
    assert settings["ISTIO_INGRESS_GATEWAY_PRINCIPAL"] == world.gateway
    policy = world.patched("kubeflow-profiles", "AuthorizationPolicy", "profiles-kfam")
    domain = world.facts["mesh"]["trustDomain"]
    assert policy["/spec/rules/0/from/0/source/principals"] == [
        f"{domain}/ns/kubeflow/sa/dashboard"
    ]
    assert is_strict(world)


def tenants(world: World) -> None:
    """Policies in the tenants' namespaces name the same header and the same gateway."""
    found = list(_people(world))
    assert found
    for policy in found:
        for rule in policy["spec"]["rules"]:
            assert world.gateway in rule["from"][0]["source"]["principals"]
            header = world.platform["identity"]["userHeader"]
            assert [item["key"] for item in rule["when"]] == [f"request.headers[{header}]"]


def _people(world: World) -> Iterator[Tree]:
    for path, text in world.files.items():
        if path.startswith(f"{world.cluster}/tenants/"):
            for manifest in manifests(text):
                whose = manifest["kind"], manifest["metadata"]["name"]
                if whose == ("AuthorizationPolicy", "people"):
                    yield manifest


def argo_cd(world: World) -> None:
    """Argo CD asks the same issuer, as the same client, and is found behind the same door."""
    identity, domain = world.platform["identity"], world.facts["domain"]
    settings = world.patched("argo-cd", "ConfigMap", "argocd-cm")["data"]
    login = yaml.safe_load(settings["oidc.config"])
    assert (login["issuer"], login["clientID"]) == (identity["issuer"], identity["audience"])
    assert settings["admin.enabled"] == "false"
    route = world.own("argo-cd-access", "VirtualService", "argocd")["spec"]
    assert route["hosts"] == [f"argocd.{domain}"] == [settings["url"].removeprefix("https://")]
    secret, _, key = login["clientSecret"].removeprefix("$").partition(":")
    made = world.own("argo-cd-access", "ExternalSecret", secret)
    assert made["metadata"]["namespace"] == world.platform["gitops"]["namespace"]
    assert key in {item["secretKey"] for item in made["spec"]["data"]}
    rights = world.patched("argo-cd", "ConfigMap", "argocd-rbac-cm")["data"]
    assert rights["policy.default"] == ""
    assert rights["scopes"] == f"[{identity['groupsClaim']}, {identity['userClaim']}]"
    assert rights["policy.csv"] == f'g, "{identity["platformGroup"]}", role:admin\n'
