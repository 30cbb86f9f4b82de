"""What a real Argo CD was tried with is what the platform installs."""

from __future__ import annotations

import pytest
import yaml
from tests.repository import ROOT

from tenantry import layout
from tenantry.render.argo_cd import subscriptions

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


def test_what_people_are_told_of_has_words() -> None:
    """Each trigger that is subscribed to exists, and so does each template that one sends."""
    data = {key for name, key in _installed() if name == "argocd-notifications-cm"}
    subscribed = {key.split(".")[-2] for key in subscriptions(["C0123ABCD"])}
    assert len(subscribed) > 3
    assert {
        key.removeprefix("trigger.") for key in data if key.startswith("trigger.")
    } == subscribed
    sent = {
        f"template.{name}"
        for (_, key), value in _installed().items()
        if key.startswith("trigger.")
        for rule in yaml.safe_load(str(value))
        for name in rule["send"]
    }
    assert sent == {key for key in data if key.startswith("template.")}
