"""Studying in a real browser, and the same without script; journeys look at every page."""

from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from playwright.sync_api import Page, Request, expect

from cpd.authoring.sources.disk import shipped_course_folders
from cpd.content.country_loading import load_countries
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.support.people import MAYA, PASSWORD

COURSE = f"/courses/{SLUG}"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("address").fill(MAYA.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/")


def choose_wordiest_country(page: Page) -> None:
    countries = load_countries().values()
    length = {
        it.code: sum(len(one.listed) for one in it.contacts.values() if one.is_verified)
        for it in countries
    }
    page.goto("/country")
    page.get_by_label("Where do you work?").select_option(max(length, key=lambda it: length[it]))
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/")


def begin(page: Page) -> None:
    page.goto(COURSE)
    page.get_by_role("button", name="Start this course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Noticing heat illness")


def test_the_contents_mark_the_section_and_the_heading_that_is_read(
    app: Flask, phone: Page
) -> None:
    phone.set_viewport_size({"width": 1280, "height": 500})
    phone.goto(f"{COURSE}/sections/noticing")
    contents = phone.get_by_role("navigation", name="In this section")
    here = contents.locator("[aria-current=location]")
    links = contents.locator(".inpage a")
    expect(here).to_have_count(0)
    for number in (1, 0):
        target = links.nth(number).get_attribute("href") or ""
        phone.locator(target).evaluate("it => it.scrollIntoView()")
        expect(here).to_have_text(links.nth(number).inner_text())
    contents.get_by_text("All sections").click()
    expect(contents.locator("[aria-current=page]")).to_have_text("1 Noticing heat illness")


def test_a_source_opens_beside_its_chip(app: Flask, phone: Page) -> None:
    phone.goto(f"{COURSE}/sections/noticing")
    note = phone.get_by_role("note", name="Source 1")
    expect(note).to_be_hidden()
    phone.get_by_role("button", name="Source 1: Record seen").first.click()
    expect(note).to_contain_text("Signs of heat illness seen outside hospital")
    note.get_by_role("button", name="Close").click()
    expect(note).to_be_hidden()


CARD = f"{COURSE}/tools/heat-card"
STORED = (
    "Object.entries(localStorage).concat(Object.entries(sessionStorage), document.cookie || [])"
)


WIDTH = "document.documentElement.scrollWidth"
SIGNS = """[...document.querySelectorAll('.tick > span')].map(
  (words) => getComputedStyle(words, '::before').content)"""


def test_what_is_filled_in_is_copied_as_text_and_never_sent(app: Flask, phone: Page) -> None:
    sent: list[str] = []
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.goto(CARD)
    expect(phone.get_by_text("use your browser’s print command")).to_be_hidden()
    phone.on("request", lambda request: sent.append(request.url))
    phone.get_by_label("My name").fill("Nia")
    phone.get_by_label("What helps me").fill("shade\nwater")
    phone.get_by_label("My name").press("Enter")
    phone.get_by_role("button", name="Copy as text").click()
    expect(phone.get_by_role("status")).to_have_text("Copied.")
    copied = phone.evaluate("navigator.clipboard.readText()")
    assert "My name: Nia\n" in copied
    assert "What helps me: shade\nwater\n" in copied
    assert copied.startswith("My heat card\n")
    assert sent == []
    held = '{"My name":"Nia\\n","What helps me":"shade\\nwater"}'
    assert phone.evaluate(STORED) == [[f"cpd-sheet:{CARD}", held]]


def test_a_sheet_keeps_what_is_filled_in_until_it_is_cleared_or_its_reader_signs_out(
    app: Flask, phone: Page, tmp_path: Path
) -> None:
    """On this device alone: the requests that follow are those of any visit, without a body."""
    choices = "**How warm am I?** ○ Cool ○ Hot\n\n**I feel** ☐ Dizzy ☐ Sick\n\n[____ My name]"
    courses.publish(
        app, courses.altered(tmp_path, {"tools/heat-card.md": ("[____ My name]", choices)})
    )
    sent: list[str | None] = []
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(phone)
    phone.goto(CARD)
    expect(phone.get_by_text("stays on this device until you clear it or sign out")).to_be_visible()
    clear = phone.get_by_role("button", name="Clear this sheet")
    expect(clear).to_be_hidden()  # there is nothing to clear
    phone.on("request", lambda request: sent.append(request.post_data))
    warm = phone.get_by_role("radiogroup", name="How warm am I?")
    warm.get_by_label("Cool").check()
    phone.keyboard.press("ArrowRight")  # the keys move through the choices of one question
    phone.get_by_role("group", name="I feel").get_by_label("Sick").check()
    phone.get_by_label("My name").fill("Nia")

    def is_filled_in(*, name: str = "Nia") -> None:
        expect(phone.get_by_label("My name")).to_have_value(name)
        for label, ticked in (
            ("Cool", False),
            ("Hot", bool(name)),
            ("Dizzy", False),
            ("Sick", bool(name)),
        ):
            expect(phone.get_by_label(label)).to_be_checked(checked=ticked)

    phone.reload()
    is_filled_in()
    phone.goto(COURSE)
    phone.go_back()
    is_filled_in()
    assert set(sent) == {None}
    assert phone.evaluate(SIGNS) == ["none"] * 4  # the screen shows the real boxes
    phone.emulate_media(media="print")
    assert phone.evaluate(SIGNS) == ['"☐ "', '"☑ "', '"☐ "', '"☑ "']
    phone.emulate_media(media="screen")
    phone.get_by_role("button", name="Copy as text").click()
    expect(phone.get_by_role("status")).to_have_text("Copied.")
    copied = phone.evaluate("navigator.clipboard.readText()")
    assert "How warm am I? ☐ Cool ☑ Hot\n" in copied
    assert "I feel ☐ Dizzy ☑ Sick\n" in copied

    clear.click()
    is_filled_in(name="")
    assert phone.evaluate(STORED) == []
    phone.get_by_role("button", name="Bring it back").click()
    is_filled_in()
    phone.goto("/sign-out")
    phone.locator("main form button").click()
    phone.wait_for_url(lambda url: "sign-out" not in url)
    phone.goto(CARD)
    is_filled_in(name="")
    assert phone.evaluate(STORED) == []


def test_a_long_entry_is_never_cut_off_on_paper(app: Flask, phone_without_script: Page) -> None:
    page = phone_without_script
    page.goto(f"{COURSE}/tools/heat-card")
    expect(page.get_by_text("use your browser’s print command")).to_be_visible()
    page.get_by_label("My name").fill("a very long name " * 20)
    page.emulate_media(media="print")
    field = page.get_by_label("My name")
    assert field.evaluate("it => it.scrollHeight <= it.clientHeight")
    field.evaluate("it => { it.style.fieldSizing = 'fixed' }")  # the control: a box that stays
    assert not field.evaluate("it => it.scrollHeight <= it.clientHeight")


def test_every_sheet_fills_one_page_of_paper_and_a_table_to_search_two(
    app: Flask, phone: Page
) -> None:
    """Also with the numbers of the country that has the most to print."""
    sign_in(phone)
    choose_wordiest_country(phone)
    pages = {}
    for folder in (courses.FOLDER, *shipped_course_folders()):
        slug = courses.publish(app, folder)
        courses.enrol(app, MAYA, slug)
        for one in courses.bundle(folder).tools:
            pages[f"/courses/{slug}/tools/{one.slug}"] = 2 if one.file.searchable else 1
    assert {path: pages_on_paper(phone, path) for path in pages} == pages
    assert pages_on_paper(phone, COURSE) > 1  # the control: more is counted as more


def test_the_whole_course_fits_a_phone_and_shows_one_part_at_a_time(
    app: Flask, phone: Page, tmp_path: Path
) -> None:
    wide = "\n\n| Methylprednisolone | Dimethylfumarate | Hydrochlorothiazide |\n|---|---|---|\n"
    row = "| Methylprednisolone | Dimethylfumarate | Hydrochlorothiazide |\n\n## Burnt skin"
    changes = {
        "sections/02-adapting.md": ("\n\n## Burnt skin", wide + row),
        "references/keller-2019.md": ("keller.2019", "k" * 60),
    }
    courses.publish(app, courses.altered(tmp_path, changes))
    sign_in(phone)
    courses.enrol(app, MAYA)
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(f"{COURSE}/whole")
    first, second = phone.locator("#section-noticing"), phone.locator("#section-adapting")
    expect(first).to_be_hidden()
    phone.get_by_role("link", name="Adapting the plan").click()
    expect(second).to_be_in_viewport()
    expect(first).to_be_hidden()
    phone.get_by_role("link", name="Contents").locator("visible=true").click()
    expect(second).to_be_hidden()
    phone.get_by_role("link", name="Show all parts one after another").click()
    for part in (first, second, phone.locator("#refs")):
        expect(part).to_be_visible()
    for place in ("refs", "section-adapting"):
        phone.goto(f"{COURSE}/whole#{place}")
        assert phone.evaluate(WIDTH) == 320
    # the control: a table that stays one, with words that do not break
    phone.evaluate("document.querySelector('.cards').className = ''")
    phone.evaluate("document.body.style.overflowWrap = 'normal'")
    assert phone.evaluate(WIDTH) > 320
    phone.goto(f"{COURSE}/whole")
    phone.emulate_media(media="print")
    expect(first).to_be_visible()  # paper has everything


def test_no_printed_page_is_half_empty(app: Flask, phone: Page) -> None:
    """No part of the whole course begins a page while this one has room."""
    sign_in(phone)
    courses.enrol(app, MAYA)
    phone.goto(f"{COURSE}/whole")
    assert len(heights := printed_heights(phone)) > 2
    assert min(heights[:-1]) > 0.6
    assert heights[-1] > 0.05
    # the control: a new page for each part
    phone.evaluate("document.querySelectorAll('.leaf').forEach((it) => it.classList.add('alone'))")
    phone.evaluate(
        "document.adoptedStyleSheets = [new CSSStyleSheet()];"
        "document.adoptedStyleSheets[0].replaceSync('.alone { break-before: page }')"
    )
    assert min(printed_heights(phone)[:-1]) < 0.6


def printed_heights(page: Page) -> list[float]:
    """Return how far down each printed page is filled, as a share of its height."""
    shares = []
    for paper in pypdfium2.PdfDocument(page.pdf(format="A4")):
        drawn = paper.render(scale=0.5, grayscale=True)
        ink, stride = bytes(drawn.buffer), drawn.stride
        rows = [ink[at : at + drawn.width] for at in range(0, stride * drawn.height, stride)]
        shares.append(max(place for place, row in enumerate(rows) if min(row) < 200) / len(rows))
    return shares


def pages_on_paper(page: Page, path: str) -> int:
    """Count the pages on A4 or on Letter, whichever takes more."""
    page.goto(path)
    return max(page.pdf(format=paper).count(b"/Type /Page\n") for paper in ("A4", "Letter"))


def test_studying_needs_no_script(app: Flask, phone_without_script: Page) -> None:
    page = phone_without_script
    sign_in(page)
    begin(page)
    page.get_by_role("button", name="Done, continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adapting the plan")
    page.goto("/record")
    expect(page.get_by_text("1 of 2 sections read")).to_be_visible()
    page.get_by_role("link", name="Continue with section 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Adapting the plan")


def test_another_device_goes_on_at_the_line_left_off(
    app: Flask, phone: Page, phone_without_script: Page
) -> None:
    sign_in(phone)
    begin(phone)
    line = phone.get_by_text("A client who fainted today sees a doctor today")
    with phone.expect_response("**/place") as noted:
        line.evaluate("it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 40)")
        phone.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
        phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert noted.value.status == 204
    sign_in(phone_without_script)
    for page, below in ((phone, "A client who fainted"), (phone_without_script, "A client who")):
        page.goto(COURSE)
        page.get_by_role("link", name="Continue with section 1").click()
        here = page.get_by_text("You were here")
        expect(here).to_be_in_viewport()
        following = here.evaluate("it => it.parentElement.nextElementSibling.textContent")
        assert following.startswith(below)


def test_a_page_reports_a_minute_while_it_is_in_use_and_none_while_it_is_idle_or_hidden(
    app: Flask, phone: Page
) -> None:
    sign_in(phone)
    phone.clock.install()
    begin(phone)
    reports: list[str | None] = []

    def note(request: Request) -> None:
        if request.url.endswith("/active"):
            reports.append(request.post_data)

    phone.on("request", note)
    with phone.expect_response("**/active") as counted:
        phone.clock.run_for(62_000)
    assert counted.value.status == 204
    phone.clock.run_for(900_000)
    assert reports == [f"idle={seconds}" for seconds in (61, 122, 183, 244)]
    phone.keyboard.press("Shift")
    phone.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    phone.clock.run_for(120_000)
    assert len(reports) == 4
