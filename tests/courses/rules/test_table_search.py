"""Searching the tables of a sheet by the words in their first column."""

import pytest

from cpd.content.renderer_process import convert_markdown
from cpd.courses.rules.table_search import LONGEST, search_tables

TABLE = convert_markdown(
    "Before.\n\n| Name | Note |\n|---|---|\n| **Aloe:** Cool & Co | For *Birch* skin |\n"
    "| **Birch** [awaiting review] | Amp |\n\nAfter, Aloe."
).html


@pytest.mark.parametrize(
    ("words", "found", "shown", "hidden"),
    [
        ("aloe", 1, "<strong><mark>Aloe</mark>:</strong> Cool &amp; Co", "Amp"),
        ("  BIR  ch ", 1, "<strong><mark>Bir</mark><mark>ch</mark></strong>", "Cool"),
        ("cool aloe", 1, "<mark>Aloe</mark>:</strong> <mark>Cool</mark>", "Amp"),
        ("& co", 1, "</strong> <mark>Co</mark>ol &amp; <mark>Co</mark>", "Amp"),
        ("o", 1, "Al<mark>o</mark>e", "Amp"),
    ],
)
def test_rows_with_all_words_in_their_first_cell_stay(
    words: str, found: int, shown: str, hidden: str
) -> None:
    search = search_tables(TABLE, words)
    assert (search.found, search.all, search.column) == (found, 2, "Name")
    assert shown in search.html
    assert hidden not in search.html
    assert "Before." in search.html
    assert "After, Aloe." in search.html


@pytest.mark.parametrize("words", ["", "  ", "aloe birch", "awaiting", "amp", "strong", "("])
def test_without_a_match_everything_is_shown(words: str) -> None:
    """A word of another column, of a mark and of the markup is no name."""
    search = search_tables(TABLE, words)
    assert (search.html, search.found, search.all) == (TABLE, 0, 2)


def test_a_long_search_is_cut_and_a_text_without_a_table_is_left_alone() -> None:
    search = search_tables("<p>Aloe</p>", "a" * 1000)
    assert (search.html, search.all, search.column) == ("<p>Aloe</p>", 0, "")
    assert len(search.words) == LONGEST
