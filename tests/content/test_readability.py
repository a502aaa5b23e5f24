from decimal import Decimal
from fractions import Fraction

import pytest

from cpd.content import readability


def test_headings_and_citations_do_not_count_as_reading() -> None:
    html = (
        '<h2 id="a">Three heading words</h2><p>Two words '
        '<a class="cite" data-ref="k-1" href="#ref-k-1">k-1</a>.</p>'
    )
    assert readability.count_words(html) == 2


@pytest.mark.parametrize(
    ("html", "count"),
    [
        pytest.param("<p>One, two – three.</p>", 3, id="a dash is no word"),
        pytest.param("<p>38.4&nbsp;°C</p>", 2, id="a number and its unit"),
        pytest.param("<ul><li>One</li><li>two</li></ul>", 2, id="blocks are apart"),
        pytest.param("<p>a<br>b</p>", 2, id="lines are apart"),
        pytest.param("<p>same-day <em>ad</em>vice</p>", 2, id="inline tags are not"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_words_are_counted_as_people_count(html: str, count: int) -> None:
    assert readability.count_words(html) == count


def test_minutes_show_their_arithmetic() -> None:
    time = readability.build_reading_time(1240)
    assert time.exact_minutes == Fraction(31, 5)
    assert time.minutes == 6
    assert time.arithmetic == "1,240 words ÷ 200 a minute = 6.2 minutes"


@pytest.mark.parametrize(
    ("words", "minutes"),
    [(0, 0), (1, 1), (99, 1), (299, 1), (300, 2), (500, 3)],
)
def test_minutes_are_rounded_to_the_nearest_and_one_at_least(words: int, minutes: int) -> None:
    assert readability.build_reading_time(words).minutes == minutes


def test_another_speed_can_be_assumed() -> None:
    assert readability.build_reading_time(180, per_minute=180).minutes_to_one_decimal == Decimal(
        "1.0"
    )


SYLLABLES = """
the 1 massage 2 client 2 people 2 fever 2 numbness 2 sclerosis 3 multiple 3 evidence 3 guideline 2
caution 2 emergency 4 because 2 changed 1 wanted 2 areas 3 reaction 3 medication 4 relapse 2
relapses 3 muscles 2 table 2 ankle 2 pressure 2 breathing 2 worse 1 nurse 1 nurses 2 times 1
doses 2 lying 2 saying 2 studying 3 being 2 idea 3 serious 3 anxious 2 physician 3 special 2
trial 2 quiet 2 diet 2 fatigue 2 tissue 2 question 2 usual 3 manual 3 situation 4 continue 3
evaluated 5 reduced 2 used 1 uses 2 causes 2 passed 1 watches 2 hours 1 create 2 poem 2 science 2
patient 2 experience 4 audience 3 swelling 2 catheter 3 temperature 4 therapy 3 clearance 2
sometimes 2 something 2 therefore 2 rules 1 isn't 2 don't 1 able 2 eyes 1 going 2 tried 1
carried 2 studies 2 series 2 diagnosis 4 diagnoses 4 contraindication 6 abdominal 4
"""


def test_syllables_are_estimated_well_enough() -> None:
    words = SYLLABLES.split()
    table = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert {word: readability.estimate_syllables(word) for word in table} == table


def test_sentences_end_at_marks_and_lines() -> None:
    assert readability.count_sentences("One. Two? “Three!” Four\nFive\n...") == 5


def test_the_reading_grade_follows_the_formula() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59 is below 0
    assert readability.estimate_reading_grade("The cat sat on the mat.") == Decimal("0.0")
    # 4 words, 1 sentence, 15 syllables: 0.39 * 4 + 11.8 * 3.75 - 15.59 = 30.22
    assert readability.estimate_reading_grade(
        "Abdominal diagnosis, medication, therapies"
    ) == Decimal("30.2")
    assert readability.estimate_reading_grade("12 – 13") is None


def test_plain_text_has_a_line_for_each_block() -> None:
    html = (
        "<p>One &amp; two</p>\n<ul><li>three</li></ul><table><tr><td>a</td><td>b</td></tr></table>"
    )
    assert readability.extract_plain_text(html) == "One & two\nthree\na\nb"


def test_a_line_of_the_source_is_no_line_of_text() -> None:
    assert readability.extract_plain_text("<p>One\ntwo.</p>\n<p>Three.</p>") == "One two.\nThree."


def test_running_text_is_paragraphs_only() -> None:
    html = (
        '<h2 id="a">Heading</h2>\n<p>One <b>two</b> <strong>three</strong>.</p>\n'
        "<ul>\n<li>four\n<ul><li>five</li></ul></li><li>six</li></ul>\n<ol><li>seven</li></ol>"
        "<table><tr><td>eight</td></tr></table><figure><figcaption>nine</figcaption></figure>"
        '<aside class="side note-caution"><p><b>Title.</b> <br>Ten.</p></aside>'
    )
    assert readability.extract_running_text(html) == "One three.\nTen."


def test_sentences_are_measured() -> None:
    lengths = readability.measure_sentences("One two. Three, four five six seven eight nine ten!")
    assert lengths.words == (2, 8)
    assert lengths.mean == Decimal("5.0")
    assert lengths.short_share == Fraction(1, 2)
    assert readability.measure_sentences("").mean == 0
    assert readability.measure_sentences("").short_share == 0
