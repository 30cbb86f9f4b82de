"""What the stand-in for kubernetes knows: the strict schemas that `tenantry conform` uses.

They are made of Kubernetes' own OpenAPI document and of the definitions that apps install, so they
know more than the Python SDK, which has no types for what is not built in.
"""

from __future__ import annotations

import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from jsonschema import Draft7Validator
from tests.e2e.pulumi.stand_in import Kinds, StandIn
from tests.repository import ROOT

from tenantry import layout
from tenantry.conform.kinds import Kind
from tenantry.workspace import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.pulumi.stand_in import Fault
    from tests.e2e.pulumi.wire import Values

    from tenantry.manifest import Manifest

VERSION = "4.34.2"

#: What tells an object from others: no update changes it.
_FIXED = frozenset(("apiVersion", "kind"))


def stand_in(*, strict: bool = True) -> StandIn:
    """Return a stand-in for the provider kubernetes; one that is not strict takes everything."""
    kinds = Kinds(
        faults=(lambda _type, inputs: list(faults(inputs))) if strict else (lambda *_: ()),
        identify=lambda _type, _name, inputs: identify(inputs),
        fixed=_FIXED,
    )
    return StandIn("kubernetes", VERSION, kinds)


def identify(inputs: Values) -> str:
    """Return an id as the provider gives it: namespace and name."""
    metadata = inputs["metadata"]
    space = metadata.get("namespace")
    own = f"{space}/{metadata['name']}" if space else str(metadata["name"])
    return f"{inputs['kind']}:{own}"


def faults(inputs: Values) -> Iterator[Fault]:
    """Yield what is wrong with an object."""
    version, kind = inputs.get("apiVersion"), inputs.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        yield "kind", "an object has apiVersion and kind"
        return
    if kind == "CustomResourceDefinition":
        return  # upstream's, large, and `make e2e` gives each to a real API server
    validator = _validator(version, kind)
    if validator is None:
        yield "kind", f"{version} knows no {kind}"
        return
    for error in validator.iter_errors(inputs):
        yield ".".join(map(str, error.absolute_path)), error.message[:200]


def without_schema(manifest: Manifest) -> Manifest:
    """Return an object; a definition without what makes it large."""
    spec = manifest.get("spec")
    if manifest["kind"] != "CustomResourceDefinition" or not isinstance(spec, dict):
        return manifest
    return {**manifest, "spec": {**spec, "versions": []}}


@lru_cache(maxsize=256)
def _validator(version: str, kind: str) -> Draft7Validator | None:
    path = schemas.schema_path(Kind(version, kind))
    for folder in (schemas.upstream(ROOT) / schemas.KINDS, _claims()):
        if (folder / path).is_file():
            return Draft7Validator(json.loads((folder / path).read_text(encoding="utf-8")))
    return None


@lru_cache(maxsize=1)
def _claims() -> Path:
    """Return a folder with the schemas of the kinds that teams claim."""
    folder = Path(tempfile.mkdtemp(prefix="tenantry-claims-"))
    files = sorted((ROOT / layout.APPS).glob(f"*/{layout.MANIFESTS}/xrd.yaml"))
    xrds = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in files]
    schemas.write_claim_kinds(folder, xrds, schemas.upstream(ROOT))
    return folder
