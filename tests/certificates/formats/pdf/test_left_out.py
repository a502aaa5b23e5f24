"""What a file shows where the fonts lack characters, and that it says so."""

import io

from pypdf import PdfReader

from cpd.certificates.formats.pdf.left_out import LEFT_OUT, leave_out_characters
from cpd.certificates.formats.pdf.table import TableDocument, build_table_pdf
from tests.support.moved_clock import NOW

NOTE = "marks letters that this file cannot show."


def read(title: str) -> str:
    """Return the text of a table with a title."""
    document = TableDocument(title, ["One sentence."], ["Name"], [["Zoë"]], NOTE)
    return PdfReader(io.BytesIO(build_table_pdf(document, NOW))).pages[0].extract_text()


def test_a_table_shows_a_sign_for_what_it_lacks_and_says_so() -> None:
    lacking = read("Ankh \U00013000\U00013001 record")
    assert f"Ankh {LEFT_OUT} record" in lacking
    assert NOTE in lacking
    assert NOTE not in read("Ankh record")


def test_one_sign_stands_for_neighbors() -> None:
    assert leave_out_characters("a xy x b", {"x", "y"}) == f"a {LEFT_OUT} b"
    assert leave_out_characters("a b", set()) == "a b"
