"""What a real Argo CD was tried with is what the platform installs."""

from __future__ import annotations

import pytest
import yaml
from tests.repository import ROOT

from tenantry import layout

_TRIED = ROOT / "tests" / "e2e" / "gitops" / "argo-cd.yaml"


def _tried() -> dict[tuple[str, str], str]:
    """Return the settings of the end-to-end tests, by ConfigMap and key."""
    return {
        (each["metadata"]["name"], key): value
        for each in yaml.safe_load_all(_TRIED.read_bytes())
        for key, value in each["data"].items()
    }


def _installed() -> dict[tuple[str, str], object]:
    """Return the settings that the app's patches write, by ConfigMap and key."""
    app = yaml.safe_load((ROOT / layout.app_file("argo-cd")).read_bytes())
    return {
        (patch["target"]["name"], key): value
        for patch in app["patches"]
        if patch["target"]["kind"] == "ConfigMap"
        for key, value in patch["patch"]["data"].items()
    }


@pytest.mark.parametrize("setting", _tried(), ids="/".join)
def test_each_setting_is_installed_as_it_was_tried(setting: tuple[str, str]) -> None:
    assert _installed()[setting] == _tried()[setting]


def test_nothing_that_decides_on_differences_is_installed_untried() -> None:
    """Server-side comparison, say, made the root Application flap when it was tried."""
    untried = _installed().keys() - _tried().keys()
    deciding = ("controller.", "resource.customizations.ignoreDifferences", "application.")
    assert [key for _, key in untried if key.startswith(deciding)] == []
