"""One value of a file changes at its place, and every other byte stays."""

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as properties
from hypothesis import strategies as st

from cpd.content import splice
from cpd.content.frontmatter import FrontMatter, Path, Value, parse_front_matter
from cpd.content.yaml_writing import SpliceError
from tests.support.fields import check_field, find_values, shipped_texts

FILE = """\
---
# The client whom everybody knows.
id: mina
title: "Mina: a pressure mark"___
hazards: [skin, clots]___
open: true
reviewed:
also: {}
signs:
  modify:
    # A comment about red skin.
    - Red skin
    - >-
      A mark that stays longer than the
      others

  emergency: ['It''s hot']
steps:
  - id: decide
    facts: |
      One.

      Two.
    options: {a: {text: One}, b: {text: Two}}
  # The second step.
  - id: tell
    count: 3
---
The body.
---
Its end.
""".replace("___", "   ")
DAY = date(2026, 1, 2)
PLACES: dict[str, Path] = {
    "facts": ("steps", 0, "facts"),
    "sign": ("signs", "modify", 1),
    "hot": ("signs", "emergency", 0),
}


def data_of(text: str) -> dict[str, Value]:
    found = parse_front_matter("", text)
    assert isinstance(found, FrontMatter), found
    return found.data


def in_order(_path: Path) -> list[str]:
    return [
        "id",
        "kind",
        "title",
        "subtitle",
        "hazards",
        "text",
        "say",
        "facts",
        "count",
        "options",
    ]


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        pytest.param(("id",), "nina", "id: mina", "id: nina", id="plain"),
        pytest.param(("id",), "no: 5", "id: mina", 'id: "no: 5"', id="plain needs quotes"),
        pytest.param(("id",), "2026", "id: mina", 'id: "2026"', id="text, not a number"),
        pytest.param(("id",), "a # b", "id: mina", 'id: "a # b"', id="no hidden comment"),
        pytest.param(("title",), "Nina", '"Mina: a pressure mark"', '"Nina"', id="quoted"),
        pytest.param(PLACES["hot"], "He's", "'It''s hot'", "'He''s'", id="single quotes, in flow"),
        pytest.param(("open",), False, "open: true", "open: false", id="a word"),
        pytest.param(("reviewed",), DAY, "reviewed:", "reviewed: 2026-01-02", id="day"),
        pytest.param(
            PLACES["sign"],
            "A mark that stays for more than a day - 10. or so",
            "A mark that stays longer than the\n      others",
            "A mark that stays for more than a\n      day - 10. or so",
            id="folded at the same width, and never before what looks like an item",
        ),
        pytest.param(PLACES["sign"], "a\n- b", ">-\n      A mark that stays longer than the\n"
                     "      others", "|-\n      a\n      - b", id="folded to lines"),
        pytest.param(PLACES["facts"], "Three.\n", "One.\n\n      Two.", "Three.", id="literal"),
        pytest.param(PLACES["facts"], "A\nB", "|\n      One.\n\n      Two.", "|-\n      A\n      B",
                     id="without a line end"),
        pytest.param(("title",), "A\nB\n", '"Mina: a pressure mark"   ', "|\n  A\n  B", id="lines"),
        pytest.param(("hazards",), ["skin", "heat", "x: y"], "[skin, clots]",
                     '[skin, heat, "x: y"]', id="list on a line"),
        pytest.param(("hazards",), [], "[skin, clots]", "[]", id="emptied"),
        pytest.param(("signs", "modify"), ["Red skin"], "    - >-\n      A mark that stays longer "
                     "than the\n      others\n", "", id="list in lines"),
        pytest.param(("signs", "modify", 2), "More", "      others\n", "      others\n    - More\n",
                     id="item at the end"),
        pytest.param(("also", "modify"), "Why\nnot", "also: {}",
                     "also:\n  modify: |-\n    Why\n    not", id="key in an empty mapping"),
        pytest.param(("steps", 0, "options", "a", "say"), "x, y", "{text: One}",
                     '{text: One, say: "x, y"}', id="key on a line"),
        pytest.param(("steps", 0, "kind"), "single", "id: decide\n",
                     "id: decide\n    kind: single\n", id="key at its place"),
        pytest.param(("subtitle",), "Sub", 'mark"   \n',
                     'mark"   \nsubtitle: Sub\n', id="key in order"),
        pytest.param(("steps", 1, "say"), "One " * 30 + "end", "id: tell\n",
                     "id: tell\n    say: >-\n      " + "One " * 22 + "One\n      " + "One " * 7
                     + "end\n", id="a long text is folded"),
        pytest.param(("steps", 1, "options"), [{"id": "a", "text": "B"}, {"id": "c"}], "count: 3\n",
                     "count: 3\n    options:\n      - id: a\n        text: B\n      - id: c\n",
                     id="a list of mappings"),
    ],
)  # fmt: skip
def test_a_value_is_set(path: Path, value: Value, old: str, new: str) -> None:
    assert FILE.count(old) == 1
    assert splice.set_value(FILE, path, value, order=in_order) == FILE.replace(old, new)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param(("open",), "open: true\n", "", id="key"),
        pytest.param(("steps", 0, "id"), "id: decide\n    facts", "facts",
                     id="first key of an item"),
        pytest.param(("steps", 0, "options", "a"), "a: {text: One}, ", "", id="first on a line"),
        pytest.param(("steps", 0, "options", "b"), ", b: {text: Two}", "", id="last on a line"),
        pytest.param(("signs", "emergency", 0), "['It''s hot']", "[]", id="the only item"),
        pytest.param(("signs", "modify", 0), "    - Red skin\n", "", id="item"),
    ],
)  # fmt: skip
def test_a_value_is_removed(path: Path, old: str, new: str) -> None:
    assert FILE.count(old) == 1
    assert splice.remove_value(FILE, path) == FILE.replace(old, new)


