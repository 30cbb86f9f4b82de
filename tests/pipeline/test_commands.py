"""What `tenantry validate` and `tenantry render` print, and the exit codes that scripts rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.repository import TODAY, files, make_repository, smallest, write_tenants

from tenantry import cli
from tenantry.cli import run
from tenantry.workspace import pipeline

if TYPE_CHECKING:
    from pathlib import Path

_MISSPELLED = smallest("eyes") + "  quotaa:\n    cpu: 4\n"

_LEFT_OUT = (
    "clusters/prod/outputs.yaml: warning: outputs-missing: {} of the cluster prod's namespaces are "
    "left out (to be filled by `tenantry facts`, from the cluster's infrastructure stack)"
)
_WARNINGS = [
    _LEFT_OUT.format("azure is missing: identities"),
    _LEFT_OUT.format("keyVault is missing: secret stores"),
]

_FAULT = (
    "tenants/vision/profiles.yaml:8:3: unknown-field: profiles.quotaa is not a field "
    '(did you mean "quota"?)'
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository of one tenant, without outputs of its cluster."""
    return make_repository(tmp_path / "platform", growth=smallest("churn"))


def _words(root: Path, command: str, *words: str) -> list[str]:
    return [command, "--root", str(root), "--today", "2026-11-22", *words]


def test_warnings_are_printed_and_do_not_fail(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_words(root, "validate")) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == _WARNINGS
    assert printed.err == "1 tenant: 2 warnings\n"


