"""A login, hop by hop: here, and for a company whose identity facts are all different."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests import login_inside, login_path
from tests.login_path import World
from tests.repository import GLOBAL_CLUSTER, ROOT, Files, lay_own, rendered, vary

from tenantry import layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

#: Facts of another company: file, and what stands there in place of what stands here.
ELSEWHERE: tuple[tuple[str, dict[str, object]], ...] = (
    (
        layout.PLATFORM_FACTS,
        {
            "identity__userHeader": "x-person",
            "identity__groupsHeader": "x-teams",
            "identity__userClaim": "preferred_username",
            "identity__groupsClaim": "roles",
            "identity__issuer": "https://id.example.net/one/v2.0",
            "identity__audience": "99999999-3333-4444-5555-666666666666",
        },
    ),
    (
        layout.cluster_file(GLOBAL_CLUSTER, layout.CLUSTER_FILE),
        {
            "domain": "ai.example.net",
            "certificates": {"issuer": "internal-ca"},
            "mesh__trustDomain": "mesh.example.net",
            "mesh__gateway__serviceAccount__name": "front",
            "mesh__gateway__pods": {"app": "front"},
        },
    ),
)

#: Ways to make two components disagree: rendered file, what it says, what instead, who must notice.
DISAGREEMENTS = {
    "the dashboard reads another header": (
        "applications/platform/kubeflow-dashboard.yaml",
        "USERID_HEADER: ",
        "USERID_HEADER: x",
        login_inside.dashboard,
    ),
    "the gateway writes another header": (
        "applications/platform/oauth2-proxy.yaml",
        "header: ",
        "header: x",
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

_JUDGED = (layout.PLATFORM_APPLICATIONS, layout.RENDERED_APPS, layout.RENDERED_TENANTS)


@pytest.fixture(scope="module")
def worlds(own_trees: Files, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, World]:
    """Return this repository, and that of the other company."""
    other = lay_own(tmp_path_factory.mktemp("elsewhere"))
    for name, values in ELSEWHERE:
        vary(other / name, **values)
    return {"here": World(ROOT, own_trees), "elsewhere": World(other, rendered(other))}


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
    text = own_trees[f"{GLOBAL_CLUSTER}/{name}"]
    assert before.encode() in text
    files = {**own_trees, f"{GLOBAL_CLUSTER}/{name}": text.replace(before.encode(), after.encode())}
    with pytest.raises((AssertionError, KeyError)):
        hop(World(ROOT, files))


def test_no_identity_is_written_twice(worlds: Mapping[str, World]) -> None:
    """No app keeps a header, an issuer or a trust domain of its own beside the facts."""
    here, world = worlds["here"], worlds["elsewhere"]
    left = [here.platform["identity"][name] for name in ("userHeader", "groupsHeader", "issuer")]
    left.append(f"{here.facts['mesh']['trustDomain']}/ns/")
    found = [
        f"{path}: {word}"
        for path, text in world.files.items()
        if path.startswith(tuple(f"{world.cluster}/{folder}/" for folder in _JUDGED))
        for word in left
        if word.encode() in text
    ]
    assert found == []
