"""A school, from its first list to its grades; and a student, from the invitation to a certificate.

Around the night in which the clocks go back, so that one hour comes twice.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, expect

from cpd.access.permissions import Role
from cpd.kernel import clock as kernel_clock
from tests.factories import accounts, courses, organisations, schools
from tests.factories.quizzes import Learner
from tests.journeys.site import TIMED, six_cases
from tests.journeys.walking import Walker
from tests.support.browser import DESKTOP, PHONE
from tests.support.counted import Counted
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock, SharedClock
from tests.support.people import ADA, MAYA, PASSWORD, RAVI, ZOE, Person
from tests.support.post import Arrived, PostOffice
from tests.support.prepared import settings_for
from tests.support.server import LiveServer, serving
from tests.support.visitor import Visitor

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
NORA = Person("nora", "Nora Field", "has no account yet, and is granted double time")
SCHOOL = "/schools/hudson-school-of-massage"
CLASS = "Fall evening class"
COURSE = "Massage on a hot day"
SATURDAY = datetime(2027, 11, 6, 22, 0, tzinfo=UTC)
"""18:00 in New York, where the clocks go back during the night."""
ONE_TEN = datetime(2027, 11, 7, 5, 10, tzinfo=UTC)
"""The clock shows 1:10, and an hour later it shows 1:10 again."""
A_WHILE = 20_000
LINK = re.compile(r"^http://localhost(/schools/join/invitation/\S+)$", re.MULTILINE)


@pytest.fixture
def shared_clock(clock: MovedClock, tmp_path: Path) -> SharedClock:
    """The clock of the app here and of the server, on the evening before."""
    shared = SharedClock(clock, tmp_path / "clock")
    shared.set(SATURDAY)
    return shared


@pytest.fixture
def live_server(
    database: Database, _post_office: PostOffice, shared_clock: SharedClock
) -> Iterator[LiveServer]:
    """The server, with emails, on the shared clock."""
    with serving(
        database,
        wsgi="tests.support.moved_site:app",
        CPD_MAIL_SERVER=f"smtp://127.0.0.1:{_post_office.port}",
        CPD_SECRET_KEY=settings_for(database).secret_key,  # the links in emails rest on it
        CLOCK_OF_THE_TEST=str(shared_clock.file),
    ) as server:
        yield server


@pytest.fixture
def desk(live_server: LiveServer, new_context: NewContext) -> Counted:
    """The coordinator's desk."""
    page = new_context(base_url=live_server.url, viewport=DESKTOP).new_page()
    page.set_default_timeout(A_WHILE)
    return Counted(page)


@pytest.fixture
def guest(live_server: LiveServer, new_context: NewContext) -> Counted:
    """The phone of somebody in the room who is not signed in."""
    return Counted(new_context(base_url=live_server.url, viewport=PHONE).new_page())


