"""A stand-in for a Pulumi provider: its gRPC interface, over a cloud that is a dictionary.

It is not the provider. What it refuses and gives back come from `azure` and `kubernetes` beside it;
nothing outside this process is touched. It can be told to fail, in all the ways of `Mishap`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from tests.e2e.pulumi import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.e2e.pulumi.wire import Values

#: What is wrong with a property: its path, and why.
Fault = tuple[str, str]


class Mishap(Enum):
    """How a creation goes wrong."""

    REFUSED = "refused"
    """The cloud says no; nothing was made."""
    TIMED_OUT = "timed out"
    """No answer came in time; nothing was made."""
    HALF_MADE = "half made"
    """The resource is there, but did not become ready."""
    DIED = "died"
    """The provider's process is gone; all calls after this one fail too."""


@dataclass(frozen=True)
class Kinds:
    """What a provider knows of its resources. The functions get secrets unwrapped."""

    faults: Callable[[str, Values], Sequence[Fault]] = lambda _type, _inputs: ()
    """What is wrong with inputs, from type and inputs."""
    identify: Callable[[str, str, Values], str] = lambda _type, name, _inputs: name
    """Id of a resource, from type, name and inputs."""
    outputs: Callable[[str, str, Values], Values] = lambda _type, _id, _inputs: {}
    """What only the cloud knows, from type, id and inputs. Secrets in it are wrapped."""
    invoked: Callable[[str, Values], Values] = lambda _token, _arguments: {}
    """Answer of a function, from its token and arguments."""
    fixed: frozenset[str] = frozenset()
    """Properties that no update changes: a new resource takes the place of the old one."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the engine that changed something, or failed to."""

    verb: str
    id: str


