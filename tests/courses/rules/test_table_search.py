"""Searching the tables of a sheet by the words in their first column."""

import re
from pathlib import Path

import pytest

import cpd
from cpd.content.renderer_process import convert_markdown
from cpd.courses.rules.table_search import LONGEST, search_tables

MARK = '<span class="awaiting">awaiting review</span>'
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


def test_each_brand_in_the_medicines_table_leads_to_its_row() -> None:
    file = Path(cpd.__path__[0]) / "courses/library/massage-and-ms/tools/medicines.md"
    html = convert_markdown(file.read_text("utf-8").split("---\n", 2)[2]).html
    brands = ("betaferon", "Zunovo", "Ampyra", "Sirdalud", "Lioresal Intrathecal", "MabThera")
    for name in (*brands, "warfarin", "dalfampridine", "Gilenya"):
        assert search_tables(html, name).found == 1, name
    assert search_tables(html, "baclofen").found == 2
    rows = re.findall(r"<tr>\s*<td.*?</tr>", html, re.DOTALL)
    assert [row.count("<td") for row in rows] == [5] * 24
    not_seen = [row for row in rows if "Not looked up" in row]
    assert [f"Not looked up{MARK}" in row for row in not_seen] == [True, True]
