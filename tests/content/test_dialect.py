"""What our Markdown becomes, seen through the whole of `convert_markdown`."""

import pytest

from cpd.content.document import CrossLink, Heading, Rendered
from cpd.content.renderer_process import convert_markdown


def problems(markdown: str) -> list[str]:
    return [problem.message for problem in convert_markdown(markdown).problems]


def test_a_citation_is_a_bare_link_that_holds_its_key() -> None:
    found = convert_markdown("Rare [@ernst-2003].")
    assert found.html == (
        '<p>Rare <a class="cite" data-ref="ernst-2003" href="#ref-ernst-2003">ernst-2003</a>.</p>'
    )
    assert found.cites == ("ernst-2003",)
    assert found.words == 1


def test_several_citations_stand_together_and_each_counts_once() -> None:
    found = convert_markdown("A [@b-1; @c-2] and [@b-1].")
    assert found.html.count('class="cite"') == 3
    assert "<span><a" in found.html
    assert found.cites == ("b-1", "c-2")


@pytest.mark.parametrize("text", ["[@Ernst 2003]", "[@]", "[@a, @b]", "[@a;]"])
def test_a_citation_written_wrongly_is_named(text: str) -> None:
    found = convert_markdown(f"Rare {text}.")
    assert [problem.needle for problem in found.problems] == [text]
    assert found.cites == ()


def test_a_citation_inside_a_link_is_named() -> None:
    assert problems("[see [@a-1]](https://example.org/)") == ["There is a citation inside a link."]


@pytest.mark.parametrize(
    ("target", "link", "href"),
    [
        ("section:a-b", CrossLink("section", "a-b"), "../sections/a-b"),
        ("section:a#b", CrossLink("section", "a", "b"), "../sections/a#b"),
        ("hazard:heat", CrossLink("hazard", "heat"), "../hazards/heat"),
        ("tool:card", CrossLink("tool", "card"), "../tools/card"),
    ],
)
def test_a_course_link_keeps_its_target(target: str, link: CrossLink, href: str) -> None:
    found = convert_markdown(f"[there]({target})")
    assert found.links == (link,)
    assert f'<a data-to="{target}" href="{href}">there</a>' in found.html
    assert str(link) == target


@pytest.mark.parametrize(
    "target",
    [
        "section:A",
        "case:mina",
        "/admin",
        "//example.org",
        "javascript:alert(1)",
        "section:",
        "a.html",
    ],
)
def test_a_link_to_anywhere_else_is_named_and_dead(target: str) -> None:
    found = convert_markdown(f"[there]({target})")
    assert "leads to a place that is not allowed" in found.problems[0].message
    assert "<a>there</a>" in found.html


def test_a_link_within_the_text_needs_its_heading() -> None:
    assert problems("## A {#a}\n\n[up](#a)") == []
    assert problems("## A {#a}\n\n[up](#b)") == ["There is no heading '#b' here."]


def test_headings_have_the_anchors_that_are_written() -> None:
    found = convert_markdown("## What *it* is {#what}\n\n### More {#more}\n\n#### Least")
    assert found.headings == (Heading(2, "what", "What it is"), Heading(3, "more", "More"))
    assert '<h2 id="what">What <em>it</em> is</h2>' in found.html
    assert found.problems == ()


@pytest.mark.parametrize(
    ("markdown", "says"),
    [
        pytest.param("## Bare", "has no anchor", id="no anchor"),
        pytest.param("Bare\n----", "has no anchor", id="underlined"),
        pytest.param("# Page {#page}", "is at level 1", id="the page's own"),
        pytest.param("##### Deep {#deep}", "is at level 5", id="too deep"),
        pytest.param("## A {#A b}", "'A b' cannot be an anchor", id="no anchor at all"),
        pytest.param("## A {#1a}", "cannot be an anchor", id="begins with a digit"),
        pytest.param("## A {#main}", "cannot be an anchor", id="the page's own id"),
        pytest.param("## A {#ref-a}", "cannot be an anchor", id="a source's id"),
        pytest.param("## A {#a}\n\n## B {#a}", "is used twice", id="twice"),
    ],
)
def test_headings_that_cannot_be_linked_are_named(markdown: str, says: str) -> None:
    assert any(says in message for message in problems(markdown)), problems(markdown)


