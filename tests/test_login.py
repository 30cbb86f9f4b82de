"""A login, hop by hop: here, and for a company whose identity facts are all different."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests import login_inside, login_path
from tests.login_path import World
from tests.repository import ROOT, Files, lay, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

HOPS = (
    login_path.certificate,
    login_path.front_door,
    login_path.question,
    login_path.caller,
    login_path.issuer,
    login_path.secrets,
    login_inside.token,
    login_inside.fences,
    login_inside.cookie,
    login_inside.dashboard,
    login_inside.profiles,
    login_inside.tenants,
    login_inside.argo_cd,
)

#: Facts of another company: file, what stands here, what stands there.
ELSEWHERE = (
    ("clusters/platform.yaml", "userHeader: kubeflow-userid", "userHeader: x-person"),
    ("clusters/platform.yaml", "groupsHeader: kubeflow-groups", "groupsHeader: x-teams"),
    ("clusters/platform.yaml", "userClaim: email", "userClaim: preferred_username"),
    ("clusters/platform.yaml", "groupsClaim: groups", "groupsClaim: roles"),
    ("clusters/platform.yaml", "https://login.microsoftonline.com/", "https://id.example.net/"),
    ("clusters/platform.yaml", "audience: 2222", "audience: 9999"),
    ("clusters/prod/cluster.yaml", "domain: ml.example.com", "domain: ai.example.net"),
    ("clusters/prod/cluster.yaml", "issuer: acme", "issuer: internal-ca"),
    ("clusters/prod/cluster.yaml", "trustDomain: cluster.local", "trustDomain: mesh.example.net"),
    ("clusters/prod/cluster.yaml", "name: istio-ingressgateway-service-account", "name: front"),
    ("clusters/prod/cluster.yaml", "app: istio-ingressgateway", "app: front"),
)

#: Ways to make two components disagree: rendered file, what it says, what instead, who must notice.
DISAGREEMENTS = {
    "the dashboard reads another header": (
        "applications/platform/kubeflow-dashboard.yaml",
        "USERID_HEADER: kubeflow-userid",
        "USERID_HEADER: kubeflow-groups",
        login_inside.dashboard,
    ),
    "the gateway writes another header": (
        "applications/platform/oauth2-proxy.yaml",
        "header: kubeflow-userid",
        "header: kubeflow-user",
        login_inside.token,
    ),
    "the gateway takes any token of the issuer": (
        "applications/platform/oauth2-proxy.yaml",
        "audiences:",
        "audience:",
        login_inside.token,
    ),
    "the notebooks get the token": (
        "applications/platform/oauth2-proxy.yaml",
        "forwardOriginalToken: false",
        "forwardOriginalToken: true",
        login_inside.token,
    ),
    "the cookie has another name than the one that is taken away": (
        "applications/platform/oauth2-proxy.yaml",
        'cookie_name = "oauth2_proxy_kubeflow"',
        'cookie_name = "session"',
        login_inside.cookie,
    ),
    "bearer tokens pass without a login": (
        "applications/platform/oauth2-proxy.yaml",
        'ENABLE_M2M_TOKENS: "false"',
        'ENABLE_M2M_TOKENS: "true"',
        login_path.issuer,
    ),
    "the certificate lies under another name": (
        "apps/kubeflow-istio-resources/certificate.yaml",
        "secretName: gateway-certificate",
        "secretName: certificate",
        login_path.certificate,
    ),
    "KFAM answers somebody else": (
        "applications/platform/kubeflow-profiles.yaml",
        "/ns/kubeflow/sa/dashboard",
        "/ns/kubeflow/sa/default",
        login_inside.profiles,
    ),
    "Argo CD asks as somebody else": (
        "applications/platform/argo-cd.yaml",
        "clientID: ",
        "clientID: x",
        login_inside.argo_cd,
    ),
}


def changed(target: Path, *changes: tuple[str, str, str]) -> World:
    """Return this repository with some texts replaced, and what it renders."""
    lay(target, ROOT)
    for name, before, after in changes:
        path = target / name
        text = path.read_text("utf-8")
        assert before in text, f"{name} has no longer: {before}"
        path.write_text(text.replace(before, after), "utf-8")
    return World(target, rendered(target))


@pytest.fixture(scope="module")
def worlds(own_trees: Files, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, World]:
    """Return this repository, and that of the other company."""
    other = changed(tmp_path_factory.mktemp("elsewhere"), *ELSEWHERE)
    return {"here": World(ROOT, own_trees), "elsewhere": other}


@pytest.mark.parametrize("where", ["here", "elsewhere"])
@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: hop.__name__)
def test_each_hop_fits_the_next(
    worlds: Mapping[str, World], where: str, hop: Callable[[World], None]
) -> None:
    """Whatever the identity facts are, all components of a login mean the same."""
    hop(worlds[where])


@pytest.mark.parametrize("disagreement", DISAGREEMENTS)
def test_a_disagreement_is_noticed(own_trees: Files, disagreement: str) -> None:
    """Two components that mean different things turn a hop red."""
    name, before, after, hop = DISAGREEMENTS[disagreement]
    text = own_trees[f"prod/{name}"]
    assert before.encode() in text
    files = {**own_trees, f"prod/{name}": text.replace(before.encode(), after.encode())}
    with pytest.raises((AssertionError, KeyError)):
        hop(World(ROOT, files))


def test_no_identity_is_written_twice(worlds: Mapping[str, World]) -> None:
    """No app keeps a header, an issuer or a trust domain of its own beside the facts."""
    left = (b"kubeflow-userid", b"kubeflow-groups", b"microsoftonline.com/1", b"cluster.local/ns/")
    world = worlds["elsewhere"]
    found = [
        f"{path}: {word.decode()}"
        for path, text in world.files.items()
        if path.startswith(("prod/applications/platform/", "prod/apps/", "prod/tenants/"))
        for word in left
        if word in text
    ]
    assert found == []
