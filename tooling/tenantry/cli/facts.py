"""`tenantry facts`: write what infrastructure knows of a cluster, or compare it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tenantry.cli import reporting, usage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from tenantry.outputs import Change
    from tenantry.workspace.infrastructure import Given, Outcome, Step

HELP = "write what the infrastructure stack of a cluster knows"
DESCRIPTION = """\
Asks Pulumi for the outputs of each cluster's stack (dev for clusters/dev), checks them, and writes
clusters/<cluster>/outputs.yaml: ids, addresses, and the identity of each namespace. Commit the
file: it is reviewed and merged like any other change. It says which teams gain or lose an identity.

With a stack that lacks an output, has one too many or a secret one, nothing is written at all.
Without Pulumi on this machine, hand over with --outputs what it printed elsewhere:
  pulumi stack output --json --stack dev > outputs.json

--check writes nothing, and finds every line of the files that is not as the stacks have it.

Example:  tenantry facts --cluster dev
Example:  tenantry facts --check
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    reporting.add_format(parser)
    reporting.add_clusters(parser, "write or check")
    parser.add_argument(
        "--check", action="store_true", help="compare files and stacks; write nothing"
    )
    parser.add_argument(
        "--outputs",
        metavar="FILE",
        help="JSON of one stack's outputs, or - for standard input (default: ask pulumi)",
    )


def main(arguments: argparse.Namespace) -> int:
    """Write, or compare."""
    from tenantry.workspace import infrastructure  # noqa: PLC0415 - help must be fast

    clusters = arguments.cluster or reporting.clusters_of(arguments.root)
    fault = reporting.unknown_cluster(arguments.root, clusters)
    if fault:
        return usage(fault)
    if arguments.outputs is not None and len(set(clusters)) != 1:
        return usage("--outputs holds the outputs of one stack: say of which, with --cluster")
    job = infrastructure.compare if arguments.check else infrastructure.write
    outcome = job(arguments.root, sorted(set(clusters)), _given(arguments.outputs))
    reporting.write_findings(outcome.findings, arguments.format)
    if arguments.check:
        told = _compared(outcome)
    elif outcome.findings:
        told = iter(["nothing was written"])
    else:
        told = _written(outcome, infrastructure.owners(arguments.root))
    for line in told:
        print(line, file=sys.stderr)
    return int(bool(outcome.findings))


def _given(name: str | None) -> Given | None:
    """Return the outputs that were handed over."""
    from tenantry.reader.characters import GENERATED  # noqa: PLC0415 - help must be fast
    from tenantry.workspace.infrastructure import Given  # noqa: PLC0415 - help must be fast

    most = GENERATED.bytes + 1
    if name is None:
        return None
    if name == "-":
        return Given(sys.stdin.buffer.read(most))
    with open(name, "rb") as stream:  # noqa: PTH123 - a pipe as well as a file
        return Given(stream.read(most), name)


def _compared(outcome: Outcome) -> Iterator[str]:
    for step in outcome.steps:
        if step.changes:
            number = reporting.count(len(step.changes), "difference")
            yield f"{step.path}: {number} to the stack {step.cluster}"
        else:
            yield f"{step.path}: as the stack {step.cluster} has it"


def _written(outcome: Outcome, owners: Mapping[str, str]) -> Iterator[str]:
    for step in outcome.steps:
        yield f"{step.path}: {_became(step, written=step.path in outcome.written)}"
        yield from (f"  {line}" for line in _facts(step.changes))
        yield from (f"  {line}" for line in _identities(step.changes, owners))


def _became(step: Step, *, written: bool) -> str:
    if step.changes:
        return f"written, {reporting.count(len(step.changes), 'change')}"
    return "written, no fact changed" if written else "nothing to do"


def _facts(found: Sequence[Change]) -> Iterator[str]:
    """Tell of all that changed but for identities."""
    from tenantry.findings import show_field  # noqa: PLC0415 - help must be fast
    from tenantry.outputs import shown  # noqa: PLC0415 - help must be fast

    for change in found:
        if change.field[0] != "identities":
            here, there = shown(change)
            yield f"{show_field(change.field)}: {here} -> {there}"


def _identities(found: Sequence[Change], owners: Mapping[str, str]) -> Iterator[str]:
    """Tell which tenant's namespaces gain, lose or change their identity; a line each."""
    told: dict[tuple[str, str], list[str]] = {}
    for change in found:
        if change.field[0] == "identities":
            namespace = str(change.field[1])
            key = (owners.get(namespace, "no tenant"), _how(change))
            told.setdefault(key, []).append(namespace)
    for (tenant, how), namespaces in sorted(told.items()):
        yield f"{tenant}: identity {how} {', '.join(namespaces)}"


def _how(change: Change) -> str:
    if change.file is None:
        return "gained by"
    return "lost by" if change.stack is None else "changed for"
