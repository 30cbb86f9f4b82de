"""The API server refuses what a kind does not have, also where kubectl validates nothing.

Our Applications sync with `Validate=false` (docs/decisions/016), which stands on this.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.e2e.platform import ARGO_CD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.client import Answer, Manifest
    from tests.e2e.platform import Platform

_FIELD = "misspelled"
#: As kubectl sends it, told to validate nothing; and nothing is stored.
_QUERY = "fieldManager=argocd-controller&force=true&fieldValidation=Ignore&dryRun=All"


def test_a_misspelled_field_is_refused_in_every_kind(platform: Platform) -> None:
    """On the first level and in `spec`, each beside the same object without the field."""
    accepted, refused = [], 0
    for each in _one_of_each_kind(platform):
        path = platform.client.path(each)
        assert _apply(platform, each).ok, path
        for wrong in _misspelled(each):
            answer = _apply(platform, wrong)
            if answer.ok:
                accepted.append(path)
            else:
                refused += 1
                assert f"{_FIELD}: field not declared in schema" in answer.message, path
    assert accepted == []
    assert refused > 2 * 20


def _one_of_each_kind(platform: Platform) -> Iterator[Manifest]:
    seen = set()
    for each in platform.objects():
        kind = (each["apiVersion"], each["kind"])
        if kind not in seen:
            seen.add(kind)
            yield each


def _misspelled(manifest: Manifest) -> Iterator[Manifest]:
    yield {**manifest, _FIELD: "x"}
    if isinstance(manifest.get("spec"), dict):
        wrong = copy.deepcopy(manifest)
        wrong["spec"][_FIELD] = "x"
        yield wrong


def _apply(platform: Platform, manifest: Manifest) -> Answer:
    path = f"{platform.client.path(manifest)}?{_QUERY}"
    content = "application/apply-patch+yaml"
    return platform.client.request("PATCH", path, manifest, content=content, person=ARGO_CD)
