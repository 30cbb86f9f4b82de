"""Syntax errors say what to type, and where."""

from __future__ import annotations

import pytest

from tenantry.reader import read_document

_HEAD = "profiles:\n  name: churn\n"

#: The text after `_HEAD`, and the finding without the file's name.
_ERRORS = {
    "a tab before a list item": (
        "  admins:\n\t- jane\n",
        (
            "4:1: a tab stands here where only spaces may stand"
            " (delete it and type spaces: two for each level)"
        ),
    ),
    "a tab before a field": (
        "  \ttier: insight\n",
        (
            "3:3: a tab stands here where only spaces may stand"
            " (delete it and type spaces: two for each level)"
        ),
    ),
    "no space after a colon": (
        "  tier:insight\n  admins:\n",
        (
            "3:8: no space stands after this colon, so the line is not a field"
            ' (write "name: value", with a space after the colon)'
        ),
    ),
    "no space after a colon on the line before": (
        "  tier:insight\n    admins: x\n",
        (
            "3:8: no space stands after this colon, so the line is not a field"
            ' (write "name: value", with a space after the colon)'
        ),
    ),
    "no space after a colon, and empty lines below": (
        "  tier:insight\n\n\n  admins:\n",
        (
            "3:8: no space stands after this colon, so the line is not a field"
            ' (write "name: value", with a space after the colon)'
        ),
    ),
    "no name before a colon": (
        "  : insight\n",
        "3:3: a field name is missing before this colon (give it a name)",
    ),
    "no colon": (
        "  tier insight\n  admins:\n",
        (
            '3:3: "tier insight" has no colon, so it is not a field'
            ' (write "name: value", with a colon and a space)'
        ),
    ),
    "a list in a line": (
        "  admins: - jane\n",
        (
            "3:11: a list item stands on the same line as its field"
            ' (start each "- " item on its own line, below the field)'
        ),
    ),
    "a quote that nothing closes": (
        '  description: "our team\n  tier: insight\n',
        (
            '3:16: the text that starts with this quote " does not end on its line'
            ' (close it with another " at the end of the text)'
        ),
    ),
    "a quote that a later quote closes": (
        '  description: "our team\n  tier: insight\n  package: "x"\n',
        (
            '3:16: the text that starts with this quote " does not end on its line'
            ' (close it with another " at the end of the text)'
        ),
    ),
    "an unclosed quote after one of several lines that is closed": (
        "  a: 'one\n    two'\n  b: 'three\n  c: 'four'\n",
        (
            "5:6: the text that starts with this quote ' does not end on its line"
            " (close it with another ' at the end of the text)"
        ),
    ),
    "a quote of several lines that holds other quotes": (
        "  a: \"one\n    'two\"\n  b: c: 'd'\n",
        (
            '5:6: this text holds ": ", which starts a new field'
            " (put the text in quotes: \"c: 'd'\")"
        ),
    ),
    "a quote closed on the next line, which ends in a symbol": (
        "  a: 'our\n    team' &\n",
        (
            "3:6: the text that starts with this quote ' does not end on its line"
            " (close it with another ' at the end of the text)"
        ),
    ),
    "an apostrophe in single quotes": (
        "  description: 'it's ours'\n",
        (
            "3:20: text stands after the closing quote"
            " (put one pair of double quotes around the whole value)"
        ),
    ),
    "an escape that is none": (
        '  description: "C:\\Users"\n',
        (
            "3:21: a backslash in double quotes starts an escape, and this one is unknown"
            " (use single quotes where the text holds a backslash, "
            "or type the character itself)"
        ),
    ),
    "curly quotes around a colon": (
        "  description: \u201cour: team\u201d\n",
        (
            "3:16: the quote \u201c is curly: YAML does not take it for a quote"
            ' (type straight quotes: "...")'
        ),
    ),
    "an at sign": (
        "  - @jane\n".replace("-", "a:"),
        '3:6: text that starts with @ needs quotes (write "@jane")',
    ),
    "a backtick": ("  a: `x`\n", '3:6: text that starts with ` needs quotes (write "`x`")'),
    "a percent sign": ("  a: %5\n", '3:6: text that starts with % needs quotes (write "%5")'),
    "a star": (
        "  egress:\n    - *.example.com\n",
        '4:7: text that starts with * needs quotes (write "*.example.com")',
    ),
    "an ampersand": ("  a: & b\n", '3:6: text that starts with & needs quotes (write "& b")'),
    "exclamation marks": (
        "  a: !a!b c\n",
        '3:6: text that starts with ! needs quotes (write "!a!b c")',
    ),
    "a greater-than sign": (
        "  a: > 5 people\n",
        '3:6: text that starts with > needs quotes (write "> 5 people")',
    ),
    "a bar": ("  a: |5 x\n", '3:6: text that starts with | needs quotes (write "|5 x")'),
    "a question mark": ("  a: ? b\n", '3:6: text that starts with ? needs quotes (write "? b")'),
    "a symbol before a quote": (
        '  a: @"b"\n',
        "3:6: text that starts with @ needs quotes (write '@\"b\"')",
    ),
    "a colon in text": (
        "  description: note: this\n",
        (
            '3:16: this text holds ": ", which starts a new field'
            ' (put the text in quotes: "note: this")'
        ),
    ),
    "a colon in long text": (
        f"  description: note: {'this ' * 20}\n",
        '3:16: this text holds ": ", which starts a new field (put the text in quotes: "...")',
    ),
    "a field that stands too deep": (
        "    admins:\n",
        (
            "3:5: this field stands deeper than the line above, which already has its value"
            " (indent the fields of one block by the same number of spaces)"
        ),
    ),
    "a field of one letter that stands too deep, with a space before its colon": (
        "    X : 4\n",
        (
            "3:5: this field stands deeper than the line above, which already has its value"
            " (indent the fields of one block by the same number of spaces)"
        ),
    ),
    "a field that fits no block": (
        " admins:\n",
        (
            "3:2: this line does not fit the block it is in: it is indented by 1, its block by 0"
            " (indent the fields of one block by the same number of spaces)"
        ),
    ),
    "a list item that fits no list": (
        "  admins:\n    - x\n   - y\n",
        (
            "5:4: this list item does not stand exactly below the item before it"
            " (indent all items of one list by the same number of spaces)"
        ),
    ),
    "a field among list items": (
        "  admins:\n    - x\n    y: z\n",
        (
            "5:5: this line stands where the next list item is expected"
            ' (start the line with "- ", or align it with its block)'
        ),
    ),
    "an open list at the end": (
        "  clusters: [dev, prod\n",
        "3:13: this [ is never closed (write ] where the list ends)",
    ),
    "an open list with a comma at the end": (
        "  clusters: [dev,\n",
        "3:13: this [ is never closed (write ] where the list ends)",
    ),
    "an open list at the end that holds closed ones": (
        "  clusters: [[dev], [prod]\n",
        "3:13: this [ is never closed (write ] where the list ends)",
    ),
    "an open list at the end that holds a bracket in quotes": (
        '  clusters: [dev, "[", prod\n',
        "3:13: this [ is never closed (write ] where the list ends)",
    ),
    "an open list of lists with a comma at the end": (
        "  clusters: [[dev],\n",
        (
            "4:1: a comma or a closing bracket is missing before this (put commas between items,"
            ' or write one "- item" a line; text with brackets needs quotes)'
        ),
    ),
    "an open mapping before other fields": (
        "  quota: {cpu: 4\n  tier: insight\n",
        "3:10: this { is never closed (write } where the list ends)",
    ),
    "the wrong bracket": (
        "  clusters: [dev, prod}\n",
        (
            "3:23: a comma or a closing bracket is missing before this (put commas between items,"
            ' or write one "- item" a line; text with brackets needs quotes)'
        ),
    ),
    "a second project whose first has no dash": (
        "  admins:\n    - x\n  - name: b\n",
        (
            "5:3: a second project starts here, but the first, on line 2, has no dash"
            ' (write "- name:" for the first too, in the same column, and indent the rest of it'
            " by two more spaces)"
        ),
    ),
    "an item that fits no list, below a project": (
        "  expose:\n    - name: web\n   - name: b\n",
        (
            "5:4: this list item does not stand exactly below the item before it"
            " (indent all items of one list by the same number of spaces)"
        ),
    ),
    "an item of one word below a project": (
        "  admins:\n    - x\n   - y: 1\n",
        (
            "5:4: this list item does not stand exactly below the item before it"
            " (indent all items of one list by the same number of spaces)"
        ),
    ),
    "an item without a dash": (
        "  admins:\n    - x\n\n    # Sam\n    y\n  tier: z\n",
        '7:5: "y" stands in a list and has no dash (write "- y")',
    ),
    "a line below a deeper list": (
        "  admins:\n    - x\n  y\n  tier: z\n",
        (
            '5:3: "y" has no colon, so it is not a field'
            ' (write "name: value", with a colon and a space)'
        ),
    ),
    "a sentence that goes on": (
        "  description: one two\n  three\n  tier: z\n",
        (
            '4:3: "three" has no colon, so it is not a field (write "name: value", with a colon'
            " and a space, or indent it by two more spaces if it goes on from the line above)"
        ),
    ),
    "a link of a chat": (
        "  admins:\n    - [x](mailto:x)\n",
        (
            "4:10: text stands after the ] (write only the text between [ and ], without the"
            " brackets)"
        ),
    ),
    "text after a list": (
        "  clusters: [a] b\n",
        "3:17: text stands after the ] (delete it, or put the whole value in quotes)",
    ),
    "a dash of a word processor": (
        "  admins:\n    - x\n    \u2013 y\n",
        (
            "5:5: this \u2013 is U+2013 EN DASH, which starts no list item"
            ' (type "- " on the keyboard, a hyphen and a space)'
        ),
    ),
    "text after a mapping in braces": (
        "  quota: {cpu: 4} cores\n",
        "3:19: text stands after the } (delete it, or put the whole value in quotes)",
    ),
    "a dash of a word processor two lines above": (
        "  expose:\n    \u2013 name: web\n    port: 80\n    - name: api\n",
        (
            "4:5: this \u2013 is U+2013 EN DASH, which starts no list item"
            ' (type "- " on the keyboard, a hyphen and a space)'
        ),
    ),
    "a stray bracket": (
        "  ]: x\n",
        "3:3: this ] belongs to no list (delete it, or put the text it belongs to in quotes)",
    ),
}