def test_a_fault_is_a_line_and_exit_code_1(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tenants(root, {"vision": _MISSPELLED})
    assert run(_words(root, "validate")) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [*_WARNINGS, _FAULT]
    assert printed.err == "2 tenants: 1 error, 2 warnings\n"


def test_faults_of_all_files_are_told_in_one_run(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the tenants, across tenants, in apps and facts; sorted by file and line."""
    write_tenants(root, {"vision": _MISSPELLED, "zoo": smallest("churn"), "empty": "profiles: []"})
    (root / "apps" / "claim-cache" / "app.yaml").write_text("description: X\nlocal: true\n")
    assert run(_words(root, "validate", "--format", "json")) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {(finding["path"], finding["rule"]) for finding in found} >= {
        ("apps/claim-cache/app.yaml", "missing-field"),
        ("tenants/empty/profiles.yaml", "empty-value"),
        ("tenants/vision/profiles.yaml", "unknown-field"),
        ("tenants/zoo/profiles.yaml", "namespace-taken"),
    }
    places = [(finding["path"], finding["line"] or 0, finding["column"] or 0) for finding in found]
    assert places == sorted(places)


def test_json_has_a_stable_form(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tenants(root, {"vision": _MISSPELLED})
    assert run(_words(root, "validate", "--format", "json")) == 1
    report = json.loads(capsys.readouterr().out)
    assert report.keys() == {"version", "errors", "warnings", "findings"}
    assert (report["version"], report["errors"], report["warnings"]) == (1, 1, 2)
    assert report["findings"][-1] == {
        "path": "tenants/vision/profiles.yaml",
        "line": 8,
        "column": 3,
        "severity": "error",
        "rule": "unknown-field",
        "field": "profiles.quotaa",
        "message": "profiles.quotaa is not a field",
        "cure": 'did you mean "quota"?',
    }


def test_json_of_a_sound_repository_is_json_too(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_words(root, "validate", "--format", "json")) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["errors"], report["warnings"]) == (0, 2)


def test_github_annotations_point_at_the_line(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tenants(root, {"vision": _MISSPELLED})
    assert run(_words(root, "validate", "--format", "github")) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "::warning file=clusters/prod/outputs.yaml,title=outputs-missing::azure is missing: "
    )
    assert lines[-1] == (
        "::error file=tenants/vision/profiles.yaml,line=8,col=3,title=unknown-field::"
        'profiles.quotaa is not a field (did you mean "quota"?)'
    )


def test_a_render_counts_what_it_did(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert run(["render", "--today", "2026-11-22"]) == 0
    count = len(files(root / "build"))
    assert capsys.readouterr().err == (
        f"1 tenant: 2 warnings; {count} files written, 0 unchanged, 0 removed in build\n"
    )
    assert run(["render", "--today", "2026-11-22"]) == 0
    assert capsys.readouterr().err == (
        f"1 tenant: 2 warnings; 0 files written, {count} unchanged, 0 removed in build\n"
    )


def test_a_refused_render_says_that_nothing_was_written(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tenants(root, {"vision": _MISSPELLED})
    assert run(_words(root, "render")) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [*_WARNINGS, _FAULT]
    assert printed.err == "2 tenants: 1 error, 2 warnings; nothing was written\n"
    assert not (root / "build").exists()


def test_an_unknown_cluster_is_a_usage_error(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is for `tenantry publish` and `tenantry verify`."""
    assert run(_words(root, "render", "--cluster", "nope")) == 2
    printed = capsys.readouterr()
    assert printed == ("", "tenantry: nope is not a cluster here (there is prod)\n")
    assert not (root / "build").exists()


def test_the_repository_may_be_named_before_the_command(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--root", str(root), "validate", "--today", "2026-11-22"]) == 0
    assert capsys.readouterr().err == "1 tenant: 2 warnings\n"


def test_a_day_in_another_form_is_told_the_form(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["validate", "--root", str(root), "--today", "30.06.2027"])
    assert ended.value.code == 2
    told = '--today: "30.06.2027" is not a day (write year, month and day: 2027-06-30)\n'
    assert capsys.readouterr().err.endswith(told)


def _run_apart(
    root: Path,
    *words: str,
    **settings: Any,  # noqa: ANN401 - those of subprocess.run
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tenantry", *words, "--root", str(root)]
    return subprocess.run(
        command, check=False, stderr=subprocess.PIPE, text=True, encoding="utf-8", **settings
    )


def test_a_full_disk_is_told_in_a_line(root: Path) -> None:
    """It is the machine's refusal, and no bug of ours."""
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device, not a file
        ended = _run_apart(root, "schema", stdout=full)
    assert (ended.returncode, ended.stderr) == (1, "tenantry: No space left on device\n")


def test_a_terminal_without_our_letters_gets_escapes(root: Path) -> None:
    write_tenants(root, {"vision": smallest("w\u00e4rme")})
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = _run_apart(root, "validate", stdout=subprocess.PIPE, env=ascii_only)
    assert ended.returncode == 1
    assert "w\\xe4rme" in ended.stdout
    assert "bug" not in ended.stderr


def test_progress_counts_what_both_processes_did(root: Path) -> None:
    """What is told adds up, never falls, and is never more than the work there is."""
    write_tenants(root, {f"team-{n}": smallest(f"project-{n}") for n in range(450)})
    told: list[tuple[int, int]] = []
    job = pipeline.Job(root, TODAY, processes=2, progress=lambda *both: told.append(both))
    assert pipeline.run(job).tenants == 451
    assert {total for total, _ in told} == {451}
    assert min(more for _, more in told) > 0
    assert 200 <= sum(more for _, more in told) <= 451


_AROUND = "is the repository itself, or around it; name a folder of its own"
_WITHIN = (
    "lies in the repository, where only build/ is for rendered trees; "
    "name a folder in it, or one outside"
)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        *((output, _AROUND) for output in (".", "..", "build/..")),
        *(
            (output, _WITHIN)
            for output in ("tenants", "tenants/growth", "build/../apps/x", "docs", ".git", "link")
        ),
    ],
)
def test_sources_are_never_written_over(
    root: Path, capsys: pytest.CaptureFixture[str], output: str, told: str
) -> None:
    (root / "link").symlink_to("tenants")
    before = files(root)
    assert run(_words(root, "render", "--output", str(root / output))) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"tenantry: --output {root / output} {told}\n"
    assert files(root) == before


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["rendr"],
        ["render", "--clusters", "prod"],
        ["render", "--processes", "3"],
        ["render", "--today", "yesterday"],
        ["validate", "--format", "xml"],
        ["validate", "extra"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_exit_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(words)
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_that_is_no_platform_is_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_words(tmp_path, "validate")) == 2
    assert capsys.readouterr().err.startswith("tenantry: this is not a platform repository")


def test_our_own_bug_is_exit_code_3_and_no_traceback(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(job: pipeline.Job) -> pipeline.Outcome:
        raise LookupError(job.root.name)

    monkeypatch.setattr(pipeline, "run", fail)
    monkeypatch.delenv("TENANTRY_DEBUG", raising=False)
    assert run(_words(root, "validate")) == cli.BUG == 3
    printed = capsys.readouterr().err
    assert printed.startswith("tenantry: this is a bug in tenantry (LookupError: platform)")
    assert printed.count("\n") == 1


def test_ctrl_c_is_exit_code_130(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_job: pipeline.Job) -> pipeline.Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "run", interrupt)
    assert run(_words(root, "validate")) == cli.INTERRUPTED == 130
    assert capsys.readouterr().err == "\ntenantry: interrupted\n"


def test_a_repository_without_tenants_is_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_words(make_repository(tmp_path / "platform"), "validate")) == 0
    assert capsys.readouterr().err == "0 tenants: 2 warnings\n"
