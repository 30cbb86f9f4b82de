"""A real Argo CD brings to a cluster what was published, and keeps it so."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from tests.e2e.gitops import argo_cd, delivery, trial
from tests.e2e.platform import ARGO_CD

from tenantry import layout, naming

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.client import Manifest
    from tests.e2e.gitops.delivery import Delivery

    Note = Callable[[str], None]


def test_a_merged_change_arrives(cluster: Delivery, note: Note) -> None:
    """Nobody tells Argo CD: it looks by itself."""
    cluster.catch_up("the sync")
    person = trial.add_viewer(cluster.sources, trial.TEAM, "newcomer")
    cluster.sources.merge("Let a newcomer look at it")
    cluster.sources.publish()
    took = cluster.wait(lambda: person in _people(cluster, trial.TEAM), "the newcomer's role")
    assert person in _people(cluster, trial.TEAM)
    note(f"a published change was there after {took:.0f} s; Argo CD looks every {argo_cd.POLL} s")


def _people(cluster: Delivery, namespace: str) -> set[str]:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings"
    found = cluster.client.request("GET", path).body["items"]
    return {subject["name"] for each in found for subject in each.get("subjects", ())}


def test_drift_heals(cluster: Delivery, note: Note) -> None:
    """A deleted NetworkPolicy comes back; a quota that somebody raised is lowered again.

    Argo CD's own identity does both: admission refuses it to anybody else.
    """
    cluster.catch_up("the sync")
    policy = ("networking.k8s.io/v1", "NetworkPolicy", "deny-all", trial.TEAM)
    quota = ("v1", "ResourceQuota", "quota", trial.TEAM)
    before, wanted = cluster.get(*policy), cluster.get(*quota)["spec"]
    assert cluster.client.delete(before, person=ARGO_CD).ok
    raised = {**wanted, "hard": {**wanted["hard"], "pods": "9999"}}
    patched = cluster.client.request(
        "PATCH",
        f"/api/v1/namespaces/{trial.TEAM}/resourcequotas/quota",
        {"spec": raised},
        content=delivery.MERGE,
        person=ARGO_CD,
    )
    assert patched.ok, patched.message
    assert cluster.get(*quota)["spec"] != wanted

    def is_healed() -> bool:
        again = cluster.get(*policy)
        return (
            again is not None
            and again["metadata"]["uid"] != before["metadata"]["uid"]
            and again["spec"] == before["spec"]
            and cluster.get(*quota)["spec"] == wanted
        )

    took = cluster.wait(is_healed, "what was taken away and raised")
    note(f"drift was healed after {took:.0f} s")


def test_one_broken_tenant_does_not_stop_the_others(cluster: Delivery, note: Note) -> None:
    """What the API server refuses is named, all else arrives, and the next publish mends it.

    A value that its kind does not take, in one; a field that its kind does not have, in another.
    """
    cluster.catch_up("the sync")
    person = trial.add_viewer(cluster.sources, trial.TEAM, "second.newcomer")
    cluster.sources.merge("Let a second newcomer look at it")
    cluster.sources.publish()
    faults = {
        trial.BROKEN: (r'pods: "\d+"', 'pods: "-1"', '"quota" is invalid: spec.hard[pods]'),
        trial.LEAVER: (r"\n  hard:", "\n  hart: {}\n  hard:", ".spec.hart: field not declared"),
    }
    broken = {f"tenant-{name}" for name in faults}
    with cluster.sources.tampering(cluster.branch) as folder:
        for name, (found, put, _) in faults.items():
            file = folder / layout.RENDERED_TENANTS / name / f"{name}.yaml"
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(found, put, text), encoding="utf-8")
            assert file.read_text(encoding="utf-8") != text
    try:
        cluster.refresh(f"tenant-{trial.TEAM}", *broken)
        cluster.wait(lambda: person in _people(cluster, trial.TEAM), "the second newcomer's role")
        for name, (_, _, words) in faults.items():
            cluster.wait(partial(_is_refused, cluster, name, words), f"the refusal of {name}")
        cluster.wait(lambda: set(cluster.unsynced()) == broken, "the sync of all others")
    finally:
        cluster.restore()
    took = cluster.wait(lambda: not broken & set(cluster.unsynced()), "the mended tenants")
    note(f"two broken tenants were mended {took:.0f} s after the next publish")


def _is_refused(cluster: Delivery, tenant: str, words: str) -> bool:
    return words in delivery.reason(cluster.applications()[f"tenant-{tenant}"])


def test_a_tenant_that_leaves_keeps_what_holds_data_and_stays_closed(cluster: Delivery) -> None:
    """Access goes at once; Namespace, Profile, claims and what denies traffic stay.

    Also where a team that is never healthy comes with the same commit.
    """
    cluster.catch_up("the sync")
    folder = f"{layout.RENDERED_TENANTS}/{trial.LEAVER}/"
    objects = [o for f, found in cluster.files().items() if f.startswith(folder) for o in found]
    kept = [each for each in objects if _is_kept(each)]
    gone = [each for each in objects if not _is_kept(each)]
    expected = {"Namespace", "Profile", "Bucket", "NetworkPolicy", "PeerAuthentication"}
    assert {each["kind"] for each in kept} == expected
    assert [e["metadata"]["name"] for e in kept if e["kind"] == "NetworkPolicy"] == ["deny-all"]
    before = {cluster.client.path(e): cluster.client.get(e).body["metadata"]["uid"] for e in kept}
    trial.remove(cluster.sources, trial.LEAVER)
    trial.write_newcomer(cluster.sources)
    cluster.sources.merge("Say goodbye")
    cluster.sources.publish()
    cluster.refresh(naming.TENANTS)
    application = f"tenant-{trial.LEAVER}"
    cluster.wait(lambda: application not in cluster.applications(), "the end of the Application")
    assert [cluster.client.path(each) for each in gone if cluster.client.get(each).ok] == []
    assert {"RoleBinding", "AuthorizationPolicy", "ResourceQuota"} <= {e["kind"] for e in gone}
    after = {cluster.client.path(e): cluster.client.get(e).body["metadata"]["uid"] for e in kept}
    assert after == before
    newcomer = f"tenant-{trial.NEWCOMER}"
    cluster.catch_up("the team that came")
    assert cluster.applications()[newcomer]["status"]["health"]["status"] == "Progressing"


def _is_kept(manifest: Manifest) -> bool:
    options = manifest["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-options", "")
    return "Prune=false" in options and "Delete=false" in options
