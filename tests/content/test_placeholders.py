import re

import pytest
from markupsafe import Markup

from cpd.content.document import CrossLink
from cpd.content.placeholders import PlaceholderFiller, fill_citations, nest_html_under_part
from cpd.content.renderer_process import convert_markdown
from cpd.content.sanitize import sanitize_html
from tests.content.hostile import PAYLOADS, live

FIELD = re.compile(
    r'<label class="blank"><span>[^<>]*</span>'
    r'<textarea rows="[1-9]" autocomplete="off" spellcheck="false"></textarea></label>'
)


CHOICE = re.compile(
    r'<label class="tick"><input type="(checkbox|radio)"(?: name="field-group-([0-9]+)")?'
    r' autocomplete="off"><span>([^<>]*)</span></label>'
)


def chip(number: int, key: str) -> Markup:
    return Markup('<button popovertarget="c-{}">{}</button>').format(key, number)


def test_citations_are_numbered_in_the_order_of_the_page() -> None:
    html = convert_markdown("A [@b-2] b [@a-1; @b-2] c [@c-3].").html
    filled, used = fill_citations(html, chip)
    assert used == ("b-2", "a-1", "c-3")
    assert 'class="cite"' not in filled
    assert [filled.count(f'popovertarget="c-{key}"') for key in used] == [2, 1, 1]
    assert (
        '<span><button popovertarget="c-a-1">2</button><button popovertarget="c-b-2">1<' in filled
    )


def test_numbers_run_on_over_the_pieces_of_a_page() -> None:
    citations = PlaceholderFiller(chip)
    citations.fill_placeholders(convert_markdown("A [@a-1].").html)
    assert citations.fill_placeholders(convert_markdown("[@b-2] [@a-1]").html) == (
        '<p><button popovertarget="c-b-2">2</button> <button popovertarget="c-a-1">1</button></p>'
    )
    assert citations.assign_number("c-3") == 3
    assert citations.used_keys == ("a-1", "b-2", "c-3")


def test_a_chip_that_is_plain_text_is_escaped() -> None:
    filled, _ = fill_citations(convert_markdown("[@a-1]").html, lambda number, key: f"<{key}>")
    assert filled == "<p>&lt;a-1&gt;</p>"


def test_course_links_get_their_address() -> None:
    html = convert_markdown("[x](section:a#b) [y](tool:c)").html

    def address(link: CrossLink) -> str:
        return f'/courses/ms/{link.type}/{link.slug}?x=1&"={link.anchor}'

    filled, _ = fill_citations(html, chip, address=address)
    assert '<a href="/courses/ms/section/a?x=1&amp;&#34;=b">x</a>' in filled
    assert '<a href="/courses/ms/tool/c?x=1&amp;&#34;=">y</a>' in filled


def test_course_links_stay_relative_where_no_address_is_known() -> None:
    filled, _ = fill_citations(convert_markdown("[x](hazard:heat)").html, chip)
    assert filled == '<p><a href="../hazards/heat">x</a></p>'


def test_figures_are_put_in_and_their_citations_run_on() -> None:
    html = convert_markdown("[@a-1]\n\n![](figure:b)\n\n[@c-3]").html

    def figure(slug: str) -> Markup:
        return Markup("<figure>{}{}</figure>").format(
            slug, page.fill_placeholders(convert_markdown("[@b-2]").html)
        )

    page = PlaceholderFiller(chip, figure=figure)
    assert (
        '<figure>b<p><button popovertarget="c-b-2">2</button></p></figure>'
        in page.fill_placeholders(html)
    )
    assert page.used_keys == ("a-1", "b-2", "c-3")
    assert "figure" not in fill_citations(html, chip)[0]


def test_other_links_are_left_alone() -> None:
    html = convert_markdown("## A {#a}\n\n[x](https://example.org/) [y](#a)").html
    filled, used = fill_citations(html, chip)
    assert str(filled) == str(html)
    assert used == ()


def test_a_blank_becomes_a_field_that_is_never_sent() -> None:
    html = convert_markdown("[____ A & b: 4 lines]").html
    filled, _ = fill_citations(html, chip)
    assert filled == (
        '<p><label class="blank"><span>A &amp; b</span>'
        '<textarea rows="4" autocomplete="off" spellcheck="false"></textarea></label></p>'
    )
    assert "textarea" not in html  # what is stored cannot be typed into
    assert live(filled) == ["<label>", "<textarea>"]  # the control: the judge sees a field
    assert live(FIELD.sub("", filled)) == []


def test_choices_become_fields_that_are_never_sent() -> None:
    page = PlaceholderFiller(chip)
    boxes = page.fill_placeholders(convert_markdown("**A** ☐ b & c **D** ○ e ○ f").html)
    assert CHOICE.findall(boxes) == [
        ("checkbox", "", "b &amp; c"),
        ("radio", "2", "e"),
        ("radio", "2", "f"),
    ]
    assert 'role="group" aria-labelledby="field-group-1"><strong id="field-group-1">A<' in boxes
    assert 'role="radiogroup" aria-labelledby="field-group-2">' in boxes
    assert 'name="field-group-3"' in page.fill_placeholders(convert_markdown("**A** ○ b ○ c").html)
    assert live(CHOICE.sub("", boxes)) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_but_exactly_ours_is_ever_made(payload: str) -> None:
    for html in (convert_markdown(payload).html, sanitize_html(payload)):
        filled, _ = fill_citations(html, lambda number, key: f"{number}{key}")
        assert live(CHOICE.sub("", FIELD.sub("", filled))) == []


LONGER = """
See [below](#two) and [there](section:b#c).

## One {#one}

### Two {#two}

!!! monday
    - Go
"""


def test_a_part_of_a_longer_page_has_lower_headings_and_its_own_anchors() -> None:
    moved = nest_html_under_part(convert_markdown(LONGER).html, "section-a")
    for piece in (
        '<a href="#section-a--two">below</a>',
        '<h3 id="section-a--one">One</h3>',
        '<h4 id="section-a--two">Two</h4>',
        '<aside class="monday" role="note">\n<h3 id="section-a--on-monday">On Monday</h3>',
        'data-to="section:b#c"',
        '<aside class="monday" role="note">',
    ):
        assert piece in moved
    assert "<h2" not in moved
    assert "</h2" not in moved


def test_a_full_stop_stays_with_its_citation() -> None:
    held = '<a class="cite" data-ref="a-1" href="#ref-a-1">a-1</a>. And'
    shown, _ = fill_citations(held, lambda number, _key: f"({number})")
    assert shown == '<span class="kept">(1).</span> And'
    assert fill_citations(held, lambda *_: "")[0] == ". And"
