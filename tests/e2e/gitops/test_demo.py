"""`make demo` does what it prints."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.e2e.gitops import demo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.gitops.delivery import Delivery

_COMMAND = re.compile(rf"^{re.escape(demo.PROMPT)}(.*?)({re.escape(demo.REFUSED)})?$", re.MULTILINE)


def test_every_printed_command_does_what_it_says(cluster: Delivery, tmp_path: Path) -> None:
    """In the order of the page, in a shell; what is marked as refused is refused."""
    cluster.catch_up("the sync")
    printed = "\n".join(demo.page(cluster, demo.prepare(cluster, tmp_path)))
    (setting, *commands) = [(words, bool(refused)) for words, refused in _COMMAND.findall(printed)]
    assert len(commands) > 10
    for words, is_refused in commands:
        done = subprocess.run(
            ["bash", "-c", f"{setting[0]}\n{words}"], capture_output=True, text=True, check=False
        )
        said = f"{words}: {done.stdout}{done.stderr}"
        assert (done.returncode != 0) == is_refused, said
        assert ("(Forbidden)" in done.stderr or "denied" in done.stderr) == is_refused, said
