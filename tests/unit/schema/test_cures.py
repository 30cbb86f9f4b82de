"""Cures that name what was probably meant."""

import time

from tenantry.spelling import close_name, nearest


def test_the_nearest_name_is_proposed_regardless_of_case_and_hyphens() -> None:
    assert nearest("MlProdukt", ["insight", "ml-product"]) == 'did you mean "ml-product"?'


def test_all_names_are_listed_where_none_is_near() -> None:
    assert nearest("xyz", ["insight", "ml-product"]) == "use one of: insight, ml-product"
    assert nearest("xyz", []) == "remove it"


def test_a_long_list_is_cut() -> None:
    names = [f"name{number:02}" for number in range(31)]
    assert nearest("xyz", names[:30]).endswith("name28, name29")
    assert nearest("xyz", names).endswith("name28, name29, ...")


def test_a_near_name_among_thousands_is_found_quickly() -> None:
    names = [f"team-{number:05}" for number in range(10_000)]
    began = time.process_time()
    assert close_name("team-0420", names) is not None
    assert time.process_time() - began < 1