def test_a_box_beside_a_paragraph_is_paired_with_it() -> None:
    found = convert_markdown("Claim.\n\n!!! corrected\n    The article said so.\n\nNext.")
    assert found.html.startswith(
        '<div class="pair"><p>Claim.</p>\n<aside class="side note-corrected" role="note">\n'
        "<p><b>Corrected here.</b> The article said so.</p>"
    )
    assert found.html.endswith("<p>Next.</p>")


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        ("!!! evidence", "Evidence."),
        ("!!! caution", "Expert caution."),
        ("!!! house-rule", "House rule."),
        ("!!! corrected", "Corrected here."),
        ('!!! evidence ""', "Evidence."),
        ('!!! evidence "Which is it?"', "Which is it?"),
    ],
)
def test_a_box_has_a_title(opening: str, title: str) -> None:
    assert f"<p><b>{title}</b> Words.</p>" in convert_markdown(f"{opening}\n    Words.").html


def test_a_box_may_begin_with_a_list() -> None:
    html = convert_markdown("!!! evidence\n    - one").html
    assert "<p><b>Evidence.</b>" in html
    assert "<li>one</li>" in html
    assert "pair" not in html


def test_the_monday_box_has_boxes_to_tick_and_an_anchor() -> None:
    found = convert_markdown("!!! monday\n    - Ask **first**\n    - Then\n\n        more\n")
    assert found.headings == (Heading(2, "on-monday", "On Monday"),)
    assert '<aside class="monday">\n<h2 id="on-monday">On Monday</h2>' in found.html
    assert '<li><span class="box"></span><div>Ask <strong>first</strong></div></li>' in found.html
    assert convert_markdown('!!! monday "On Tuesday"\n    - Ask').headings[0].text == "On Tuesday"


def test_an_unknown_box_is_named() -> None:
    assert problems("!!! danger\n    x")[0] == "There is no box 'danger'."


def test_a_box_inside_a_box_is_named() -> None:
    nested = "!!! evidence\n    Words.\n\n    !!! corrected\n        More.\n"
    assert problems(nested) == ["There is a box inside a box."]


def test_a_figure_has_a_place_of_its_own() -> None:
    found = convert_markdown("a\n\n![](figure:positions)\n\n!!! caution\n    b")
    assert found.problems == ()
    assert found.links == (CrossLink("figure", "positions"),)
    assert '<p>a</p>\n<figure data-figure="positions"></figure><aside' in found.html
    assert found.words == convert_markdown("a\n\n!!! caution\n    b").words


PHOTO = f"640x480-{'ab' * 32}"


@pytest.mark.parametrize(
    ("said", "alt"),
    [("A hand.", "A hand."), ("decorative", ""), (r"He says \[sic\] “no”", "He says [sic] “no”")],
)
def test_a_photo_knows_its_size_and_says_what_it_shows(said: str, alt: str) -> None:
    rendered = convert_markdown(f"Before.\n\n![{said}](media:{PHOTO})\n\nAfter.")
    assert rendered.problems == ()
    assert rendered.links == (CrossLink("media", PHOTO),)
    assert rendered.words == 2
    assert (
        f'<img alt="{alt}" class="photo" height="480" loading="lazy" '
        f'src="/media/{PHOTO}.webp" width="640">'
    ) in rendered.html


@pytest.mark.parametrize("written", [f"![](media:{PHOTO})", f'![A hand.](media:{PHOTO} "title")'])
def test_a_photo_without_a_description_is_named(written: str) -> None:
    (problem,) = convert_markdown(written).problems
    assert problem.message == "The picture has no description in plain words."


def test_a_photo_within_a_line_is_named_and_not_shown() -> None:
    rendered = convert_markdown(f"See ![A hand.](media:{PHOTO}) here.")
    assert len(rendered.problems) == 1
    assert "<img" not in rendered.html


@pytest.mark.parametrize(
    "text",
    [
        "![](https://example.org/a.png)",
        "![](figure:Positions)",
        "![](positions.svg)",
        "See ![](figure:positions)",
        "![](figure:a) ![](figure:b)",
        "- ![](figure:positions)",
        "!!! caution\n    ![](figure:positions)",
    ],
)
def test_a_picture_from_or_at_another_place_is_named(text: str) -> None:
    found = convert_markdown(text)
    assert {one.message for one in found.problems} == {
        "A picture is inside other text, or is not one of the course’s figures."
    }
    assert "<img" not in found.html
    assert "<figure" not in found.html


@pytest.mark.parametrize("text", ["![x](figure:positions)", '![](figure:positions "x")'])
def test_a_figure_is_described_in_its_own_file(text: str) -> None:
    assert problems(text) == ["The figure 'positions' has a description where it is placed."]


