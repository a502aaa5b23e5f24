"""Writing to a class, choosing which emails one gets, and stopping them from a link."""

from datetime import timedelta

import pytest
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.db import unit_of_work
from cpd.schools.cohorts import actions as grouping
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.schools.messages.actions import MOST_A_DAY
from cpd.schools.messages.queries import ANNOUNCEMENTS_PER_PAGE
from cpd.schools.messages.rules.timing import MessageTopic
from tests.factories import organisations, schools
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CHOICES = "/schools/emails"
WRITTEN = {"title": "The room has changed", "text": "We meet in room 12.\n\nBring a towel."}


@pytest.fixture
def board(evening: Cohort) -> str:
    """The address at which its instructor writes to the class."""
    return f"/schools/harbour-school/classes/{evening.public_id}/announcements"


def test_an_announcement_goes_once_to_everybody_in_the_class(
    app: Flask, evening: Cohort, board: str, ravi: Visitor, post: PostOffice
) -> None:
    schools.enter(app, ZOE, evening)
    assert board in ravi.get(board.removesuffix("/announcements")).html
    form = {"key": "ann_one", **WRITTEN}
    ravi.get(board)
    for _ in range(2):
        ravi.post(board, form, status=303)
    first, second = post.collect(app)
    assert [first.to, second.to] == [[MAYA.email], [ZOE.email]]
    assert first.subject == "The room has changed"
    assert "Harbour School writes to your class, Autumn evening class:" in first.text
    assert "We meet in room 12.\n\nBring a towel." in first.text
    hill = schools.cohort(app, organisations.school(app, "Hill School"))
    schools.enter(app, ZOE, hill)
    foreign = schools.announce(app, hill).public_id
    assert len(post.collect(app)) == 1
    ravi.post(board, form | {"key": foreign}, status=404)
    shown = ravi.get(board).text
    assert shown.count("The room has changed") == 1
    assert "to 2 people" in shown


@on_sqlite
def test_the_id_of_an_announcement_to_another_class_sends_nothing(
    app: Flask, evening: Cohort, board: str, ravi: Visitor
) -> None:
    hill = schools.cohort(app, organisations.school(app, "Hill Clinic"), "Hill class")
    schools.enter(app, ZOE, hill)
    theirs = schools.announce(app, hill)
    ravi.get(board)
    ravi.post(board, {"key": theirs.public_id, **WRITTEN}, status=404)
    assert WRITTEN["title"] not in ravi.get(board).text


@on_sqlite
def test_what_cannot_be_sent_says_why(
    app: Flask, evening: Cohort, board: str, ravi: Visitor, post: PostOffice, clock: MovedClock
) -> None:
    ravi.get(board)
    assert "Enter a subject." in ravi.submit({"text": "x"}, status=422).text
    schools.stop(app, MAYA, MessageTopic.ANNOUNCEMENTS)
    said = ravi.submit(WRITTEN, status=409).text
    assert "Nobody in this class gets announcements" in said
    schools.enter(app, ZOE, evening)
    for _ in range(MOST_A_DAY):
        schools.announce(app, evening)
    assert "Write again tomorrow." in ravi.submit(WRITTEN, status=409).text
    reach = Reach(evening.school.scope)
    with app.app_context(), unit_of_work() as session:
        grouping.archive_cohort(
            session, reach, evening.public_id, actor=SYSTEM, now=NOW + timedelta(hours=1)
        )
    form = {"key": "ann_late", **WRITTEN}
    assert "This class is archived" in ravi.post(board, form, status=409).text


@on_sqlite
@pytest.mark.usefixtures("no_mail")
def test_without_a_mail_server_there_is_no_form(board: str, ravi: Visitor) -> None:
    assert "This site sends no emails" in ravi.get(board).text
    ravi.post(board, {"key": "ann_one", **WRITTEN}, status=409)


@on_sqlite
def test_announcements_are_paged_and_cost_no_more_queries(
    app: Flask, evening: Cohort, board: str, ravi: Visitor, clock: MovedClock
) -> None:
    schools.announce(app, evening, "The first of all")
    with asked(app) as few:
        ravi.get(board)
    clock.advance(minutes=1)
    for _ in range(ANNOUNCEMENTS_PER_PAGE - 1):
        schools.announce(app, evening)
    clock.advance(days=2)
    schools.announce(app, evening)
    clock.set(NOW)
    with asked(app) as more:
        assert "The first of all" not in ravi.get(board).text
    assert len(few) == len(more)
    assert "The first of all" in ravi.get(f"{board}?page=2").text
    ravi.get(f"{board}?page=3", status=404)


def stop_path(app: Flask, post: PostOffice) -> str:
    """Return the link in the next email to maya."""
    (url,) = str(post.collect_one(app).message["List-Unsubscribe"]).split()
    return url.removeprefix("<http://localhost").removesuffix(">")


def test_a_link_stops_emails_without_signing_in_and_the_profile_brings_them_back(
    app: Flask, evening: Cohort, stranger: Visitor, maya: Visitor, post: PostOffice
) -> None:
    schools.announce(app, evening)
    path = stop_path(app, post)
    asking = stranger.get(path).text
    assert "Announcements to your classes" in asking
    schools.announce(app, evening)
    stopped = stranger.submit({}, status=200).text
    assert "This site will send you no more of them." in stopped
    assert post.collect(app) == [], "not even what was under way"
    assert CHOICES in maya.get("/profile").html
    maya.get(CHOICES)
    maya.post(CHOICES, {"topics": list(MessageTopic)}, status=303)
    schools.announce(app, evening)
    assert len(post.collect(app)) == 1


@on_sqlite
def test_a_mail_program_stops_them_with_one_request(
    app: Flask, evening: Cohort, stranger: Visitor, maya: Visitor, post: PostOffice
) -> None:
    """It has no cookie and no token, and follows no redirect; asking twice is no fault."""
    schools.announce(app, evening)
    path = stop_path(app, post)
    for _ in range(2):
        sent = {"List-Unsubscribe": "One-Click"}
        assert app.test_client().post(path, data=sent).status_code == 200
    assert maya.get(CHOICES).html.count(" checked") == 2
    assert app.test_client().post(f"{path}x").status_code == 404


@on_sqlite
def test_each_kind_is_chosen_by_itself(app: Flask, maya: Visitor) -> None:
    maya.get(CHOICES)
    maya.post(CHOICES, {"topics": ["reminders"]}, status=303)
    assert maya.get(CHOICES).html.count(" checked") == 1
    maya.post(CHOICES, {"topics": []}, status=303)
    assert maya.get(CHOICES).html.count(" checked") == 0
