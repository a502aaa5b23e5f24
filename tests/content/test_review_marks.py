"""`[awaiting review]`: a sign after what no clinician has checked."""

import pytest
from markupsafe import Markup

from cpd.content.placeholders import PlaceholderFiller, fill_citations
from cpd.content.readability import count_sentences, count_words, extract_plain_text
from cpd.content.renderer_process import convert_markdown

MARK = '<span class="awaiting">awaiting review</span>'


def test_a_mark_takes_the_place_of_the_space_before_it() -> None:
    text = "Call now. [awaiting review] Stay.\n\n- *Sit up.* [awaiting review]\n\n"
    rendered = convert_markdown(f"{text}| A | B |\n|---|---|\n| c | d [awaiting review] |")
    assert rendered.problems == ()
    assert f"<p>Call now.{MARK} Stay.</p>" in rendered.html
    assert f"<li><em>Sit up.</em>{MARK}</li>" in rendered.html
    assert f"<td>d{MARK}</td>" in rendered.html


def test_a_mark_is_no_word_and_no_sentence() -> None:
    marked = convert_markdown("Call now. [awaiting review] Stay. [awaiting review]")
    plain = convert_markdown("Call now. Stay.")
    assert extract_plain_text(marked.html) == extract_plain_text(plain.html) == "Call now. Stay."
    assert marked.words == count_words(marked.html) == 3
    assert count_sentences(extract_plain_text(marked.html)) == 2


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("[awaiting review] Call now.", "is not the mark"),
        ("- [awaiting review]", "is not the mark"),
        ("Call now. [Awaiting review]", "is not the mark"),
        ("## Call now [awaiting review] {#call}", "inside a heading"),
        ("[Call now [awaiting review]](tool:card)", "inside a link"),
    ],
)
def test_a_mark_in_a_wrong_place_is_named(written: str, says: str) -> None:
    problems = convert_markdown(written).problems
    assert [says in problem.message for problem in problems] == [True]
    assert "[awaiting review]" in problems[0].remedy or "Put it after" in problems[0].remedy


def test_a_bracket_that_is_meant_as_text_stays() -> None:
    rendered = convert_markdown(r"It says \[awaiting review].")
    assert (rendered.html, rendered.problems) == ("<p>It says [awaiting review].</p>", ())


def test_a_page_shows_its_own_sign_and_others_none() -> None:
    html = convert_markdown("Call now. [awaiting review]").html
    sign = Markup("<button>&#9671;</button>")
    filler = PlaceholderFiller(lambda _number, _key: "", review_mark=sign)
    assert filler.fill_placeholders(html) == f"<p>Call now.{sign}</p>"
    assert fill_citations(html, lambda _number, _key: "")[0] == "<p>Call now.</p>"
