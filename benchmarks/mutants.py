"""Counts how many mutants of the reader and the rules the tests kill.

mutmut changes one thing in one function at a time and runs the unit tests that reach it. It works
on a copy in .mutants/, one folder a module; docs/mutants.md says how to look at what survived.

Run: make mutants (or: .venv/bin/python -m benchmarks.mutants rules/names)
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".mutants"
COMMAND = Path(sys.executable).with_name("mutmut")

#: At least this share of the mutants must be killed.
WANTED = 0.9

#: What the tests read besides the sources. The package stands under src/ in the copy: mutmut
#: knows no other folder whose name is no part of a module's name.
COPIED = (
    "apps",
    "clusters",
    "docs",
    "policies",
    "tenants",
    "tests",
    "tooling/binaries",
    "tooling/upstream",
    "pyproject.toml",
)

_RESULT = re.compile(r"\s*tenantry\.([\w.]+)\.(x\S+): (.+)")

#: Tests under tests/unit/ of a module, where they are not those of its own name. Asking those of
#: all modules would take hours, and most of them know nothing of this one.
TESTS = {
    "index": ("test_index", "rules/test_capacity", "rules/test_clusters"),
    "reader/characters": ("reader/test_characters", "reader/test_hostile"),
    "reader/composer": ("reader/test_composer", "reader/test_hostile", "reader/test_comments"),
    "reader/dialects": ("reader/test_scalars",),
    "reader/document": ("reader/test_document", "reader/test_composer"),
    "reader/leftovers": ("reader/test_syntax",),
    "reader/lists": ("reader/test_syntax",),
    "reader/quotation": ("reader/test_syntax",),
    "reader/scalars": ("reader/test_scalars", "reader/test_words", "reader/test_composer"),
    "reader/trouble": ("reader/test_syntax", "reader/test_trouble"),
    "rules/app_facts": ("rules/test_apps", "rules/test_app_clusters"),
    "rules/app_sources": ("rules/test_apps", "rules/test_app_clusters"),
    "rules/apps": ("rules/test_apps", "rules/test_app_clusters"),
    "rules/contract": ("rules/test_lifecycle", "rules/test_names"),
    "rules/platform": ("rules/test_platform", "rules/test_outputs"),
    "schema/check": ("schema", "reader/test_composer"),
}

#: For every module of a folder.
SHARED = {
    "reader": ("reader/test_short_files", "rules/test_examples"),
    "rules": ("rules/test_second_project", "rules/test_examples"),
    "index": ("rules/test_second_project", "rules/test_examples"),
    "schema": ("rules/test_examples",),
}

#: Tests of cost, which mutmut's own overhead would fail, and one that takes seconds.
LEFT_OUT = (
    "tests/unit/reader/test_hostile.py::test_any_file_of_64_kib_costs_little_time_and_memory",
    "tests/unit/reader/test_scalars.py::test_whatever_pyyaml_reads_differently_is_doubtful",
    "tests/unit/schema/test_cures.py::test_a_near_name_among_thousands_is_found_quickly",
)

#: A failed test is all that counts; explaining it takes longer than running it.
QUICK = ("--assert=plain", "--tb=no", "--no-header", "--no-summary")


def main(prefix: str) -> int:
    """Mutate each part; print a table and the survivors; return 1 if too few were killed."""
    results: dict[str, str] = {}
    for module in _modules():
        if module.startswith(prefix):
            results |= mutate(module)
            print(f"{module}: {len(results):,} mutants so far", file=sys.stderr)
    _print_table(results)
    killed = sum(map(_is_killed, results.values()))
    return int(killed < WANTED * len(results))


def _modules() -> list[str]:
    """Return the modules that hold a function."""
    package = ROOT / "tooling" / "tenantry"
    folders = (package / "reader", package / "rules")
    paths = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    paths += [package / "index.py", package / "schema" / "check.py"]
    return [
        path.relative_to(package).with_suffix("").as_posix()
        for path in paths
        if "def " in path.read_text("utf-8")
    ]


def mutate(module: str) -> dict[str, str]:
    """Run mutmut on a fresh copy; return what became of each mutant."""
    folder = FOLDER / module.replace("/", ".")
    shutil.rmtree(folder, ignore_errors=True)
    _copy(folder, module)
    with (folder / "mutmut.log").open("w") as log:
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


def _copy(folder: Path, module: str) -> None:
    without_caches = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "tooling", folder / "src", ignore=without_caches)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=without_caches)
        else:
            shutil.copy2(ROOT / name, folder / name)
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/tenantry/{module}.py"],
        "also_copy": COPIED,
        "pytest_add_cli_args": [*QUICK, *(f"--deselect={test}" for test in LEFT_OUT)],
        "pytest_add_cli_args_test_selection": _tests_of(module),
        "use_git_change_detection": ["false"],
        "track_dependencies": ["false"],
    }
    lines = [f"{key} =\n" + "".join(f"    {v}\n" for v in vs) for key, vs in settings.items()]
    (folder / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), "utf-8")


def _tests_of(module: str) -> list[str]:
    folder, _, name = module.rpartition("/")
    own = TESTS.get(module, (f"{folder}/test_{name}",))
    names = (*own, *SHARED[folder or name])
    paths = [f"tests/unit/{name}" for name in names]
    return [path if (ROOT / path).is_dir() else f"{path}.py" for path in paths]


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
    sys.exit(main(*sys.argv[1:2] or [""]))
