"""The real engine, driven through Pulumi's Automation API, with stand-ins for its providers.

Owns how a stack is set up, run and looked at: state in a folder, our program inline, as the very
function that `infra/__main__.py` calls.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import yaml
from infra.stacks import run
from pulumi import automation
from tests.e2e.processes import GO_BRIEFLY
from tests.e2e.pulumi import vault
from tests.e2e.pulumi.programs import on_path

from tenantry.manifest import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pulumi.automation import EngineEvent
    from tests.e2e.pulumi.programs import Programs
    from tests.e2e.pulumi.stand_in import StandIn

PROJECT = "tenantry"
PASSPHRASE = "not a secret: it guards the state of a test"  # noqa: S105 - as it says


@contextmanager
def serving(*providers: StandIn) -> Iterator[str]:
    """Serve stand-ins; give what tells the engine to attach to them."""
    servers = []
    try:
        places = []
        for provider in providers:
            server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
            server.add_generic_rpc_handlers((provider.handler(),))
            port = server.add_insecure_port("127.0.0.1:0")
            server.start()
            provider.die = lambda server=server: server.stop(None)  # type: ignore[misc] # bound now
            servers.append(server)
            places.append(f"{provider.name}:{port}")
        yield ",".join(places)
    finally:
        for server in servers:
            server.stop(None).wait()


@dataclass
class Run:
    """What the engine said of one preview, update or destruction."""

    events: list[EngineEvent] = field(default_factory=list)
    error: str = ""
    """All that it printed, where it failed."""

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return bool(self.error)

    def steps(self, *verbs: str) -> dict[str, str]:
        """Return what is, or would be, done to each resource: verb by URN; all but `same`."""
        found = {}
        for event in self.events:
            if event.resource_pre_event is not None:
                step = event.resource_pre_event.metadata
                if step.op.value in verbs or (not verbs and step.op.value not in ("same", "read")):
                    found[step.urn] = step.op.value
        return found

    def names(self, *verbs: str) -> set[str]:
        """Return the names of the resources that something is, or would be, done to."""
        return {urn.rpartition("::")[2] for urn in self.steps(*verbs)}

    def registered(self) -> dict[str, dict[str, Any]]:
        """Return the inputs of all resources that are to be there, by URN."""
        found = {}
        for event in self.events:
            if event.resource_pre_event is not None:
                new = event.resource_pre_event.metadata.new
                if new is not None and new.custom and not new.type.startswith("pulumi:"):
                    found[new.urn] = dict(new.inputs or {})
        return found

    def said(self) -> str:
        """Return all messages to the person who ran it."""
        found = [event.diagnostic_event for event in self.events if event.diagnostic_event]
        told = [each.message for each in found if each.severity != "debug"]
        return "\n".join([*told, self.error.partition("stderr:")[2]])


#: Stacks that are as `pulumi stack init` leaves them: their files, by name, configuration, and what
#: keeps their secrets.
_BEGUN: dict[tuple[str, bytes, str], dict[Path, bytes]] = {}


@dataclass
class Bench:
    """A folder with the state of stacks, and how to run them."""

    programs: Programs
    folder: Path
    attached: str = ""
    """Which providers the engine finds where."""
    passphrase: str = PASSPHRASE
    vault: str = ""
    """Where a vault keeps the keys of new stacks. Where there is none, the passphrase does."""
    shards: int = 1
    checkpoints: bool = False
    """Whether the state is written after every step, as it is unless one says otherwise.

    That is most of the engine's work. Whoever kills the engine cannot do without.
    """

    @property
    def work(self) -> Path:
        """The folder of the project, with the stacks' configuration."""
        return self.folder / "work"

    @property
    def kept(self) -> Path:
        """The folder of the state."""
        return self.folder / "state"

    def variables(self) -> dict[str, str]:
        """Return the environment of the engine."""
        return {
            "PATH": on_path(self.programs),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.kept}",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "VAULT_SERVER_URL": self.vault,
            "PULUMI_DEBUG_PROVIDERS": self.attached,
            "PULUMI_SKIP_CHECKPOINTS": "false" if self.checkpoints else "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # The stand-ins are all there is: nothing is fetched, nor waited for.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
            **GO_BRIEFLY,
        }

    @contextmanager
    def revived(self, *providers: StandIn) -> Iterator[None]:
        """Let the engine find providers that were started anew."""
        with serving(*providers) as attached:
            known = dict(each.split(":") for each in f"{self.attached},{attached}".split(","))
            self.attached = ",".join(f"{name}:{port}" for name, port in known.items())
            yield

    def take_over(self, other: Bench) -> None:
        """Begin with the stacks of another bench, as they are now."""
        for source, target in ((other.work, self.work), (other.kept, self.kept)):
            shutil.copytree(source, target)

    def stack(
        self,
        name: str,
        program: Callable[[], None],
        configuration: Mapping[str, str] | None = None,
    ) -> Stack:
        """Return a stack, made where it is not there yet."""
        for each in (self.work, self.kept):
            each.mkdir(exist_ok=True)
        workspace = _Workspace(
            work_dir=str(self.work),
            env_vars=self.variables(),
            pulumi_command=_command(self.programs.pulumi),
            project_settings=automation.ProjectSettings(name=PROJECT, runtime="python"),
            secrets_provider=vault.PROVIDER if self.vault else None,
            program=program,
        )
        made = self._begun(name, workspace)
        self._configure(name, {"shards": str(self.shards), **(configuration or {})})
        return Stack(_forgetful(made))

    def ours(self, name: str, root: Path, configuration: Mapping[str, str] | None = None) -> Stack:
        """Return a stack that runs our program over the repository at `root`, configured there."""
        file = _configuration(name)
        if (root / file).is_file() and not (self.work / file).exists():
            self.work.mkdir(exist_ok=True)
            shutil.copyfile(root / file, self.work / file)
        return self.stack(name, lambda: run(root), configuration)

    def _begun(self, name: str, workspace: automation.Workspace) -> automation.Stack:
        """Return a stack, made where it is not there yet.

        To make one takes half a second of work. The files of the first are kept, and the next that
        is equal begins with them.
        """
        given = self.work / _configuration(name)
        key = (name, given.read_bytes() if given.exists() else b"", self.vault or self.passphrase)
        if key in _BEGUN and not any(self.kept.iterdir()):
            for path, content in _BEGUN[key].items():
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / path).write_bytes(content)
        if self._state(name).is_file():
            return automation.Stack.select(name, workspace)
        is_first = not any(self.kept.iterdir())
        made = automation.Stack.create(name, workspace)
        if is_first:
            files = [given, *(path for path in self.kept.rglob("*") if path.is_file())]
            _BEGUN[key] = {path.relative_to(self.folder): path.read_bytes() for path in files}
        return made

    def _configure(self, name: str, values: Mapping[str, str]) -> None:
        """Write what `pulumi config set-all` would, for which it takes half a second of work."""
        path = self.work / _configuration(name)
        content = yaml.safe_load(path.read_bytes())
        given = {f"{PROJECT}:{key}": value for key, value in values.items()}
        content["config"] = {**content.get("config", {}), **given}
        path.write_text(yaml.safe_dump(content), encoding="utf-8")

    def engine_id(self) -> int:
        """Return the process id of the engine that runs a stack of this bench."""
        mark = f"PULUMI_HOME={self.folder / 'home'}\0".encode()
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                ours = mark in (process / "environ").read_bytes()
                if ours and (process / "comm").read_text() == "pulumi\n":
                    return int(process.name)
        raise LookupError("no engine runs")

    def state(self, name: str) -> bytes:
        """Return the bytes in which the state of a stack is kept."""
        return self._state(name).read_bytes()

    def _state(self, name: str) -> Path:
        return self.kept / ".pulumi" / "stacks" / PROJECT / f"{name}.json"


