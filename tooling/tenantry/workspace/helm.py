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
    settings = yaml.load((file.parent / "values.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    # Charts within the chart are fetched when it is released; those that are off add nothing. One
    # that lies in the folder is left to its condition: Helm would install it without asking.
    chart["dependencies"] = [
        each
        for each in chart.get("dependencies") or ()
        if (file.parent / "charts" / each["name"]).is_dir() or _is_on(each, values, settings)
    ]
    file.write_text(yaml.safe_dump(chart), encoding="utf-8")


def _is_on(dependency: Mapping[str, Any], *settings: Mapping[str, Any]) -> bool:
    """Whether a chart within the chart is installed, as the first settings that name it say."""
    if "condition" not in dependency:
        return True
    said = (_at(dependency["condition"], each) for each in settings)
    return bool(next((each for each in said if each is not None), False))


def _at(path: str, settings: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever stands there
    """Return what stands at a path such as ``proxy.enabled``; None, if nothing does."""
    here: Any = settings
    for step in path.split("."):
        here = here.get(step) if isinstance(here, dict) else None
    return here
