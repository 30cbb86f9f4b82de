"""What keeps Pulumi's SDK for Python from spending most of a program's time on itself.

It changes how long a program takes, and nothing else. Decision 17 has the numbers. A test fails
once the SDK waits otherwise by itself, and that part can go (tests/unit/infra/test_haste.py).
"""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace

from pulumi.runtime import stack


def hasten() -> None:
    """Do it, for all programs that this process runs from now on."""
    # A program ends before garbage matters. The collector would walk all that the SDK holds for
    # each resource again and again.
    gc.disable()
    # Once a program has said all that it wants, the SDK waits for thousands of values. At each that
    # comes it begins anew, with a look at all the others (pulumi 3.246.0, runtime/stack.py,
    # wait_for_rpcs). It needs to know of the first that fails, or that all are there.
    once = {"FIRST_COMPLETED": asyncio.FIRST_EXCEPTION}
    vars(stack)["asyncio"] = SimpleNamespace(**{**vars(asyncio), **once})