MOODLE = (
    b'"First name",Surname,"ID number","Email address","Quiz: Massage on a hot day (Real)","Last '
    b'downloaded from this course"\r\n'
    b"Nora,Field,00202,nora@example.org,-,1826150000\r\n"
    b"\r\n"
    b'Ada,Lindqvist,00204,ada@example.org,"-",1826150000\r\n'
    b"Maya,=1+1,00201,maya@example.org,-,1826150000\r\n"
)
STATES = {
    "not-started": "Not started",
    "not-passed": "Not passed yet",
    "passed": "Passed",
}
"""How the page says the states of the exports."""
SECOND_LIST = """\
Student ID\tE-mail\tLast name\tFirst name
00202\tnora@new.example\tField\tNora
00201\tmaya@example.org\tOkafor\t
00205\tlee@example.org\tLee\tKim
"""
LIST = """\
Student ID\tE-mail\tLast name\tFirst name
00201\tmaya@example.org\tOkafor\tMaya
00202\tnora@example.org\tField\tNora
00203\tomar.example.org\tHaddad\tOmar
00202\tnina@example.org\tField\tNina
00204\tada@example.org\tLindqvist\tAda
"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_school_from_its_first_list_to_its_grades(
    app: Flask,
    desk: Counted,
    guest: Counted,
    phone: Page,
    post: PostOffice,
    shared_clock: SharedClock,
    tmp_path: Path,
) -> None:
    courses.publish(app, six_cases(tmp_path, TIMED))
    phone.set_default_timeout(A_WHILE)
    starts_a_school(desk)
    makes_a_class(desk)
    invitations = pastes_a_list(app, desk, post)
    for named in (MAYA, ADA):
        accepts_invitation(app, named, invitations[named.email])
    follows_invitation(phone, invitations[NORA.email])
    desk.page.goto(f"{SCHOOL}/classes")
    assignment = assigns_the_course(desk)
    grants_double_time(desk)
    teaches_a_lesson(desk, guest)
    nora = Walker(phone, Learner(app, NORA, TIMED, assignment))
    is_told_what_the_school_sees(nora)
    nora.begin_course()
    nora.study()

    shared_clock.set(ONE_TEN)
    has_twice_the_time(nora)
    nora.decide_all()
    nora.hand_in()
    holds_a_certificate(nora)
    Learner(app, ADA, TIMED, assignment).fail_critically()
    shared_clock.advance(minutes=25)
    sees_who_is_late(desk)
    reads_the_topics(desk)
    exports_what_the_page_shows(desk, assignment)
    fills_a_file(desk, tmp_path)
    pastes_the_list_again(app, desk, post)


def starts_a_school(desk: Counted) -> None:
    """Sign in, start a school, and set up the codes that it needs."""
    page = desk.page
    page.goto("/sign-in")
    desk.fill("Email address", ZOE.email)
    desk.fill("Password", PASSWORD)
    desk.press("Sign in", inside=page.locator("main"))
    desk.press("Start a school")
    desk.fill("What is it called?", "Hudson School of Massage")
    page.get_by_label("What time zone is it in?").select_option("America/New_York")
    desk.press("Start it")
    desk.fill("Current password", PASSWORD)
    desk.press("Set up an app")
    key = page.locator("main p b").inner_text().replace(" ", "")
    desk.fill("Code", pyotp.TOTP(key).at(kernel_clock.now()))
    desk.press("Turn it on")
    desk.press("I have saved them")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hudson School of Massage")


def makes_a_class(desk: Counted) -> None:
    """Make the first class."""
    desk.press("Create a class")
    desk.page.locator("main").get_by_role("textbox").fill(CLASS)
    desk.press("Create the class")


def pastes_a_list(app: Flask, desk: Counted, post: PostOffice) -> dict[str, str]:
    """Paste rows of a spreadsheet, read what is wrong with two of them, and invite the others."""
    page = desk.page
    desk.press("Add or update people from a list")
    desk.fill("Paste the list here", LIST)
    desk.press("Show what would change")
    refused = page.get_by_role("region", name="Rows that are left out")
    expect(refused.get_by_role("listitem")).to_have_text(
        [
            "Row 4, column B: “omar.example.org” is not an email address. Correct it.",
            re.compile("^Row 5, column A: The number “00202” is also in row 3. Remove one of"),
        ]
    )
    expect(page.get_by_text("3 people are new and will be invited by email.")).to_be_visible()
    assert {email.to[0] for email in post.collect(app)} == {ZOE.email}  # about her codes
    desk.press("Update the class")
    expect(page.get_by_text("3 people are invited and have not joined yet.")).to_be_visible()
    return {email.to[0]: link_in(email) for email in post.collect(app)}


def link_in(email: Arrived) -> str:
    """Return where an invitation leads."""
    (found,) = LINK.findall(email.text)
    return str(found)


def accepts_invitation(app: Flask, named: Person, path: str) -> None:
    """Follow an invitation with an account that exists."""
    visitor = accounts.let_in(Visitor(app, named.name), named)
    visitor.get(path)
    visitor.submit(action=path, status=303)


def follows_invitation(page: Page, path: str) -> None:
    """Follow an invitation on a phone, and open an account without another email."""
    nora = Counted(page)
    page.goto(path)
    nora.press("Open an account to join")
    nora.fill("Name", NORA.full_name)
    nora.fill("New password", PASSWORD)
    nora.fill("New password again", PASSWORD)
    nora.press("Open the account")
    nora.press("Yes, join")


def assigns_the_course(desk: Counted) -> str:
    """Assign the course until an hour that comes twice: the page asks which of the two."""
    page = desk.page
    desk.press(CLASS, inside=page.locator("main"))
    desk.press("Assign a course", inside=page.locator("main"))
    page.get_by_label("Which course?").select_option(TIMED)
    desk.press("Continue to the dates")
    page.get_by_label("When is it due?").fill("2027-11-07T01:30")
    page.get_by_label("When does it close?").fill("2027-11-07T01:30")
    desk.press("Assign the course")
    desk.choose("Which due time do you mean?", "The first 01:30 (05:30 UTC)")
    desk.choose("Which closing time do you mean?", "The second 01:30 (06:30 UTC)")
    desk.press("Assign the course")
    expect(page.get_by_text("7 Nov 2027, 01:30 (New York, EDT)")).to_be_visible()
    expect(page.get_by_text("7 Nov 2027, 01:30 (New York, EST)")).to_be_visible()
    return page.url.rpartition("/")[2]


def grants_double_time(desk: Counted) -> None:
    """Grant Nora twice the time, with a reason."""
    page = desk.page
    desk.press("People")
    desk.press(NORA.full_name, inside=page.locator("main"))
    desk.press("Grant more time or tries")
    desk.fill("How much more time, in percent?", "100")
    desk.fill("Why?", "A letter is on file.")
    desk.press("Grant it")


def teaches_a_lesson(desk: Counted, guest: Counted) -> None:
    """Show a practice case on the projector; a phone without an account decides it."""
    page = desk.page
    page.get_by_role("link", name=CLASS, exact=True).click()
    desk.press("Show practice cases on the projector")
    desk.press("Prepare a lesson")
    page.get_by_label("Which course should the cases come from?").select_option(TIMED)
    desk.press("Continue to the cases")
    page.locator("main").get_by_role("textbox").fill("When to stop")
    page.locator("input[name=cases][value=rosa-stumbles]").check()
    desk.press("Save the lesson")
    desk.press("Begin the lesson")
    code = page.locator(".lesson-code").inner_text()

    guest.page.goto("/schools/live")
    guest.fill("Code on the screen", code)
    guest.press("Join")
    guest.choose("", "Go ahead")
    guest.press("Send my answer")
    ahead = page.locator("[data-decision=proceed] [data-count]")
    expect(ahead).to_have_text("1", timeout=A_WHILE)
    page.get_by_role("button", name="Show the answer").click()
    expect(page.get_by_role("heading", name="The answer and the reasons")).to_be_visible()
    result = guest.page.get_by_role("region", name="The result")
    expect(result).to_contain_text("You decided: Go ahead.", timeout=A_WHILE)
    desk.press("End the lesson")


def is_told_what_the_school_sees(nora: Walker) -> None:
    """Find the assignment at home, and read what the school will see before the first page."""
    page = nora.page
    nora.go("/")
    due = "Due 7 Nov 2027, 05:30 (UTC), which is 7 Nov 2027, 01:30 (New York, EDT) at the school."
    expect(page.get_by_text(due)).to_be_visible()
    expect(page.get_by_text("Start here")).to_have_count(1)  # the small course, which is not hers
    nora.press(page.get_by_role("link", name="Begin"))
    told = page.locator("main").inner_text()
    assert "Hudson School of Massage, to the class Fall evening class." in told
    assert "Which sections you have finished, and when." in told
    assert "Nothing that you do in a course that you started yourself" in told


def has_twice_the_time(nora: Walker) -> None:
    """Say in which zone to count, read how the time is counted, and begin."""
    page = nora.page
    nora.go(f"{nora.course}/exam")
    expect(page.get_by_text("you have until 7 Nov 2027, 06:10 (UTC).")).to_be_visible()
    nora.press(page.get_by_role("button", name="Start the exam"))
    nora.state_details("America/New_York")
    expect(
        page.get_by_text(
            "You have 60 minutes: 30, and 30 more that your school granted you. If you start now, "
            "you have until 7 Nov 2027, 01:10 (New York, EST)."
        )
    ).to_be_visible()
    nora.start_exam()
    expect(page.get_by_text("This try ends at 7 Nov 2027, 01:10 (New York, EST).")).to_be_visible()
    expect(page.get_by_text("Time left: 1:00:00")).to_be_visible()


def sees_who_is_late(desk: Counted) -> None:
    """Find who is late in the queue and in the report of the class."""
    page = desk.page
    page.goto(SCHOOL)
    late = page.get_by_role("region", name="Who is late").get_by_role("listitem")
    expect(late.filter(has_text="Maya Okafor")).to_contain_text("Not started")
    expect(late.filter(has_text="Ada Lindqvist")).to_contain_text("Not passed yet")
    expect(late).to_have_count(2)
    practice = page.get_by_role("region", name="Who needs practice").get_by_role("listitem")
    expect(practice).to_contain_text(["Ada Lindqvist"])
    desk.press(COURSE, inside=page.get_by_role("region", name="What is due"))
    desk.press("Class report")
    row = page.get_by_role("row").filter(has_text="Maya Okafor")
    expect(row).to_contain_text("Late")


def reads_the_topics(desk: Counted) -> None:
    """Read by class which topics need practice, and who it is about."""
    page = desk.page
    desk.press("Safety topics")
    page.locator("table.heat td a").first.click()
    expect(page.get_by_role("link", name="Ada Lindqvist")).to_be_visible()
    assert "critical" not in page.locator("main").inner_text().lower()


def exports_what_the_page_shows(desk: Counted, assignment: str) -> None:
    """Take the gradebook as CSV and as a workbook; both say what the page says."""
    page = desk.page
    page.goto(f"{SCHOOL}/assignments/{assignment}/gradebook")
    shown = dict(read_row(row) for row in page.locator("table.grade tbody tr").all())
    assert shown["Nora Field"] == ("Passed", False, 2)
    assert shown["Maya Okafor"] == ("Not started", True, 0)
    text = download(page, "Export as CSV").decode("utf-8-sig")
    exported = list(csv.DictReader(io.StringIO(text)))
    assert {
        row["name"]: (
            STATES[row["state"]],
            row["is_late"] == "1",
            int(row["section.noticing"]) + int(row["section.adapting"]),
        )
        for row in exported
    } == shown
    book = load_workbook(io.BytesIO(download(page, "Export as XLSX")))
    titles, *cells = book.worksheets[0].iter_rows(values_only=True)
    rows = [dict(zip(titles, row, strict=True)) for row in cells]
    assert [{title: write_cell(cell) for title, cell in row.items()} for row in rows] == exported
    assert [row["score_percent"] for row in rows] == [None, None, 100], "a number is a number"


def write_cell(cell: object) -> str:
    """Return what a CSV file says for a cell of a workbook."""
    return "" if cell is None else str(cell)


def read_row(row: Locator) -> tuple[str, tuple[str, bool, int]]:
    """Return who a row of the gradebook is about: how far, whether late, and what was read."""
    progress, due = (words.strip() for words in row.locator("td.wide").all_text_contents())
    read = row.get_by_label("read", exact=True).count()
    return row.get_by_role("rowheader").inner_text(), (
        progress.partition(", ")[0],
        due.startswith("late"),
        read,
    )


def download(page: Page, button: str) -> bytes:
    """Press a button, and return the file that it gives."""
    with page.expect_download() as given:
        page.get_by_role("button", name=button).click()
    return given.value.path().read_bytes()


def fills_a_file(desk: Counted, folder: Path) -> None:
    """Give in a file of Moodle, and get it back with the points in its one column."""
    page = desk.page
    desk.press("Fill in a grade file", inside=page.locator("main"))
    file = folder / "grades.csv"
    file.write_bytes(MOODLE)
    page.locator("input[type=file]").set_input_files(file)
    desk.press("Show what would change")
    expect(
        page.get_by_text("Row 2: Nora Field (same student number) 100 instead of -")
    ).to_be_visible()
    filled = download(page, "Download the filled file")
    assert filled == MOODLE.replace(b"nora@example.org,-,", b"nora@example.org,100,")


def pastes_the_list_again(app: Flask, desk: Counted, post: PostOffice) -> None:
    """Paste the list of the next week: one is new, one has another name, one is not on it."""
    page = desk.page
    page.goto(f"{SCHOOL}/classes")
    page.get_by_role("link", name=CLASS, exact=True).click()
    desk.press("Add or update people from a list")
    desk.fill("Paste the list here", SECOND_LIST)
    desk.press("Show what would change")
    for words in (
        "One person is new and will be invited by email.",
        "Your list has new details about one person.",
        "One person stays the same.",
        "One person in the class is not on the list and will stay in the class unless",
        "nora@new.example instead of nora@example.org",
    ):
        expect(page.get_by_text(words)).to_be_visible()
    desk.press("Update the class")
    expect(page.get_by_role("heading", name="3 people in the class")).to_be_visible()
    invited = {email.to[0] for email in post.collect(app) if LINK.search(email.text)}
    assert invited == {"lee@example.org"}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_student_without_script(
    app: Flask,
    phone_without_script: Page,
    post: PostOffice,
    shared_clock: SharedClock,
    tmp_path: Path,
) -> None:
    courses.publish(app, six_cases(tmp_path, TIMED))
    phone_without_script.set_default_timeout(A_WHILE)
    cohort = schools.cohort(app, organisations.school(app), CLASS)
    organisations.grant(app, RAVI, Role.SCHOOL_ADMIN, cohort.school)
    due = schools.window_of_days(None, 7, 14)
    assignment = schools.assign(app, cohort, due, slug=TIMED).public_id
    schools.invite(app, cohort, NORA.email)
    follows_invitation(phone_without_script, link_in(post.collect_one(app)))
    schools.accommodate(app, NORA, cohort.school, schools.DOUBLE_TIME)

    nora = Walker(phone_without_script, Learner(app, NORA, TIMED, assignment))
    nora.go("/")
    nora.press(nora.page.get_by_role("link", name="Begin"))
    expect(nora.page.get_by_text("Which sections you have finished, and when.")).to_be_visible()
    nora.begin_course()
    nora.study()
    nora.press(nora.page.get_by_role("button", name="Start the exam"))
    nora.state_details("America/New_York")
    twice = "You have 60 minutes: 30, and 30 more that your school granted you. If you start now, "
    expect(
        nora.page.get_by_text(f"{twice}you have until 6 Nov 2027, 19:00 (New York).")
    ).to_be_visible()
    nora.start_exam()
    nora.decide_all()
    nora.hand_in()
    holds_a_certificate(nora)
    ravi = accounts.let_in(Visitor(app, "ravi"), RAVI)
    gradebook = ravi.get(f"/schools/{cohort.school.slug}/assignments/{assignment}/gradebook").text
    assert "Passed, 100" in gradebook


def holds_a_certificate(nora: Walker) -> None:
    """Open the certificate from the result."""
    nora.h1("Passed, with 100% and every client kept safe.")
    nora.press(nora.page.get_by_role("link", name="Your certificate"))
    expect(nora.page.locator(".cert .who")).to_have_text(NORA.full_name)
