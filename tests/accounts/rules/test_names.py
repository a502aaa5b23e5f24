import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.accounts.rules import names
from cpd.accounts.rules.names import NameFault


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("Maya Okafor", "Maya Okafor", id="plain"),
        pytest.param("  Maya \u00a0 Okafor ", "Maya Okafor", id="spaces of all kinds become one"),
        pytest.param("Zoe\u0308", "Zoë", id="composed"),
        pytest.param("O’Neill-Ñáñez, Jr.", "O’Neill-Ñáñez, Jr.", id="signs that names have"),
        pytest.param("Nguyễn Thị Ánh", "Nguyễn Thị Ánh", id="Vietnamese"),
        pytest.param("Ελένη Παπαδοπούλου", "Ελένη Παπαδοπούλου", id="Greek"),
        pytest.param("Ірина Шевченко", "Ірина Шевченко", id="Cyrillic"),
        pytest.param("محمد علی\u200cپور", "محمد علی\u200cپور", id="Persian with its joiner"),
        pytest.param("क्\u200dष मिश्रा", "क्\u200dष मिश्रा", id="Devanagari with its joiner"),
        pytest.param("山田 太郎", "山田 太郎", id="Japanese"),
        pytest.param("שָׁלוֹם", unicodedata.normalize("NFC", "שָׁלוֹם"), id="Hebrew with points"),
        pytest.param("N" * 120, "N" * 120, id="120 signs"),
        pytest.param("=HYPERLINK(1)", "=HYPERLINK(1)", id="a formula is harmless here"),
    ],
)
def test_names_that_are_kept(typed: str, kept: str) -> None:
    assert names.read(typed) == names.Name(kept)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        pytest.param("", NameFault.EMPTY, id="nothing"),
        pytest.param(" \u2003 ", NameFault.EMPTY, id="spaces"),
        pytest.param("N" * 121, NameFault.TOO_LONG, id="121 signs"),
        pytest.param("Maya\nOkafor", NameFault.HIDDEN_SIGN, id="new line"),
        pytest.param("Maya\r\nBcc: all@example.org", NameFault.HIDDEN_SIGN, id="letter head"),
        pytest.param("Maya\tOkafor", NameFault.HIDDEN_SIGN, id="tab"),
        pytest.param("Maya\x00", NameFault.HIDDEN_SIGN, id="NUL"),
        pytest.param("Maya \u202eofakO", NameFault.HIDDEN_SIGN, id="turned round"),
        pytest.param("Maya\u2066Okafor\u2069", NameFault.HIDDEN_SIGN, id="isolated"),
        pytest.param("Ma\u200bya", NameFault.HIDDEN_SIGN, id="zero width"),
        pytest.param("Ma\u200dya", NameFault.HIDDEN_SIGN, id="joiner in Latin"),
        pytest.param("\u200dMaya", NameFault.HIDDEN_SIGN, id="joiner at the start"),
        pytest.param("علی\u200c", NameFault.HIDDEN_SIGN, id="joiner at the end"),
        pytest.param("علی\u200c پور", NameFault.HIDDEN_SIGN, id="joiner before a space"),
        pytest.param("\ufeffMaya", NameFault.HIDDEN_SIGN, id="byte order mark"),
        pytest.param("Maya\u00adOkafor", NameFault.HIDDEN_SIGN, id="soft hyphen"),
        pytest.param("Maya\u2028Okafor", NameFault.HIDDEN_SIGN, id="line separator"),
        pytest.param("Maya \ue000", NameFault.HIDDEN_SIGN, id="private sign"),
        pytest.param("12 34", NameFault.NO_LETTER, id="no letter"),
        pytest.param("Z" + "\u0301" * 6, NameFault.PILED_MARKS, id="piled accents"),
    ],
)
def test_what_is_no_name(typed: str, fault: NameFault) -> None:
    assert names.read(typed).fault is fault


def test_the_hidden_sign_is_named() -> None:
    assert names.read("Maya \u202eofakO").sign == "right-to-left override"
    assert names.read("Maya\nOkafor").sign == "u+000a"


def test_a_number_needs_no_letter() -> None:
    assert names.read("12-34/B", longest=60, needs_letter=False).fault is None
    assert names.read("1" * 61, longest=60, needs_letter=False).fault is NameFault.TOO_LONG


@given(st.text(max_size=200))
def test_what_is_kept_is_kept_again(typed: str) -> None:
    read = names.read(typed)
    if read.fault is None:
        assert names.read(read.text) == read
        assert unicodedata.is_normalized("NFC", read.text)
        assert len(read.text) <= names.LONGEST
