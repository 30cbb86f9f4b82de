"""The hops of a login, as checks of what a repository renders. docs/login.md tells them in words.

Owns what each hop promises; on which repositories they are tried is `test_login`'s business.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml
from tests.repository import GLOBAL_CLUSTER, Files, manifests

if TYPE_CHECKING:
    from pathlib import Path

Tree = dict[str, Any]


@dataclass(frozen=True)
class World:
    """A repository and what it renders for one cluster."""

    root: Path
    files: Files
    cluster: str = GLOBAL_CLUSTER

    @cached_property
    def platform(self) -> Tree:
        """The facts of the platform, as people wrote them."""
        return self._facts("platform.yaml")

    @cached_property
    def facts(self) -> Tree:
        """The facts of the cluster, as people wrote them."""
        return self._facts(f"{self.cluster}/cluster.yaml")

    def _facts(self, name: str) -> Tree:
        read: Tree = yaml.safe_load((self.root / "clusters" / name).read_text("utf-8"))
        return read

    def own(self, app: str, kind: str, name: str) -> Tree:
        """Return an object of an app's own folder."""
        found = [
            manifest
            for path, text in self.files.items()
            if path.startswith(f"{self.cluster}/apps/{app}/")
            for manifest in manifests(text)
            if (manifest["kind"], manifest["metadata"]["name"]) == (kind, name)
        ]
        assert len(found) == 1, f"{app} has {len(found)} objects {kind} {name}"
        return found[0]

    def patched(self, app: str, kind: str, name: str) -> Tree:
        """Return what an app's patches make of an object: paths of steps, or a tree of fields."""
        path = f"{self.cluster}/applications/platform/{app}.yaml"
        spec = next(manifests(self.files[path]))["spec"]
        sources = spec.get("sources", [spec.get("source")])
        result: Tree = {}
        for source in sources:
            for patch in source.get("kustomize", {}).get("patches", []):
                if (patch["target"]["kind"], patch["target"]["name"]) == (kind, name):
                    result.update(_steps(yaml.safe_load(patch["patch"])))
        assert result, f"{app} leaves {kind} {name} as upstream has it"
        return result

    @property
    def gateway(self) -> str:
        """The principal of the front door."""
        mesh = self.facts["mesh"]
        account = mesh["gateway"]["serviceAccount"]
        return f"{mesh['trustDomain']}/ns/{account['namespace']}/sa/{account['name']}"

    @property
    def pods(self) -> Tree:
        """The labels of the front door's pods."""
        labels: Tree = self.facts["mesh"]["gateway"]["pods"]
        return labels

    @cached_property
    def login(self) -> Tree:
        """The settings of oauth2-proxy."""
        text = self.patched("oauth2-proxy", "ConfigMap", "oauth2-proxy")["data"]
        return tomllib.loads(text["oauth2_proxy.cfg"])

    @cached_property
    def provider(self) -> Tree:
        """What the mesh knows of oauth2-proxy."""
        mesh = yaml.safe_load(self.patched("istio", "ConfigMap", "istio")["data"]["mesh"])
        assert mesh["trustDomain"] == self.facts["mesh"]["trustDomain"]
        (provider,) = mesh["extensionProviders"]
        found: Tree = provider
        return found


def _steps(patch: Tree | list[Tree]) -> Tree:
    if isinstance(patch, dict):
        return patch
    return {step["path"]: step.get("value") for step in patch}


def certificate(world: World) -> None:
    """Browsers find the cluster's domain and every host below it, with their certificate."""
    hosts = [world.facts["domain"], f"*.{world.facts['domain']}"]
    gateway = world.patched("kubeflow-istio-resources", "Gateway", "kubeflow-gateway")
    plain, encrypted = gateway["/spec/servers"]
    signed = world.own("kubeflow-istio-resources", "Certificate", "gateway")
    assert plain["hosts"] == encrypted["hosts"] == signed["spec"]["dnsNames"] == hosts
    assert plain["tls"] == {"httpsRedirect": True}
    assert encrypted["tls"]["credentialName"] == signed["spec"]["secretName"]
    account = world.facts["mesh"]["gateway"]["serviceAccount"]
    assert signed["metadata"]["namespace"] == account["namespace"]
    issuers = {"internal-ca": "certificates", "acme": "certificates-acme"}
    name = signed["spec"]["issuerRef"]["name"]
    assert world.own(issuers[name], "ClusterIssuer", name)


def front_door(world: World) -> None:
    """Visitors reach pods of the account that policies name, and lose any identity they sent."""
    allowed = world.own("istio-namespace", "NetworkPolicy", "allow-load-balancer")["spec"]
    assert allowed["podSelector"]["matchLabels"] == world.pods
    assert {8080, 8443} <= {port["port"] for port in allowed["ingress"][0]["ports"]}
    account = world.facts["mesh"]["gateway"]["serviceAccount"]
    door = world.patched("istio", "Deployment", "istio-ingressgateway")
    assert door["/spec/template/spec/serviceAccountName"] == account["name"]
    assert door["/metadata/namespace"] == account["namespace"]
    (proxy,) = door["spec"]["template"]["spec"]["containers"]
    trust_domain = world.facts["mesh"]["trustDomain"]
    assert {"name": "TRUST_DOMAIN", "value": trust_domain} in proxy["env"]
    before, _ = filters(world)
    identity = world.platform["identity"]
    for header in (identity["userHeader"], identity["groupsHeader"]):
        assert f'headers:remove("{header}")' in before


