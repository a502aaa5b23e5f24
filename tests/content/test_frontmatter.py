from datetime import date

import pytest

from cpd.content import frontmatter
from cpd.content.frontmatter import MAX_BYTES, Fault, FrontMatter, Places

GOOD = """\
---
id: mina
on: no
released: 2026-01-02
marks: 1/2
count: 12
open: true
reviewed: null
steps:
  - id: decide
    options:
      proceed:
        rationale: >-
          The first line
          and the second [@brand-2022].
      modify: {rationale: "short", basis: evidence}
  - id: tell
    facts: |
      Plain.

      Later [@other].
---

The stem [@stem-key].
"""


def read(text: str = GOOD) -> FrontMatter:
    found = frontmatter.parse_front_matter("cases/mina.md", text)
    assert isinstance(found, FrontMatter), found
    return found


def fault(text: str) -> Fault:
    found = frontmatter.parse_front_matter("a.md", text)
    assert isinstance(found, Fault)
    return found


def test_only_true_and_false_are_booleans_and_fractions_stay_text() -> None:
    data = read().data
    assert data["on"] == "no"
    assert data["marks"] == "1/2"
    assert data["count"] == 12
    assert data["open"] is True
    assert data["reviewed"] is None
    assert data["released"] == date(2026, 1, 2)


def test_quoted_values_stay_text() -> None:
    assert read('---\na: "12"\nb: \'true\'\nc: "2026-01-01"\nd: ""\n---\n').data == {
        "a": "12",
        "b": "true",
        "c": "2026-01-01",
        "d": "",
    }


def test_the_body_begins_after_the_second_line_of_dashes() -> None:
    found = read()
    assert found.body == "\nThe stem [@stem-key].\n"
    assert found.locate_line_in_body("@stem-key") == 24
    assert found.locate_line_in_body("not there") == found.body_line == 23


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("id",), 2, id="a key"),
        pytest.param(("steps", 0, "options", "proceed", "rationale"), 13, id="deep inside"),
        pytest.param(
            ("steps", 0, "decision", "options", "proceed"), 12, id="a union's tag between"
        ),
        pytest.param(("steps", 1, "prompt"), 17, id="missing: what should hold it"),
        pytest.param(("title",), 2, id="missing at the top"),
        pytest.param(("steps", 0, "options", "modify", "basis"), 16, id="written in one line"),
    ],
)
def test_every_value_knows_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert read().places.locate_line(path) == line


def test_a_place_in_a_text_knows_its_line() -> None:
    places = read().places
    rationale = ("steps", 0, "options", "proceed", "rationale")
    assert places.locate_line_of_text(rationale, "@brand-2022") == 15
    assert places.locate_line_of_text(("steps", 1, "facts"), "@other") == 21
    assert places.locate_line_of_text(rationale, "nowhere") == 13
    assert places.locate_line_of_text(("steps", 7), "@other") == 9
    assert places.locate_line_of_text(rationale, "") == 13


