"""Manifests as text: what stands in files, and how strings are written."""

from __future__ import annotations

import pytest
import yaml

from tenantry.manifest import Identity, Manifest, Shared, Tree, identity, scalar, to_yaml

_SERVICE: Manifest = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "churn", "labels": {}},
    "spec": {"ports": [{"port": 80, "open": True}, {}], "ratio": 0.5, "none": None, "ips": []},
}


def test_a_manifest_is_written_in_block_style_with_its_keys_in_order() -> None:
    assert to_yaml([_SERVICE]) == (
        "apiVersion: v1\n"
        "kind: Service\n"
        "metadata:\n"
        "  name: web\n"
        "  namespace: churn\n"
        "  labels: {}\n"
        "spec:\n"
        "  ports:\n"
        "  - port: 80\n"
        "    open: true\n"
        "  - {}\n"
        "  ratio: 0.5\n"
        "  none: null\n"
        "  ips: []\n"
    )


def test_manifests_are_documents_of_one_stream() -> None:
    text = to_yaml([{"a": 1}, {"b": 2}, {"c": 3}])
    assert text == "a: 1\n---\nb: 2\n---\nc: 3\n"
    assert to_yaml([]) == ""


def test_lists_in_lists_are_written_in_line_with_their_dash() -> None:
    assert to_yaml([{"a": [[1, [2]], ("x",)]}]) == "a:\n- - 1\n  - - 2\n- - x\n"


@pytest.mark.parametrize(
    "text", ["churn", "a.b/c", "/x", "jane@example.com", "a:b", "v1", "_x", "a+b%c", "true-ish"]
)
def test_strings_that_every_reader_takes_for_text_stand_without_quotes(text: str) -> None:
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "NO", "y", "Null", "off", "1", "1.10", "1e3", "0o17", "08", "~", "=", "<<", "2026-01-31",
     "12:30", "-", "- a", "a: b", "a:", "a #b", "*", "&a", "!a", "%a", "@a", "`a", "{a}", "[a]",
     "a, b", "|", ">", "'", " a", "a ", ".5", "+1", "?", "16Gi", "\u00e9"],
)  # fmt: skip
def test_all_other_strings_stand_in_double_quotes(text: str) -> None:
    assert scalar(text) == f'"{text}"'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('say "x"', '"say \\"x\\""'),
        ("C:\\x", '"C:\\\\x"'),
        ("a\tb", '"a\\tb"'),
        ("a\x85b", '"a\\u0085b"'),
        ("a\u2028b", '"a\\u2028b"'),
        ("\ufeff", '"\\ufeff"'),
        ("\x00", '"\\u0000"'),
        ("\U000e0001", '"\\U000e0001"'),
        ("\U0001f600", '"\U0001f600"'),
    ],
)
def test_what_cannot_be_printed_is_escaped(text: str, written: str) -> None:
    assert scalar(text) == written
    assert yaml.safe_load(written) == text


def test_text_of_several_lines_is_a_literal_block() -> None:
    text = to_yaml([{"a": "x\n---\n\n  y: #z\n", "b": ["p\nq\n"]}])
    assert text == "a: |\n  x\n  ---\n\n    y: #z\nb:\n- |\n  p\n  q\n"


@pytest.mark.parametrize(
    "text",
    ["a\nb", "a\n\n", " a\nb\n", "\na\n", "a \nb\n", "a\tb\nc\n", "\u00e9\nb\n", "\n", "a\r\nb\n"],
)
def test_text_that_a_literal_block_could_change_is_quoted(text: str) -> None:
    written = to_yaml([{"a": text}])
    assert written.startswith('a: "')
    assert written.count("\n") == 1
    assert yaml.safe_load(written) == {"a": text}


def test_a_key_of_a_thousand_characters_stands_before_its_colon_and_a_longer_one_does_not() -> None:
    assert to_yaml([{"k" * 1000: 1}]) == f"{'k' * 1000}: 1\n"
    assert to_yaml([{"k" * 1001: 1}]) == f"? {'k' * 1001}\n: 1\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [(1e16, "1.0e+16"), (1e-07, "1.0e-07"), (1.5e300, "1.5e+300"), (0.1, "0.1"), (-2.0, "-2.0")],
)
def test_floats_are_written_so_that_yaml_1_1_reads_them_as_well(value: float, written: str) -> None:
    assert to_yaml([{"a": value}]) == f"a: {written}\n"
    assert yaml.safe_load(written) == value


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_kubernetes_cannot_store_is_a_bug(value: float) -> None:
    with pytest.raises(ValueError, match="has no place in a manifest"):
        to_yaml([{"a": value}])


def test_an_object_of_another_class_is_a_bug() -> None:
    wrong: dict[str, Tree] = {"a": {1, 2}}  # type: ignore[dict-item] # the point of the test
    with pytest.raises(TypeError, match="set has no place in a manifest"):
        to_yaml([wrong])


def test_a_shared_subtree_is_written_like_any_other_at_each_depth() -> None:
    plain: Manifest = {"k": ["v", {"w": 1}]}
    shared = Shared(plain)
    as_shared: Manifest = {"a": shared, "b": {"c": shared}, "d": [shared, Shared({})]}
    as_plain: Manifest = {"a": plain, "b": {"c": plain}, "d": [plain, {}]}
    assert to_yaml([as_shared, as_shared]) == to_yaml([as_plain, as_plain])


def test_the_identity_of_an_object_leaves_its_version_out() -> None:
    manifest: Manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny-all", "namespace": "churn"},
    }
    found = identity(manifest)
    assert found == Identity("networking.k8s.io", "NetworkPolicy", "churn", "deny-all")
    assert str(found) == "networking.k8s.io/NetworkPolicy churn/deny-all"


def test_an_object_of_the_core_group_without_namespace_is_shown_as_kind_and_name() -> None:
    found = identity({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "churn"}})
    assert (found.group, str(found)) == ("", "Namespace churn")


def test_an_object_without_metadata_is_a_bug() -> None:
    with pytest.raises(TypeError, match="metadata is not a mapping"):
        identity({"apiVersion": "v1", "kind": "Namespace", "metadata": None})
