import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.certificates.rules.record import Record, build_manifest
from cpd.kernel import canonical, characters, single_line
from cpd.kernel.single_line import LineFault
from tests.factories.certificates import facts


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
        pytest.param(
            "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d\u0d32\u0d3e\u0d32\u0d4d\u200d",
            "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d\u0d32\u0d3e\u0d32\u0d4d\u200d",
            id="Malayalam with joiners, one at the end",
        ),
        pytest.param(
            "\u09b0\u200d\u09cd\u09af\u09be\u099a\u09c7\u09b2",
            "\u09b0\u200d\u09cd\u09af\u09be\u099a\u09c7\u09b2",
            id="Bengali with a joiner before the virama",
        ),
        pytest.param("کهیه\u200d", "کهیه\u200d", id="Kurdish with a joiner at the end"),
        pytest.param("که\u200cریم", "که\u200cریم", id="Kurdish with a non-joiner"),
        pytest.param("ශ්\u200dරී", "ශ්\u200dරී", id="Sinhala with its joiner"),
        pytest.param("ژیله\u200c", "ژیله", id="a non-joiner at the end of a word does nothing"),
        pytest.param("علی\u200c پور", "علی پور", id="nor before a space"),
        pytest.param("علی \u200c پور", "علی پور", id="nor between two"),
        pytest.param("د\u200cارا", "دارا", id="nor after a letter that joins nothing"),
        pytest.param("\u200cعلی\u200c\u200cپور", "علی\u200cپور", id="nor twice"),
        pytest.param("ᠨ\u180eᠠ", "ᠨ\u180eᠠ", id="Mongolian with its vowel separator"),
        pytest.param("葛\U000e0100城", "葛\U000e0100城", id="Japanese with a chosen shape"),
        pytest.param("山田 太郎", "山田 太郎", id="Japanese"),
        pytest.param("שָׁלוֹם", unicodedata.normalize("NFC", "שָׁלוֹם"), id="Hebrew with points"),
        pytest.param("N" * 120, "N" * 120, id="120 signs"),
        pytest.param("=HYPERLINK(1)", "=HYPERLINK(1)", id="a formula is harmless here"),
    ],
)
def test_names_that_are_kept(typed: str, kept: str) -> None:
    assert single_line.clean_line(typed) == single_line.CleanLine(kept)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        pytest.param("", LineFault.EMPTY, id="nothing"),
        pytest.param(" \u2003 ", LineFault.EMPTY, id="spaces"),
        pytest.param("N" * 121, LineFault.TOO_LONG, id="121 signs"),
        pytest.param("Maya\nOkafor", LineFault.HIDDEN_SIGN, id="new line"),
        pytest.param("Maya\r\nBcc: all@example.org", LineFault.HIDDEN_SIGN, id="letter head"),
        pytest.param("Maya\tOkafor", LineFault.HIDDEN_SIGN, id="tab"),
        pytest.param("Maya\x00", LineFault.HIDDEN_SIGN, id="NUL"),
        pytest.param("Maya \u202eofakO", LineFault.HIDDEN_SIGN, id="turned round"),
        pytest.param("Maya\u2066Okafor\u2069", LineFault.HIDDEN_SIGN, id="isolated"),
        pytest.param("Ma\u200bya", LineFault.HIDDEN_SIGN, id="zero width"),
        pytest.param("Ma\u200dya", LineFault.HIDDEN_SIGN, id="joiner in Latin"),
        pytest.param("\u200dMaya", LineFault.HIDDEN_SIGN, id="joiner at the start"),
        pytest.param("\u200d", LineFault.HIDDEN_SIGN, id="joiner alone"),
        pytest.param("\u3164", LineFault.HIDDEN_SIGN, id="Hangul filler"),
        pytest.param("\u115f\u1160", LineFault.HIDDEN_SIGN, id="fillers of a Hangul syllable"),
        pytest.param("\uffa0", LineFault.HIDDEN_SIGN, id="half-width Hangul filler"),
        pytest.param("Ma\u034fya", LineFault.HIDDEN_SIGN, id="grapheme joiner"),
        pytest.param("\u17b4\u17b5", LineFault.HIDDEN_SIGN, id="Khmer vowels that show nothing"),
        pytest.param("Maya\ufe0f", LineFault.HIDDEN_SIGN, id="variation selector"),
        pytest.param("Maya\U000e0100", LineFault.HIDDEN_SIGN, id="a chosen shape in Latin"),
        pytest.param("Maya\u180e", LineFault.HIDDEN_SIGN, id="vowel separator in Latin"),
        pytest.param("Maya \u2800", LineFault.HIDDEN_SIGN, id="Braille without a dot"),
        pytest.param("\ufeffMaya", LineFault.HIDDEN_SIGN, id="byte order mark"),
        pytest.param("Maya\u00adOkafor", LineFault.HIDDEN_SIGN, id="soft hyphen"),
        pytest.param("Maya\u2028Okafor", LineFault.HIDDEN_SIGN, id="line separator"),
        pytest.param("Maya \ue000", LineFault.HIDDEN_SIGN, id="private sign"),
        pytest.param("12 34", LineFault.NO_LETTER, id="no letter"),
        pytest.param("Z" + "\u0301" * 6, LineFault.PILED_MARKS, id="piled accents"),
    ],
)
def test_what_is_no_name(typed: str, fault: LineFault) -> None:
    assert single_line.clean_line(typed).fault is fault