@dataclass
class StandIn:
    """One provider. A test looks at what it was asked, and may change its cloud."""

    name: str
    version: str
    kinds: Kinds = field(default_factory=Kinds)
    cloud: dict[str, Values] = field(default_factory=dict)
    """Inputs of what exists, by id."""
    calls: list[Call] = field(default_factory=list)
    checked: dict[str, Values] = field(default_factory=dict)
    """The last inputs that were held against the types, by URN."""
    mishaps: dict[int, Mishap] = field(default_factory=dict)
    """Which creation from now on, counted from 1, goes wrong, and how."""
    pace: float = 0
    """Seconds that each creation takes."""
    die: Callable[[], None] = lambda: None
    """Ends the server."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def changes(self) -> list[tuple[str, str]]:
        """Return verb and id of all calls that changed something, and forget them."""
        found = [(call.verb, call.id) for call in self.calls]
        self.calls.clear()
        return found

    def handler(self) -> grpc.GenericRpcHandler:
        """Return what serves the interface."""
        methods: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            name: grpc.unary_unary_rpc_method_handler(
                function,
                request_deserializer=request.FromString,
                response_serializer=lambda answer: answer.SerializeToString(),
            )
            for name, (function, request) in self._methods().items()
        }
        return grpc.method_handlers_generic_handler("pulumirpc.ResourceProvider", methods)

    def _methods(self) -> dict[str, tuple[Callable[..., Any], Any]]:
        pb = provider_pb2
        return {
            "Handshake": (self._handshake, pb.ProviderHandshakeRequest),
            "Attach": (lambda _request, _context: Empty(), plugin_pb2.PluginAttach),
            "GetPluginInfo": (self._plugin_info, Empty),
            "CheckConfig": (self._accept, pb.CheckRequest),
            "DiffConfig": (self._diff_config, pb.DiffRequest),
            "Configure": (self._configure, pb.ConfigureRequest),
            "Invoke": (self._invoke, pb.InvokeRequest),
            "Check": (self._check, pb.CheckRequest),
            "Diff": (self._diff, pb.DiffRequest),
            "Create": (self._create, pb.CreateRequest),
            "Read": (self._read, pb.ReadRequest),
            "Update": (self._update, pb.UpdateRequest),
            "Delete": (self._delete, pb.DeleteRequest),
            "Cancel": (lambda _request, _context: Empty(), Empty),
        }

    def _handshake(
        self, _request: object, _context: object
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def _plugin_info(self, _request: object, _context: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self.version)

    def _accept(
        self, request: provider_pb2.CheckRequest, _context: object
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def _diff_config(
        self, request: provider_pb2.DiffRequest, _context: object
    ) -> provider_pb2.DiffResponse:
        same = wire.read(request.old_inputs) == wire.read(request.news)
        return _difference([] if same else ["configuration"], [])

    def _configure(self, _request: object, _context: object) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def _invoke(
        self, request: provider_pb2.InvokeRequest, _context: object
    ) -> provider_pb2.InvokeResponse:
        answer = self.kinds.invoked(request.tok, wire.bare(wire.read(request.args)))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(wire.write(answer))
        return response

    def _check(
        self, request: provider_pb2.CheckRequest, _context: object
    ) -> provider_pb2.CheckResponse:
        inputs = wire.bare(wire.read(request.news))
        self.checked[request.urn] = inputs
        failures = [
            provider_pb2.CheckFailure(property=path, reason=reason)
            for path, reason in self.kinds.faults(request.type, inputs)
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def _diff(
        self, request: provider_pb2.DiffRequest, _context: object
    ) -> provider_pb2.DiffResponse:
        old, new = wire.bare(wire.read(request.old_inputs)), wire.bare(wire.read(request.news))
        changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        return _difference(changed, [key for key in changed if key in self.kinds.fixed])

    def _create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        inputs = wire.read(request.properties)
        name = self.kinds.identify(request.type, request.name, wire.bare(inputs))
        outputs = {**inputs, **self.kinds.outputs(request.type, name, wire.bare(inputs))}
        if request.preview:
            foreseen = wire.foreseen(inputs, outputs)
            return provider_pb2.CreateResponse(properties=wire.write(foreseen))
        mishap = self._note("create", name)
        time.sleep(self.pace)
        if mishap in (Mishap.REFUSED, Mishap.TIMED_OUT, Mishap.DIED):
            self._fail(mishap, context)
        self.cloud[name] = inputs
        if mishap is Mishap.HALF_MADE:
            _half_made(context, name, outputs, inputs)
        return provider_pb2.CreateResponse(id=name, properties=wire.write(outputs))

    def _read(
        self, request: provider_pb2.ReadRequest, _context: object
    ) -> provider_pb2.ReadResponse:
        inputs = self.cloud.get(request.id)
        if inputs is None:
            return provider_pb2.ReadResponse()
        more = self.kinds.outputs(request.type, request.id, wire.bare(inputs))
        return provider_pb2.ReadResponse(
            id=request.id, properties=wire.write({**inputs, **more}), inputs=wire.write(inputs)
        )

    def _update(
        self, request: provider_pb2.UpdateRequest, _context: object
    ) -> provider_pb2.UpdateResponse:
        inputs = wire.read(request.news)
        outputs = {**inputs, **self.kinds.outputs(request.type, request.id, wire.bare(inputs))}
        if not request.preview:
            self._note("update", request.id)
            self.cloud[request.id] = inputs
        return provider_pb2.UpdateResponse(properties=wire.write(outputs))

    def _delete(self, request: provider_pb2.DeleteRequest, _context: object) -> Empty:
        self._note("delete", request.id)
        self.cloud.pop(request.id, None)
        return Empty()

    def _note(self, verb: str, id_: str) -> Mishap | None:
        with self._lock:
            self.calls.append(Call(verb, id_))
            if verb != "create":
                return None
            self.mishaps = {number - 1: mishap for number, mishap in self.mishaps.items()}
            return self.mishaps.pop(0, None)

    def _fail(self, mishap: Mishap, context: grpc.ServicerContext) -> NoReturn:
        if mishap is Mishap.DIED:
            self.die()
            while context.is_active():
                time.sleep(0.02)
        if mishap is Mishap.TIMED_OUT:
            context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "the cloud gave no answer in time")
        context.abort(grpc.StatusCode.UNKNOWN, "the cloud refused: quota exceeded")


def _difference(changed: Sequence[str], replaces: Sequence[str]) -> provider_pb2.DiffResponse:
    some = provider_pb2.DiffResponse.DIFF_SOME
    none = provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if changed else none,
        diffs=changed,
        replaces=replaces,
        deleteBeforeReplace=bool(replaces),
    )


def _half_made(
    context: grpc.ServicerContext, name: str, outputs: Values, inputs: Values
) -> NoReturn:
    """Say as providers do that a resource is there and yet not ready."""
    details = Packed()
    details.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=name,
            properties=wire.write(outputs),
            inputs=wire.write(inputs),
            reasons=["it did not become ready"],
        )
    )
    status = Status(
        code=grpc.StatusCode.UNKNOWN.value[0], message="it did not become ready", details=[details]
    )
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, status.message)
