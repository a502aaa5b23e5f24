"""Every macro and layout, as the pages of the gallery show them."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.support.html_validate import HtmlValidator
from tests.support.pages import Page, check, words
from tests.web import gallery
from tests.web.conftest import MakeShell

HOME = {
    "basis_words": "cases",
    "citation, citation_popover": "courses",
    "danger_tag": "cases",
    "decision_sign": "cases",
    "decisions": "cases",
    "ladder": "cases",
    "profile": "cases",
}
"""The room of each macro that is not the shell's."""


@pytest.fixture
def app(make_shell: MakeShell) -> Flask:
    return make_shell()


@pytest.fixture
def show(app: Flask) -> Callable[..., Page]:
    """Renders one macro call inside a page."""

    def render(macro: str, call: str, **facts: Any) -> Page:
        with app.test_request_context():
            start = f'{{% from "{HOME.get(macro, "web")}/macros.html" import {macro} %}}'
            body = render_template_string(start + call, **facts)
        head = '<!doctype html><html lang="en"><head><title>t</title></head><body>'
        return Page(f"{head}{body}</body></html>")

    return render


def said(page: Page) -> str:
    return words(page.all("body")[0])


def drawn(page: Page, name: str) -> list[Element]:
    return page.all(f"{{http://www.w3.org/2000/svg}}{name}")


def classes(element: Element) -> set[str]:
    return set(element.get("class", "").split())


@pytest.mark.parametrize("name", gallery.PAGES)
def test_every_page_of_the_gallery_is_sound(client: FlaskClient, name: str) -> None:
    page = check(client.get(f"/gallery/{name}").text, name)
    assert page.title.endswith(" – cpd")


@pytest.mark.parametrize("name", [*gallery.PAGES, "form?bad"])
def test_the_html_checker_finds_nothing(
    client: FlaskClient, html_validator: HtmlValidator, name: str
) -> None:
    html_validator.check(client.get(f"/gallery/{name}").text)


def test_the_five_answers_are_one_group_in_their_order(show: Callable[..., Page]) -> None:
    page = show("decisions", "{{ decisions('choice', chosen='modify', prompt='And now?') }}")
    radios = page.all("input")
    assert [r.get("value") for r in radios] == [
        "proceed",
        "modify",
        "postpone",
        "same_day",
        "emergency",
    ]
    assert {r.get("name") for r in radios} == {"choice"}
    assert [r.get("value") for r in radios if "checked" in r.attrib] == ["modify"]
    assert words(page.all("legend")[0]) == "And now?"
    assert len(page.all("fieldset")) == 1


def test_options_keep_the_order_given(show: Callable[..., Page]) -> None:
    call = "{{ options('x', [('b', 'B'), ('a', '<i>')], chosen=['a'], many=many, hint='All.') }}"
    many = show("options", call, many=True).all("input")
    assert [(i.get("type"), i.get("value")) for i in many] == [("checkbox", "b"), ("checkbox", "a")]
    one = show("options", call, many=False)
    assert [i.get("type") for i in one.all("input")] == ["radio", "radio"]
    assert "<i>" in one.text  # the words of an author are text, not markup


def test_a_sign_without_words_still_has_a_name(show: Callable[..., Page]) -> None:
    page = show("decision_sign", "{{ decision_sign('same_day', words=false) }}")
    assert drawn(page, "svg")[0].get("aria-label") == "Not today: medical advice today"
    page = show("decision_sign", "{{ decision_sign('same_day', short=true, detail='by phone') }}")
    assert said(page) == "Advice today: by phone"


def test_ladders_grow(show: Callable[..., Page]) -> None:
    page = show("ladder", "{% for d in DECISIONS %}{{ ladder(d) }}{% endfor %}")
    hrefs = [use.get("href", "").rpartition("#")[2] for use in drawn(page, "use")]
    assert hrefs == [f"ladder-{n}" for n in range(1, 6)]


def test_a_count_of_zero_gives_no_alarm(show: Callable[..., Page]) -> None:
    page = show(
        "danger_tag", "{{ danger_tag('critical', count=0) }}{{ danger_tag('critical', count=1) }}"
    )
    none, one = (e for e in page.all("span") if "k" in classes(e))
    assert "zero" in classes(none)
    assert "zero" not in classes(one)


def test_a_citation_names_its_source_and_status(show: Callable[..., Page]) -> None:
    call = "{{ citation(3, 'x', 'retracted') }}{{ citation_popover(3, 'x', 'retracted', 'T') }}"
    page = show("citation, citation_popover", call)
    [opens, closes] = page.all("button")
    assert opens.get("aria-label") == "Source 3: Retracted"
    assert opens.get("popovertarget") == closes.get("popovertarget") == "c-x"
    assert page.all("cite")[0].get("class") == "gone"


@pytest.fixture
def form(client: FlaskClient) -> Page:
    return check(client.get("/gallery/form?bad").text, "form")


def test_what_was_just_said_takes_the_focus(client: FlaskClient) -> None:
    page = check(client.get("/gallery/parts").text, "parts")
    told = next(e for e in page.all("div") if e.get("role") == "status" and "note" in classes(e))
    assert "autofocus" in told.attrib
    assert told.get("tabindex") == "-1"


