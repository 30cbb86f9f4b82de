"""Pins: what of an app's file decides what its source holds. `upstream.json` repeats it.

Where the two differ, the facts in `upstream.json` are those of something else.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenantry.schema.app import AppFile, Patch, Target

#: Digits of a digest: enough that no two changes of one app ever meet.
_DIGITS = 12


def source_of(file: AppFile) -> dict[str, str]:
    """Return the pinned source of an app, or nothing where it has only its own folder."""
    if file.git is not None:
        return {
            "repository": file.git.repository,
            "path": file.git.path,
            "revision": file.git.revision,
        }
    if file.helm is not None:
        return {
            "repository": file.helm.repository,
            "chart": file.helm.chart,
            "version": file.helm.version,
        }
    return {}


def changes_of(file: AppFile) -> str:
    """Return the digest of what we change of a source: all but the reasons."""
    if file.helm is not None:
        changes: object = [file.namespace, file.helm.release_name, file.values]
    else:
        changes = [
            [show_target(patch.target), {"patch": _written(patch)}] for patch in file.patches
        ]
    text = json.dumps(changes, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _written(patch: Patch) -> object:
    if isinstance(patch.patch, dict):
        return patch.patch
    return [{"op": step.op, "path": step.path, "value": step.value} for step in patch.patch]


def show_target(target: Target) -> str:
    """Say which objects a patch is for, as kubectl would: ``ConfigMap istio-system/istio``."""
    kind = f"{target.group}/{target.kind}" if target.group else target.kind
    name = f"{target.namespace}/{target.name}" if target.namespace else target.name
    return f"{kind} {name}"
