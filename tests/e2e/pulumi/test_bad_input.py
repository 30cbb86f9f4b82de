"""What a person meets who gives the engine something wrong: one clear line, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest
from tests.e2e.pulumi.engine import PASSPHRASE, PROJECT
from tests.e2e.pulumi.stand_in import Mishap
from tests.repository import make_repository, smallest, write_tenants

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.pulumi.engine import Bench
    from tests.e2e.pulumi.stand_in import StandIn

STACK = "prod-tenants-00"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of one small tenant."""
    return make_repository(tmp_path / "platform", vision=smallest("defects"))


def test_an_unknown_stack_is_told_which_there_are(
    bench: Bench, repository: Path, on_kubernetes: StandIn
) -> None:
    said = bench.ours("staging", repository).preview().said()
    assert ('stack "staging" is none of this project (use one of: prod, prod-tenants-00)') in said
    assert "Traceback" not in said
    assert on_kubernetes.checked == {}


def test_configuration_of_the_wrong_type_is_told_with_its_cure(
    bench: Bench, repository: Path, on_kubernetes: StandIn
) -> None:
    said = bench.ours(STACK, repository, {"shards": "many"}).up().said()
    assert 'Pulumi.yaml: wrong-type: shards is "many", not a whole number (write a whole' in said
    said = bench.ours(STACK, repository, {"shards": "1", "sharts": "1"}).up().said()
    assert "Pulumi.prod-tenants-00.yaml: unknown-field: sharts is not a field" in said
    assert "Traceback" not in said
    assert on_kubernetes.checked == {}


def test_an_invalid_tenant_is_told_as_validate_tells_it_and_nothing_is_registered(
    bench: Bench, repository: Path, on_kubernetes: StandIn
) -> None:
    stack = bench.ours(STACK, repository)
    stack.up()
    on_kubernetes.changes()
    before = stack.resources()
    write_tenants(repository, {"vision": smallest("defects") + "  quotaa: 3\n", "churn": "a: 1\n"})
    failed = stack.up()
    assert failed.failed
    said = failed.said()
    assert "the sources are not valid; nothing was registered:" in said
    assert "tenants/vision/profiles.yaml:8:3: unknown-field: profiles.quotaa is not a" in said
    assert "tenants/churn/profiles.yaml:1:1: " in said
    assert "Traceback" not in said
    assert on_kubernetes.changes() == []
    assert set(stack.resources()) == set(before)


def test_a_lost_passphrase_is_told_and_the_state_is_left_alone(
    bench: Bench, repository: Path
) -> None:
    bench.vault = ""
    assert not bench.ours(STACK, repository).up().failed
    state = bench.state(STACK)
    bench.passphrase = "another one"  # noqa: S105 - of a test
    assert "incorrect passphrase" in bench.ours(STACK, repository).up().said()
    assert bench.state(STACK) == state
    bench.passphrase = PASSPHRASE
    assert bench.ours(STACK, repository).preview().steps() == {}


def test_a_provider_that_fails_on_the_third_resource_is_told_and_nothing_is_lost(
    bench: Bench, repository: Path, on_kubernetes: StandIn
) -> None:
    bench.checkpoints = True
    on_kubernetes.mishaps = {3: Mishap.REFUSED}
    stack = bench.ours(STACK, repository)
    failed = stack.up(parallel=1)
    assert "the cloud refused: quota exceeded" in failed.said()
    known = [each for each in stack.resources().values() if each["type"].startswith("kubernetes:")]
    assert len(known) == len(on_kubernetes.cloud) == 2
    assert not stack.up().failed


def test_a_locked_state_is_told_with_the_cure(
    bench: Bench, repository: Path, on_kubernetes: StandIn
) -> None:
    stack, another = bench.ours(STACK, repository), bench.ours(STACK, repository)
    on_kubernetes.pace = 1
    first = threading.Thread(target=stack.up)
    first.start()
    try:
        _wait(lambda: on_kubernetes.calls)
        refused = another.up()
    finally:
        on_kubernetes.pace = 0
        first.join()
    assert "the stack is currently locked by 1 lock(s)" in refused.said()
    assert "pulumi cancel" in refused.said()
    assert stack.preview().steps() == {}


def test_an_engine_that_is_killed_loses_nothing(
    bench: Bench, repository: Path, on_kubernetes: StandIn
) -> None:
    bench.checkpoints = True
    stack = bench.ours(STACK, repository)
    on_kubernetes.pace = 0.3
    update = threading.Thread(target=stack.up)
    update.start()
    _wait(lambda: len(on_kubernetes.cloud) > 4)
    os.kill(bench.engine_id(), signal.SIGKILL)
    update.join()
    on_kubernetes.pace = 0
    time.sleep(1)
    _mend(bench.kept)
    # The dead engine's lock is still there: the message says how to lift it.
    refused = bench.ours(STACK, repository).up()
    assert "locked" in refused.said()
    stack.stack.cancel()
    again = stack.up(refresh=True)
    assert not again.failed, again.said()
    assert stack.preview().steps() == {}


def _mend(state: Path) -> None:
    """Do what docs/infrastructure.md says of a state on disk whose writing was cut off."""
    for path in state.rglob("*.attrs"):
        if not path.stat().st_size:
            path.unlink()


def test_no_stack_at_all_is_told(bench: Bench, repository: Path) -> None:
    (bench.kept).mkdir()
    project = {"name": PROJECT, "runtime": "python", "main": "infra/"}
    (repository / "Pulumi.yaml").write_text(json.dumps(project))
    done = subprocess.run(
        [bench.programs.pulumi, "preview", "--non-interactive"],
        cwd=repository,
        env={**os.environ, **bench.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "no stack selected; please use `pulumi stack select`" in done.stderr


def _wait(ready: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end, "it did not come so far in a minute"
        time.sleep(0.02)
