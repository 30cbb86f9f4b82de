"""`tenantry inspect` with the real kustomize and Helm, on small sources of our own."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.repository import BASE, ROOT, lay

from tenantry import layout
from tenantry.cli import run

if TYPE_CHECKING:
    from pathlib import Path

_SOURCES = {
    "deploy/kustomization.yaml": """\
namespace: mesh
resources: [account.yaml, namespace.yaml]
configMapGenerator:
  - name: settings
    literals: [door=back]
""",
    "deploy/account.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: server}\n",
    "deploy/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: mesh}\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: mesh\nversion: 0.0.1\n",
    "chart/values.yaml": "image: example.com/mesh\n",
    "chart/templates/pod.yaml": """\
apiVersion: v1
kind: Pod
metadata: {name: mesh}
spec: {containers: [{name: main, image: "{{ .Values.image }}:{{ .Chart.Version }}"}]}
""",
}
_KUSTOMIZED = """\
description: Carries traffic.
namespace: mesh
git: {repository: https://git.example.com/mesh, path: deploy, revision: v1.2.3}
clusterKinds: [Namespace]
patches:
  - why: Its name without the hash is enough.
    target: {kind: ConfigMap, name: settings}
    patch: {data: {door: front}}
  - why: The folder gives the namespace after our patches, so this matches nothing.
    target: {kind: ServiceAccount, name: server, namespace: mesh}
    patch: {metadata: {labels: {door: front}}}
  - why: People's data would go with it.
    target: {kind: Namespace, name: mesh}
    patch:
      metadata:
        annotations:
          argocd.argoproj.io/sync-options: Prune=false,Delete=false
          argocd.argoproj.io/compare-options: IgnoreExtraneous
"""
_TEMPLATED = """\
description: Carries traffic.
namespace: mesh
helm:
  repository: https://charts.example.invalid
  chart: mesh
  version: 1.2.3
  sources: {repository: https://git.example.com/mesh, path: chart, revision: v1.2.3}
values: {image: example.com/own}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with two apps, whose sources lie on this machine."""
    upstream = tmp_path / "upstream"
    for path, text in _SOURCES.items():
        (upstream / path).parent.mkdir(parents=True, exist_ok=True)
        (upstream / path).write_text(text)
    identity = ("-c", "user.name=Sample", "-c", "user.email=sample@example.com")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"], ["tag", "v1.2.3"]):
        subprocess.run(["git", *identity, *words], cwd=upstream, check=True)
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[url "{upstream}"]\n\tinsteadOf = https://git.example.com/mesh\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    root = lay(tmp_path / "root", BASE)
    (root / "tenants").mkdir()
    (root / layout.TOOLING).mkdir()
    (root / layout.BINARIES).symlink_to(ROOT / layout.BINARIES)
    for name, text in (("mesh", _KUSTOMIZED), ("chart", _TEMPLATED)):
        (root / "apps" / name).mkdir()
        (root / "apps" / name / "app.yaml").write_text(text)
    return root


def _file(root: Path, app: str) -> dict[str, Any]:
    data = json.loads((root / "apps" / app / "upstream.json").read_text())
    assert isinstance(data, dict)
    return data


def test_patches_match_what_they_would_match_in_argo_cd(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inspect", "mesh", f"--root={root}"]) == 0
    found = _file(root, "mesh")
    settings, account, namespace = (patched["objects"] for patched in found["patched"])
    assert [name.partition("-")[0] for name in settings] == ["ConfigMap mesh/settings"]
    assert (account, namespace) == ([], ["Namespace mesh"])
    assert found["objects"] == {"": {"Namespace": 1}, "mesh": {"ConfigMap": 1, "ServiceAccount": 1}}
    assert "unkept" not in found
    capsys.readouterr()
    run(["validate", f"--root={root}"])
    assert (
        "patch-without-object: the patch for ServiceAccount mesh/server" in capsys.readouterr().out
    )


def test_a_chart_that_cannot_be_fetched_is_built_from_its_sources(root: Path) -> None:
    """As if it had been released: its placeholder of a version is the pinned version."""
    assert run(["inspect", "chart", f"--root={root}"]) == 0
    found = _file(root, "chart")
    assert found["images"] == ["example.com/own:1.2.3"]
    assert found["instead"] == "https://git.example.com/mesh chart at v1.2.3"
    assert "cannot be reached" in found["unfetched"]
