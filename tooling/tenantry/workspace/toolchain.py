"""Programs by version: each from PATH where its version fits, else built once into the cache.

Owns which programs there are and how each is built and asked for its version. The versions
themselves stand in tooling/binaries/<module>/go.mod; `gomodules` runs Go.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry import layout
from tenantry.workspace import cache, gomodules
from tenantry.workspace.files import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that is compiled from a Go module."""

    name: str
    folder: str
    """Its folder in tooling/binaries/."""
    module: str
    """The Go module whose version is the program's."""
    package: str
    ask: tuple[str, ...] = ("--version",)
    """Arguments that make it print its version."""
    stamps: tuple[str, ...] = ()
    """Variables that hold its version; a plain `go build` would leave them empty.

    One with another value is written as ``variable=value``."""


_PULUMI = "github.com/pulumi/pulumi"
_K8S = "k8s.io/kubernetes"
_K8S_STAMPS = ("k8s.io/component-base/version.gitVersion",)
_ARGOCD = "github.com/argoproj/argo-cd/v3"

# kustomize and helm are those of Argo CD 3.5 (hack/tool-versions.sh): what they build is what it
# would install.
TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "kubeconform",
            "kubeconform",
            "github.com/yannh/kubeconform",
            "github.com/yannh/kubeconform/cmd/kubeconform",
            ask=("-v",),
            stamps=("main.version",),
        ),
        Tool(
            "kustomize",
            "kustomize",
            "sigs.k8s.io/kustomize/kustomize/v5",
            "sigs.k8s.io/kustomize/kustomize/v5",
            ask=("version",),
            stamps=("sigs.k8s.io/kustomize/api/provenance.version",),
        ),
        Tool(
            "helm",
            "helm",
            "helm.sh/helm/v4",
            "helm.sh/helm/v4/cmd/helm",
            ask=("version",),
            stamps=("helm.sh/helm/v4/internal/version.version",),
        ),
        # Prometheus 3.14 is v0.314 as a Go module.
        Tool(
            "promtool",
            "prometheus",
            "github.com/prometheus/prometheus",
            "github.com/prometheus/prometheus/cmd/promtool",
            stamps=("github.com/prometheus/common/version.Version",),
        ),
        Tool("etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
        Tool(
            "kube-apiserver",
            "kubernetes",
            _K8S,
            f"{_K8S}/cmd/kube-apiserver",
            stamps=_K8S_STAMPS,
        ),
        Tool(
            "kube-controller-manager",
            "kubernetes",
            _K8S,
            f"{_K8S}/cmd/kube-controller-manager",
            stamps=_K8S_STAMPS,
        ),
        Tool(
            "kubectl",
            "kubernetes",
            _K8S,
            f"{_K8S}/cmd/kubectl",
            ask=("version", "--client"),
            stamps=_K8S_STAMPS,
        ),
        Tool(
            "cyclonus",
            "cyclonus",
            "github.com/mattfenwick/cyclonus",
            "github.com/mattfenwick/cyclonus/cmd/cyclonus",
            ask=("version",),
            stamps=("github.com/mattfenwick/cyclonus/pkg/cli.version",),
        ),
        Tool(
            "argocd",
            "argocd",
            _ARGOCD,
            f"{_ARGOCD}/cmd",
            ask=("version", "--client"),
            # It says the version of its tag only where commit and tag are known and all is clean.
            stamps=(
                f"{_ARGOCD}/common.gitTag",
                f"{_ARGOCD}/common.gitCommit",
                f"{_ARGOCD}/common.gitTreeState=clean",
            ),
        ),
        Tool(
            "actionlint",
            "actionlint",
            "github.com/rhysd/actionlint",
            "github.com/rhysd/actionlint/cmd/actionlint",
            ask=("-version",),
            stamps=("github.com/rhysd/actionlint.version",),
        ),
        Tool(
            "pulumi",
            "pulumi",
            f"{_PULUMI}/pkg/v3",
            f"{_PULUMI}/pkg/v3/cmd/pulumi",
            ask=("version",),
            stamps=(f"{_PULUMI}/sdk/v3/go/common/version.Version",),
        ),
    )
}


def silent(message: str) -> None:
    """Tell nobody."""


def find(root: Path, name: str, tell: Callable[[str], None] = silent) -> Path:
    """Return the program `name` at its pinned version; build it where it is not at hand.

    `tell` hears, before a build begins, what will take long.
    Raises WorkspaceError with one line that says what is missing.
    """
    ready = at_hand(root, name)
    if ready is not None:
        return ready
    tool = TOOLS[name]
    tell(f"building {name} {version(root, tool)}: done once, may take some minutes")
    _build(root, tool)
    built = _built(root, tool)
    if not _fits(built, tool, version(root, tool)):
        raise WorkspaceError(
            f"{name} was built, but {built} does not run or says another version: run it with "
            f"{' '.join(tool.ask)} to see why"
        )
    return built


def at_hand(root: Path, name: str) -> Path | None:
    """Return the program at its pinned version where nothing has to be built, else None."""
    tool = TOOLS[name]
    wanted = version(root, tool)
    on_path = shutil.which(name)
    candidates = [Path(on_path)] if on_path else []
    return next((p for p in (*candidates, _built(root, tool)) if _fits(p, tool, wanted)), None)


def version(root: Path, tool: Tool) -> str:
    """Return the version that go.mod pins, as in ``v0.8.0``."""
    go_mod = root / layout.BINARIES / tool.folder / "go.mod"
    try:
        text = go_mod.read_text(encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"{layout.BINARIES}/{tool.folder}/go.mod cannot be read: {error.strerror}"
        ) from error
    found = re.search(rf"^\s*(?:require\s+)?{re.escape(tool.module)}\s+(v\S+)", text, re.MULTILINE)
    if found is None:
        raise WorkspaceError(f"{layout.BINARIES}/{tool.folder}/go.mod does not name {tool.module}")
    return found[1]


def _fits(program: Path, tool: Tool, wanted: str) -> bool:
    """Whether a program runs and says the wanted version."""
    try:
        said = subprocess.run(  # noqa: S603 - a program found by name, fixed arguments
            [program, *tool.ask], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    bare = re.escape(wanted.removeprefix("v"))
    return re.search(rf"(?<![\w.])v?{bare}(?![\w.+-])", said.stdout) is not None


def _built(root: Path, tool: Tool) -> Path:
    """Return where the program stands, or would stand, once it is built."""
    return _folder(root, tool) / tool.name


def _folder(root: Path, tool: Tool) -> Path:
    source = root / layout.BINARIES / tool.folder
    key = cache.key(
        (source / "go.mod").read_bytes(),
        (source / "go.sum").read_bytes(),
        repr([(each.package, each.stamps) for each in _of_module(tool)]).encode(),
    )
    return cache.folder("binaries") / f"{tool.folder}-{version(root, tool)}-{key}"


def _of_module(tool: Tool) -> list[Tool]:
    return [other for other in TOOLS.values() if other.folder == tool.folder]


def _build(root: Path, tool: Tool) -> None:
    """Build all programs of one module: they share most of the work."""
    pinned = version(root, tool)
    with cache.replacing(_folder(root, tool)) as scratch:
        for each in _of_module(tool):
            gomodules.build(
                root / layout.BINARIES / tool.folder,
                each.package,
                scratch / each.name,
                [stamp if "=" in stamp else f"{stamp}={pinned}" for stamp in each.stamps],
            )