def test_mistakes_stand_on_top_with_links(form: Page) -> None:
    assert form.title.startswith("4 mistakes: ")
    summary = next(e for e in form.all("div") if "summary" in classes(e))
    assert summary.get("role") == "alert"
    assert "autofocus" in summary.attrib
    ids = {e.get("id") for e in form.all("input", "select", "textarea")}
    targets = [a.get("href", "")[1:] for a in summary.iter("a")]
    assert targets == ["name", "email", "password", "agree"]
    assert set(targets) <= ids


def test_a_field_is_tied_to_its_hint_and_its_mistake(form: Page) -> None:
    fields = {e.get("id"): e for e in form.all("input", "select", "textarea")}
    assert fields["name"].get("aria-describedby") == "name-hint name-error"
    assert fields["name"].get("aria-invalid") == "true"
    assert fields["email"].get("aria-describedby") == "email-error"
    assert "aria-invalid" not in fields["about"].attrib
    assert fields["agree"].get("aria-describedby") == "agree-error"
    assert fields["after"].get("type") == "hidden"


def test_a_form_without_mistakes_has_no_summary(client: FlaskClient) -> None:
    page = check(client.get("/gallery/form").text, "form")
    assert page.title == "Make an account – cpd"
    assert not [e for e in page.all("div") if "summary" in classes(e)]


def test_one_mistake_is_called_one(app: Flask) -> None:
    sent = gallery.BAD | {"name": "Maya", "email": "m@x", "password": "fifteen letters"}
    filled = gallery.SignUpForm(MultiDict(sent))
    filled.validate()
    with app.test_request_context():
        call = '{% from "web/macros.html" import error_summary %}{{ error_summary(form) }}'
        assert "One thing to correct" in render_template_string(call, form=filled)


def test_a_profile_has_a_cell_for_each_case(show: Callable[..., Page]) -> None:
    page = show("profile", "{{ profile({'safe': 9, 'critical': 1}) }}")
    cells = list(page.all("ol")[0])
    assert [classes(c) for c in cells] == [{"d1", "safe"}] * 9 + [{"d5", "critical"}]
    assert "Safe 9" in page.text
    assert "Unsafe 0" in page.text


def test_a_chart_has_its_table_behind(show: Callable[..., Page]) -> None:
    rows = [{"label": "Consent", "value": "1 of 3", "share": Fraction(100, 3)}]
    page = show("bars", "{{ bars(rows, 'C', ('A', 'B'), mark=75) }}", rows=rows)
    assert [words(c) for c in page.all("th", "td")] == ["A", "B", "Consent", "1 of 3"]
    assert drawn(page, "rect")[1].get("width") == "33.33"


def test_facts_leave_out_what_is_empty(show: Callable[..., Page]) -> None:
    page = show("facts", "{{ facts([('A', '1'), ('B', ''), ('C', none)]) }}")
    assert said(page) == "A 1"


def test_a_list_without_rows_is_a_sentence(show: Callable[..., Page]) -> None:
    call = "{% call(row) listing(rows, 'Nobody.') %}<li>{{ row }}</li>{% endcall %}"
    assert said(show("listing", call, rows=[])) == "Nobody."
    assert said(show("listing", call, rows=["Maya", "Ben"])) == "Maya Ben"


def test_a_running_head_links_where_it_can(show: Callable[..., Page]) -> None:
    page = show("runhead", "{{ runhead([('Courses', '/'), 'Section <4>']) }}{{ runhead([]) }}")
    assert page.links() == {"Courses": "/"}
    assert said(page) == "Courses Section <4>"
    assert len(page.all("p")) == 1


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, []),
        (1, 3, ["Page 1", "Page 2", "Page 3", "Next page"]),
        (5, 9, ["Previous page", *(f"Page {n}" for n in (1, 3, 4, 5, 6, 7, 9)), "Next page"]),
        (3, 3, ["Previous page", "Page 1", "Page 2", "Page 3"]),
    ],
)
def test_pages_of_a_list(
    show: Callable[..., Page], page: int, pages: int, shown: list[str]
) -> None:
    call = "{{ pagination(page, pages, url) }}"
    found = show("pagination", call, page=page, pages=pages, url=lambda n: f"?page={n}")
    assert [words(a) for a in found.all("a")] == shown


def test_only_one_save_line_speaks(show: Callable[..., Page]) -> None:
    page = show(
        "save_state", "{{ save_state('saved', '14:12:08', live=true) }}{{ save_state('saving') }}"
    )
    assert [e.get("role") for e in page.all("span") if "save" in classes(e)] == ["status", None]
    assert "Saved 14:12:08" in page.text


def test_segments_say_their_sum(show: Callable[..., Page]) -> None:
    page = show("segments", "{{ segments(['full', 'here', ''], '1 of 3 sections read') }}")
    assert page.all("div")[0].get("aria-label") == "1 of 3 sections read"
    assert [li.get("class") for li in page.all("li")] == ["full", "here", None]


def test_a_basis_names_who_stands_for_it(show: Callable[..., Page]) -> None:
    page = show("basis_words", "{{ basis_words('house-rule', 'awaiting review') }}")
    assert said(page) == "Based on: House rule · awaiting review"


def test_a_story_grows_down_one_line(show: Callable[..., Page]) -> None:
    steps = ("'Then'", "now=true", "later=true")
    call = "".join(f"{{% call story_step({step}) %}}a{{% endcall %}}" for step in steps)
    page = show("story_step", call)
    assert [li.get("class") for li in page.all("li")] == ["done", "now", "later"]
