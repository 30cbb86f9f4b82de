"""A real API server takes everything that is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.platform import changed_by_another_apply

if TYPE_CHECKING:
    from tests.e2e.platform import Platform

#: Argo CD v3.2.11, app_project_types.go HasFinalizer; an Application may have one with a path.
_FINALIZER = '"resources-finalizer.argocd.argoproj.io": prefer a domain-qualified finalizer name'


def test_every_rendered_object_is_accepted(platform: Platform) -> None:
    """On an empty cluster, wave by wave, with strict field validation."""
    assert [str(refusal) for refusal in platform.refusals] == []
    assert platform.accepted == sum(1 for _ in platform.objects()) > 0


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
