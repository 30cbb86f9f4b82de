"""Runs kubeconform over rendered trees; finds where each fault stands and what it came from."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenantry import layout
from tenantry.conform import verdicts
from tenantry.manifest import Identity, identity
from tenantry.naming import PROFILE_LABEL
from tenantry.reader import read_document
from tenantry.workspace import schemas, toolchain
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tenantry.findings import Field, Finding

#: Seconds that one run may take: 10,000 tenants take some minutes.
TIMEOUT = 1200

_HEADER = re.compile(r"# Generated from (\S+) by tenantry")


@dataclass
class Conformance:
    """What was looked at, and what was found."""

    findings: list[Finding] = field(default_factory=list)
    objects: int = 0


def at_hand(root: Path) -> bool:
    """Whether kubeconform and all schemas are there, so that nothing is built or fetched."""
    return schemas.at_hand(root) and toolchain.at_hand(root, "kubeconform") is not None


def conform(
    root: Path, trees: Sequence[Path], tell: Callable[[str], None] = toolchain.silent
) -> Conformance:
    """Judge the rendered trees of some clusters, each by its own claim kinds."""
    program = toolchain.find(root, "kubeconform", tell)
    known = schemas.upstream(root, tell)
    found = Conformance()
    for tree in trees:
        with tempfile.TemporaryDirectory() as claims:
            schemas.write_claim_kinds(Path(claims), _xrds(tree), known)
            report = _run(program, tree, [known / schemas.KINDS, Path(claims)])
        sources = _Sources(root)
        found.objects += report.objects
        found.findings += [
            verdicts.finding(verdict, sources.place(verdict)) for verdict in report.verdicts
        ]
    return found


def _run(program: Path, tree: Path, folders: Sequence[Path]) -> verdicts.Report:
    words = [str(program), "-strict", "-output=json", "-summary", f"-n={os.cpu_count() or 1}"]
    words += [f"-schema-location={folder}/{schemas.LOCATION}" for folder in folders]
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            [*words, str(tree)], capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
        return verdicts.report(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError) as error:
        raise WorkspaceError(f"kubeconform could not judge {tree}: {error}") from error


def _xrds(tree: Path) -> Iterator[dict[str, Any]]:
    """Yield every XRD that a tree holds."""
    for path in sorted((tree / layout.RENDERED_APPS).glob("*/*.yaml")):
        for manifest in _load(path.read_text(encoding="utf-8")):
            if manifest["kind"] == "CompositeResourceDefinition":
                yield manifest


def _load(text: str) -> Iterator[dict[str, Any]]:
    import yaml  # noqa: PLC0415 - only for trees that hold some

    yield from yaml.load_all(text, Loader=yaml.CSafeLoader)


@dataclass
class _Sources:
    """Finds the place of a verdict in the rendered file, and in the file behind it."""

    root: Path
    _texts: dict[str, str] = field(default_factory=dict)

    def place(self, verdict: verdicts.Verdict) -> verdicts.Place:
        """Return where the object of a verdict stands."""
        text = self._texts.setdefault(verdict.file, Path(verdict.file).read_text(encoding="utf-8"))
        node, manifest = _find(text, verdict)
        steps, line, column = _descend(node, verdict.pointer)
        header = _HEADER.match(text)
        source = header[1] if header else self._shown(verdict.file)
        return verdicts.Place(
            f"{self._shown(verdict.file)}:{line}:{column}",
            str(_identity(manifest, verdict)),
            steps,
            source,
            *self._source_position(source, manifest),
        )

    def _shown(self, file: str) -> str:
        path = Path(file)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else file

    def _source_position(self, source: str, manifest: dict[str, Any]) -> tuple[int, int]:
        """Return line and column of the profile that an object belongs to, else (0, 0)."""
        labels = manifest.get("metadata", {}).get("labels") or {}
        profile = labels.get(PROFILE_LABEL)
        if not source.endswith(f"/{layout.TENANT_FILE}") or profile is None:
            return (0, 0)
        document = read_document(source, (self.root / source).read_bytes())
        data: Any = document.data
        profiles = data["profiles"]
        names = [each["name"] for each in (profiles if isinstance(profiles, list) else [profiles])]
        number = names.index(profile) if profile in names else 0
        return document.position(("profiles", number, "name"))


def _find(text: str, verdict: verdicts.Verdict) -> tuple[Any, dict[str, Any]]:
    """Return the YAML node and the data of the object that a verdict is about."""
    import yaml  # noqa: PLC0415 - only where something is wrong

    nodes = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    fallback: tuple[Any, dict[str, Any]] | None = None
    for node, manifest in zip(nodes, _load(text), strict=True):
        if manifest.get("kind") != verdict.kind:
            continue
        if manifest.get("metadata", {}).get("name") != verdict.name:
            continue
        fallback = fallback or (node, manifest)
        # Two namespaces may each hold an object of this name: the one with the field is meant.
        if len(_descend(node, verdict.pointer)[0]) == len(verdict.pointer):
            return node, manifest
    if fallback is None:
        raise WorkspaceError(f"{verdict.file} changed while it was read: run the command again")
    return fallback


def _identity(manifest: dict[str, Any], verdict: verdicts.Verdict) -> Identity:
    try:
        return identity(manifest)
    except (KeyError, TypeError):
        return Identity("", verdict.kind, "", verdict.name)


def _descend(node: Any, pointer: verdicts.Pointer) -> tuple[Field, int, int]:  # noqa: ANN401 - PyYAML's
    """Follow a pointer as far as it goes; return the steps taken, and the line and column there."""
    import yaml  # noqa: PLC0415 - only where something is wrong

    steps: list[str | int] = []
    mark = node.start_mark
    for step in pointer:
        if isinstance(node, yaml.SequenceNode):
            node = node.value[int(step)]
            mark = node.start_mark
            steps.append(int(step))
            continue
        found = next((p for p in _pairs(node) if p[0].value == step), None)
        if found is None:
            break
        mark, node = found[0].start_mark, found[1]
        steps.append(step)
    return tuple(steps), mark.line + 1, mark.column + 1


def _pairs(node: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - PyYAML's
    return node.value if isinstance(node.value, list) else []
