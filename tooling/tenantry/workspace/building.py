"""What builders of manifests have in common: how one is run, why it failed, what it printed."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import yaml

from tenantry.workspace.files import WorkspaceError
from tenantry.workspace.git import complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Object = dict[str, Any]

#: Seconds that a build may take: charts and bases in other repositories are fetched meanwhile.
TIMEOUT = 600

#: Which name server gave no answer, and where files lay for a moment, says nothing to others.
_OF_THIS_MACHINE = re.compile(
    r" on [0-9a-f.:\[\]]+:53|/[^ ']*/(tenantry|kustomize)-[^/ ']+(/tmp[^/ ']+)?/?"
)
#: kustomize tells the whole way to the file that it misses; only the end says what is wrong.
_REST = re.compile(r"(no such (?:host|file or directory)).*")
_WAY = re.compile(r"^.*accumulating resources from '(?=[^']*': )")


class Loader(yaml.CSafeLoader):
    """Reads what YAML 1.1 has a type for that nobody uses: a plain ``=``."""


_EQUALS = "tag:yaml.org,2002:value"
Loader.add_constructor(_EQUALS, Loader.construct_yaml_str)  # type: ignore[type-var] # stubs


class BuildError(WorkspaceError):
    """A source could not be built. One line, for a person."""


def run(program: str, words: Sequence[str | Path]) -> Iterator[Object]:
    """Yield the objects that a program prints. Raises BuildError."""
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            words, capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{program} did not end within {TIMEOUT} seconds") from error
    if done.returncode:
        raise BuildError(f"{program} failed: {_reason(done.stderr)}")
    return objects_in(done.stdout)


def _reason(stderr: bytes) -> str:
    said = complaint(stderr.replace(b"Error: ", b"error: ")).removeprefix("error: ")
    return _REST.sub(r"\1", _OF_THIS_MACHINE.sub("", _WAY.sub("", said)))


def objects_in(text: bytes) -> Iterator[Object]:
    """Yield every object of a stream, those of lists each by itself."""
    for each in yaml.load_all(text, Loader=Loader):
        if isinstance(each, dict) and isinstance(each.get("items"), list):
            yield from each["items"]
        elif isinstance(each, dict) and "kind" in each:
            yield each
