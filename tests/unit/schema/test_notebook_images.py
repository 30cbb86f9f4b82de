"""Images of notebooks: each is one image, today and tomorrow."""

from __future__ import annotations

import pytest

from tenantry.reader import read_document
from tenantry.schema.check import check
from tenantry.schema.platform import NotebookImages


def _findings(image: str) -> list[str]:
    document = read_document("images.yaml", f"jupyter: [{image!r}]\n".encode())
    return [str(finding.rule) for finding in check(NotebookImages, document)[1]]


@pytest.mark.parametrize(
    "image",
    [
        "registry.example.com/notebooks/jupyter-scipy:v1.11.0",
        "registry.example.com:5000/scipy:2026-11-22",
        f"mlplatform.azurecr.io/notebooks/scipy@sha256:{'0' * 64}",
    ],
)
def test_an_image_of_a_registry_with_a_version_is_taken(image: str) -> None:
    assert _findings(image) == []


@pytest.mark.parametrize(
    "image",
    [
        "registry.example.com/notebooks/scipy",
        "registry.example.com:5000/scipy",
        "scipy:v1.11.0",
        "registry.example.com/notebooks/scipy:",
        "registry.example.com/notebooks/scipy:v1 --privileged",
    ],
)
def test_an_image_without_version_or_registry_is_refused(image: str) -> None:
    assert _findings(image) == ["invalid-value"]
