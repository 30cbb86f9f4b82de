"""Guards: what every resource of Azure must be, whoever writes the component that makes it.

They judge each resource as a program constructs it, and hold back every registration until the
program has run to its end. So whatever they find stops a preview and an update alike, all at once,
before the engine has heard of a single resource.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import pulumi
from pulumi.runtime import register_stack_transformation

from infra.guards.access import GUARDS as ACCESS
from infra.guards.cluster import GUARDS as CLUSTER
from infra.guards.resource import Guard, Made, plain
from infra.guards.storage import GUARDS as STORAGE
from infra.guards.upkeep import GUARDS as UPKEEP
from infra.refusal import RefusedError, refused
from tenantry.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from types import TracebackType

#: All guards, as the page of documentation lists them.
GUARDS: tuple[Guard, ...] = (*STORAGE, *CLUSTER, *ACCESS, *UPKEEP)

GUARD_IDS = frozenset(guard.id for guard in GUARDS)

#: The provider, and the packages that are generated from it for other versions of Azure's API.
_PROVIDERS = re.compile(r"azure-native(_[^:]*)?:")


def judge(made: Made, path: str, without: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what is wrong with a resource. `path` is the file that may make exceptions."""
    kind = made.type.rpartition(":")[2]
    for guard in GUARDS:
        if guard.id in without or not guard.concerns(made):
            continue
        for fault in guard.check(made):
            yield Finding(
                path,
                guard.id,
                f"{made.name} ({kind}): {fault}",
                f"change setting or component, or name {guard.id} below exceptions, with the "
                "reason",
            )


@dataclass
class Watch:
    """A block in which a program makes its resources: all of them are registered, or none.

    Leaving it raises RefusedError where a guard found something. Resources that are constructed
    later, as values become known, are refused one by one; and so are those whose scope, which is
    the id of another, turns out to be none that may be.
    """

    path: str
    without: Collection[str] = ()
    findings: list[Finding] = field(default_factory=list)

    def __enter__(self) -> Self:
        """See every resource that is constructed from here on."""
        self._gate: asyncio.Future[str] = asyncio.get_event_loop().create_future()
        self._opened = pulumi.Output.all(self._gate).apply(_no_resources)
        register_stack_transformation(self._look)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let all registrations go on, or none."""
        refusal = self._refusal()
        if error is None and refusal is None:
            self._gate.set_result("open")
            return
        # Pulumi registers what was constructed even after a program has failed.
        cause = error if isinstance(error, Exception) else refusal
        self._gate.set_exception(cause or RefusedError("the program was interrupted"))
        self._gate.get_loop().set_exception_handler(_without_echoes)
        if error is None and refusal is not None:
            raise refusal

    def _look(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        judged = _PROVIDERS.match(args.type_) is not None
        if judged:
            self.findings += judge(made_of(args), self.path, self.without)
        refusal = self._refusal()
        if self._gate.done() and refusal is not None:
            raise refusal
        wait = None if self._gate.done() else pulumi.ResourceOptions(depends_on=self._opened)
        opts = pulumi.ResourceOptions.merge(args.opts, wait)
        props = dict(self._watched(args)) if judged else args.props
        return pulumi.ResourceTransformationResult(props, opts)

    def _watched(
        self, args: pulumi.ResourceTransformationArgs
    ) -> Iterator[tuple[str, pulumi.Input[Any]]]:
        """Yield the properties; those to come are judged when they are known, and before use."""
        made = made_of(args)

        def check(name: str, known: object) -> object:
            whole = replace(made, properties={**made.properties, name: plain(known)})
            found = list(judge(whole, self.path, self.without))
            if found:
                raise refused(found, "guards stop this resource:")
            return known

        for name, value in args.props.items():
            if isinstance(value, pulumi.Output):
                yield name, value.apply(partial(check, name))
            else:
                yield name, value

    def _refusal(self) -> RefusedError | None:
        if not self.findings:
            return None
        return refused(self.findings, "guards stop this; nothing was registered:")


def _no_resources(_: list[str]) -> list[pulumi.Resource]:
    """Return what all wait for: the gate is no resource."""
    return []


def _without_echoes(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Keep quiet about what fails because the gate did: each resource would repeat the cause."""
    if "never retrieved" not in str(context.get("message")):
        loop.default_exception_handler(context)


def made_of(args: pulumi.ResourceTransformationArgs) -> Made:
    """Return a resource that is being constructed."""
    return Made(
        args.name,
        args.type_,
        {key: plain(value) for key, value in args.props.items() if value is not None},
        protected=bool(args.opts.protect),
        retained=bool(args.opts.retain_on_delete),
    )
