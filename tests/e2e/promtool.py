"""promtool, which is Prometheus' own: judges rules, and plays measured series to them.

Owns its formats. Source: prometheus/prometheus v3.14.0, docs/configuration/unit_testing_rules.md.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_RULES = "rules.json"


@dataclass(frozen=True)
class Promtool:
    """The program, and a folder for what it reads. JSON is YAML, too."""

    program: Path
    folder: Path

    def faults(self, groups: Sequence[Mapping[str, Any]]) -> str:
        """Return what is wrong with groups of rules; nothing, if all is well."""
        self._write(_RULES, {"groups": groups})
        return self._run("check", "rules", "--lint=all", "--lint-fatal", self.folder / _RULES)

    def differs(self, rule: Mapping[str, Any], case: Mapping[str, Any]) -> str:
        """Return where an alert does other than its case says; nothing, if all is well."""
        self._write(_RULES, {"groups": [{"name": "alone", "rules": [rule]}]})
        fires = {
            "exp_labels": {**rule["labels"], **case["labels"]},
            "exp_annotations": {**rule["annotations"], "summary": case["says"]},
        }
        told = [
            _test(case["series"], (case["silent"], rule, []), (case["fires"], rule, [fires])),
            _test(case["not"], (case["fires"], rule, [])),
        ]
        self._write("test.json", {"rule_files": [_RULES], "tests": told})
        return self._run("test", "rules", self.folder / "test.json")

    def _write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content), encoding="utf-8")

    def _run(self, *words: str | Path) -> str:
        done = subprocess.run(
            [self.program, *words], capture_output=True, text=True, timeout=120, check=False
        )
        return done.stdout + done.stderr if done.returncode else ""


def _test(
    series: Mapping[str, object], *moments: tuple[str, Mapping[str, Any], list[dict[str, Any]]]
) -> dict[str, Any]:
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": str(each)} for name, each in series.items()],
        "alert_rule_test": [
            {"eval_time": when, "alertname": rule["alert"], "exp_alerts": expected}
            for when, rule, expected in moments
        ],
    }
