"""Counts how many mutants of the reader and the rules the tests kill.

mutmut changes one thing in one function at a time and runs the unit tests that reach it. It works
on a copy in .mutants/, one folder a part; docs/mutants.md says how to look at what survived.

Run: make mutants (or: .venv/bin/python -m benchmarks.mutants reader)
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".mutants"
COMMAND = Path(sys.executable).with_name("mutmut")

#: At least this share of the mutants must be killed.
WANTED = 0.9

#: What the tests read besides the sources. The package stands under src/ in the copy: mutmut
#: knows no other folder whose name is no part of a module's name.
COPIED = ("apps", "clusters", "docs", "tenants", "tests", "pyproject.toml")

_RESULT = re.compile(r"\s*tenantry\.([\w.]+)\.(x\S+): (.+)")


@dataclass(frozen=True)
class Part:
    """Modules, and the tests that are run for each of their mutants."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


#: Kept apart, so that a mutant of the reader does not wait for the tests of all rules.
PARTS = {
    "reader": Part(
        ("reader/*",),
        ("tests/unit/reader", "tests/unit/rules/test_examples.py"),
    ),
    "rules": Part(
        ("rules/*", "index.py"),
        ("tests/unit/rules", "tests/unit/test_index.py"),
    ),
    "check": Part(
        ("schema/check.py",),
        ("tests/unit/schema", "tests/unit/rules/test_examples.py"),
    ),
}

#: Tests of cost, which mutmut's own overhead would fail, and one that takes seconds.
LEFT_OUT = (
    "tests/unit/reader/test_hostile.py::test_any_file_of_64_kib_costs_little_time_and_memory",
    "tests/unit/reader/test_scalars.py::test_whatever_pyyaml_reads_differently_is_doubtful",
    "tests/unit/schema/test_cures.py::test_a_near_name_among_thousands_is_found_quickly",
)

#: A failed test is all that counts; explaining it takes longer than running it.
QUICK = ("--assert=plain", "--tb=no", "--no-header", "--no-summary")


def main(names: Iterable[str]) -> int:
    """Mutate each part; print a table and the survivors; return 1 if too few were killed."""
    results: dict[str, str] = {}
    for name in names:
        print(f"{name}: see {FOLDER.name}/{name}.log", flush=True)
        results |= mutate(name, PARTS[name])
    _print_table(results)
    killed = sum(map(_is_killed, results.values()))
    return int(killed < WANTED * len(results))


def mutate(name: str, part: Part) -> dict[str, str]:
    """Run mutmut on a fresh copy; return what became of each mutant."""
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    _copy(folder, part)
    with (FOLDER / f"{name}.log").open("w") as log:
        subprocess.run([COMMAND, "run"], cwd=folder, stdout=log, stderr=log, check=True)
    printed = subprocess.run(
        [COMMAND, "results", "--all", "true"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    found = map(_RESULT.fullmatch, printed.stdout.splitlines())
    return {f"{match[1]}.{match[2]}": match[3] for match in found if match}


def _copy(folder: Path, part: Part) -> None:
    without_caches = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "tooling", folder / "src", ignore=without_caches)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=without_caches)
        else:
            shutil.copy2(ROOT / name, folder / name)
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/tenantry/{pattern}" for pattern in part.sources],
        "also_copy": COPIED,
        "pytest_add_cli_args": [*QUICK, *(f"--deselect={test}" for test in LEFT_OUT)],
        "pytest_add_cli_args_test_selection": part.tests,
        "use_git_change_detection": ["false"],
        "track_dependencies": ["false"],
    }
    lines = [f"{key} =\n" + "".join(f"    {v}\n" for v in vs) for key, vs in settings.items()]
    (folder / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), "utf-8")


def _is_killed(status: str) -> bool:
    """Count a mutant that never ends as found."""
    return status in ("killed", "timeout")


def _print_table(results: Mapping[str, str]) -> None:
    modules: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mutant, status in results.items():
        modules[re.split(r"\.x[_ǁ]", mutant)[0]][status] += 1
    total = sum(modules.values(), Counter[str]())
    print(f"{'module':<24}{'mutants':>8}{'killed':>8}{'survived':>9}{'timeout':>8}{'killed':>8}")
    for name, counts in (*sorted(modules.items()), ("all", total)):
        number, killed, late = counts.total(), counts["killed"], counts["timeout"]
        print(
            f"{name:<24}{number:>8,}{killed:>8,}{number - killed - late:>9,}{late:>8,}"
            f"{(killed + late) / number:>8.1%}"
        )
    for mutant, status in sorted(results.items()):
        if not _is_killed(status):
            print(f"tenantry.{mutant}: {status}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PARTS))
