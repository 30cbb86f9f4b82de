"""A syntax error beside the lines of its file."""

from __future__ import annotations

import pytest
import yaml
from yaml.error import MarkedYAMLError

from tenantry.reader.trouble import place_of, trouble_of


def test_beyond_the_ends_of_a_file_every_line_is_empty() -> None:
    """Whoever looks at the lines around an error need not ask whether they are there."""
    text = "a: 1\nb: ["
    with pytest.raises(MarkedYAMLError) as caught:
        list(yaml.parse(text, Loader=yaml.CSafeLoader))
    trouble = trouble_of(text, caught.value)
    assert [trouble.line_at(number) for number in (-1, 0, 1, 2)] == ["", "a: 1", "b: [", ""]


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (0, 0)), (2, (0, 2)), (3, (1, 0)), (4, (2, 0)), (5, (2, 1))]
)
def test_an_offset_is_found_on_its_line(offset: int, place: tuple[int, int]) -> None:
    assert place_of("ab\n\nc", offset) == place
