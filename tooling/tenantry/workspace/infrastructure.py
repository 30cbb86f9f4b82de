"""Facts from infrastructure: asks Pulumi, compares with `outputs.yaml`, and writes it.

Owns what is read and written; `tenantry.outputs` judges it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.findings import Finding, in_order
from tenantry.naming import namespace_of
from tenantry.outputs import Change, changes, differences, judge, outputs_text
from tenantry.placement import environments
from tenantry.schema.check import check
from tenantry.schema.cluster import Outputs
from tenantry.wording import visible
from tenantry.workspace.files import WorkspaceError, write_atomically
from tenantry.workspace.sources import Sources
from tenantry.workspace.tenants import load_tenant, tenant_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tenantry.reader import Document

#: Seconds. A state in a blob is some megabytes, and a slow network is no fault.
_TIMEOUT = 300

NO_PULUMI = (
    "pulumi is not on PATH: install it (docs/infrastructure.md says which version), or hand over "
    "with --outputs what `pulumi stack output --json` printed elsewhere"
)


@dataclass(frozen=True)
class Given:
    """Outputs that somebody hands over, in place of asking Pulumi."""

    content: bytes
    path: str | None = None
    """The file they stand in, if any."""


@dataclass(frozen=True)
class Step:
    """What the stack of one cluster gives, held against the cluster's file."""

    cluster: str
    path: str
    outputs: Outputs
    changes: list[Change]


@dataclass
class Outcome:
    """What was found and done."""

    findings: list[Finding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    """Paths of the files that were written."""


def compare(root: Path, clusters: Sequence[str], given: Given | None) -> Outcome:
    """Hold each cluster's file against its stack; differences are findings."""
    outcome = Outcome()
    for cluster in clusters:
        document, current, faults = _read(root, cluster)
        step = _step(root, cluster, given, current or Outputs(), outcome)
        outcome.findings += faults
        if step is not None and not faults:
            outcome.findings += _differences(step, document)
    outcome.findings = in_order(outcome.findings)
    return outcome


def write(root: Path, clusters: Sequence[str], given: Given | None) -> Outcome:
    """Write each cluster's file from its stack; none where any stack is at fault."""
    outcome = Outcome()
    for cluster in clusters:
        _document, current, _faults = _read(root, cluster)
        _step(root, cluster, given, current or Outputs(), outcome)
    outcome.findings = in_order(outcome.findings)
    if not outcome.findings:
        for step in outcome.steps:
            text = outputs_text(step.cluster, step.outputs)
            if write_atomically(root / step.path, text.encode()):
                outcome.written.add(step.path)
    return outcome


def owners(root: Path) -> dict[str, str]:
    """Return the tenant of each namespace, as far as the tenants' files can be read."""
    loaded = (load_tenant(root, name)[0] for name in tenant_names(Sources(root)))
    return {
        namespace_of(profile.name, environment): tenant.name
        for tenant in loaded
        if tenant is not None
        for profile in tenant.file.profiles
        for environment in environments(profile)
    }


def _read(root: Path, cluster: str) -> tuple[Document | None, Outputs | None, list[Finding]]:
    """Return a cluster's file as it is: what it says, and what is wrong with it."""
    sources = Sources(root)
    document = sources.document(layout.cluster_file(cluster, layout.OUTPUTS_FILE))
    if document is None:
        return None, None, sources.findings
    outputs, findings = check(Outputs, document)
    return document, outputs, findings


def _step(
    root: Path, cluster: str, given: Given | None, current: Outputs, outcome: Outcome
) -> Step | None:
    """Note what a stack gives, or why it gives nothing."""
    path = layout.cluster_file(cluster, layout.OUTPUTS_FILE)
    content = given.content if given is not None else _ask_pulumi(root, cluster)
    if isinstance(content, Finding):
        outcome.findings.append(content)
        return None
    file = given.path if given is not None else None
    outputs, findings = judge(cluster, file or path, content)
    if file is None:  # there is no file whose lines could be named
        findings = [replace(finding, line=0, column=0) for finding in findings]
    outcome.findings += findings
    if outputs is None:
        return None
    step = Step(cluster, path, outputs, changes(current, outputs))
    outcome.steps.append(step)
    return step


def _differences(step: Step, document: Document | None) -> list[Finding]:
    if document is None:
        return [
            Finding(
                step.path,
                "outputs-differ",
                f"there is no such file, and the stack {step.cluster} has outputs",
                f"run `tenantry facts --cluster {step.cluster}`, and merge what it writes",
            )
        ]
    return document.place(differences(step.cluster, step.path, step.changes))


def _ask_pulumi(root: Path, stack: str) -> bytes | Finding:
    """Return what Pulumi says of a stack, or why it says nothing. Raises WorkspaceError."""
    program = shutil.which("pulumi")
    if program is None:
        raise WorkspaceError(NO_PULUMI)
    words = [program, "stack", "output", "--json", "--stack", stack, "--non-interactive"]
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell; the stack is a cluster's folder
            words,
            cwd=root,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _unreadable(stack, f"pulumi did not end within {_TIMEOUT // 60} minutes")
    if done.returncode:
        return _unreadable(stack, _reason(done))
    return done.stdout


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return Pulumi's own error, without the colours."""
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines()]
    told = next((line for line in lines if line.startswith("error:")), None)
    last = next((line for line in reversed(lines) if line), f"exit code {done.returncode}")
    return visible((told or last).removeprefix("error:").strip().rstrip("."))


#: What Pulumi's errors mean here, by words of theirs.
_CURES = {
    "no stack named": "make it with `pulumi stack init {0}`, or log in to where the state is kept",
    "passphrase": "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
    "DefaultAzureCredential": "log in to Azure: `az login`",
    "PULUMI_ACCESS_TOKEN": "log in to where the state is kept: `pulumi login --local`, say",
}


def _unreadable(stack: str, reason: str) -> Finding:
    cure = next((text for words, text in _CURES.items() if words in reason), "see {1}")
    return Finding(
        layout.cluster_file(stack, layout.OUTPUTS_FILE),
        "stack-unreadable",
        f"the outputs of the stack {stack} cannot be read: {reason}",
        cure.format(stack, layout.INFRASTRUCTURE_PAGE),
    )