@pytest.mark.parametrize("case", _ERRORS)
def test_a_syntax_error_says_what_to_type_and_where(case: str) -> None:
    text, expected = _ERRORS[case]
    (fault,) = read_document("f", (_HEAD + text).encode()).faults
    assert fault.rule == "yaml-syntax"
    assert f"{fault.line}:{fault.column}: {fault.message} ({fault.cure})" == expected


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "# ours\nprofiles:\n\n  name: churn\n- name: ads\n",
            5,
            "a second project starts here, but the first, on line 4, has no dash",
        ),
        (
            "profiles:\n  name: churn\n\n  # more\n\n- name: ads\n",
            6,
            "a second project starts here, but the first, on line 2, has no dash",
        ),
        (
            "profiles:\n\n  name: churn\n- name: ads\n",
            4,
            "a second project starts here, but the first, on line 3, has no dash",
        ),
        (
            "name: churn\n- name: ads\n",
            2,
            "a second entry starts here, but the first, on line 1, has no dash",
        ),
    ],
)
def test_the_first_entry_without_a_dash_is_named_by_its_line(
    text: str, line: int, message: str
) -> None:
    """Empty lines and comments around it change nothing."""
    (fault,) = read_document("f", text.encode()).faults
    assert (fault.line, fault.column, fault.message) == (line, 1, message)