def _configuration(name: str) -> str:
    """Return the name of the file that configures a stack."""
    return f"Pulumi.{name}.yaml"


@cache
def _command(program: Path) -> automation.PulumiCommand:
    """Return the command line, asked for its version once; the API expects it in a folder `bin`."""
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / "bin").mkdir()
        (Path(root) / "bin" / "pulumi").symlink_to(program)
        made = automation.PulumiCommand(root=root, skip_version_check=True)
    made.command = str(program)
    return made


class _Workspace(automation.LocalWorkspace):
    """Selects no stack: every command that the API runs names its own."""

    def select_stack(self, stack_name: str) -> None:
        """Do nothing."""


#: What the API tells of an update that nobody asked about.
_UNASKED = automation.UpdateSummary(
    "unasked", datetime.fromtimestamp(0, UTC), "", {}, {}, "unasked"
)


def _forgetful(stack: automation.Stack) -> automation.Stack:
    """Let the API not ask for outputs and history after each update: a second of work for each."""
    stack.outputs = dict  # type: ignore[method-assign] # as is said
    stack.info = lambda *_: _UNASKED  # type: ignore[method-assign] # as is said
    return stack


@dataclass
class Stack:
    """A stack of the real engine."""

    stack: automation.Stack

    def outputs(self) -> dict[str, Any]:
        """Return what the program gave out."""
        found = automation.Stack.outputs(self.stack)
        return {name: output.value for name, output in found.items()}

    def preview(self, **settings: Any) -> Run:  # noqa: ANN401 - the API's
        """Preview."""
        return self._run(self.stack.preview, settings)

    def up(self, **settings: Any) -> Run:  # noqa: ANN401 - the API's
        """Update."""
        return self._run(self.stack.up, settings)

    def refresh(self, **settings: Any) -> Run:  # noqa: ANN401 - the API's
        """Compare the state with what is there."""
        return self._run(self.stack.refresh, settings)

    def destroy(self, **settings: Any) -> Run:  # noqa: ANN401 - the API's
        """Delete everything."""
        return self._run(self.stack.destroy, settings)

    def _run(self, action: Callable[..., object], settings: Mapping[str, Any]) -> Run:
        done = Run()
        try:
            action(on_event=done.events.append, color="never", **settings)
        except automation.CommandError as error:
            done.error = str(error)
        return done

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return what the state holds, by URN."""
        exported = self.stack.export_stack().deployment or {}
        return {each["urn"]: each for each in exported.get("resources", [])}


def shown(inputs: Mapping[str, Any]) -> str:
    """Return a Kubernetes object's identity, as kubectl would."""
    return str(identity(json.loads(json.dumps(inputs))))
