"""What .github/renovate.json finds in a file, and in which group it would move it.

Reads the part of Renovate's configuration that is ours: expressions and package rules. How Renovate
finds versions in files of well-known form (go.mod, workflows, pyproject.toml) is its own business;
`WELL_KNOWN` says which files those are.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.repository import ROOT

CONFIG = ROOT / ".github" / "renovate.json"

#: Files that each of Renovate's own managers reads. Source: renovate 44.121.2, managerFilePatterns.
WELL_KNOWN = {
    "github-actions": r"(^|/)\.github/(workflows|actions)/.+\.ya?ml$",
    "gomod": r"(^|/)go\.mod$",
    "pep621": r"(^|/)pyproject\.toml$",
    "pre-commit": r"(^|/)\.pre-commit-config\.ya?ml$",
}


@dataclass(frozen=True)
class Dependency:
    """One version that Renovate would move."""

    path: str
    name: str
    value: str
    """What it is compared by, with what stands before it in the tag."""
    digest: str


def config() -> dict[str, Any]:
    """Return the configuration."""
    loaded: dict[str, Any] = json.loads(CONFIG.read_bytes())
    return loaded


def found(path: str, text: str) -> list[Dependency]:
    """Return what our own expressions find in a file."""
    return [
        _dependency(path, match.groupdict(), manager)
        for manager in config()["customManagers"]
        if _reads(manager, path)
        for expression in manager["matchStrings"]
        for match in re.finditer(_python(expression), text)
    ]


def is_read(path: str) -> bool:
    """Whether any enabled manager reads a file."""
    loaded = config()
    enabled = loaded["enabledManagers"]
    if any(re.search(WELL_KNOWN[name], path) for name in enabled if name in WELL_KNOWN):
        return True
    managers = [loaded["pip_requirements"], *loaded["customManagers"]]
    return any(_reads(manager, path) for manager in managers)


def group(dependency: Dependency) -> str:
    """Return the group in which a version would move: what the last rule says that names it."""
    groups = [
        rule["groupName"]
        for rule in config()["packageRules"]
        if "groupName" in rule and "matchManagers" not in rule and _applies(rule, dependency)
    ]
    return groups[-1] if groups else ""


def _applies(rule: dict[str, Any], dependency: Dependency) -> bool:
    asked = {"matchFileNames": dependency.path, "matchPackageNames": dependency.name}
    return all(
        any(_matches(pattern, value) for pattern in rule[key])
        for key, value in asked.items()
        if key in rule
    )


def _matches(pattern: str, value: str) -> bool:
    if pattern.startswith("/"):
        return re.search(pattern[1:-1], value) is not None
    return fnmatchcase(value, pattern)


def _reads(manager: dict[str, Any], path: str) -> bool:
    return any(re.search(pattern[1:-1], path) for pattern in manager["managerFilePatterns"])


def _python(expression: str) -> str:
    """Return an expression with named groups as Python writes them."""
    return expression.replace("(?<", "(?P<")


def _dependency(path: str, groups: dict[str, str | None], manager: dict[str, Any]) -> Dependency:
    said = {key: value or "" for key, value in groups.items()}
    if "depName" not in said:
        said["depName"] = f"{said['registry']}/{said['chart']}"
        assert manager["depNameTemplate"] == "{{{registry}}}/{{{chart}}}"
    return Dependency(
        path,
        said["depName"],
        said.get("tagPrefix", "") + said["currentValue"],
        said.get("currentDigest", ""),
    )
