"""Builds a chart as Argo CD does: `helm template` with our values. Owns how Helm is called."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tenantry.manifest import to_yaml
from tenantry.workspace.building import BuildError, Object, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenantry.schema.app import HelmSource

#: What projects write between releases.
_PLACEHOLDER = r"v?0\.0\.[01]([-+].*)?"


@dataclass(frozen=True)
class Helm:
    """How every chart is built."""

    program: Path
    release: str
    namespace: str
    kubernetes: str
    values: Mapping[str, Any]

    def published(self, source: HelmSource) -> list[Object]:
        """Return the objects of a chart as its repository holds it."""
        address = source.repository.rstrip("/")
        if address.startswith("https://"):
            words = [source.chart, "--repo", address]
        else:
            words = [f"oci://{address}/{source.chart}"]
        return self._template([*words, "--version", source.version])

    def folder(self, folder: Path, version: str) -> list[Object]:
        """Return the objects of a chart's sources, as if they had been released as `version`."""
        file = folder / "Chart.yaml"
        if not file.is_file():
            raise BuildError("the folder of the chart's sources holds no Chart.yaml")
        _release(file, version, self.values)
        return self._template([str(folder)])

    def _template(self, chart: Sequence[str]) -> list[Object]:
        with tempfile.TemporaryDirectory() as scratch:
            values = Path(scratch, "values.yaml")
            values.write_text(to_yaml([self.values]) if self.values else "{}\n", encoding="utf-8")
            words: list[str | Path] = [
                self.program,
                "template",
                self.release,
                *chart,
                f"--namespace={self.namespace}",
                f"--values={values}",
                f"--kube-version={self.kubernetes}",
                "--include-crds",
            ]
            return list(run("helm template", words))


def _release(file: Path, version: str, values: Mapping[str, Any]) -> None:
    """Put the version in, as a release does: between releases projects keep a placeholder."""
    chart = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    for key in ("version", "appVersion"):
        if re.fullmatch(_PLACEHOLDER, str(chart.get(key, ""))):
            chart[key] = version
    # Charts within the chart are fetched when it is released; those that are off add nothing.
    settings = yaml.load((file.parent / "values.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    chart["dependencies"] = [
        each
        for each in chart.get("dependencies") or ()
        if "condition" not in each
        or _is_on(each["condition"], values)
        or _is_on(each["condition"], settings)
    ]
    file.write_text(yaml.safe_dump(chart), encoding="utf-8")


def _is_on(condition: str, values: Mapping[str, Any]) -> bool:
    """Whether values switch on what a condition, such as ``proxy.enabled``, names."""
    here: Any = values
    for step in condition.split("."):
        here = here.get(step) if isinstance(here, dict) else None
    return bool(here)
