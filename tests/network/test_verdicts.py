"""The objects give the verdicts of the table, and every one of them is needed for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.network.noticing import Table
from tests.network.sabotage import Change, changes
from tests.network.table import CASES, PLACES, SECTIONS, Place
from tests.network.world import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.network.cluster import Cluster
    from tests.network.world import Object

_KINDS = (
    "NetworkPolicy",
    "AuthorizationPolicy",
    "PeerAuthentication",
    "Sidecar",
    "ServiceEntry",
    "VirtualService",
    "DestinationRule",
)

#: What the platform itself renders: judged with the rows of this place.
_PLATFORM = Place("prod", "churn")
_PLATFORM_NAMESPACES = ("istio-egress", "istio-system")

#: Objects without which every verdict stays, and the ones that do the same work. They are kept as
#: a second fence, or because nothing is simpler than always rendering them.
_COVERED = {
    # Without viewers a team's page in development is open to whom notebooks are open.
    "ranking AuthorizationPolicy expose-judgements": {"ranking AuthorizationPolicy people"},
    "demand-forecast AuthorizationPolicy expose-dashboard": {
        "demand-forecast AuthorizationPolicy people"
    },
    # Upstream refuses everything in the mesh, and any policy of a tenant refuses all others.
    "istio-egress AuthorizationPolicy deny-all": {
        "istio-system AuthorizationPolicy global-deny-all",
        "istio-egress AuthorizationPolicy",
    },
    # Every permission in production names who has it, which nobody can be in plain text. Beyond
    # verdicts, it keeps what is said from being read on the way.
    **{
        f"{namespace} PeerAuthentication default": {
            "istio-system AuthorizationPolicy global-deny-all",
            f"{namespace} AuthorizationPolicy",
        }
        for namespace in ("churn-prod", "ranking-prod", "demand-forecast-prod")
    },
    # Upstream's policies isolate every pod of the namespace already; ours holds when they change.
    "istio-system NetworkPolicy deny-all": {"istio-system NetworkPolicy"},
    # Nobody without an identity has a permission at the egress gateway.
    "istio-egress PeerAuthentication default": {
        "istio-system AuthorizationPolicy global-deny-all",
        "istio-egress AuthorizationPolicy",
    },
}

#: Whose names may go unnoticed: in development `people` lets them in as well.
_NAMED_TWICE = {"churn AuthorizationPolicy expose-report"}

_places = pytest.mark.parametrize("place", PLACES, ids=str)


class _Tried(NamedTuple):
    """A change of an object, and whether a row turned red."""

    name: str
    change: Change
    noticed: bool

    def __str__(self) -> str:
        return f"{self.name}: {self.change.what}"


def _own(cluster: Cluster, place: Place) -> list[Object]:
    """Return what is rendered for a namespace and decides who reaches whom."""
    found = [each for kind in _KINDS for each in cluster.objects.of(kind, place.namespace)]
    abroad = cluster.objects.of("AuthorizationPolicy", "istio-egress")
    found += [each for each in abroad if each["metadata"]["name"] == f"tenant-{place.namespace}"]
    return [each for each in found if each["metadata"]["name"] != "ns-owner-access-istio"]


def _of_platform(cluster: Cluster) -> list[Object]:
    """Return what our own apps of the mesh hold."""
    names = {"allow-load-balancer", "deny-all", "default"}
    return [
        each
        for kind in ("NetworkPolicy", "AuthorizationPolicy", "PeerAuthentication")
        for namespace in _PLATFORM_NAMESPACES
        for each in cluster.objects.of(kind, namespace)
        if each["metadata"]["name"] in names
    ]


def _tried(cluster: Cluster, place: Place, kind: str) -> Iterator[_Tried]:
    table = Table(place, cluster)
    for each in _own(cluster, place):
        if each["kind"] == kind and name_of(each) not in _COVERED:
            for change in changes(each):
                noticed = table.notice(each, change.object) is not None
                yield _Tried(name_of(each), change, noticed)


@_places
def test_every_connection_gets_the_verdict_of_the_table(
    place: Place, clusters: dict[str, Cluster], count: dict[str, str]
) -> None:
    cluster = clusters[place.cluster]
    left = cluster.after_leaving()
    wrong = {
        f"{case} ({case.row.why})": (case.row.verdict, got)
        for case in CASES
        if case.place == place
        and (got := (left if case.left else cluster).judge(case)) != case.row.verdict
    }
    count["verdicts"] = f"{len(CASES):,} from {sum(len(each.rows) for each in SECTIONS)} rows"
    assert wrong == {}


@_places
def test_every_object_is_needed_for_some_verdict(
    place: Place, clusters: dict[str, Cluster]
) -> None:
    cluster = clusters[place.cluster]
    table = Table(place, cluster)
    objects = _own(cluster, place)
    unnoticed = {name_of(each) for each in objects if table.notice(each, None) is None}
    assert {each["kind"] for each in objects} >= set(_KINDS) - {"VirtualService"}
    assert unnoticed == _COVERED.keys() & {name_of(each) for each in objects}


def test_every_object_of_our_own_apps_is_needed_for_some_verdict(
    clusters: dict[str, Cluster],
) -> None:
    cluster = clusters[_PLATFORM.cluster]
    table = Table(_PLATFORM, cluster)
    objects = _of_platform(cluster)
    unnoticed = {name_of(each) for each in objects if table.notice(each, None) is None}
    assert len(objects) == 5
    assert unnoticed == _COVERED.keys() & {name_of(each) for each in objects}


@pytest.mark.parametrize("name", _COVERED)
def test_an_object_that_another_covers_is_needed_without_it(
    name: str, clusters: dict[str, Cluster]
) -> None:
    namespace = name.split(maxsplit=1)[0]
    place = next((each for each in PLACES if each.namespace == namespace), _PLATFORM)
    cluster = clusters[place.cluster]
    manifest = next(each for each in cluster.objects if name_of(each) == name)
    bare = cluster.only(lambda each: not _covers(each, name))
    gone = bare.with_(manifest, None)
    cases = [case for case in CASES if case.place == place and not case.left]
    assert any(bare.judge(case) != gone.judge(case) for case in cases)


def _covers(manifest: Object, name: str) -> bool:
    """Whether an object does the work of the named one."""
    own = name_of(manifest)
    return own != name and any(
        own == cover or own.rpartition(" ")[0] == cover for cover in _COVERED[name]
    )


@_places
def test_without_network_policies_other_teams_come_in(
    place: Place, clusters: dict[str, Cluster]
) -> None:
    """The table depends on all of them together, and not only on each."""
    cluster = clusters[place.cluster]
    own = cluster.objects.of("NetworkPolicy", place.namespace)
    for removed in (own, own[1:]):
        bare = cluster.only(lambda each, gone=removed: each not in gone)  # type: ignore[misc]
        cases = [case for case in CASES if case.place == place and not case.left]
        red = [case for case in cases if bare.judge(case) != case.row.verdict]
        verdicts = {case.row.verdict for case in red}
        assert ("refused by egress" in verdicts) is (removed is own)
        assert ("allowed" in verdicts) is (removed is not own)


@pytest.mark.parametrize("kind", ["NetworkPolicy", "AuthorizationPolicy", "PeerAuthentication"])
def test_a_weakened_object_is_noticed(
    kind: str, clusters: dict[str, Cluster], count: dict[str, str]
) -> None:
    """Each peer, port, caller, name and condition is taken away or widened, one at a time."""
    tried = [each for place in PLACES for each in _tried(clusters[place.cluster], place, kind)]
    seen = Counter((each.change.opens, each.noticed) for each in tried)
    for opens, word in ((True, "opened"), (False, "narrowed")):
        if all_ := seen[opens, True] + seen[opens, False]:
            count[f"{kind} {word}, noticed"] = f"{seen[opens, True]} of {all_}"
    assert [str(each) for each in tried if each.change.opens and not each.noticed] == []
    narrowed = [each for each in tried if not each.change.opens and not each.noticed]
    assert [str(each) for each in narrowed if each.name not in _NAMED_TWICE] == []
