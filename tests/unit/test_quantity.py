"""Amounts of CPU, memory and storage: what is one, how much it is, how it is shown."""

from __future__ import annotations

import pytest

from tenantry.quantity import parse_bytes, parse_cpu, show_bytes, show_cpu


@pytest.mark.parametrize(
    ("text", "amount"),
    [("4", 4000), ("0.5", 500), ("500m", 500), ("0.001", 1), ("0", 0), ("999999", 999_999_000),
     ("999999999m", 999_999_999), ("1.250", 1250)],
)  # fmt: skip
def test_cores_are_counted_in_thousandths(text: str, amount: int) -> None:
    quantity = parse_cpu(text)
    assert quantity is not None
    assert (quantity.amount, quantity.text) == (amount, text)


@pytest.mark.parametrize(
    "text",
    ["", "m", "-1", "+1", "1.", ".5", "0.0001", "1000000", "1000000000m", "0.5m", "1e3", "2 CPUs",
     "4 ", " 4", "4\n", "four", "\u0664", "1,5", "1_0", "NaN", "5M"],
)  # fmt: skip
def test_what_is_no_amount_of_cpu_is_refused(text: str) -> None:
    assert parse_cpu(text) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1Ki", 1024), ("16Gi", 16 * 2**30), ("1.5Gi", 3 * 2**29), ("500M", 500_000_000), ("1k", 1000),
     ("2P", 2 * 10**15), ("1Pi", 2**50), ("0Gi", 0), ("999999999Ti", 999_999_999 * 2**40)],
)  # fmt: skip
def test_bytes_are_counted_by_their_unit(text: str, amount: int) -> None:
    quantity = parse_bytes(text)
    assert quantity is not None
    assert (quantity.amount, quantity.text) == (amount, text)


@pytest.mark.parametrize(
    "text",
    ["", "16", "Gi", "1gb", "1GB", "16 Gi", "16gi", "16GI", "1K", "1m", "-1Gi", "+1Gi", "1.Gi",
     ".5Gi", "1.1234Gi", "1000000000Gi", "16Gi\n", "1e3", "1Ei", "\u0661Gi", "0.001Ki"],
)  # fmt: skip
def test_what_is_no_amount_of_bytes_is_refused(text: str) -> None:
    assert parse_bytes(text) is None


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "0"), (1, "1m"), (999, "999m"), (1000, "1"), (1001, "1001m")]
)
def test_cores_are_shown_whole_where_they_are_whole(amount: int, shown: str) -> None:
    assert show_cpu(amount) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0"), (1023, "1023"), (1024, "1Ki"), (1025, "1025"), (2**20, "1Mi"), (3 * 2**29, "1536Mi"),
     (2**50, "1Pi"), (10**9, "1000000000")],
)  # fmt: skip
def test_bytes_are_shown_in_the_largest_unit_that_leaves_no_rest(amount: int, shown: str) -> None:
    assert show_bytes(amount) == shown
