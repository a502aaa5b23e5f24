"""The language of a course: which way it is written, and where it is marked."""

import copy

import pytest
from markupsafe import Markup, escape

from cpd.content.languages import (
    CourseText,
    direction_of_language,
    format_plain,
    is_romanized,
    language_of_text,
    mark_html,
    mark_text,
    mark_texts_within,
)

ARABIC = '<span lang="ar" dir="rtl">&lt;رأس&gt;</span>'


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        *(("en-GB", "ltr"), ("de", "ltr"), ("ar", "rtl"), ("AR-EG", "rtl"), ("he", "rtl")),
        *(("fa", "rtl"), ("ur-PK", "rtl"), ("uz-Arab", "rtl"), ("ar-Latn", "ltr"), ("xx", "ltr")),
    ],
)
def test_a_language_has_a_direction(language: str, direction: str) -> None:
    assert direction_of_language(language) == direction


@pytest.mark.parametrize("language", ["en", "EN-us", ""])
def test_a_text_in_the_language_of_the_pages_stays_as_it_is(language: str) -> None:
    assert type(mark_text("Head", language)) is str
    assert mark_html("<p>Head</p>", language) == "<p>Head</p>"


def test_a_text_in_another_language_is_marked_where_markup_can_be() -> None:
    text = mark_text("<رأس>", "ar")
    assert escape(text) == ARABIC
    assert Markup("<b>{}</b>").format(text) == f"<b>{ARABIC}</b>"
    assert format_plain(text) == format_plain(escape(text)) == "<رأس>"
    assert text == "<رأس>"


@pytest.mark.parametrize(
    ("text", "language", "romanized"),
    [("Ra’s", "ar", True), ("رأس", "ar", False), ("Kopf", "de", False), ("Kopf ä", "ru", True)],
)
def test_a_wording_in_latin_letters_is_known(text: str, language: str, *, romanized: bool) -> None:
    assert is_romanized(text, language) is romanized


def test_a_copy_and_its_pieces_know_the_language() -> None:
    text = CourseText(" Kopf: Hals ", "de")
    pieces = (copy.deepcopy(text), text.strip(), *text.split(": "))
    assert [language_of_text(piece) for piece in pieces] == ["de"] * 4


def test_of_html_each_outermost_element_is_marked_once() -> None:
    html = (
        '<h2 id="kopf">Kopf<br></h2><p>Ein <b>Wort</b></p><figure data-figure="x"></figure>'
        '<aside class="side" role="note"><p><b>Evidence.</b> Eins</p></aside>'
    )
    marked = mark_html(html, "de")
    assert marked == (
        '<h2 id="kopf" lang="de" dir="ltr">Kopf<br></h2>'
        '<p lang="de" dir="ltr">Ein <b>Wort</b></p><figure data-figure="x"></figure>'
        '<aside class="side" role="note" lang="de" dir="ltr">'
        '<p><b lang="en" dir="ltr">Evidence.</b> Eins</p></aside>'
    )
    assert mark_html(marked, "de") == marked


def test_within_a_sentence_of_ours_only_the_texts_of_the_course_are_marked() -> None:
    title = CourseText("رأس", "ar")
    assert mark_texts_within("“رأس” is read & done.", [title]) == (
        '“<span lang="ar" dir="rtl">رأس</span>” is read &amp; done.'
    )
    assert type(mark_texts_within("“Head” is read.", ["Head"])) is str
