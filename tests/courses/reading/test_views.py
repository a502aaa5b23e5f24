"""Reading a section, ending it, reading a passage again, going on at the line left off."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from markupsafe import Markup

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.courses.hooks import PracticeCard
from cpd.courses.models import Enrolment, ReadingPlace, SectionReading
from cpd.courses.reading import actions
from cpd.courses.rules.reading import Place
from cpd.db import db, unit_of_work
from cpd.kernel import clock, memory
from cpd.web import fragments
from cpd.web.static import CACHE_FOREVER
from tests.factories import accounts, courses, organisations
from tests.factories.courses import SLUG, altered, course_of
from tests.support.moved_clock import MovedClock
from tests.support.people import ADA, INES, MAYA, OMAR, RAVI, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

COURSE = f"/courses/{SLUG}"
FIRST, SECOND = f"{COURSE}/sections/noticing", f"{COURSE}/sections/adapting"
SHEET = f"{COURSE}/tools/room-check"
WHOLE = f"{COURSE}/whole"
OPEN_SHEET = f"{COURSE}/tools/heat-card"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


# Who may read


def test_anybody_reads_the_first_section(stranger: Visitor) -> None:
    page = stranger.get(FIRST).page
    assert page.h1 == "Noticing heat illness"
    assert page.links()["Go to the start of the course"] == f"{COURSE}#start"


@pytest.mark.parametrize("path", [SECOND, SHEET, WHOLE])
def test_what_is_closed_says_there_what_opens_it(
    path: str, stranger: Visitor, zoe: Visitor
) -> None:
    for visitor in (stranger, zoe):
        page = visitor.get(path, status=403).page
        assert page.h1 == "This page opens when you start the course."
        assert page.links()["Go to the start of the course"] == f"{COURSE}#start"
        assert page.links()["Read the first section"] == FIRST
    back = stranger.get(f"{path}?newest=1", status=403).page.links()
    assert back["sign in to continue on this page"] == f"/sign-in?next={path}?newest%3D1"
    assert "sign in to continue on this page" not in page.links()


@on_sqlite
def test_who_has_no_role_cannot_go_on(app: Flask, visitor: Callable[[], Visitor]) -> None:
    nobody = Person("nobody", "Nobody Yet", "has no role")
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=nobody.email, roles=())
    asker = accounts.let_in(visitor(), nobody)
    for path in (SECOND, SHEET, WHOLE):
        asker.get(path, status=403)


@on_sqlite
@pytest.mark.parametrize("named", [OMAR, ADA, RAVI, INES], ids=lambda person: person.name)
def test_who_works_here_reads_everything_and_leaves_no_trace(
    app: Flask, visitor: Callable[[], Visitor], named: Person
) -> None:
    """Coordinator, author, reviewer, administrator: the texts, and the beginnings of the cases."""
    reader = accounts.let_in(visitor(), named)
    page = reader.get(COURSE).page
    assert page.links()["Read section 1"] == FIRST
    assert "Start this course" not in page.text, "a button that could not work"
    with app.app_context():
        cases = [case.title for case in course_of(named).outline.practice["noticing"]]
    for path in (FIRST, SECOND):
        answer = reader.get(path)
        page = answer.page
        assert "Nothing is recorded, and practice cases are only shown." in page.text
        assert not page.all("form"), "neither answers nor “Done, continue”"
        assert "data-to" not in answer.html, "no place is noted"
    text = reader.get(FIRST).text
    assert all(case in text for case in cases)
    assert "Start the course" not in text
    assert reader.page.links()["2 Adapting the plan"] == SECOND
    for path in (SHEET, WHOLE):
        assert "Decide it, and see why" not in reader.get(path).text
    with app.app_context():
        assert not db.session.scalars(sa.select(Enrolment)).all()


@on_sqlite
def test_who_works_here_and_learns_may_start(app: Flask, visitor: Callable[[], Visitor]) -> None:
    with app.app_context(), unit_of_work() as session:
        row = accounts.row_of(ADA)
        grant = Grant(Role.LEARNER)
        people.grant_role(session, row.id, grant, actor=SYSTEM, now=clock.now())
    ada = accounts.let_in(visitor(), ADA)
    assert "Start the course to decide them." in ada.get(SECOND).text
    ada.get(COURSE)
    ada.submit(action="/enrolment")
    assert "Nothing is recorded" not in ada.get(SECOND).text
    assert "Done, continue" in ada.page.text


def test_who_learns_in_one_school_takes_public_courses(
    app: Flask, visitor: Callable[[], Visitor]
) -> None:
    pupil = Person("pupil", "Pat Pupil", "learns in a school")
    school = organisations.school(app)
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=pupil.email, roles=())
    organisations.grant(app, pupil, Role.LEARNER, school)
    asker = accounts.let_in(visitor(), pupil)
    asker.get(COURSE)
    asker.submit(action="/enrolment")
    asker.get(SECOND)


def test_who_has_begun_reads_everything(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    for path in (FIRST, SECOND, SHEET, WHOLE):
        maya.get(path)


def test_an_open_sheet_is_for_everybody(stranger: Visitor, zoe: Visitor, ines: Visitor) -> None:
    links = stranger.get("/").page.links()
    assert links["My heat card"] == stranger.get(COURSE).page.links()["My heat card"]
    assert "Room check for hot days" not in links
    for visitor in (stranger, zoe, ines):
        page = visitor.get(links["My heat card"]).page
        assert page.h1 == "My heat card"


# What is shown


def test_what_is_filled_in_can_only_stay_on_the_device(stranger: Visitor) -> None:
    answer = stranger.get(OPEN_SHEET)
    assert "What you fill in is not saved: print the sheet before you leave." in answer.text
    fields = answer.page.all("textarea")
    assert [field.get("rows") for field in fields] == ["1", "1", "2"]
    assert not any(field.get("name") or field.get("form") for field in fields)
    inside = [field for form in answer.page.all("form") for field in form.iter("textarea")]
    assert inside == []


def test_citations_are_filled_in_with_what_is_known_now(app: Flask, stranger: Visitor) -> None:
    html = stranger.get(FIRST).html
    assert "data-ref" not in html
    assert 'aria-label="Source 1: Record seen"' in html
    assert 'aria-label="Source 2: Not yet checked"' in html
    with app.app_context(), unit_of_work() as session:
        said = {"status": "retracted", "on": "2026-11-20", "by": "Ada", "note": "Withdrawn."}
        courses.add_entry(session, "reference:keller-2019", "status", **said)
    html = stranger.get(FIRST).html
    assert 'aria-label="Source 1: Retracted"' in html
    assert '<cite class="gone">Signs of heat illness' in html


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_text_that_is_remembered_is_shown_to_readers_of_its_version(
    app: Flask, maya: Visitor, stranger: Visitor, tmp_path: Path
) -> None:
    begun = enrol_and_read(app, maya)
    courses.publish(app, altered(tmp_path, {"sections/01-noticing.md": ("Fainting", "Swooning")}))
    newest = stranger.get(FIRST).html
    assert ("Swooning" in newest, "Swooning" in begun) == (True, False)
    assert "Swooning" not in maya.get(FIRST).html
    mounted = app.test_client().get(FIRST, base_url="http://localhost/below").text
    link = f'href="{COURSE}/safety/heat-stroke"'
    assert link.replace('="', '="/below') in mounted
    assert f'href="{COURSE}' not in mounted
    assert 'href="/provider' not in mounted
    assert "/below" not in stranger.get(FIRST).html


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_of_a_reader_is_remembered(app: Flask, maya: Visitor) -> None:
    signs = ("csrf_token", MAYA.full_name)
    shown = enrol_and_read(app, maya)
    assert all(sign in shown for sign in signs)
    assert not [sign for sign in signs if sign in everything_remembered()]
    fragments._fragments.put(("", "", "", (shown,)), Markup())
    assert all(sign in everything_remembered() for sign in signs)


def enrol_and_read(app: Flask, maya: Visitor) -> str:
    """Let Maya begin the course, and return the first section, which has a case to decide."""
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    return maya.get(FIRST).html


def everything_remembered() -> str:
    """Return what this process would show again, of whatever kind."""
    return repr([list(each._values.items()) for each in memory._all])


def test_each_chip_opens_its_source_and_the_list_ends_the_page(stranger: Visitor) -> None:
    page = stranger.get(FIRST).page
    opened = {button.get("popovertarget") for button in page.all("button")} - {None}
    assert opened == {"source-keller-2019", "source-heat-board"}
    assert opened <= {element.get("id") for element in page.root.iter()}
    listed = [li.get("id") for li in page.all("li") if (li.get("id") or "").startswith("ref-")]
    assert listed == ["ref-keller-2019", "ref-heat-board"]
    assert page.links()["doi:10.5555/keller.2019"] == "https://doi.org/10.5555/keller.2019"


def test_course_links_lead_to_pages_of_the_course(stranger: Visitor) -> None:
    links = stranger.get(FIRST).page.links()
    assert links["heat stroke"] == f"{COURSE}/safety/heat-stroke"


def test_a_figure_is_shown_and_said_in_words(app: Flask, stranger: Visitor, tmp_path: Path) -> None:
    cited = {"figures/cool-down.md": ("into the shade.", "into the shade [@ortiz-2021].")}
    courses.publish(app, altered(tmp_path, cited))
    html = stranger.get(FIRST).html
    picture = re.search(r'<img src="([^"]+)" alt="([^"]+)" width="340" height="60">', html)
    assert picture is not None
    assert picture[2] == "Three steps from left to right, window, water, shade."
    assert "<figcaption>How to cool somebody down</figcaption>" in html
    words = html.partition("Described in words</summary>")[2].partition("</details>")[0]
    assert "Open the window first." in words
    assert 'popovertarget="source-ortiz-2021"' in words
    assert 'id="source-ortiz-2021"' in html

    client = app.test_client()
    answer = client.get(picture[1])
    assert answer.data == (courses.FOLDER / "figures" / "cool-down.svg").read_bytes()
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == CACHE_FOREVER
    assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(picture[1], headers=known).status_code == 304
    of_another_version = client.get(picture[1].replace("v=rev_", "v=rev_0"))
    assert of_another_version.data == answer.data
    assert of_another_version.headers["Cache-Control"] == "private, no-cache"


def test_the_contents_name_headings_cases_and_sources(
    stranger: Visitor, practice: list[PracticeCard]
) -> None:
    practice.append(PracticeCard("quinn", "Quinn is dizzy", Markup("<p>Hello.</p>"), is_done=True))
    links = stranger.get(FIRST).page.links()
    for text, target in {
        "Signs that stop a session": "#stop-signs",
        "Fainting": "#fainting",
        "On Monday": "#on-monday",
        "Practice case 1": "#case-quinn",
        "Sources": "#refs",
    }.items():
        assert links[text] == target


def test_practice_stands_in_the_page_and_its_citations_run_on(
    stranger: Visitor, practice: list[PracticeCard]
) -> None:
    html = Markup(
        "<p>Because of this "
        '<a class="cite" data-ref="ortiz-2021" href="#ref-ortiz-2021">ortiz-2021</a>.</p>'
    )
    practice.append(PracticeCard("quinn", "Quinn is dizzy", html, is_done=False))
    answer = stranger.get(FIRST)
    assert "Practice case 1 of 1" in answer.text
    assert "Quinn is dizzy" in answer.text
    assert 'aria-label="Source 3: Not yet checked"' in answer.html


def test_a_section_without_sources_has_no_list(
    app: Flask, stranger: Visitor, practice: list[PracticeCard], tmp_path: Path
) -> None:
    text = (courses.FOLDER / "sections" / "01-noticing.md").read_text()
    head, _, body = text.partition("\n---\n")
    bare = (
        body.replace(" [@keller-2019]", "")
        .replace(" [@keller-2019; @heat-board]", "")
        .replace(" [@heat-board]", "")
    )
    courses.publish(app, altered(tmp_path, {"sections/01-noticing.md": (body, bare)}))
    assert head
    assert "Sources in this section" not in stranger.get(FIRST).text


# Ending a section


def test_maya_reads_to_the_end_and_goes_on(
    app: Flask, maya: Visitor, practice: list[PracticeCard]
) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    assert maya.submit(action="/done").location == SECOND
    page = maya.follow().page
    assert "is marked as read" not in page.text
    maya.get(FIRST)
    assert "Read on 23 November 2026 (UTC)" in maya.page.text
    assert maya.page.links()["2 Adapting the plan"] == SECOND
    maya.get(SECOND)
    assert maya.page.links()["1 Noticing heat illness"] == FIRST
    assert maya.submit(action="/done").header("Location") == f"{COURSE}#exam"
    assert maya.get(SECOND).page.links()["Go to the exam"] == f"{COURSE}#exam"
    assert maya.get(COURSE).page.links()["Go to the exam"] == "#exam"


def test_practice_may_wait_and_the_page_says_so(
    app: Flask, maya: Visitor, practice: list[PracticeCard]
) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        slugs = [case.slug for case in course_of(MAYA).outline.practice["noticing"]]
    practice += [PracticeCard(slug, slug, Markup(""), is_done=False) for slug in slugs]
    assert "practice cases on this page are not decided yet" in maya.get(FIRST).text
    maya.submit(action="/done")
    said = "“Noticing heat illness” is marked as read. 2 practice cases in it are still open"
    assert said in maya.follow().text
    assert "2 practice cases above are still open" in maya.get(FIRST).text
    assert "2 cases open" in maya.get(COURSE).text


def test_ending_twice_is_ending_once(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    maya.submit(action="/done")
    maya.post(f"{FIRST}/done")
    with app.app_context():
        assert len(db.session.scalars(sa.select(SectionReading)).all()) == 1


@pytest.mark.parametrize("what", ["done", "read-again"])
def test_nobody_ends_a_section_they_do_not_take(app: Flask, zoe: Visitor, what: str) -> None:
    zoe.get(COURSE)
    sent = {"passage": "fainting"} if what == "read-again" else {}
    zoe.post(f"{FIRST}/{what}", sent, status=404)
    with app.app_context():
        assert db.session.scalars(sa.select(SectionReading)).all() == []


@pytest.mark.parametrize("what", ["done", "read-again"])
def test_ending_a_section_that_is_not_there(app: Flask, maya: Visitor, what: str) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    sent = {"passage": "fainting"} if what == "read-again" else {}
    maya.post(f"{COURSE}/sections/nothing/{what}", sent, status=404)


def test_a_form_with_more_than_it_holds(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    maya.post(f"{FIRST}/done", {"read_at": "2020-01-01"}, status=400)


# Reading again


def test_maya_reads_a_passage_again(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    maya.get(f"{FIRST}?again=fainting")
    assert "You are reading one passage again: “Fainting”." in maya.page.text
    assert maya.page.links()["Go to the passage"] == "#fainting"
    assert maya.submit(action="/read-again").header("Location") == f"{COURSE}#exam"
    with app.app_context():
        assert [row.passage for row in db.session.scalars(sa.select(SectionReading))] == [
            "fainting"
        ]


@pytest.mark.parametrize("anchor", ["nothing", "", "<b>"])
def test_a_passage_that_is_not_there_is_not_asked_for(
    app: Flask, maya: Visitor, anchor: str
) -> None:
    courses.enrol(app, MAYA)
    assert "reading one passage again" not in maya.get(f"{FIRST}?again={anchor}").text
    maya.post(f"{FIRST}/read-again", {"passage": anchor}, status=404)


def test_a_visitor_is_not_asked_to_read_again(stranger: Visitor) -> None:
    assert "reading one passage again" not in stranger.get(f"{FIRST}?again=fainting").text


# Going on at the line left off


def note(visitor: Visitor, anchor: str, block: str, status: int = 204, path: str = SECOND) -> None:
    visitor.post(f"{path}/place", {"anchor": anchor, "block": block}, status=status)


def test_maya_goes_on_at_the_line_she_left_off(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    courses.enrol(app, MAYA)
    maya.get(SECOND)
    note(maya, "cool-room", "1")
    clock.advance(minutes=1)
    note(maya, "burnt-skin", "2")
    back = f"{SECOND}?resume=1#burnt-skin"
    for path in (COURSE, "/courses", "/record"):
        links = maya.get(path).page.links()
        assert [text for text, href in links.items() if href == back], path
    html = maya.get(f"{SECOND}?resume=1").html
    heading, _, below = html.partition("Burnt skin</h2>")
    assert 'id="here"' not in heading
    assert below.startswith('<p class="here noprint" id="here" data-block="2">')
    assert "You were here" not in maya.get(SECOND).text
    courses.finish(app, MAYA, "adapting")
    assert back not in maya.get(COURSE).page.links().values()
    with app.app_context():
        assert len(db.session.scalars(sa.select(ReadingPlace)).all()) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_practice_case_can_be_where_she_was(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    maya.get(SECOND)
    note(maya, "case-sami-red-back", "0")
    text = maya.get(f"{SECOND}?resume=1").text
    assert text.index("You were here") > text.index("On Monday")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("anchor", "block"),
    [("fainting", "1"), ("case-quinn-dizzy", "0"), ("cool-room", "1000"), ("cool-room", "-1")],
)
def test_a_place_that_is_not_there_is_not_noted(
    app: Flask, maya: Visitor, anchor: str, block: str
) -> None:
    courses.enrol(app, MAYA)
    maya.get(SECOND)
    note(maya, anchor, block, status=404)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_same_line_again_or_too_soon_writes_nothing(
    app: Flask, maya: Visitor, clock: MovedClock
) -> None:
    courses.enrol(app, MAYA)
    maya.get(SECOND)
    note(maya, "cool-room", "1")
    with asked(app) as statements:
        note(maya, "burnt-skin", "1")
        clock.advance(minutes=1)
        note(maya, "cool-room", "1")
    assert not [one for one in statements if "reading_places" in one and "SELECT" not in one]


def test_of_two_pages_opened_at_once_the_newer_line_holds(app: Flask) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        first, second = courses.enrolment_of(MAYA), courses.enrolment_of(MAYA)
        assert first.place is None
        now = clock.now()
        for place in (Place("adapting", "burnt-skin", 2, now), Place("noticing", "", 0, now)):
            with unit_of_work() as session:
                actions.save_reading_place(session, second, place)
        assert [row.anchor for row in db.session.scalars(sa.select(ReadingPlace))] == ["burnt-skin"]


def test_a_section_asks_little(app: Flask, maya: Visitor, practice: list[PracticeCard]) -> None:
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    costs = []
    for path in (FIRST, SECOND):
        maya.get(path)
        with asked(app) as statements:
            maya.get(path)
        costs.append(len(statements))
    assert costs == [3, 5]  # a case of an earlier section opens the second one


def test_a_section_with_its_practice(app: Flask, maya: Visitor) -> None:
    courses.enrol(app, MAYA)
    maya.get(FIRST)
    with asked(app) as statements:
        maya.get(FIRST)
    assert len(statements) == 5