def test_an_empty_file_of_places_answers_line_one() -> None:
    assert Places("a.md").locate_line(("x",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        pytest.param("no dashes", 1, "does not begin with its keys", id="no front matter"),
        pytest.param("---\na: 1\n", 1, "keys do not end", id="never ends"),
        pytest.param("---\na: 1\nb: 2\na: 3\n---\n", 4, "'a' is written twice", id="twice"),
        pytest.param("---\na: {b: 1, b: 2}\n---\n", 2, "'b' is written twice", id="twice within"),
        pytest.param("---\na: &x [1]\nb: *x\n---\n", 2, "Anchors", id="an anchor"),
        pytest.param("---\na: 1\nb: *x\n---\n", 3, "Anchors", id="an alias"),
        pytest.param("---\na: !!python/name:os.system ''\n---\n", 2, "Tags", id="a tag"),
        pytest.param("---\na: !!str 1\n---\n", 2, "Tags", id="a harmless tag"),
        pytest.param("---\na: " + "[" * 13 + "]" * 13 + "\n---\n", 2, "nested", id="deep"),
        pytest.param("---\na: " + "[" * 50_000 + "\n---\n", 2, "nested", id="very deep"),
        pytest.param("---\na: b: c\n---\n", 2, "contains ': '", id="two colons"),
        pytest.param("---\n\ta: b\n---\n", 2, "indented with a tab", id="a tab"),
        pytest.param("---\na: [\n---\n", 2, "and has no ']'", id="an open bracket"),
        pytest.param("---\na: {b: 1\nc: 2\n---\n", 2, "and has no '}'", id="an open brace"),
        pytest.param("---\na: @b\n---\n", 2, "cannot begin with '@'", id="an at sign"),
        pytest.param("---\na: [b, @c]\n---\n", 2, "begin with '@'", id="an at sign in a list"),
        pytest.param("---\n- `b`\n---\n", 2, "cannot begin with '`'", id="a backtick"),
        pytest.param("---\na: %b\n---\n", 2, "cannot begin with '%'", id="a per cent sign"),
        pytest.param("---\na: *b* c\n---\n", 2, "cannot begin with '*'", id="Markdown"),
        pytest.param("---\na: 'b's c'\n---\n", 2, "ends it too early", id="an apostrophe"),
        pytest.param('---\na: "b\nc: 1\n---\n', 2, "or there is none", id="an open quotation"),
        pytest.param("---\na: 1\n  b: 2\n---\n", 3, "indented more", id="an indented key"),
        pytest.param("---\na:\u00a0b\nc: d\n---\n", 2, "a no-break space", id="a no-break space"),
        pytest.param("---\n\u00a0a: b\n---\n", 2, "space before 'a'", id="one before a key"),
        pytest.param(
            "---\na: b\nlevel:easy\nc: d\n---\n", 3, "no space after 'level:'", id="a glued key"
        ),
        pytest.param(
            "---\n- a: 1\nb: 2\n---\n", 3, "does not begin with '- '", id="an item without hyphen"
        ),
        pytest.param(
            '---\na: b\nc: "d\ne: f\ng: h\ni: "j:k"\nl: m\n---\n',
            3,
            'begins with "',
            id="a quotation that ends in a later value",
        ),
        pytest.param("---\na: [b]]\n---\n", 2, "This is not YAML", id="what no rule knows"),
        pytest.param("--- \na: 1\n---\n", 1, "has spaces after", id="spaces after the first line"),
        pytest.param("---\na: 1\n---\t\nb\n", 3, "has spaces after", id="a tab after the last"),
        pytest.param("----\na: 1\n---\n", 1, "'----' does not begin", id="four hyphens"),
        pytest.param("---\na: 1\n—\nb\n", 3, "'—' does not begin or end", id="a dash"),
        pytest.param("---\n? [a, b]\n: c\n---\n", 2, "A key must be one word", id="a list as key"),
        pytest.param("---\nwords\n---\n", 2, "keys are missing", id="no keys"),
        pytest.param('---\na: "x\\0"\n---\n', 2, "U+0000", id="an escaped NUL"),
        pytest.param('---\na: "\\ud800"\n---\n', 2, "not YAML", id="half a character"),
        pytest.param("---\na: 2026-02-31\n---\n", 2, "not a calendar date", id="no such day"),
        pytest.param("---\na: " + "x" * MAX_BYTES + "\n---\n", 2, "too long", id="too long"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, says: str) -> None:
    found = fault(text)
    assert found.line == line
    assert says in found.message
    assert found.remedy
    assert str(found) == f"a.md:{line}: {found.message} — {found.remedy}"


def test_aliases_would_grow_without_the_refusal() -> None:
    """The control: the library alone builds a billion laughs from these few bytes."""
    import yaml  # noqa: PLC0415

    laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert yaml.safe_load(laughs)["c"] == [[["x", "x"]] * 2] * 2
    assert isinstance(frontmatter.parse_yaml("a.yaml", laughs), Fault)


def test_a_list_at_the_top_is_called_entries() -> None:
    found = frontmatter.parse_yaml("ledger.yaml", "# head\n- on: 2026-01-01\n- on: 2026-01-02\n")
    assert isinstance(found, FrontMatter)
    assert found.data == {"entries": [{"on": date(2026, 1, 1)}, {"on": date(2026, 1, 2)}]}
    assert found.places.locate_line(("entries", 1)) == 3


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_nothing_is_no_keys(text: str) -> None:
    found = frontmatter.parse_yaml("a.yaml", text)
    assert isinstance(found, FrontMatter)
    assert found.data == {}


@pytest.mark.parametrize(
    ("raw", "line", "says"),
    [
        pytest.param(b"x" * (MAX_BYTES + 1), 1, "65,536 are allowed", id="too large"),
        pytest.param(b"a\nb\xff\n", 2, "not UTF-8", id="another encoding"),
        pytest.param(b"a\nb\x00\n", 2, "U+0000", id="NUL"),
        pytest.param(b"a\r\nb\r\n", 1, "U+000D", id="Windows line ends"),
        pytest.param("\ufeffa\n".encode(), 1, "a byte order mark", id="byte order mark"),
        pytest.param("a\n\ufeffb\n".encode(), 2, "U+FEFF", id="one within"),
    ],
)
def test_bytes_that_are_no_text_are_refused(raw: bytes, line: int, says: str) -> None:
    found = frontmatter.decode_file("a.md", raw)
    assert isinstance(found, Fault)
    assert (found.line, says in found.message) == (line, True)


def test_text_is_kept_as_it_is() -> None:
    assert frontmatter.decode_file("a.md", "Ärzte\t…\n".encode()) == "Ärzte\t…\n"
