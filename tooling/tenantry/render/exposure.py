"""Services that people open in a browser: a host name, a route, and who may come through it.

TLS and login are the gateway's: one wildcard certificate, one login. The team writes no Istio
object. A policy names the host and not the port, because Istio sees the pod's port, which only
the team's Service knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.naming import exposed_host
from tenantry.render.metadata import metadata
from tenantry.render.network import allow_from_gateway, network_policy
from tenantry.render.principals import gateway_principal
from tenantry.schema.tenant import Audience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenantry.manifest import Manifest, Tree
    from tenantry.placement import Placement
    from tenantry.schema.cluster import Gateway
    from tenantry.schema.tenant import Exposure


def render(placement: Placement) -> Iterator[Manifest]:
    """Yield a route and a permission for each service, and a way in for other gateways."""
    others: dict[str, Gateway] = {}
    for exposure in sorted(placement.profile.expose, key=lambda exposure: exposure.name):
        gateway = gateway_of(placement, exposure.audience)
        if gateway is None:
            continue  # a rule refuses audiences that the cluster does not offer
        yield _route(placement, exposure, gateway)
        yield _permission(placement, exposure, gateway)
        if gateway != placement.facts.cluster.mesh.gateway:
            others[f"allow-gateway-{gateway.name}"] = gateway
    for name, gateway in sorted(others.items()):
        yield network_policy(placement, name, allow_from_gateway(gateway))


def gateway_of(placement: Placement, audience: Audience) -> Gateway | None:
    """Return the gateway that serves an audience, or None where the cluster offers none."""
    cluster = placement.facts.cluster
    if audience not in cluster.audiences:
        return None
    return cluster.audiences[audience] or cluster.mesh.gateway


def _route(placement: Placement, exposure: Exposure, gateway: Gateway) -> Manifest:
    service = f"{exposure.name}.{placement.namespace}.svc.cluster.local"
    route: dict[str, Tree] = {
        "headers": {"request": {"remove": _withheld(placement, gateway)}},
        "route": [{"destination": {"host": service, "port": {"number": exposure.port}}}],
    }
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": metadata(placement, f"expose-{exposure.name}"),
        "spec": {
            "hosts": [_host(placement, exposure)],
            "gateways": [f"{gateway.namespace}/{gateway.name}"],
            "exportTo": [gateway.service_account.namespace],
            "http": [route],
        },
    }


def _withheld(placement: Placement, gateway: Gateway) -> list[str]:
    """Return the headers of a visitor that the team's service must not see.

    A login's cookie or token, once in the team's hands, is the visitor on the whole platform.
    Where nobody logs in, an identity could only be a forged one, and a bearer token is the team's
    own business; the login's cookie may still come along from another host of the domain.
    """
    if gateway.login:
        return ["authorization", "cookie"]
    identity = placement.facts.platform.identity
    return ["cookie", identity.groups_header, identity.user_header]


def _permission(placement: Placement, exposure: Exposure, gateway: Gateway) -> Manifest:
    host = _host(placement, exposure)
    rule: dict[str, Tree] = {
        "from": [{"source": {"principals": [gateway_principal(placement.facts, gateway)]}}],
        "to": [{"operation": {"hosts": [host, f"{host}:*"]}}],
    }
    people = _people(placement, exposure.audience)
    if people:
        header = placement.facts.platform.identity.user_header
        rule["when"] = [{"key": f"request.headers[{header}]", "values": people}]
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": metadata(placement, f"expose-{exposure.name}"),
        "spec": {"action": "ALLOW", "rules": [rule]},
    }


def _people(placement: Placement, audience: Audience) -> list[str]:
    """Return the values of the user header that may pass; none means that none is looked at."""
    if audience is Audience.TEAM:
        return sorted({*placement.admins, *placement.contributors, *placement.viewers})
    return ["*"] if audience is Audience.COMPANY else []


def _host(placement: Placement, exposure: Exposure) -> str:
    return exposed_host(exposure.name, placement.namespace, placement.facts.cluster.domain)
