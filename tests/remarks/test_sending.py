"""“Something wrong here?”: who may tell what of which page, what is kept of it, and how much."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cpd.access.permissions import VISITOR
from cpd.courses.models import Revision
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from cpd.remarks import actions, reported_pages
from cpd.remarks.actions import NewRemark, TooManyRemarks
from cpd.remarks.models import LONGEST_TEXT, Remark
from cpd.remarks.rules import limits
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.visitor import Visitor

COURSE = f"/courses/{SLUG}"
SECTION = f"{COURSE}/sections/noticing"
LINK = "Something wrong here?"


def kept(app: Flask) -> Remark:
    """Return the one remark, with the versions that it names."""
    with app.app_context():
        row = db.session.scalars(select(Remark)).one()
        assert [row.revision, row.course_revision]
        return row


def told(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Remark)) or 0


def tell(visitor: Visitor, path: str, text: str = "It is wrong.", **more: str) -> None:
    visitor.get(path)
    visitor.submit({"text": text, **more}, action="/remarks", status=303)


# Who tells, and of what


def test_anybody_tells_what_is_wrong_with_the_page_they_see(app: Flask, stranger: Visitor) -> None:
    link = stranger.get(SECTION).page.links()[LINK]
    assert link == f"/remarks/new?page={SECTION}"
    page = stranger.get(link).page
    assert SECTION in page.text
    assert "Noticing heat illness" in page.text
    stranger.submit(
        {"text": "Line one.\r\nLine two. ", "email": " Nia@Clinic.example"},
        action="/remarks",
        status=303,
    )
    assert stranger.follow().page.links()["Back to the page"] == SECTION
    row = kept(app)
    assert (row.page, row.text, row.email, row.subject) == (
        SECTION,
        "Line one.\nLine two.",
        "nia@clinic.example",
        None,
    )


@pytest.mark.parametrize(
    ("context", "section"),
    [("self", SECTION), ("asg_one", f"{COURSE}/for/asg_one/sections/noticing")],
)
def test_the_version_that_was_shown_is_kept_with_it(
    app: Flask, maya: Visitor, context: str, section: str
) -> None:
    courses.enrol(app, MAYA, context=context)
    with app.app_context(), unit_of_work() as session:
        old = session.scalars(
            select(Revision).where(Revision.title == "Noticing heat illness")
        ).one()
        course = courses.course_of(MAYA, context=context).revision
        session.add(_next(old))
        session.add(_next(course))
    asked = f"/remarks/new?page={section}"
    maya.get(asked)
    sent = {"text": "It is wrong.", "page": section, "email": "nia@clinic.example"}
    maya.post("/remarks", sent, status=303)
    row = kept(app)
    assert (row.revision_id, row.course_revision_id) == (old.id, course.id)
    with app.app_context():
        assert row.subject == accounts.row_of(MAYA).subject
    assert row.email == ""


def _next(of: Revision) -> Revision:
    """Return the same text as another version, which nobody is enrolled in."""
    return Revision(
        document_id=of.document_id,
        number=of.number + 1,
        content_hash="0" * 64,
        title=of.title,
        front=of.front,
        published_at=kernel_clock.now(),
    )


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (f"{COURSE}/safety/fainting", "Fainting"),
        (f"{COURSE}/tools/heat-card", "My heat card"),
        (f"{COURSE}/exam", "Massage on a hot day"),
        (f"{COURSE}/sections/nowhere", "Massage on a hot day"),
        ("/courses/nowhere", ""),
        ("/try", "Quinn is dizzy"),
        ("/", ""),
    ],
)
def test_what_a_page_shows(app: Flask, path: str, title: str) -> None:
    with app.test_request_context("/remarks"):
        found = reported_pages.find_shown_revisions(
            db.session(), VISITOR, reported_pages.parse_page_path(path)
        )
        assert found.title == title
        part = db.session.get(Revision, found.revision_id or found.course_revision_id or 0)
        assert (part.title if part else "") == title


def test_a_remark_on_an_open_exam_names_the_case_to_its_authors_alone(
    app: Flask, maya: Visitor
) -> None:
    learner = Learner(app, MAYA)
    learner.study()
    path = f"/attempts/{learner.start()}/cases/1"
    page = maya.get(path).page
    (link,) = [a for a in page.all("a") if (a.text or "").startswith(LINK)]
    assert link.get("target") == "_blank"  # an answer that was not saved yet stays where it is
    title = page.h1
    asked = maya.get(link.get("href") or "")
    assert title not in asked.text
    tell(maya, link.get("href") or "")
    assert title not in maya.follow().text
    row = kept(app)
    assert row.revision is not None
    assert row.revision.title == title
    with app.test_request_context("/remarks"):
        others = reported_pages.find_shown_revisions(
            db.session(), VISITOR, reported_pages.parse_page_path(path)
        )
        assert others == reported_pages.ShownRevisions()


def test_other_pages_open_the_form_in_their_place(stranger: Visitor) -> None:
    for path, target in ((SECTION, None), (f"{COURSE}/tools/heat-card", "_blank")):
        links = [a for a in stranger.get(path).page.all("a") if (a.text or "").startswith(LINK)]
        assert [link.get("target") for link in links] == [target]
    assert LINK not in stranger.get("/remarks/new").page.links()


# What is carried along


@pytest.mark.parametrize(
    ("wanted", "carried"),
    [
        pytest.param("/set-password/SECRET", "/set-password/…", id="a link that lets somebody in"),
        pytest.param("/verify/ABCDE/record.json", "/verify/…/record.json", id="a code"),
        pytest.param("/profile?next=%2Fx#name", "/profile", id="path alone"),
        pytest.param("/nowhere/at/all", "/nowhere/at/all", id="a page that is missing"),
        pytest.param("//elsewhere.example/x", "", id="another site"),
        pytest.param("https://elsewhere.example/x", "", id="another site in full"),
        pytest.param("javascript:alert(1)", "", id="a script"),
        pytest.param("/" + "x" * 400, "", id="too long"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_the_address_that_is_carried_along(app: Flask, wanted: str | None, carried: str) -> None:
    with app.test_request_context("/"):
        assert reported_pages.parse_page_path(wanted).path == carried


def test_a_link_that_lets_somebody_in_stays_out_of_every_address(stranger: Visitor) -> None:
    answer = stranger.get("/set-password/SECRETSECRET", status=404)
    (link,) = [a.get("href") for a in answer.page.all("a") if (a.text or "").startswith(LINK)]
    assert "SECRET" not in (link or "")


# What is refused


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": "  "}, "Write what is wrong; a few words are enough."),
        ({"text": "\u3164\n\u2800"}, "Write what is wrong"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "Use at most 2,000 characters"),
        ({"text": "x", "email": "nia at clinic"}, "Write the whole address"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_lost(
    app: Flask, stranger: Visitor, fields: dict[str, str], says: str
) -> None:
    stranger.get(f"/remarks/new?page={SECTION}")
    answer = stranger.submit(fields, action="/remarks", status=422)
    assert says in answer.text
    assert SECTION in answer.text
    assert told(app) == 0


def test_the_longest_text_is_kept_whole(app: Flask, stranger: Visitor) -> None:
    text = ("x" * 99 + "\n") * 20
    tell(stranger, "/remarks/new", text.strip().replace("\n", "\r\n"))
    assert kept(app).text == text.strip()


def test_what_is_told_is_shown_as_text(app: Flask, ada: Visitor, stranger: Visitor) -> None:
    tell(stranger, "/remarks/new", "<script>alert(1)</script>")
    with app.app_context():
        public_id = kept(app).public_id
    for path in ("/remarks", f"/remarks/{public_id}"):
        assert "<script>alert" not in ada.get(path).html


# How much is heard


def heard(app: Flask, source: str) -> Remark | TooManyRemarks:
    with app.app_context(), unit_of_work() as session:
        words = NewRemark("It is wrong.", source=source)
        return actions.save_remark(session, words, actor=VISITOR, now=kernel_clock.now())


def test_one_network_is_heard_so_often_and_others_still(
    app: Flask, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_FROM_A_NETWORK", 2)
    first = kernel_clock.now()
    assert isinstance(heard(app, "here"), Remark)
    clock.advance(minutes=10)
    assert isinstance(heard(app, "here"), Remark)
    refused = heard(app, "here")
    assert refused == TooManyRemarks(first + limits.WINDOW)
    assert isinstance(heard(app, "there"), Remark)
    assert told(app) == 3
    clock.advance(minutes=50)
    assert isinstance(heard(app, "here"), Remark)


def test_all_together_are_heard_so_often(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_IN_ALL", 2)
    answers = [heard(app, source) for source in ("a", "b", "c")]
    assert [isinstance(answer, Remark) for answer in answers] == [True, True, False]


def test_networks_are_forgotten_when_they_no_longer_count(app: Flask, clock: MovedClock) -> None:
    heard(app, "here")
    clock.advance(hours=1, seconds=1)
    heard(app, "there")
    with app.app_context():
        assert set(db.session.scalars(select(Remark.source))) == {"", "there"}


def test_who_is_not_heard_is_told_when(
    app: Flask, stranger: Visitor, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_IN_ALL", 1)
    heard(app, "here")
    clock.advance(minutes=57)
    stranger.get("/remarks/new")
    answer = stranger.submit({"text": "Lost?"}, action="/remarks", status=429)
    assert "within the last hour. Try again in about 3 minutes." in answer.text
    assert answer.header("Retry-After") == str(int(timedelta(minutes=3).total_seconds()))
    assert "Lost?" in answer.html  # what was written is not
    assert told(app) == 1
