"""The scripts in .ci that workflows run: what they say on GitHub, and what they refuse.

`gh`, `pulumi`, `az` and `curl` are stood in for by scripts of a few lines on PATH.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from tests.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_GH = """\
#!/usr/bin/env python3
import json, os, sys
words = sys.argv[1:]
with open(os.environ["SAID"], "a") as said:
    bodies = [open(word[6:]).read() for word in words if word.startswith("body=@")]
    said.write(json.dumps([words, *bodies]) + "\\n")
if "--jq" in words:
    print(os.environ.get("KNOWN", ""), end="")
"""


@dataclass
class Machine:
    """A build machine."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        program = self.folder / "bin" / name
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)

    def run(self, script: str, *words: str, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run a script of .ci."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", str(ROOT / ".ci" / script), *words],
            cwd=at,
            env={**os.environ, "PATH": path, **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def said(self) -> list[list[str]]:
        """What `gh` was told to change on GitHub: the words, then the body."""
        text = (self.folder / "said").read_text("utf-8")
        calls = [json.loads(line) for line in text.splitlines()]
        return [[" ".join(call[0]), *call[1:]] for call in calls if "--jq" not in call[0]]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a build machine whose `gh` notes what it is told."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "previews").mkdir()
    variables = {
        "GITHUB_REPOSITORY": "example/platform",
        "SAID": str(tmp_path / "said"),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ENV": str(tmp_path / "env"),
        "GITHUB_PATH": str(tmp_path / "path"),
    }
    found = Machine(tmp_path, variables)
    found.put("gh", _GH)
    return found


def _preview(machine: Machine, stack: str, text: str) -> str:
    folder = machine.folder / "previews"
    (folder / f"{stack}.txt").write_text(text, encoding="utf-8")
    return str(folder)


def test_the_first_previews_make_a_comment_and_the_next_change_it(machine: Machine) -> None:
    folder = _preview(machine, "prod-tenants-03", "~ update\n")
    assert machine.run("comment-previews", "7", folder).returncode == 0
    machine.variables["KNOWN"] = "11\n12\n"
    assert machine.run("comment-previews", "7", folder).returncode == 0
    first, second = machine.said
    assert "POST repos/example/platform/issues/7/comments " in first[0]
    assert "PATCH repos/example/platform/issues/comments/11 " in second[0]
    assert first[1] == second[1]
    assert first[1].startswith("<!-- tenantry: infrastructure preview -->\n### What this changes\n")
    assert "<code>prod-tenants-03</code></summary>\n\n```text\n~ update\n```\n" in first[1]


def test_a_change_without_any_preview_is_said_to_change_nothing(machine: Machine) -> None:
    assert machine.run("comment-previews", "7", str(machine.folder / "previews")).returncode == 0
    assert machine.said[0][1].endswith("No stack changes.\n")


def test_a_preview_that_failed_is_no_preview_without_changes(machine: Machine) -> None:
    machine.variables["RESULTS"] = "failure success"
    assert machine.run("comment-previews", "7", str(machine.folder / "previews")).returncode == 0
    folder = _preview(machine, "dev", "~ update\n")
    assert machine.run("comment-previews", "7", folder).returncode == 0
    without, with_one = (said[1] for said in machine.said)
    assert "A preview failed: the log of the run says why." in without
    assert "No stack changes" not in without
    assert "A preview failed" in with_one
    assert "~ update" in with_one


def test_a_preview_that_is_a_link_is_not_followed(machine: Machine) -> None:
    (machine.folder / "token").write_text("of this job alone\n", encoding="utf-8")
    (machine.folder / "previews" / "dev.txt").symlink_to(machine.folder / "token")
    shown = machine.run("previews-as-markdown", str(machine.folder / "previews")).stdout
    assert shown == "No stack changes.\n"


@pytest.mark.parametrize(
    ("stack", "brought_up"),
    [("dev-tenants-00", True), ("dev-tenants-08", False), ("new-tenants-00", False)],
)
def test_a_share_that_the_base_does_not_know_is_all_new(
    machine: Machine,
    stack: str,
    brought_up: bool,  # noqa: FBT001 - a case
) -> None:
    machine.put("pulumi", '#!/bin/sh\necho "$@" >&2\n')
    base = machine.folder / "base"
    (base / "clusters" / "dev").mkdir(parents=True)
    (base / "clusters" / "dev" / "cluster.yaml").touch()
    (base / "Pulumi.yaml").write_text("config:\n  tenantry:shards: 8\n", encoding="utf-8")
    done = machine.run("preview-tenants", str(base), "head", stack)
    assert done.returncode == 0, done.stderr
    assert (f"--cwd {base} up --stack {stack}" in done.stderr) is brought_up
    assert f"--cwd head preview --stack {stack}" in done.stderr


def test_what_a_preview_holds_stays_text(machine: Machine) -> None:
    """Who wrote the change chose it: no end of the block, no colours, no name of another stack."""
    folder = _preview(machine, "<b>dev`", "a\n```\n</details> @everyone\x1b[31m\n")
    shown = machine.run("previews-as-markdown", folder).stdout
    assert shown.splitlines() == [
        "<details><summary><code>bdev</code></summary>",
        "",
        "```text",
        "a",
        "'''",
        "</details> @everyone[31m",
        "```",
        "",
        "</details>",
    ]


def test_previews_never_outgrow_a_comment(machine: Machine) -> None:
    folder = ""
    for number in range(60):
        folder = _preview(machine, f"prod-tenants-{number:02}", "\u00e9" * 50_000)
    shown = machine.run("previews-as-markdown", folder).stdout
    assert len(shown.encode()) < 65_536
    assert shown.count("... more than fits here: the whole is in the log of the run") == 50
    assert shown.endswith("\nAnd 10 more stacks, in the logs of the run.\n")


def test_drift_is_one_issue_that_closes_itself(machine: Machine) -> None:
    folder = _preview(machine, "prod", "- publicAccess\n")
    machine.run("report-drift", folder)
    machine.variables["KNOWN"] = "5\n"
    machine.run("report-drift", folder)
    (machine.folder / "previews" / "prod.txt").unlink()
    machine.run("report-drift", folder)
    machine.variables["KNOWN"] = ""
    assert machine.run("report-drift", folder).returncode == 0
    opened, changed, closed = machine.said
    assert "POST repos/example/platform/issues " in opened[0]
    assert "title=Infrastructure differs from the repository" in opened[0]
    assert "- publicAccess" in opened[1]
    assert "PATCH repos/example/platform/issues/5 " in changed[0]
    assert closed[0].endswith(
        "PATCH repos/example/platform/issues/5 --field state=closed --field state_reason=completed"
    )


@pytest.mark.parametrize(
    ("code", "facts", "report", "ends"),
    [
        (0, "", None, 0),
        (7, "", "seen\n", 0),
        (0, "differ", "differ\n", 0),
        (7, "differ", "seen\ndiffer\n", 0),
        (1, "", None, 1),
    ],
)
def test_looking_for_drift_tells_difference_from_failure(
    machine: Machine, code: int, facts: str, report: str | None, ends: int
) -> None:
    """No difference is no file; a stack that could not be looked at ends the job."""
    machine.put("pulumi", f"#!/bin/sh\necho seen\nexit {code}\n")
    (machine.folder / ".venv" / "bin").mkdir(parents=True)
    program = machine.folder / ".venv" / "bin" / "tenantry"
    program.write_text(f"#!/bin/sh\necho '{facts}'\ntest -z '{facts}'\n", encoding="utf-8")
    program.chmod(0o755)
    done = machine.run("look-for-drift", "prod", "drift", at=machine.folder)
    written = machine.folder / "drift" / "prod.txt"
    assert done.returncode == ends, done.stderr
    assert (written.read_text("utf-8") if written.exists() else None) == report


@pytest.mark.parametrize(("code", "told"), [(0, "changes=false\n"), (7, "changes=true\n"), (6, "")])
def test_a_workflow_hears_whether_a_preview_would_change_anything(
    machine: Machine, code: int, told: str
) -> None:
    machine.put("pulumi", f'#!/bin/sh\necho "$@"\nexit {code}\n')
    written = machine.folder / "previews" / "dev.txt"
    done = machine.run("preview-platform", "dev", str(written), "--refresh")
    assert (done.returncode, done.stdout) == (6 if code == 6 else 0, told)
    assert "preview --stack dev --expect-no-changes" in done.stderr
    assert "--refresh" in done.stderr
    assert written.exists() is (code == 7)


def test_new_facts_are_proposed_once_and_old_ones_not_at_all(machine: Machine) -> None:
    root, remote = machine.folder / "platform", machine.folder / "remote.git"
    (root / "clusters" / "dev").mkdir(parents=True)
    file = root / "clusters" / "dev" / "outputs.yaml"
    file.write_text("old\n")

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    git("init", "--quiet", "--bare", str(remote))
    git("remote", "add", "origin", str(remote))
    git("add", "--all")
    git("commit", "--quiet", "--message", "start")
    assert machine.run("propose-facts", "dev", at=root).returncode == 0
    assert not (machine.folder / "said").exists()

    file.write_text("new\n")
    assert machine.run("propose-facts", "dev", at=root).returncode == 0
    assert git("--git-dir", str(remote), "show", "facts/dev:clusters/dev/outputs.yaml") == "new"
    git("switch", "--quiet", "main")
    file.write_text("newer\n")
    machine.variables["KNOWN"] = "9\n"
    assert machine.run("propose-facts", "dev", at=root).returncode == 0
    assert git("--git-dir", str(remote), "show", "facts/dev:clusters/dev/outputs.yaml") == "newer"
    assert [call[0].split(" --")[0] for call in machine.said] == [
        "auth setup-git",
        "pr create",
        "auth setup-git",
    ]


def test_another_file_than_pulumis_is_not_installed(machine: Machine) -> None:
    machine.put("curl", '#!/bin/sh\nwhile [ "$1" != --output ]; do shift; done\necho x >"$2"\n')
    done = machine.run("install-pulumi")
    assert done.returncode == 1
    assert "FAILED" in done.stdout + done.stderr
    assert not (machine.folder / "path").exists()


def test_the_passphrase_is_readable_for_the_job_alone_and_in_no_variable(machine: Machine) -> None:
    machine.put("az", "#!/bin/sh\necho correct horse\n")
    machine.variables |= {
        "CLIENT_ID": "1",
        "TENANT_ID": "2",
        "BACKEND_URL": "azblob://state?storage_account=example",
        "PASSPHRASE_VAULT": "example",
    }
    assert machine.run("lead-pulumi").returncode == 0
    kept = machine.folder / "pulumi-passphrase"
    assert (kept.read_text("utf-8"), kept.stat().st_mode & 0o777) == ("correct horse\n", 0o600)
    variables = (machine.folder / "env").read_text("utf-8")
    assert "horse" not in variables
    assert f"PULUMI_CONFIG_PASSPHRASE_FILE={kept}\n" in variables
    machine.put("az", "#!/bin/sh\nexit 3\n")
    assert machine.run("lead-pulumi").returncode == 3
