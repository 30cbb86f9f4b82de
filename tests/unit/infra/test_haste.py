"""What makes programs faster does so, is needed still, and loses no failure."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import pytest
from infra.haste import hasten
from pulumi.runtime import stack
from pulumi.runtime.rpc_manager import RPCManager
from pulumi.runtime.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: How many values a program leaves to be waited for.
COUNT = 20


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return what will hold, for each wait of the SDK, how many values it looked at."""
    found: list[int] = []
    wait = asyncio.wait

    async def counted(values: Any, **options: Any) -> Any:  # noqa: ANN401 - as asyncio has it
        found.append(len(values))
        return await wait(values, **options)

    monkeypatch.setattr(asyncio, "wait", counted)
    return found


@pytest.fixture
def hastened(monkeypatch: pytest.MonkeyPatch, looks: list[int]) -> Iterator[list[int]]:
    """Return the same, with everything in place that makes programs faster."""
    monkeypatch.setattr(stack, "asyncio", asyncio)
    hasten()
    yield looks
    gc.enable()


def _run(settle: Callable[[list[asyncio.Future[None]]], None]) -> None:
    """Let the SDK wait for values, of which one is settled at each turn of the loop."""

    async def program() -> None:
        # What programs of other tests left behind is another's: these belong to this task.
        SETTINGS.rpc_manager = RPCManager()  # type: ignore[no-untyped-call] # as Pulumi has it
        SETTINGS.outputs, SETTINGS.engine = set(), None
        loop = asyncio.get_running_loop()
        values: list[asyncio.Future[None]] = [loop.create_future() for _ in range(COUNT)]
        left = list(values)

        def turn() -> None:
            settle(left)
            if left:
                loop.call_soon(turn)

        SETTINGS.outputs.update(values)
        loop.call_soon(turn)
        await asyncio.wait_for(stack.wait_for_rpcs(), timeout=30)

    # Not asyncio.run: it would take the loop away that the SDK keeps between tests.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(program())
    finally:
        loop.close()


def _come(left: list[asyncio.Future[None]]) -> None:
    left.pop().set_result(None)


def test_every_value_is_looked_at_once(hastened: list[int]) -> None:
    _run(_come)
    assert hastened == [COUNT]


def test_the_sdk_still_needs_it(looks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Once this fails, the SDK has been mended: infra/haste.py need not do it any more."""
    monkeypatch.setattr(stack, "asyncio", asyncio)
    _run(_come)
    assert sum(looks) > 4 * COUNT


@pytest.mark.usefixtures("hastened")
def test_a_value_that_fails_ends_the_wait_for_all_others() -> None:
    """Also for those that never come."""

    def fail(left: list[asyncio.Future[None]]) -> None:
        left.pop().set_exception(ValueError("refused by the cloud"))
        left.clear()

    with pytest.raises(ValueError, match="refused by the cloud"):
        _run(fail)


@pytest.mark.usefixtures("hastened")
def test_values_that_come_up_meanwhile_are_waited_for() -> None:
    """As those of an `apply` that makes another value."""
    late: list[asyncio.Future[None]] = []

    def add(left: list[asyncio.Future[None]]) -> None:
        left.pop().set_result(None)
        if not left:
            late.append(asyncio.get_running_loop().create_future())
            SETTINGS.outputs.add(late[0])
            asyncio.get_running_loop().call_later(0.01, late[0].set_result, None)

    _run(add)
    assert late[0].done()


@pytest.mark.usefixtures("hastened")
def test_garbage_is_left_alone() -> None:
    assert not gc.isenabled()
