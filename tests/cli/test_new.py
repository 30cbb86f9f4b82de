"""`tenantry new`, from the command line and at a pseudo-terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pexpect
import pytest

from tenantry.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parents[1] / "examples" / "base"
FILE = "tenants/vision/profiles.yaml"
GIVEN = ("vision", "--name", "churn", "--admin", "jane.doe@example.com")

OLD = """\
# Ours.
profiles:
  name: faces   # the first
  admins:
    - jane.doe@example.com
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository without tenants."""
    (tmp_path / "tenants").mkdir()
    for folder in ("clusters", "apps"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    return tmp_path


def _write_other(root: Path, team: str, name: str) -> None:
    """Write the file of another team."""
    (root / "tenants" / team).mkdir()
    text = OLD.replace("faces", name)
    (root / "tenants" / team / "profiles.yaml").write_text(text, encoding="utf-8")


class Told(NamedTuple):
    """What a run answered."""

    code: int
    out: str
    err: str


class New:
    """`tenantry new` in one repository, where nobody is there to answer."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def __call__(self, *words: str) -> Told:
        """Run it."""
        code = run(["new", "--root", str(self.root), "--today", "2026-11-22", *words])
        return Told(code, *self._capsys.readouterr())

    def read(self) -> str:
        """Return the team's file."""
        return (self.root / FILE).read_bytes().decode()

    def write(self, text: str) -> None:
        """Make the team's file hold a text."""
        (self.root / FILE).parent.mkdir()
        (self.root / FILE).write_bytes(text.encode())

    def tenants(self) -> list[Path]:
        """Return everything in tenants/."""
        return sorted((self.root / "tenants").rglob("*"))


@pytest.fixture
def new(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[New]:
    """Return what runs the command."""
    with open(os.devnull, encoding="utf-8") as nobody:  # noqa: PTH123 - a device, not a file
        monkeypatch.setattr(sys, "stdin", nobody)
        yield New(root, capsys)


def test_flags_are_enough(new: New) -> None:
    """Nobody is asked, and the file passes what `tenantry validate` checks."""
    told = new(*GIVEN, "--quota-cpu", "4", "--quota-memory", "16Gi", "--description", "Say: no")
    assert told.code == 0
    assert told.out == ""
    text = new.read()
    assert '  description: "Say: no"\n' in text
    assert "  quota:\n    cpu: 4\n    memory: 16Gi\n" in text
    assert run(["validate", "--root", str(new.root)]) == 0


def test_what_to_do_next_is_said(new: New) -> None:
    """With Git and without, for the repository that the facts name."""
    told = new(*GIVEN)
    assert told.err.startswith(f"{FILE} is written.\n")
    assert "\n  git switch --create vision-churn\n" in told.err
    assert f"\n  git add {FILE}\n" in told.err
    assert "open https://github.com/example/ml-platform in the browser" in told.err


def test_a_dry_run_prints_the_file_and_writes_nothing(new: New) -> None:
    """What is printed is what would be written."""
    told = new(*GIVEN, "--dry-run")
    assert told.code == 0
    assert new.tenants() == []
    new(*GIVEN)
    assert new.read() == told.out


def test_what_is_missing_is_named_where_nobody_can_answer(new: New) -> None:
    """One line, exit code 2."""
    told = new()
    assert told == (
        2,
        "",
        "tenantry: missing: TEAM, --name, --admin (on a terminal you would be asked)\n",
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("vision", "--name", "Churn!", "--admin", "jane.doe@example.com"),
            (
                f'{FILE}: invalid-value: profiles.name: "Churn!" is not of the right form (use '
                "lower-case letters, digits and hyphens; start with a letter, end with a letter or "
                "digit, at most 58 characters)"
            ),
        ),
        (
            ("vision", "--name", "churn", "--admin", "jane.doe@exmple.com"),
            (
                f"{FILE}: address-outside-domains: jane.doe@exmple.com cannot log in: exmple.com "
                "is not one of the company's domains (write an address that ends in @example.com)"
            ),
        ),
        (
            (*GIVEN, "--quota-gpu", "two"),
            (
                f'{FILE}: wrong-type: profiles.quota.gpu is "two", not a whole number (write a '
                "whole number from 0 to 1024, without quotes)"
            ),
        ),
        (
            ("../x", "--name", "churn", "--admin", "jane.doe@example.com"),
            (
                'tenants/TEAM/profiles.yaml: tenant-name: "../x" cannot be the name of a team\'s '
                "folder (use lower-case letters, digits and hyphens; start with a letter)"
            ),
        ),
    ],
)
def test_a_refused_flag_writes_nothing(new: New, words: tuple[str, ...], line: str) -> None:
    """It is a finding with its cure."""
    assert new(*words) == (1, line + "\n", "nothing was written\n")
    assert new.tenants() == []


