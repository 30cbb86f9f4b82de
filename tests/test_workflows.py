"""What GitHub's workflows may do: who gets an identity, who may write, whose code runs there.

In a pull request the workflow is the pull request's own, so what these tests promise holds for what
was merged. What stops a change of it is set at the environments, outside the repository
(docs/infrastructure.md, "Who previews with which rights").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from tests.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = ROOT / ".github" / "workflows"
_TEXTS = {path.name: path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.yaml"))}
_ACTIONS = {
    path.parent.name: path.read_text("utf-8")
    for path in sorted((ROOT / ".github" / "actions").glob("*/action.yaml"))
}
_PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+(\.\d+)?")
_OWN = "github.event.pull_request.head.repo.full_name == github.repository"
_BASE = "${{ github.event.pull_request.base.sha }}"


class Job(NamedTuple):
    """A job, with the workflow it is in."""

    workflow: str
    name: str
    on: dict[str, Any]
    body: dict[str, Any]

    @property
    def writes(self) -> set[str]:
        """What it may write; an identity is asked for by writing, too."""
        return {name for name, right in self.body["permissions"].items() if right == "write"}

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Its steps; none where it only calls another workflow."""
        return list(self.body.get("steps", []))


def _jobs() -> Iterator[Job]:
    for name, text in _TEXTS.items():
        data = yaml.load(text, Loader=yaml.CSafeLoader)
        on = data[True]  # YAML 1.1 reads "on" so
        for job, body in data["jobs"].items():
            yield Job(name, job, on if isinstance(on, dict) else {on: None}, body)


JOBS = list(_jobs())
_NAMES = [f"{job.workflow}:{job.name}" for job in JOBS]
_CLUSTERS = sorted(path.parent.name for path in ROOT.glob("clusters/*/cluster.yaml"))


def test_no_workflow_runs_a_strangers_change_with_the_repositorys_rights() -> None:
    events = {event for job in JOBS for event in job.on}
    assert events <= {
        "merge_group",
        "pull_request",
        "push",
        "schedule",
        "workflow_call",
        "workflow_dispatch",
    }


def test_no_secret_is_stored() -> None:
    assert [
        name for name, text in (_TEXTS | _ACTIONS).items() if re.search(r"secrets[.:\[]", text)
    ] == []


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_what_is_pushed_is_merged_already(job: Job) -> None:
    assert (job.on.get("push") or {"branches": ["main"]})["branches"] == ["main"]


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_an_identity_belongs_to_an_environment(job: Job) -> None:
    """Environments say, outside the repository, which branch and whose consent a job needs."""
    if "id-token" in job.writes and "uses" not in job.body:
        assert job.body["environment"] in {"preview", "inspect", "${{ inputs.cluster }}"}
        assert job.writes == {"id-token"}


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_the_environments_of_clusters_and_of_drift_are_never_asked_for_by_a_pull_request(
    job: Job,
) -> None:
    if "pull_request" in job.on:
        assert job.body.get("environment", "preview") == "preview"
        assert "uses" not in job.body


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_in_a_pull_request_rights_are_for_this_repositorys_own_branches(job: Job) -> None:
    if "pull_request" in job.on and job.writes:
        assert _OWN in job.body["if"]


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_what_may_write_in_a_pull_request_runs_nothing_of_it(job: Job) -> None:
    if "pull_request" in job.on and job.writes - {"id-token"}:
        used = [step["uses"] for step in job.steps if "uses" in step]
        assert not [action for action in used if action.startswith(".")]
        checkouts = [step for step in job.steps if "actions/checkout@" in step.get("uses", "")]
        assert [step["with"]["ref"] for step in checkouts] == [_BASE]


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_what_writes_to_the_repository_knows_nothing_of_azure(job: Job) -> None:
    if "uses" not in job.body and job.writes & {"contents", "issues", "pull-requests"}:
        assert "id-token" not in job.writes
        assert "AZURE" not in str(job.body)


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_no_checkout_leaves_a_token_behind(job: Job) -> None:
    for step in job.steps:
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("job", JOBS, ids=_NAMES)
def test_no_command_is_put_together_from_what_people_typed(job: Job) -> None:
    assert [step["run"] for step in job.steps if "${{" in step.get("run", "")] == []


def test_no_pipe_hides_that_its_first_command_failed() -> None:
    """GitHub's own shell does; the one that is called `bash` does not."""
    piped = {job.workflow for job in JOBS for step in job.steps if " | " in step.get("run", "")}
    assert piped
    for name in piped:
        data = yaml.load(_TEXTS[name], Loader=yaml.CSafeLoader)
        assert data["defaults"] == {"run": {"shell": "bash"}}


def test_every_foreign_action_is_pinned_by_commit_and_everywhere_by_the_same() -> None:
    lines = re.findall(r"uses: (.*)", "\n".join((*_TEXTS.values(), *_ACTIONS.values())))
    foreign = {line for line in lines if not line.startswith("./")}
    assert foreign
    assert [line for line in foreign if not _PINNED.fullmatch(line)] == []
    assert len({line.partition("@")[0] for line in foreign}) == len(foreign)


def test_every_cluster_is_brought_up_and_looked_at() -> None:
    calls = [job.body["with"]["cluster"] for job in JOBS if "uses" in job.body]
    assert sorted(calls) == _CLUSTERS
    (looking,) = (
        job
        for job in JOBS
        if job.workflow == "infrastructure-drift.yaml" and "strategy" in job.body
    )
    assert sorted(looking.body["strategy"]["matrix"]["cluster"]) == _CLUSTERS


def test_whatever_a_platform_is_made_from_brings_it_up_once_merged() -> None:
    """And is previewed before; but for tenants, whose change is theirs alone to see."""
    made_from = {"apps/**", "clusters/**", "infra/**", "tooling/**", "Pulumi*.yaml"}
    after, before = (
        set(next(job.on[event]["paths"] for job in JOBS if job.workflow == name))
        for name, event in (
            ("infrastructure.yaml", "push"),
            ("infrastructure-preview.yaml", "pull_request"),
        )
    )

    assert made_from | {"tenants/**", "requirements-infra.lock"} <= after
    assert made_from | {"requirements*.lock", "pyproject.toml"} <= before


def test_one_version_of_pulumi_is_installed_locked_and_compiled() -> None:
    script = (ROOT / ".ci" / "install-pulumi").read_text("utf-8")
    found = re.search(r"^version=(.*)$", script, re.MULTILINE)
    assert found is not None
    assert f"\npulumi=={found[1]} " in (ROOT / "requirements-infra.lock").read_text("utf-8")
    assert f"/pulumi/pkg/v3 v{found[1]} " in (ROOT / "tooling/binaries/pulumi/go.mod").read_text(
        "utf-8"
    )


def test_no_salt_of_somebodys_state_is_in_git() -> None:
    """Pulumi writes one by itself; nobody with another passphrase could begin a state with it."""
    found = {path.name: path.read_text("utf-8") for path in ROOT.glob("Pulumi.*.yaml")}
    assert found
    assert [name for name, text in found.items() if "encryptionsalt" in text] == []
