"""Apps: their order, and which cluster gets which. The repository's own apps as well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tenantry.apps import App, installed, loops, settled, waits_for, waves
from tenantry.layout import APP_FILE, APPS, CASES_FILE, MANIFESTS, POLICIES, UPSTREAM_FILE
from tenantry.reader import read_document
from tenantry.rules.app_facts import check_app_facts
from tenantry.rules.app_rights import check_app_rights
from tenantry.rules.app_sources import check_app_sources
from tenantry.rules.app_upstream import check_app_upstream
from tenantry.rules.apps import check_apps
from tenantry.schema.app import AppFile
from tenantry.schema.check import check
from tenantry.schema.upstream import Upstream
from tenantry.workspace.policies import load_policies
from tenantry.workspace.sources import Sources

if TYPE_CHECKING:
    from tests.unit.conftest import MakeApp, MakeFacts

    from tenantry.facts import ClusterFacts
    from tenantry.manifest import Manifest

_FOLDERS = sorted(each for each in (Path(__file__).parents[2] / APPS).iterdir() if each.is_dir())


def _by_name(*apps: App) -> dict[str, App]:
    return {app.name: app for app in apps}


def _objects(folder: Path, file: AppFile) -> list[Path]:
    if not file.policies:
        return sorted((folder / MANIFESTS).glob("*.yaml"))
    files = (folder.parents[1] / POLICIES).glob("*/*.yaml")
    return sorted(path for path in files if path.name != CASES_FILE)


def _read_app(folder: Path) -> App:
    file, findings = check(AppFile, read_document(APP_FILE, (folder / APP_FILE).read_bytes()))
    assert file is not None, findings
    documents = [
        (path.name, read_document(path.name, path.read_bytes())) for path in _objects(folder, file)
    ]
    assert not [fault for _, document in documents for fault in document.faults]
    app = App(
        folder.name,
        file,
        tuple((name, doc.data) for name, doc in documents if isinstance(doc.data, dict)),
        _read_upstream(folder / UPSTREAM_FILE),
    )
    return settled(app, ("prod",))


def _read_upstream(path: Path) -> Upstream | None:
    return Upstream.model_validate_json(path.read_bytes()) if path.exists() else None


def test_an_apps_wave_is_the_longest_way_down_its_needs(make_app: MakeApp) -> None:
    apps = _by_name(
        make_app("top", "needs: {low: why, middle: why}\nlocal: true"),
        make_app("middle", "needs: {low: why}\nlocal: true"),
        make_app("low"),
        make_app("other"),
    )
    assert waves(apps) == {"top": 2, "middle": 1, "low": 0, "other": 0}


def test_waves_do_not_depend_on_the_order_of_the_apps(make_app: MakeApp) -> None:
    apps = [
        make_app(name, f"needs: {dict.fromkeys(needs, 'why')}")
        for name, needs in {"a": ["b", "d"], "b": ["c"], "c": [], "d": ["b"], "e": ["a"]}.items()
    ]
    assert waves(_by_name(*apps)) == waves(_by_name(*reversed(apps)))


def test_waves_of_a_loop_end(make_app: MakeApp) -> None:
    apps = _by_name(
        make_app("a", "needs: {b: why, ghost: why}"), make_app("b", "needs: {a: why, b: why}")
    )
    assert set(waves(apps)) == {"a", "b"}


def test_each_loop_of_needs_is_found_once(make_app: MakeApp) -> None:
    apps = _by_name(
        make_app("a", "needs: {b: why}"),
        make_app("b", "needs: {c: why}"),
        make_app("c", "needs: {a: why}"),
        make_app("d", "needs: {a: why, e: why}"),
        make_app("e", "needs: {d: why}"),
        make_app("itself", "needs: {itself: why}"),
    )
    assert list(loops(apps)) == [("a", "b", "c"), ("d", "e")]


def test_an_app_goes_where_its_file_says(
    make_app: MakeApp, dev: ClusterFacts, prod: ClusterFacts
) -> None:
    apps = [
        make_app("everywhere"),
        make_app("here", "clusters: [dev]"),
        make_app("retired", "clusters: []"),
    ]
    assert list(installed(apps, dev)) == ["everywhere", "here"]
    assert list(installed(apps, prod)) == ["everywhere"]


def test_a_global_app_goes_where_the_facts_say(
    make_app: MakeApp, dev: ClusterFacts, prod: ClusterFacts
) -> None:
    world, named = make_app("world", "clusters: global"), make_app("named", "clusters: [dev]")
    apps = [settled(app, ("prod",)) for app in (world, named)]
    assert list(installed(apps, dev)) == ["named"]
    assert list(installed(apps, prod)) == ["world"]


def test_an_app_waits_for_its_outputs_and_all_that_need_it_wait_too(
    make_app: MakeApp, dev: ClusterFacts, prod: ClusterFacts
) -> None:
    vault = make_app(
        "vault",
        "helm: {repository: https://charts.example.com, chart: vault, version: 1.0.0}\n"
        "values: {url: {fromFact: outputs.keyVault}}",
    )
    apps = [
        make_app("above", "needs: {needs-vault: why}"),
        make_app("needs-vault", "needs: {vault: why}"),
        vault,
        make_app("alone"),
    ]
    assert list(installed(apps, dev)) == ["alone"]
    assert list(installed(apps, prod)) == ["above", "alone", "needs-vault", "vault"]
    assert [ref.fact for _, ref in waits_for(vault, dev)] == ["outputs.keyVault"]
    assert waits_for(vault, prod) == []


def test_an_app_waits_for_outputs_of_its_patches_and_manifests(
    make_app: MakeApp, dev: ClusterFacts
) -> None:
    fact = {"fromFact": "outputs.keyVault"}
    settings: Manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "x"},
        "data": fact,
    }
    schema: Manifest = {**settings, "apiVersion": "apiextensions.k8s.io/v1"}
    patched = make_app(
        "patched",
        "git: {repository: https://github.com/example/x, path: base, revision: v1.0.0}\n"
        "patches:\n"
        "  - why: It would not work.\n"
        "    target: {kind: ConfigMap, name: x}\n"
        "    patch: [{op: add, path: /data/url, value: {fromFact: outputs.keyVault}}]\n",
    )
    apps = [patched, make_app("own", settings=settings), make_app("verbatim", schema=schema)]
    assert list(installed(apps, dev)) == ["verbatim"]


def test_every_app_of_this_repository_is_sound(make_facts: MakeFacts) -> None:
    policies = load_policies(Sources(_FOLDERS[0].parents[1]))
    facts = replace(make_facts(*map(_read_app, _FOLDERS)), policies=policies)
    rules = (
        check_app_sources,
        check_apps,
        check_app_upstream,
        check_app_rights,
        check_app_facts,
    )
    assert [finding for rule in rules for finding in rule(facts) if finding.is_error] == []


@pytest.mark.parametrize("folder", _FOLDERS, ids=lambda folder: folder.name)
def test_definitions_and_namespaces_of_this_repository_outlive_their_app(folder: Path) -> None:
    """Pruning one would delete what teams made."""
    own = set()
    for _, manifest in _read_app(folder).manifests:
        if manifest["kind"] in ("Namespace", "CompositeResourceDefinition"):
            own.add(manifest["kind"])
            metadata = manifest["metadata"]
            assert isinstance(metadata, dict)
            assert (
                metadata["annotations"]["argocd.argoproj.io/sync-options"]
                == "Prune=false,Delete=false"
            )
    kept = {
        patch.target.kind
        for patch in _read_app(folder).file.patches
        if "Prune=false,Delete=false" in str(patch.patch)
    }
    wanted = {"Namespace", "apiextensions.k8s.io/CustomResourceDefinition"}
    if _read_app(folder).file.git is not None:
        held = wanted & set(_read_app(folder).file.cluster_kinds)
        assert {kind.rpartition("/")[2] for kind in held} - own <= kept


def test_at_most_five_apps_of_this_repository_could_not_be_looked_at() -> None:
    unchecked = [
        folder.name
        for folder in _FOLDERS
        for known in [_read_upstream(folder / UPSTREAM_FILE)]
        if known is not None and known.unchecked
    ]
    assert len(unchecked) <= 5