@pytest.mark.parametrize("name", ["kube-system", "no", "a" * 59, "churn-prod"])
def test_names_are_judged_by_the_rules(new: New, name: str) -> None:
    """What `tenantry validate` would refuse later is refused now."""
    assert new("vision", "--name", name, "--admin", "jane.doe@example.com").code == 1
    assert new.tenants() == []


def test_an_existing_file_keeps_its_comments(new: New) -> None:
    """A project is added, and the rest stays."""
    new.write(OLD.replace("\n", "\r\n"))
    assert new(*GIVEN).code == 0
    assert new.read() == (
        "# Ours.\nprofiles:\n  - name: faces   # the first\n    admins:\n"
        "      - jane.doe@example.com\n\n"
        "  - name: churn\n    admins:\n      - jane.doe@example.com\n"
    ).replace("\n", "\r\n")


def test_a_name_that_is_taken_is_a_finding(new: New) -> None:
    """It says where the project of that name stands."""
    new.write(OLD)
    told = new("vision", "--name", "faces", "--admin", "jane.doe@example.com")
    assert told.code == 1
    assert told.out == (
        f'{FILE}:3:9: duplicate-profile: "faces" is already the name of a project of this file '
        "(choose another name, or edit the file to change that project)\n"
    )
    assert new.read() == OLD


def test_a_name_that_another_team_has_is_a_finding(new: New) -> None:
    """Names are those of namespaces, which teams share: the file would not be valid."""
    _write_other(new.root, "growth", "churn")
    told = new(*GIVEN)
    assert (told.code, told.err) == (1, "nothing was written\n")
    assert told.out == (
        f'{FILE}: namespace-taken: the namespace "churn" is also made by '
        "tenants/growth/profiles.yaml (choose a name that no other team uses)\n"
    )
    assert not (new.root / FILE).exists()


def test_a_clash_of_others_keeps_nobody_from_a_project(new: New) -> None:
    """Nor does a file that cannot be read: both are their owners' to mend."""
    new.write(OLD)
    _write_other(new.root, "growth", "faces")
    (new.root / "tenants/broken").mkdir()
    (new.root / "tenants/broken/profiles.yaml").write_text("profiles: [\n", encoding="utf-8")
    assert new(*GIVEN).code == 0


def test_a_project_for_which_no_cluster_has_room_is_a_finding(new: New) -> None:
    """It fits its tier, and is too much beside what other teams were promised."""
    facts = new.root / "clusters/prod/cluster.yaml"
    facts.write_text(facts.read_text("utf-8").replace("storage: 20Ti", "storage: 120Gi"), "utf-8")
    _write_other(new.root, "growth", "uplift")
    told = new(*GIVEN)
    assert (told.code, told.err) == (1, "nothing was written\n")
    assert told.out.startswith("clusters/prod/cluster.yaml: capacity-exceeded: all quotas on ")


@pytest.mark.parametrize("text", ["profiles:\n  nam: x\n", "- a\n", "profiles: [\n", "\x00"])
def test_a_broken_file_is_left_alone(new: New, text: str) -> None:
    """Its faults are reported as `tenantry validate` does."""
    new.write(text)
    told = new(*GIVEN)
    assert told.code == 1
    assert told.out.startswith(f"{FILE}:")
    assert new.read() == text