def test_a_line_that_starts_with_a_percent_sign_is_named() -> None:
    (fault,) = read_document("f", b"# x\n%profiles\na: b\n").faults
    assert (fault.line, fault.column, fault.cure) == (2, 1, "delete the line")


def test_faults_before_a_syntax_error_are_kept() -> None:
    faults = read_document("f", b"a: 1\na: 2\nb: [\n").faults
    assert [(fault.rule, fault.line) for fault in faults] == [
        ("duplicate-key", 2),
        ("yaml-syntax", 3),
    ]


def test_a_first_line_that_is_indented_is_explained_at_the_line_that_is_not() -> None:
    (fault,) = read_document("f", b"  a: 1\nb: 2\n").faults
    assert (fault.line, fault.column, fault.rule) == (2, 1, "yaml-syntax")


@pytest.mark.parametrize(
    ("text", "cures"),
    [
        ("a: 1\na: 2\n", ["keep one of them, and join what they hold"]),
        (
            "name: a\nb: 1\nname: c\nb: 2\n",
            [
                'keep one; if there are two, write a list in which each starts with "- name:"',
                (
                    'it belongs to the second "name" above: write a list in which each starts with '
                    '"- name:"'
                ),
            ],
        ),
        (
            "profiles: 1\nprofiles: 2\n",
            [
                (
                    'keep one "profiles:", and below it a list in which each project starts with '
                    '"- name:"'
                ),
            ],
        ),
    ],
)
def test_what_to_do_about_a_field_given_twice_follows_from_its_name(
    text: str, cures: list[str]
) -> None:
    assert [fault.cure for fault in read_document("f", text.encode()).faults] == cures
