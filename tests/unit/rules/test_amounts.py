"""Amounts in messages: exact, and easy to compare with what was typed."""

import pytest

from tenantry.quantity import parse_bytes
from tenantry.rules.amounts import amount_of, show_cores, show_size, text_of


@pytest.mark.parametrize(
    ("millicores", "shown"),
    [(0, "0"), (4000, "4"), (20_001, "20.001"), (500, "0.5"), (1010, "1.01"), (10_000, "10")],
)
def test_cores_are_shown_as_cores(millicores: int, shown: str) -> None:
    assert show_cores(millicores) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0"),
        (1000, "1000"),
        (2**20 - 1, "1048575"),
        (2**20 - 1024, "1023Ki"),
        (2**20, "1Mi"),
        (3 * 2**29, "1536Mi"),
        (16 * 2**30, "16Gi"),
        (2**40, "1Ti"),
        (2**20 + 1, "1048577 bytes (about 0.00Gi)"),
        (10**9, "1000000000 bytes (about 0.93Gi)"),
        (16 * 2**30 + 1024, "16777217Ki (about 16.00Gi)"),
    ],
)
def test_a_size_is_shown_exactly_and_roughly_where_that_is_hard_to_read(
    amount: int, shown: str
) -> None:
    assert show_size(amount) == shown


def test_an_amount_is_a_number_of_gpus_or_a_quantity_as_it_was_typed() -> None:
    half = parse_bytes("0.5Gi")
    assert half is not None
    assert (amount_of(half), text_of(half)) == (2**29, "0.5Gi")
    assert (amount_of(3), text_of(3)) == (3, "3")
