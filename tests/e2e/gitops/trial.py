"""Tenants in place of the sample ones, that come and go in the tests with Argo CD."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import yaml
from tests.e2e.gitops import monorepo

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.gitops.monorepo import Repository

#: Has a production namespace and a repository of its own.
TEAM = "trial-apples"
NAMESPACE = f"{TEAM}-prod"
APPLICATION = f"team-{NAMESPACE}"
#: Leaves.
LEAVER = "trial-pears"
#: Comes later, and is never healthy: what gives it its Azure identity does not run here.
NEWCOMER = "trial-figs"
#: Is broken on the way.
BROKEN = "trial-plums"

#: What these tenants need of the platform. Argo CD would compare all else every few seconds.
_APPS = ("admission-policies", "claim-bucket", "crossplane", "istio-crds", "istio-egress")


def take_over(sources: Repository) -> None:
    """Write the trial tenants' files in place of those that are there; leave out other apps."""
    shutil.rmtree(sources.folder / layout.TENANTS)
    for app in (sources.folder / layout.APPS).iterdir():
        if app.is_dir() and app.name not in _APPS:
            shutil.rmtree(app)
    tiers = sources.facts()["tiers"]
    tier = next(name for name, each in tiers.items() if each["production"])
    team = {
        "tier": tier,
        "production": True,
        "repository": {"url": _url(sources), "revision": "main", "path": "deploy"},
    }
    leaver = {"tier": tier, "claims": [{"name": "images", "kind": "Bucket"}]}
    for name, more in ((TEAM, team), (LEAVER, leaver), (BROKEN, {})):
        profile = {"name": name, "admins": [sources.address("jane.doe")], **more}
        sources.write(_path(name), yaml.safe_dump({"profiles": profile}, sort_keys=False))


def add_viewer(sources: Repository, name: str, person: str) -> str:
    """Let somebody look at a tenant's project; return their address."""
    path = sources.folder / _path(name)
    page = yaml.safe_load(path.read_bytes())
    page["profiles"]["viewers"] = [sources.address(person)]
    path.write_text(yaml.safe_dump(page, sort_keys=False), encoding="utf-8")
    return sources.address(person)


def write_newcomer(sources: Repository) -> None:
    """Write the tenant that is never healthy, and the fact that makes it so."""
    profile = {"name": NEWCOMER, "admins": [sources.address("jane.doe")]}
    sources.write(_path(NEWCOMER), yaml.safe_dump({"profiles": profile}, sort_keys=False))
    for path in sorted((sources.folder / layout.CLUSTERS).glob(f"*/{layout.OUTPUTS_FILE}")):
        outputs = yaml.safe_load(path.read_bytes())
        outputs["identities"][NEWCOMER] = "8a1d1f3e-5c1b-4f0a-9f57-0d5f0c1d2e3f"
        path.write_text(yaml.safe_dump(outputs, sort_keys=False), encoding="utf-8")


def remove_repository(sources: Repository) -> None:
    """Take the team's own repository out of its file."""
    path = sources.folder / _path(TEAM)
    page = yaml.safe_load(path.read_bytes())
    del page["profiles"]["repository"]
    path.write_text(yaml.safe_dump(page, sort_keys=False), encoding="utf-8")


def remove(sources: Repository, name: str) -> None:
    """Remove a tenant."""
    (sources.folder / _path(name)).unlink()


def make_team_repository(folder: Path, sources: Repository) -> Repository:
    """Make the team's own repository, empty but for its folder."""
    team = monorepo.make(folder, sources.hosts, _url(sources), "main")
    team.write("deploy/.keep", "")
    team.merge("Start")
    return team


def _url(sources: Repository) -> str:
    return f"{sources.url.rpartition('/')[0]}/{TEAM}"


def _path(name: str) -> str:
    return f"{layout.tenant_folder(name)}/{layout.TENANT_FILE}"
