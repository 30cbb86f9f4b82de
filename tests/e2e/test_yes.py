"""A real API server takes everything that is rendered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.e2e.platform import changed_by_another_apply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.platform import Platform

#: Argo CD v3.2.11, app_project_types.go HasFinalizer; an Application may have one with a path.
_FINALIZER = '"resources-finalizer.argocd.argoproj.io": prefer a domain-qualified finalizer name'


def test_every_rendered_object_is_accepted(platform: Platform) -> None:
    """On an empty cluster, wave by wave, with strict field validation."""
    assert [str(refusal) for refusal in platform.refusals] == []
    assert platform.accepted == sum(1 for _ in platform.objects()) > 0


def test_every_rendered_file_is_synced_by_exactly_one_application(platform: Platform) -> None:
    """From the root Application down, so that nothing is rendered in vain or fought over."""
    synced = Counter(path for step in platform.steps for path in step.files)
    rendered = {path.relative_to(platform.tree).as_posix() for path in _files(platform)}
    assert synced == Counter(rendered)


def _files(platform: Platform) -> Iterator[Path]:
    return (path for path in platform.tree.rglob("*") if path.is_file())


def test_no_rendered_object_causes_a_warning(platform: Platform) -> None:
    """But one: an AppProject is protected by the only finalizer that Argo CD knows for it."""
    told = [
        str(warning)
        for warning in platform.warnings
        if not ("/appprojects/" in warning.path and _FINALIZER in warning.words)
    ]
    assert told == []


def test_applying_everything_again_changes_nothing(platform: Platform) -> None:
    """So nothing that we write is rewritten by the API server, and no sync ever fights it."""
    assert changed_by_another_apply(platform) == []