def test_the_hidden_sign_is_named() -> None:
    assert single_line.clean_line("Maya \u202eofakO").sign == "right-to-left override"
    assert single_line.clean_line("Maya\nOkafor").sign == "u+000a"


def test_a_number_needs_no_letter() -> None:
    assert single_line.clean_line("12-34/B", longest=60, needs_letter=False).fault is None
    assert (
        single_line.clean_line("1" * 61, longest=60, needs_letter=False).fault is LineFault.TOO_LONG
    )


def test_a_number_shows_something_too() -> None:
    assert single_line.clean_line("\u2800", needs_letter=False).fault is LineFault.HIDDEN_SIGN


def test_what_is_far_too_long_is_refused_whole() -> None:
    typed = "ه\u200c" * 500_000
    assert single_line.clean_line(typed) == single_line.CleanLine(typed, LineFault.TOO_LONG)


TELLING = (
    "aÖ山ع\u0647\u062f\u0631\u0628क\u093c\u094d\u0915"
    "র\u09cd\u09af\u0d28\u0d4d\u1828\u1820 -\u0301\u0327\u064b\u0651"
)
"""Letters that join or do not, marks of several classes, viramas."""
UNSEEN = "\u200c\u200d\u180b\u180e\ufe0f\U000e0100\u3164\u034f\u2800"
LINES = st.text(max_size=130) | st.text(st.sampled_from(TELLING + UNSEEN), max_size=12)


@given(LINES)
def test_what_is_kept_is_kept_again(typed: str) -> None:
    read = single_line.clean_line(typed)
    if read.fault is None:
        assert single_line.clean_line(read.text) == read
        assert unicodedata.is_normalized("NFC", read.text)
        assert len(read.text) <= single_line.LONGEST


@given(LINES)
def test_what_is_kept_shows_itself(typed: str) -> None:
    for needs_letter in (True, False):
        read = single_line.clean_line(typed, needs_letter=needs_letter)
        if read.fault is None:
            assert characters.has_visible_text(read.text)
    if not characters.has_visible_text(typed):
        assert read.fault is not None


@given(LINES)
def test_a_certificate_states_it_unchanged(typed: str) -> None:
    read = single_line.clean_line(typed)
    if read.fault is None:
        made = facts(name=read.text)
        record = Record(canonical.encode_json(made).decode(), build_manifest(made), "", "")
        assert Record.from_json(record.to_json()).parsed_facts["name"] == read.text
