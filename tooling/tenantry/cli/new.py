"""`tenantry new`: a team's first file, or one more project in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tenantry.cli import FINDINGS, INTERRUPTED, reporting, usage
from tenantry.cli.questions import Console, Question, ask_for

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from tenantry.findings import Finding
    from tenantry.manifest import Tree
    from tenantry.workspace.proposal import TenantPage

NAME = "new"
HELP = "write a team's file, or add a project to it"
DESCRIPTION = """\
Writes tenants/<team>/profiles.yaml for you: with what you say, and with every other field beside
it as a comment to learn from. Where the team has a file already, the project is added to it;
comments and all else in it stay as they are.

In a terminal you are asked for what you leave out. Press Ctrl-C to stop: nothing is written then.

Example:  tenantry new
Example:  tenantry new vision --name churn --admin jane.doe@example.com --dry-run
"""


class _Option(NamedTuple):
    """A command line option that fills one field of a profile."""

    flag: str
    field: tuple[str, ...]
    metavar: str
    help: str
    is_list: bool = False

    @property
    def dest(self) -> str:
        return "_".join(self.field)


_WHO = "e-mail address, or a group of the file"

_OPTIONS = (
    _Option("--name", ("name",), "NAME", "the project's name; also its namespace"),
    _Option("--admin", ("admins",), "WHO", f"who manages it: {_WHO}", is_list=True),
    _Option("--contributor", ("contributors",), "WHO", f"who works in it: {_WHO}", is_list=True),
    _Option(
        "--viewer", ("viewers",), "WHO", f"who may look, and change nothing: {_WHO}", is_list=True
    ),
    _Option("--description", ("description",), "TEXT", "what it is for, in a sentence"),
    _Option("--cost-center", ("costCenter",), "CODE", "the cost center that pays"),
    _Option("--review-by", ("reviewBy",), "DATE", "when to decide whether it is still needed"),
    _Option("--tier", ("tier",), "NAME", "what it may use (default: the platform's default tier)"),
    _Option("--package", ("package",), "NAME", "Python package in the project template"),
    _Option("--quota-cpu", ("quota", "cpu"), "CORES", "cores, such as 4"),
    _Option("--quota-memory", ("quota", "memory"), "SIZE", "memory, such as 16Gi"),
    _Option("--quota-storage", ("quota", "storage"), "SIZE", "disk, such as 50Gi"),
    _Option("--quota-gpu", ("quota", "gpu"), "COUNT", "whole GPUs"),
    _Option("--egress", ("egress",), "HOST", "host outside that its pods may reach", is_list=True),
    _Option("--cluster", ("clusters",), "NAME", "cluster to run on", is_list=True),
)

_REQUIRED = ("name", "admins")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_format(parser)
    reporting.add_today(parser)
    parser.add_argument("tenant", nargs="?", metavar="TEAM", help="name of the team's folder")
    for option in _OPTIONS:
        several = "; may be given several times" if option.is_list else ""
        parser.add_argument(
            option.flag,
            dest=option.dest,
            metavar=option.metavar,
            action="append" if option.is_list else "store",
            help=option.help + several,
        )
    parser.add_argument(
        "--production",
        action="store_true",
        help="add a production namespace that only Git changes; only some tiers have one",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the file; write nothing")


def main(arguments: argparse.Namespace, console: Console | None = None) -> int:
    """Ask, where somebody is there to answer; then write."""
    from tenantry.workspace.proposal import RefusedError  # noqa: PLC0415 - help must be fast

    console = console or Console()
    missing = list(_missing(arguments))
    if missing and not console.is_terminal:
        return usage(f"missing: {', '.join(missing)} (on a terminal you would be asked)")
    try:
        page, answers = _collect(arguments, console, ask=bool(missing))
        text = page.text_with(answers)
    except (KeyboardInterrupt, EOFError):
        console.tell("\nstopped; nothing was written")
        return INTERRUPTED
    except RefusedError as refused:
        reporting.write_findings(refused.findings, arguments.format)
        console.tell("nothing was written")
        return FINDINGS
    if arguments.dry_run:
        print(text, end="")
        return 0
    page.write(text)
    console.tell(_next_steps(page, str(answers["name"])))
    return 0


def _missing(arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.tenant is None:
        yield "TEAM"
    for option in _OPTIONS:
        if option.dest in _REQUIRED and not getattr(arguments, option.dest):
            yield option.flag


def _given(arguments: argparse.Namespace) -> dict[str, Tree]:
    """Return the answers that stand on the command line."""
    answers: dict[str, Tree] = {}
    for option in _OPTIONS:
        value = getattr(arguments, option.dest)
        if value is None:
            continue
        *around, name = option.field
        block: dict[str, Tree] = answers
        for step in around:
            block = answers.setdefault(step, {})  # type: ignore[assignment] # only blocks stand there
        block[name] = _number(value) if name in ("cpu", "gpu") else value
    if arguments.production:
        answers["production"] = True
    return answers


def _number(text: str) -> Tree:
    """Return the number that everybody would read, else the text as it is: it will be refused."""
    from tenantry.reader.scalars import resolve  # noqa: PLC0415 - help must be fast

    value = resolve(text)
    return value if value.__class__ in (int, float) else text


def _collect(
    arguments: argparse.Namespace, console: Console, *, ask: bool
) -> tuple[TenantPage, dict[str, Tree]]:
    """Return the file and what goes into it. Raises RefusedError."""
    from tenantry.workspace import proposal  # noqa: PLC0415 - help must be fast

    facts = proposal.known_facts(arguments.root, reporting.today(arguments))
    tenant = arguments.tenant
    if tenant is None:
        tenant = _ask_tenant(console, lambda name: proposal.refused_tenant(name, facts))
    elif refused := proposal.refused_tenant(tenant, facts):
        raise proposal.RefusedError(refused)
    page = proposal.open_page(arguments.root, tenant, facts)
    answers = _given(arguments)
    found = page.refusals(answers)
    if any(finding.is_error for finding in found):
        raise proposal.RefusedError(found)
    if ask:
        state = "has a file; a project is added" if page.text else "has no file yet; this writes it"
        console.tell(f"The team {tenant} {state}. Ctrl-C stops and writes nothing.")
        answers = ask_for(console, _questions(page), answers, page.refusals)
    for finding in page.refusals(answers):
        console.tell(f"warning: {finding.message} ({finding.cure})")
    return page, answers


def _ask_tenant(console: Console, judge: Callable[[str], list[Finding]]) -> str:
    question = Question("tenant", "Team (the name of its folder in tenants/)")
    answers = ask_for(console, [question], {}, lambda given: judge(str(given["tenant"])))
    return str(answers["tenant"])


def _questions(page: TenantPage) -> Iterator[Question]:
    from tenantry.editor import choices_of  # noqa: PLC0415 - help must be fast

    choices = choices_of(page.facts)
    name = "Name of the project (also of its namespace)"
    fresh = not page.refusals({"name": page.tenant})
    yield Question("name", name, page.tenant if fresh else "", is_value=fresh)
    yield Question("admins", "Admins, by e-mail address", is_list=True)
    yield Question("contributors", "Contributors, by e-mail address", "none", is_list=True)
    yield Question("description", "What it is for, in a sentence", "none")
    if len(choices.tiers) > 1:
        yield Question("tier", f"Tier: {' or '.join(choices.tiers)}", choices.default_tier)


def _next_steps(page: TenantPage, name: str) -> str:
    branch = f"{page.tenant}-{name}"
    gitops = page.facts.platform.gitops if page.facts is not None else None
    main = gitops.branch if gitops is not None else "main"
    where = gitops.repository if gitops is not None else "this repository"
    return f"""\
{page.path} is written.

Read it, change what you like, and check it:
  tenantry validate
Then hand it in, and open a pull request against {main}:
  git switch --create {branch}
  git add {page.path}
  git commit --message "Add the project {name} of {page.tenant}"
  git push --set-upstream origin {branch}
Without Git: open {where} in the browser, add or edit
{page.path} there, paste the text of the file, and propose the change."""
