"""A render that is killed, at any step, leaves whole files; the next one mends the tree."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from tests.repository import (
    Files,
    entries,
    files,
    make_repository,
    rendered,
    smallest,
    write_tenants,
)

from tenantry.workspace.files import TEMPORARY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Everything that changes the tree.
_STEPS = ("write", "rename", "mkdir", "unlink", "rmdir")

#: How a child ends that was not killed.
_FINISHED = 0


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("survived")


def _counting(really: Callable[..., Any], name: str, steps: list[int]) -> Callable[..., Any]:
    """Wrap a function of `os` so that the process dies when it would take the last step.

    A write is torn: half of the bytes reach the file.
    """

    def step(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the function takes
        steps[0] -= 1
        if steps[0] == 0:
            if name == "write":
                really(arguments[0], arguments[1][: len(arguments[1]) // 2])
            _die()
        return really(*arguments, **options)

    return step


def _render_until(root: Path, steps: int) -> bool:
    """Render in a process of its own that dies at a step; return whether it came to its end."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            left = [steps]
            for name in _STEPS:
                setattr(os, name, _counting(getattr(os, name), name, left))
            rendered(root, processes=1)
            status = _FINISHED
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == _FINISHED
    return not os.WIFSIGNALED(status)


def _assert_whole(now: Files, before: Files, after: Files) -> None:
    for path, content in now.items():
        if not path.endswith(TEMPORARY):
            assert content in (before.get(path), after.get(path)), path
    for path, content in before.items():
        if after.get(path) == content:
            assert now[path] == content


@pytest.mark.parametrize("start", ["nothing", "an older tree"])
def test_a_render_that_is_killed_at_any_step_leaves_whole_files(tmp_path: Path, start: str) -> None:
    """Each file is absent, old or new; and a second run gives what a clean render gives."""
    root = make_repository(tmp_path / "platform", growth=smallest("churn"), old=smallest("gone"))
    before = rendered(root) if start == "an older tree" else {}
    older = tmp_path / "older"
    (root / "build").mkdir(exist_ok=True)
    (root / "build").rename(older)
    shutil.rmtree(root / "tenants" / "old")
    write_tenants(root, {"growth": smallest("uplift"), "new": smallest("fresh")})
    after = rendered(root)
    clean = entries(root / "build")
    steps = 0
    finished = False
    while not finished:
        shutil.rmtree(root / "build")
        shutil.copytree(older, root / "build")
        steps += 1
        finished = _render_until(root, steps)
        _assert_whole(files(root / "build"), before, after)
        assert rendered(root) == after
        assert entries(root / "build") == clean
    assert steps > 10
