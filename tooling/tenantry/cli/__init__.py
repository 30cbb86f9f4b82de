"""The command `tenantry`: arguments in, exit codes out. One file a subcommand.

Exit codes: 0 clean, 1 findings, 2 usage, 3 our bug, 130 interrupted. Only the chosen subcommand
is imported, so that each starts as fast as it can.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from tenantry import __version__, layout

if TYPE_CHECKING:
    from collections.abc import Sequence

# Plugins of pydantic would be looked for in every installed package, and none may touch our models.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

FINDINGS = 1
USAGE = 2
BUG = 3
INTERRUPTED = 130

#: Every subcommand, in the order in which a newcomer meets them.
COMMANDS = (
    "new",
    "validate",
    "render",
    "conform",
    "inspect",
    "facts",
    "schema",
    "publish",
    "verify",
    "completion",
)

#: Those that work outside a platform repository too.
_ANYWHERE = frozenset(("completion",))

_DESCRIPTION = """\
One short file a team in, everything its place on the platform needs out.

Start with:  tenantry new my-team --name my-project --admin me@example.com
Then check:  tenantry validate
"""


class Command(Protocol):
    """What a module of this package offers."""

    HELP: str
    """One line."""
    DESCRIPTION: str
    """What the command does, when to use it, and an example."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own arguments."""

    def main(self, arguments: argparse.Namespace) -> int:
        """Do it; return the exit code."""


def command(name: str) -> Command:
    """Return a subcommand by name."""
    return cast("Command", importlib.import_module(f"tenantry.cli.{name}"))


def make_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the argument parser, with only the subcommands in `names` filled in."""
    parser = argparse.ArgumentParser(
        prog="tenantry",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tenantry {__version__}")
    _add_root(parser, default=None)
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for name in names:
        chosen = command(name)
        sub = subparsers.add_parser(
            name,
            help=chosen.HELP,
            description=chosen.DESCRIPTION,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        # Suppressed: a default here would overwrite what stands before the command.
        _add_root(sub, default=argparse.SUPPRESS)
        chosen.add_arguments(sub)
    return parser


def _add_root(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=Path,
        default=default,
        help="the repository (default: the one around the working directory)",
    )


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. Never raises."""
    words = list(sys.argv[1:] if argv is None else argv)
    # A command ends before garbage matters, and what it builds has no cycles; the collector would
    # walk all tenants again and again and cost more than half of the time of a large render.
    gc.disable()
    _accept_all_characters()
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\ntenantry: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, such as head, has seen enough.
        _abandon_output()
        return FINDINGS
    except Exception as error:  # noqa: BLE001 - the one edge where everything ends
        return _explain(error)
    return code


def _accept_all_characters() -> None:
    """Let a terminal that knows few characters show an escape for the others."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _abandon_output() -> None:
    """See to it that nothing more is written to standard output, not even at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    # Where --root stands before the command, all are imported: a slower start, and seldom.
    names = words[:1] if words[:1] and words[0] in COMMANDS else COMMANDS
    arguments = make_parser(names).parse_args(words)
    root = find_root(arguments.root)
    if root is None and arguments.command not in _ANYWHERE:
        return usage("this is not a platform repository: change into one, or name it with --root")
    arguments.root = root
    return command(arguments.command).main(arguments)


def find_root(given: Path | None) -> Path | None:
    """Return the repository: the one given, else the nearest around the working directory."""
    start = Path.cwd() if given is None else given.resolve()
    candidates = [start] if given is not None else [start, *start.parents]
    for folder in candidates:
        tenants = (folder / layout.TENANTS).is_dir() and (folder / layout.CLUSTERS).is_dir()
        if tenants or (folder / layout.PLATFORM_FACTS).is_file():
            return folder
    return None


def usage(message: str) -> int:
    """Say in one line what was wrong with the arguments; return the exit code."""
    print(f"tenantry: {message}", file=sys.stderr)
    return USAGE


def _explain(error: Exception) -> int:
    """Report what nobody foresaw: the machine's refusal in a line, our own bug with a request."""
    if os.environ.get("TENANTRY_DEBUG"):
        import traceback  # noqa: PLC0415 - only for us

        traceback.print_exc()
    if any(kind.__name__ == "WorkspaceError" for kind in type(error).__mro__):
        print(f"tenantry: {error}", file=sys.stderr)
        return FINDINGS
    if isinstance(error, OSError):
        # A file, or where the output goes: a full disk, say.
        place = "" if error.filename is None else f"{error.filename}: "
        print(f"tenantry: {place}{error.strerror or error}", file=sys.stderr)
        if not place:
            _abandon_output()
        return FINDINGS
    print(
        f"tenantry: this is a bug in tenantry ({type(error).__name__}: {error}). Please report it, "
        "with what TENANTRY_DEBUG=1 prints when you run the command again.",
        file=sys.stderr,
    )
    return BUG
