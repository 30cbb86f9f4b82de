"""What `make e2e` needs before anything starts, so that no two processes build it at once."""

from __future__ import annotations

import sys

from tests.e2e import control_plane
from tests.e2e.gitops import argo_cd
from tests.e2e.pulumi import programs as pulumi
from tests.repository import ROOT

from tenantry.workspace import schemas, toolchain
from tenantry.workspace.files import WorkspaceError

#: What single tests run.
_MORE = ("kubeconform", "helm", "kustomize", "cyclonus", "promtool", "actionlint")


def main() -> int:
    """Find every program and schema, or make it; say in a line what is missing."""
    try:
        argo_cd.find(_say)
        pulumi.find(_say)
        for name in (*control_plane.PROGRAMS, *_MORE):
            toolchain.find(ROOT, name, _say)
        schemas.upstream(ROOT, _say)
    except WorkspaceError as trouble:
        _say(str(trouble))
        return 1
    return 0


def _say(line: str) -> None:
    print(f"tenantry: {line}", file=sys.stderr, flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