@pytest.mark.parametrize("linked", ["tenants/vision", FILE])
def test_links_are_not_followed(
    new: New, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    """Nothing is written outside the repository."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "profiles.yaml").write_text(OLD, encoding="utf-8")
    (new.root / linked).parent.mkdir(exist_ok=True)
    (new.root / linked).symlink_to(outside / linked.removeprefix("tenants/vision").strip("/"))
    told = new(*GIVEN)
    assert told.code == 1
    assert ": link: " in told.out
    assert (outside / "profiles.yaml").read_text(encoding="utf-8") == OLD


@pytest.mark.parametrize("text", [None, "tiers: 5\n"])
def test_it_works_without_facts(new: New, text: str | None) -> None:
    """Facts that are absent or broken keep nobody from writing a file."""
    facts = new.root / "clusters/platform.yaml"
    facts.unlink()
    if text is not None:
        facts.write_text(text, encoding="utf-8")
    assert new(*GIVEN).code == 0
    assert "  #tier: ml-product\n  #production: true\n" in new.read()


def test_every_block_of_comments_can_be_used_alone(new: New) -> None:
    """Taking the # away in front of any one field, and of what belongs to it, gives a valid file.

    On the platform as shipped, with its tiers, clusters and claim kinds.
    """
    new(*GIVEN)
    text = new.read()
    blocks = re.findall(r"(?m)^ *#(?! )\S.*\n(?:^ *#(?!\ [^ ]).*\n)*", text)
    assert len(blocks) > len(("quota", "claims", "egress"))
    for block in blocks:
        used = re.sub(r"(?m)^( *)#", r"\1", block)
        (new.root / FILE).write_text(text.replace(block, used), encoding="utf-8")
        assert run(["validate", "--root", str(new.root), "--today", "2026-11-22"]) == 0, used


class Terminal:
    """The command at a pseudo-terminal."""

    def __init__(self, root: Path, *words: str) -> None:
        arguments = ["-m", "tenantry", "new", "--root", str(root), *words]
        self.root = root
        self.child = pexpect.spawn(
            sys.executable, arguments, encoding="utf-8", timeout=30, dimensions=(40, 200)
        )

    def answer(self, prompt: str, line: str) -> None:
        """Wait for a question; answer it."""
        self.child.expect_exact(prompt)
        self.child.sendline(line)

    def end(self) -> tuple[int | None, str]:
        """Return exit code and what was still shown."""
        self.child.expect(pexpect.EOF)
        shown = str(self.child.before)
        self.child.close()
        return self.child.exitstatus, shown


def test_a_conversation(root: Path) -> None:
    """Wrong answers are asked again with the cure; empty ones take what stands in brackets."""
    terminal = Terminal(root)
    terminal.answer("Team (the name of its folder in tenants/): ", "Vision Team")
    terminal.child.expect_exact("(use lower-case letters, digits and hyphens")
    terminal.answer("tenants/): ", "vision")
    terminal.child.expect_exact("The team vision has no file yet")
    terminal.answer("Name of the project (also of its namespace) [vision]: ", "Churn!")
    terminal.child.expect_exact('"Churn!" is not of the right form (use lower-case letters')
    terminal.answer("[vision]: ", "")
    terminal.answer("Admins, by e-mail address: ", "")
    terminal.child.expect_exact("an answer is needed here")
    terminal.answer("Admins, by e-mail address: ", "jane.doe@elsewhere.org")
    terminal.child.expect_exact("write an address that ends in @example.com")
    terminal.answer("Admins, by e-mail address: ", "jane.doe@example.com, bob@example.com")
    terminal.answer("Contributors, by e-mail address [none]: ", "bob@example.com")
    terminal.child.expect_exact("bob@example.com is an admin and a contributor of vision")
    terminal.answer("Contributors, by e-mail address [none]: ", "")
    terminal.answer("What it is for, in a sentence [none]: ", "Überwacht: Kameras")
    terminal.answer("Tier: insight or ml-product [insight]: ", "gold")
    terminal.child.expect_exact('no tier "gold" (use one of: insight, ml-product)')
    terminal.answer("[insight]: ", "")
    code, shown = terminal.end()
    assert code == 0
    assert f"{FILE} is written." in shown
    assert (
        (root / FILE)
        .read_text(encoding="utf-8")
        .startswith(
            "# The projects of one team. docs/tenant-file.md explains every field.\n"
            "profiles:\n"
            "  # The project's name and namespace; unique on the platform.\n"
            "  name: vision\n"
            "  # People who manage the project. At least one.\n"
            "  admins:\n"
            "    - jane.doe@example.com\n"
            "    - bob@example.com\n"
            "  # What the project is for, in a sentence.\n"
            '  description: "Überwacht: Kameras"\n'
        )
    )
    assert run(["validate", "--root", str(root)]) == 0


def test_only_what_flags_leave_out_is_asked(root: Path) -> None:
    """A name that the file has, or another team, is asked again."""
    _write_other(root, "growth", "uplift")
    (root / FILE).parent.mkdir()
    (root / FILE).write_text(OLD, encoding="utf-8")
    terminal = Terminal(root, "vision", "--admin", "jane.doe@example.com", "--tier", "ml-product")
    terminal.child.expect_exact("The team vision has a file; a project is added")
    terminal.answer("[vision]: ", "faces")
    terminal.child.expect_exact('"faces" is already the name of a project of this file')
    terminal.answer("[vision]: ", "uplift")
    terminal.child.expect_exact('the namespace "uplift" is also made by tenants/growth/profiles')
    terminal.answer("[vision]: ", "churn")
    terminal.answer("address [none]: ", "Ada King <ada.king@example.com>; <mailto:bob@example.com>")
    terminal.child.expect_exact("  write only ada.king@example.com, bob@example.com\r\n")
    terminal.answer("Contributors, by e-mail address [none]: ", "")
    terminal.answer("What it is for, in a sentence [none]: ", "")
    assert terminal.end()[0] == 0
    assert (
        (root / FILE)
        .read_text(encoding="utf-8")
        .endswith(
            "  - name: churn\n    admins:\n      - jane.doe@example.com\n    tier: ml-product\n"
        )
    )


@pytest.mark.parametrize("key", ["\x03", "\x04"])
@pytest.mark.parametrize("words", [(), ("vision",), ("vision", "--name", "churn")])
def test_leaving_writes_nothing(root: Path, words: tuple[str, ...], key: str) -> None:
    """Ctrl-C and Ctrl-D end any question with a clean line and exit code 130."""
    terminal = Terminal(root, *words)
    terminal.child.expect(r": $")
    terminal.child.send(key)
    code, shown = terminal.end()
    assert code == 130
    assert "stopped; nothing was written" in shown
    assert "Traceback" not in shown
    assert list((root / "tenants").iterdir()) == []