def filters(world: World) -> tuple[str, str]:
    """Return the programs that the front door runs before and after the login."""
    spec = world.own("oauth2-proxy", "EnvoyFilter", "gateway-login")["spec"]
    assert spec["workloadSelector"]["labels"] == world.pods
    first, last = (item["patch"] for item in spec["configPatches"])
    assert (first["operation"], last["operation"]) == ("INSERT_FIRST", "INSERT_BEFORE")
    before, after = (
        item["value"]["typed_config"]["default_source_code"]["inline_string"]
        for item in (first, last)
    )
    return before, after


def question(world: World) -> None:
    """Ask oauth2-proxy about every request but those for the login's own pages."""
    policy = world.patched(
        "oauth2-proxy", "AuthorizationPolicy", "istio-ingressgateway-oauth2-proxy"
    )
    domain = world.facts["domain"]
    assert policy["/spec/selector/matchLabels"] == world.pods
    assert policy["/spec/rules"] == [
        {"to": [{"operation": {"notPaths": ["/oauth2/*"]}}]},
        {"to": [{"operation": {"notHosts": [domain, f"{domain}:*"]}}]},
    ]
    asked = world.provider["envoyExtAuthzHttp"]
    assert world.provider["name"] == "oauth2-proxy"
    assert asked["service"] == "oauth2-proxy.oauth2-proxy.svc.cluster.local"
    assert "authorization" not in asked["includeRequestHeadersInCheck"]
    for header in ("cookie", "x-auth-request-redirect"):
        assert header in asked["includeRequestHeadersInCheck"]
    before, _ = filters(world)
    assert 'headers:replace("x-auth-request-redirect", address)' in before


def caller(world: World) -> None:
    """oauth2-proxy answers the front door and nobody else."""
    (rule,) = world.own("oauth2-proxy", "AuthorizationPolicy", "gateway-only")["spec"]["rules"]
    assert rule == {"from": [{"source": {"principals": [world.gateway]}}]}
    assert is_strict(world)
    network = world.patched("oauth2-proxy", "NetworkPolicy", "allow-istio-ingressgateway")
    assert network["/spec/ingress/0/from/0/podSelector/matchLabels"] == world.pods
    namespace = world.patched("oauth2-proxy", "Namespace", "oauth2-proxy")
    assert namespace["metadata"]["labels"]["istio-injection"] == "enabled"


def is_strict(world: World) -> bool:
    """Whether the mesh takes mutual TLS only; tests/test_hardening.py knows each exception."""
    tls: Tree = world.own("istio", "PeerAuthentication", "default")
    namespace = world.facts["mesh"]["namespace"]
    return (tls["metadata"]["namespace"], tls["spec"]) == (namespace, {"mtls": {"mode": "STRICT"}})


def issuer(world: World) -> None:
    """oauth2-proxy sends people to the company's issuer, and lets in the company's addresses."""
    identity, domain = world.platform["identity"], world.facts["domain"]
    assert world.login["oidc_issuer_url"] == identity["issuer"]
    assert world.login["client_id"] == identity["audience"]
    assert world.login["oidc_email_claim"] == identity["userClaim"]
    assert world.login["oidc_groups_claim"] == identity["groupsClaim"]
    assert world.login["email_domains"] == world.platform["company"]["emailDomains"]
    assert world.login["redirect_url"] == f"https://{domain}/oauth2/callback"
    assert world.login["cookie_domains"] == [domain]
    assert world.login["whitelist_domains"] == [domain, f".{domain}"]
    parameters = world.patched("oauth2-proxy", "ConfigMap", "oauth2-proxy-parameters")["data"]
    assert parameters["FORCE_HTTPS"] == "true"
    assert parameters["ALLOW_SELF_SIGNED_ISSUER"] == "false"
    assert parameters["ENABLE_M2M_TOKENS"] == "false"


def secrets(world: World) -> None:
    """Each secret that the login takes is one that an ExternalSecret makes; upstream's are gone."""
    assert world.patched("oauth2-proxy", "Secret", "oauth2-proxy")["$patch"] == "delete"
    environment = world.patched("oauth2-proxy", "Deployment", "oauth2-proxy")
    assert (
        environment["/spec/template/spec/containers/0/env/0"]["value"] == world.login["client_id"]
    )
    client = environment["/spec/template/spec/containers/0/env/1/valueFrom/secretKeyRef"]
    made = world.own("oauth2-proxy", "ExternalSecret", client["name"])["spec"]
    assert made["target"]["name"] == client["name"]
    assert client["key"] in {item["secretKey"] for item in made["data"]}
    store = world.own("platform-secrets", "ClusterSecretStore", made["secretStoreRef"]["name"])
    (condition,) = store["spec"]["conditions"]
    namespace = world.patched("oauth2-proxy", "Namespace", "oauth2-proxy")["metadata"]["labels"]
    assert condition["namespaceSelector"]["matchLabels"].items() <= namespace.items()
    cookie = environment["/spec/template/spec/containers/0/env/2/valueFrom/secretKeyRef"]
    assert world.own("oauth2-proxy", "ExternalSecret", cookie["name"])
    assert cookie["key"] == "password"
