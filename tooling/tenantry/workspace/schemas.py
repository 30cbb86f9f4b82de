"""The folder of strict schemas and CustomResourceDefinitions, made once from pinned modules.

Owns what tooling/upstream/ names and how it becomes `kinds/` (one JSON Schema a kind, at
`schema_path`) and `crds/` (one file a definition, for a real API server) in the user's cache.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tenantry import layout
from tenantry.conform import claims, kinds
from tenantry.workspace import cache, gomodules
from tenantry.workspace.files import WorkspaceError
from tenantry.workspace.toolchain import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from tenantry.conform.openapi import JsonSchema

KINDS = "kinds"
CRDS = "crds"

#: Where kubeconform looks for the schema of a kind, below a folder (its template language).
LOCATION = "{{.Group}}/{{.ResourceAPIVersion}}/{{.ResourceKind}}.json"

#: Grows when equal sources give other schemas.
_FORM = b"1"
_DEFINITIONS = "definitions.json"


def schema_path(kind: kinds.Kind) -> str:
    """Return where the schema of a kind stands: the same place that `LOCATION` names."""
    group, _, version = kind.api_version.rpartition("/")
    return f"{group or version}/{version}/{kind.kind.lower()}.json"


def upstream(root: Path, tell: Callable[[str], None] = silent) -> Path:
    """Return the folder with `kinds/` and `crds/`; make it where it is not there yet."""
    folder = _folder(root)
    if not at_hand(root):
        tell("making the schemas of all kinds: done once, takes a minute")
        with cache.replacing(folder) as scratch:
            _make(scratch, _load(_pins(root)), _own_definitions(root))
    return folder


def at_hand(root: Path) -> bool:
    """Whether the folder is there, so that nothing has to be fetched."""
    return (_folder(root) / KINDS).is_dir()


def _folder(root: Path) -> Path:
    sources = [path.read_bytes() for path in (_pins(root), *_own_definitions(root))]
    return cache.folder("schemas") / cache.key(_FORM, *sources)


def _pins(root: Path) -> Path:
    return root / layout.UPSTREAM / "modules.yaml"


def _own_definitions(root: Path) -> list[Path]:
    return sorted((root / layout.UPSTREAM / CRDS).glob("*.yaml"))


def write_claim_kinds(folder: Path, xrds: Iterable[Mapping[str, Any]], known: Path) -> None:
    """Write the schema of each claim kind below `folder`; `known` is what `upstream` gave."""
    definitions = json.loads((known / _DEFINITIONS).read_text(encoding="utf-8"))
    for xrd in xrds:
        _write(folder, kinds.custom_kinds(claims.claim_crd(xrd), definitions))


def crd_files(root: Path, tell: Callable[[str], None] = silent) -> list[Path]:
    """Return the file of every CustomResourceDefinition."""
    return sorted((upstream(root, tell) / CRDS).iterdir())


def _make(folder: Path, pins: Mapping[str, Any], own: Iterable[Path]) -> None:
    kubernetes, others = pins["kubernetes"], pins["crds"]
    modules = [_module(pin) for pin in (kubernetes, *others)]
    places = gomodules.files_of(modules)
    swagger = json.loads((places[kubernetes["module"]] / kubernetes["openapi"]).read_bytes())
    known = kinds.definitions(swagger)
    (folder / _DEFINITIONS).write_text(json.dumps(known), encoding="utf-8")
    (folder / CRDS).mkdir()
    theirs = [places[pin["module"]] / file for pin in others for file in pin["files"]]
    for crd in _definitions((*theirs, *own)):
        text = json.dumps(crd)
        (folder / CRDS / f"{crd['metadata']['name']}.json").write_text(text, encoding="utf-8")
        _write(folder / KINDS, kinds.custom_kinds(crd, known))
    _write(folder / KINDS, kinds.built_in_kinds(swagger, known))


def _module(pin: Mapping[str, Any]) -> gomodules.Module:
    return gomodules.Module(pin["module"], pin["version"], pin["sum"])


def _load(path: Path) -> Any:  # noqa: ANN401 - a file of ours
    import yaml  # noqa: PLC0415 - slow, and only once

    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def _definitions(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield every CustomResourceDefinition in the files."""
    import yaml  # noqa: PLC0415 - slow, and only once

    from tenantry.workspace.building import Loader  # noqa: PLC0415 - as above

    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
        for crd in yaml.load_all(content, Loader=Loader):
            if crd and crd.get("kind") == "CustomResourceDefinition":
                yield crd


def _write(folder: Path, schemas: Iterable[tuple[kinds.Kind, JsonSchema]]) -> None:
    for kind, schema in schemas:
        path = folder / schema_path(kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema), encoding="utf-8")