def test_an_item_moves_with_the_comment_above_it() -> None:
    first, second = FILE.index("  - id: decide"), FILE.index("  # The second step.")
    end = FILE.index("---\nThe body.")
    moved = FILE[:first] + FILE[second:end] + FILE[first:second] + FILE[end:]
    assert splice.move_item(FILE, ("steps",), 0, 1) == moved
    assert splice.move_item(moved, ("steps",), 1, 0) == FILE
    swapped = splice.move_item(FILE, ("hazards",), 1, 0)
    assert swapped == FILE.replace("[skin, clots]", "[clots, skin]")


def test_an_item_is_inserted_first() -> None:
    made = splice.insert_item(FILE, ("steps",), 0, {"id": "new", "kind": "single"})
    assert made == FILE.replace("  - id: decide", "  - id: new\n    kind: single\n  - id: decide")


def test_the_body_is_replaced() -> None:
    assert splice.replace_body(FILE, "New.\n") == FILE[: FILE.index("The body.")] + "New.\n"
    assert splice.replace_body("---\nid: a\n---", "New.\n") == "---\nid: a\n---\nNew.\n"


def test_a_file_without_keys_gets_one() -> None:
    assert splice.set_value("---\n---\n", ("id",), "a") == "---\nid: a\n---\n"


@pytest.mark.parametrize("text", ["No keys", "---\nid: &a b\n---\n", "---\nid: [a\n---\n"])
def test_what_cannot_be_read_is_not_changed(text: str) -> None:
    with pytest.raises(SpliceError) as refused:
        splice.set_value(text, ("id",), "b")
    assert refused.value.remedy


def test_what_is_gone_is_neither_removed_nor_moved() -> None:
    with pytest.raises(SpliceError):
        splice.remove_value(FILE, ("nothing",))
    with pytest.raises(SpliceError):
        splice.move_item(FILE, ("steps",), 2, 0)
    with pytest.raises(SpliceError):
        splice.remove_value("---\nid: a\n---\n", ("id",))


def test_a_control_character_is_refused() -> None:
    with pytest.raises(SpliceError):
        splice.set_value(FILE, ("id",), "a\x07b")


def test_control_a_change_that_would_take_more_with_it_is_refused() -> None:
    text = "---\nitems:\n  - id: a\n    # about b\n    b: c\n  - id: d\n---\n"
    with pytest.raises(SpliceError):
        splice.remove_value(text, ("items", 0, "id"))
    with pytest.raises(SpliceError):
        splice.set_value("---\n? a\n  # about it: all\n: b\n---\n", ("a",), [{"c": "d"}])


def test_fields_of_shipped_files_change_alone() -> None:
    """A sample; `make soak` tries every field."""
    for text in shipped_texts()[::20]:
        for path, value in list(find_values(text))[::12]:
            check_field(text, path, value)


# Any values

WORDS = st.text(st.sampled_from("aé“:#-|>'\"{}[]!&*%@`,?\\ \t\n0.12"), max_size=40)
SCALARS = st.one_of(
    WORDS, st.none(), st.booleans(), st.integers(0, 999), st.dates(date(2000, 1, 1))
)
KEYS = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@properties(max_examples=60)
@given(st.sampled_from([path for path, _ in find_values(FILE)]), VALUES)
@example(PLACES["sign"], "A line\n\n  - and an item")
@example(PLACES["facts"], "  begins with spaces\n")
@example(("title",), "\n")
def test_what_is_set_is_read_back(path: Path, value: Value) -> None:
    """Whatever the value, the file then holds it there, and the rest as before."""
    changed = splice.set_value(FILE, path, value)
    now: Any = data_of(changed)
    for part in path:
        now = now[part]
    assert repr(now) == repr(value)
    for other, held in itertools.islice(find_values(FILE), 12):
        if other != path:
            assert (other, held) in list(find_values(changed))