def test_written_html_is_shown_as_text() -> None:
    assert convert_markdown("Fever <24 h, <b>bold</b>").html == (
        "<p>Fever &lt;24 h, &lt;b&gt;bold&lt;/b&gt;</p>"
    )
    assert convert_markdown("<div>\nx\n</div>").html == "<p>&lt;div&gt;\nx\n&lt;/div&gt;</p>"


def test_tables_name_their_columns() -> None:
    html = convert_markdown("| a | b |\n|:-:|---|\n| 1 | 2 |").html
    assert '<th scope="col">a</th>' in html
    assert "style" not in html


def test_abbreviations_are_explained() -> None:
    assert (
        '<abbr title="multiple sclerosis">MS</abbr>'
        in convert_markdown("*[MS]: multiple sclerosis\n\nMS.").html
    )


def test_lists_may_begin_at_a_number() -> None:
    assert '<ol start="3">' in convert_markdown("3. three\n4. four").html


@pytest.mark.parametrize(
    ("written", "lines", "label"),
    [
        ("[____ MA team & doctor]", 1, "MA team &amp; doctor"),
        ("[____  They said : 4 lines]", 4, "They said "),
        ("[____ Time: from]", 1, "Time: from"),
    ],
)
def test_a_blank_keeps_its_label_and_height(written: str, lines: int, label: str) -> None:
    found = convert_markdown(f"*[MA]: massage\n\nMA {written} b")
    kept = f'<span class="blank" data-lines="{lines}">{label.strip()}</span>'
    assert found.html == f'<p><abbr title="massage">MA</abbr> {kept} b</p>'
    assert (found.blanks, found.problems) == (("[____",), ())


@pytest.mark.parametrize(
    "written",
    ["[____]", "[____x]", "[____ x: 1 lines]", "[____ x: 12 lines]", "[____ *x*]", "[____ `x`]"],
)
def test_a_blank_written_wrongly_is_named(written: str) -> None:
    found = convert_markdown(f"A {written} b")
    assert [problem.message for problem in found.problems] == ["This is not a blank to fill in."]
    assert written.startswith(found.problems[0].needle)
    assert found.blanks == ()


def test_a_blank_stands_in_no_heading_and_no_link() -> None:
    assert problems("## A [____ x] {#a}") == ["There is a blank inside a heading."]
    assert problems("[[____ x]](https://example.org/)") == ["There is a blank inside a link."]


CHOICES = """
**How soon?** ☐ Now ☐ MA & today **It began** ○ slowly ○ at once

☐ Told ☐ Not told

- ☐ Seen
"""


def test_signs_become_boxes_to_tick_and_bold_words_before_them_name_the_group() -> None:
    found = convert_markdown(f"*[MA]: massage\n\n{CHOICES}\n\nMA")
    for piece in (
        '<span class="ticks"><strong>How soon?</strong> <span class="tick">Now</span> <span',
        '<span class="tick">MA &amp; today</span> </span>',
        '<span class="picks"><strong>It began</strong> <span class="pick">slowly</span> ',
        '<p><span class="tick">Told</span> <span class="tick">Not told</span>',
    ):
        assert piece in found.html
    assert found.blanks == (*"☐☐○○☐☐☐",)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("☐", "There is a checkbox without words."),
        ("A ☐ *b*", "There is a checkbox without words."),
        ("**A** ☐ b ○ c", "☐ and ○ are mixed."),
        ("○ a ○ b", "This does not make a choice of one."),
        ("**A** ○ b", "This does not make a choice of one."),
    ],
)
def test_a_choice_written_wrongly_is_named(written: str, message: str) -> None:
    found = convert_markdown(written)
    assert [problem.message for problem in found.problems] == [message]
    assert found.blanks == ()
    assert "<span" not in found.html


def test_the_cells_of_a_wide_table_name_their_columns() -> None:
    rows = "| **A** | B <*b*> | C |\n|---|---|---|\n| a | b | c |"
    html = convert_markdown(rows).html
    assert '<table class="cards">' in html
    assert '<td>a</td>\n<td data-head="B &lt;b&gt;">b</td>\n<td data-head="C">c</td>' in html
    assert "data-head" not in convert_markdown("| A | B |\n|---|---|\n| a | b |").html


def test_nothing_of_one_document_reaches_the_next() -> None:
    convert_markdown(
        "## A {#a}\n\n[@a-1] [____ x] [x](y) [b]: c\n\n[b]: https://example.org/\n\n*[MS]: x"
    )
    assert convert_markdown("[b] MS") == Rendered(html=convert_markdown("[b] MS").html, words=2)
    assert convert_markdown("[b] MS").html == "<p>[b] MS</p>"
