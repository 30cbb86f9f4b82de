"""Who sees and does what in Argo CD, as its own program says of the rendered settings.

All projects' roles are put into one policy, so what is refused here is refused all the more where
each project is judged by itself. That settings and projects reach Argo CD is shown elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.e2e import argo_cd_admin
from tests.e2e.gitops.delivery import fullest
from tests.e2e.trees import tenants
from tests.repository import ROOT

from tenantry import layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.argo_cd_admin import ArgoCDAdmin

#: What changes an Application or reaches into its pods.
_CHANGES = (
    ("sync", "applications"),
    ("override", "applications"),
    ("update", "applications"),
    ("delete", "applications"),
    ("create", "applications"),
    ("action/apps/Deployment/restart", "applications"),
    ("create", "exec"),
    ("create", "repositories"),
)
_ODD = "o'hara._%+-@example.com"
_ODD_MAY = "p, proj:odd:people, applications, get, odd/*, allow"
_LOOKS = (("get", "applications"), ("get", "logs"))


class Judge:
    """Argo CD's answer to who may do what."""

    def __init__(self, admin: ArgoCDAdmin) -> None:
        self.admin = admin
        self.settings = admin.settings("argocd-rbac-cm")
        self.projects = {
            name: project["spec"]["roles"]
            for name, project in admin.projects().items()
            if "roles" in project["spec"]
        }
        lines = [self.settings["policy.csv"].strip()]
        lines += [line for name, roles in self.projects.items() for line in _lines(name, roles)]
        # Whatever an address may hold; the policy is read as CSV.
        (role,) = next(iter(self.projects.values()))
        lines += _lines("odd", [{**role, "groups": [_ODD], "policies": [_ODD_MAY]}])
        self._policy = admin.write("policy.csv", "\n".join(lines) + "\n")

    def may(self, person: str, action: str, resource: str, what: str) -> bool:
        """Return whether somebody may; whatever else it says is a fault of the question."""
        default = f"--default-role={self.settings['policy.default']}"
        file = f"--policy-file={self._policy}"
        words = ("settings", "rbac", "can", person, action, resource, what, file, default)
        said = self.admin.run(*words)
        assert said.stdout.strip() in ("Yes", "No"), said.stderr
        assert said.returncode == (0 if said.stdout.strip() == "Yes" else 1)
        return said.returncode == 0

    def people(self, project: str) -> list[str]:
        """Return who is named in a project."""
        return [name for role in self.projects[project] for name in role["groups"]]

    def strangers(self, project: str) -> list[str]:
        """Return who is named in other projects only."""
        everybody = {name for other in self.projects for name in self.people(other)}
        return sorted(everybody - set(self.people(project)))


def _lines(project: str, roles: list[dict[str, Any]]) -> list[str]:
    """Return what Argo CD makes of a project's roles.

    Source: argo-cd v3.2.11, app_project_types.go, ProjectPoliciesString.
    """
    lines = []
    for role in roles:
        subject = f"proj:{project}:{role['name']}"
        lines += [f"p, {subject}, projects, get, {project}, allow", *role["policies"]]
        lines += [f"g, {group}, {subject}" for group in role["groups"]]
    return lines


@pytest.fixture(scope="module")
def judge(trees: Path, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Return the judge of the cluster with the most projects of teams."""
    tree = trees / fullest(tenants(trees))
    return Judge(argo_cd_admin.find(tree, tmp_path_factory.mktemp("argo-cd-rights")))


@pytest.fixture(scope="module")
def identity() -> dict[str, str]:
    """Return what the facts say of identity."""
    facts = yaml.safe_load((ROOT / layout.PLATFORM_FACTS).read_bytes())
    return dict(facts["identity"])


def test_there_are_projects_of_several_teams(judge: Judge) -> None:
    assert len(judge.projects) > 2
    assert all(judge.people(project) for project in judge.projects)
    assert all(judge.strangers(project) for project in judge.projects)


def test_people_are_known_by_the_claim_that_the_platform_names(
    judge: Judge, identity: dict[str, str]
) -> None:
    """Roles name addresses; without that claim among the scopes nobody would be in any."""
    scopes = judge.settings["scopes"].strip("[]").split(", ")
    assert scopes == [identity["groupsClaim"], identity["userClaim"]]


def test_a_teams_people_see_their_own_project(judge: Judge) -> None:
    for project in judge.projects:
        for person in judge.people(project):
            for action, resource in _LOOKS:
                assert judge.may(person, action, resource, f"{project}/{project}"), person


def test_an_odd_address_is_one_person(judge: Judge) -> None:
    assert judge.may(_ODD, "get", "applications", "odd/odd")
    for other in ("o", "example.com", "o'hara._%+-", f"x{_ODD}", "o'hara.a%+-@example.com"):
        assert not judge.may(other, "get", "applications", "odd/odd"), other


def test_others_do_not_see_it(judge: Judge) -> None:
    """Though they see their own, by the same question."""
    for project in judge.projects:
        stranger = judge.strangers(project)[0]
        own = next(name for name in judge.projects if stranger in judge.people(name))
        assert judge.may(stranger, "get", "applications", f"{own}/{own}")
        for action, resource in _LOOKS:
            assert not judge.may(stranger, action, resource, f"{project}/{project}"), stranger


def test_nobody_changes_production_but_by_git(judge: Judge, identity: dict[str, str]) -> None:
    """Though a platform engineer may, by the same question."""
    project = next(iter(judge.projects))
    engineers = identity["platformGroup"]
    for action, resource in _CHANGES:
        what = f"{project}/{project}"
        assert judge.may(engineers, action, resource, what), (action, resource)
        for person in judge.people(project):
            assert not judge.may(person, action, resource, what), (person, action, resource)


@pytest.mark.parametrize(
    ("resource", "what"),
    [
        ("applications", "platform/istio"),
        ("applications", "root/root"),
        ("applications", "tenants/tenant-vision"),
        ("projects", "platform"),
        ("clusters", "https://kubernetes.default.svc"),
        ("repositories", "https://github.com/example/ml-platform"),
        ("certificates", "*"),
    ],
)
def test_a_teams_people_do_not_see_the_platform(
    judge: Judge, identity: dict[str, str], resource: str, what: str
) -> None:
    """Though a platform engineer does, by the same question."""
    engineers = identity["platformGroup"]
    assert judge.may(engineers, "get", resource, what)
    person = judge.people(next(iter(judge.projects)))[0]
    assert not judge.may(person, "get", resource, what)


def test_who_is_in_no_team_sees_nothing(judge: Judge) -> None:
    project = next(iter(judge.projects))
    assert not judge.may("ada.king@example.com", "get", "applications", f"{project}/{project}")
