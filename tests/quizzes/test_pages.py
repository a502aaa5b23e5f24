"""Whose pages they are, how they refuse, and how much they ask of the database."""

import json
import re
from collections.abc import Callable
from functools import partial
from operator import le

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.certificates.models import Certificate
from cpd.courses.models import Enrolment, SectionReading
from cpd.db import db
from cpd.kernel import memory
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt, AttemptItem
from cpd.quizzes.grading.models import Result
from tests.access.asking import written
from tests.factories import accounts
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner, worst
from tests.quizzes.exam_visitor import EXAM, TWO_STEPS, WELL, Exam, begin, count_of
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked, plans
from tests.support.visitor import Answer, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGES = (
    "",
    "/cases/1",
    "/cases/1/move-on",
    "/decisions",
    "/submission",
    "/result",
    "/review",
)
EVENT = {"event_id": "evt-1", "position": 1, "step": "decide", "after": None, "choices": []}
POSTS = {
    "/cases/1": {"step": "decide", "after": "", "event_id": "evt-1", "choice": "proceed"},
    "/cases/1/move-on": {"step": "decide", "after": "evt-0", "event_id": "evt-1"},
    "/submission": {"name": "Zoë Marsh", "is_mine": "y"},
    "/time": {"until": "2026-03-01T10:00:00+00:00", "back": "decisions"},
    "/closing": {},
}


def routes_of_attempts(app: Flask) -> set[tuple[str, str]]:
    """Return method and path of every route below an attempt."""
    return {
        (method, rule.rule.removeprefix("/attempts/<string:public_id>"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/attempts/<string:public_id>")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_of_an_attempt_is_asked_here(app: Flask) -> None:
    place = "/cases/<int:position>"
    assert routes_of_attempts(app) == {
        *(("GET", path.replace("/cases/1", place)) for path in PAGES),
        *(("POST", path.replace("/cases/1", place)) for path in POSTS),
        ("POST", "/events"),
    }


@pytest.mark.parametrize("state", ["open", "graded"])
def test_somebody_elses_attempt_looks_like_none_at_all(
    app: Flask, exam: Exam, zoe: Visitor, state: str
) -> None:
    if state == "graded":
        exam.answer_right()
        exam.hand_in()
    absent = f"/attempts/{new_public_id('att')}"
    for path in PAGES:
        told = [zoe.get(base + path, status=404) for base in (exam.base, absent)]
        assert same(*told), path
    before = exam.kept()
    with written(app) as writes:
        for path, fields in POSTS.items():
            told = [zoe.post(base + path, fields, status=404) for base in (exam.base, absent)]
            assert same(*told), path
        told = [zoe.post(f"{base}/events", json=EVENT, status=404) for base in (exam.base, absent)]
        assert same(*told)
        assert told[0].json["error"]["title"] == "There is no page here."
    assert writes == []
    assert exam.kept() == before


def same(one: Answer, other: Answer) -> bool:
    """Say whether two answers have the same bytes and headers, but for the request's number."""
    passing = {"x-request-id", "date", "set-cookie"}
    heads = [
        {(name, value) for name, value in each.response.headers if name.lower() not in passing}
        for each in (one, other)
    ]
    return one.bare == other.bare and heads[0] == heads[1]


def test_the_pages_of_a_case_that_was_not_drawn_look_the_same(exam: Exam) -> None:
    absent = exam.visitor.get(f"/attempts/{new_public_id('att')}/cases/1", status=404)
    assert same(exam.visitor.get(f"{exam.base}/cases/7", status=404), absent)


def test_a_visitor_signs_in_first(exam: Exam, stranger: Visitor) -> None:
    for path in PAGES:
        assert stranger.get(exam.base + path, status=302).location.startswith("/sign-in")
    accounts.give_form_token(stranger)
    for path, fields in POSTS.items():
        assert stranger.post(exam.base + path, fields, status=302).location.startswith("/sign-in")
    told = stranger.post(f"{exam.base}/events", json=EVENT, status=401)
    assert told.json["error"]["title"] == "Please sign in first."
    assert exam.kept() == []


def test_nothing_is_done_without_the_form_s_token(app: Flask, exam: Exam) -> None:
    with written(app) as writes:
        for path, fields in POSTS.items():
            exam.visitor.post(exam.base + path, fields, csrf=False, status=400)
        refused = exam.visitor.post(f"{exam.base}/events", json=EVENT, csrf=False, status=400)
        exam.visitor.post(f"{exam.course}/exam/attempts", csrf=False, status=400)
        exam.visitor.post(f"{exam.course}/practice/quinn-dizzy", csrf=False, status=400)
    assert refused.json["error"]["title"] == "This form could not be matched to you."
    assert writes == []


def test_a_body_that_is_not_json_is_refused(exam: Exam) -> None:
    exam.open(WELL)
    head = {"X-CSRFToken": exam.visitor.token}
    for content_type, body, status in (
        ("text/plain", '{"position": 1}', 415),
        ("application/x-www-form-urlencoded", "position=1", 415),
        ("application/json", '{"position": 1', 400),
        ("application/json", "", 400),
        ("application/json", json.dumps(EVENT)[:-1] + ', "position": 2}', 400),
    ):
        exam.visitor.send(
            "POST",
            f"{exam.base}/events",
            status=status,
            data=body,
            content_type=content_type,
            headers=head,
        )
    assert exam.kept() == []


def test_what_is_too_large_is_refused(exam: Exam) -> None:
    big = {"step": "decide", "after": "", "event_id": "evt", "choice": "x" * (1024 * 1024)}
    exam.open(WELL)
    exam.visitor.post(exam.path(WELL), big, status=413)
    exam.post_event(EVENT | {"choices": ["x" * (1024 * 1024)]}, status=413)
    assert exam.kept() == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_do_nothing(exam: Exam, method: str) -> None:
    exam.open(WELL)
    head = {"X-CSRFToken": exam.visitor.token}
    for path in (*PAGES, "/events"):
        exam.visitor.send(method, exam.base + path, status=405, headers=head)


def test_a_look_changes_nothing(app: Flask, exam: Exam) -> None:
    exam.choose(TWO_STEPS, "emergency")
    with written(app) as writes:
        for path in PAGES:
            exam.visitor.send("GET", exam.base + path, status=(200, 303))
        exam.visitor.get(f"{exam.course}/exam")
        exam.visitor.get("/record")
    assert writes == []


def test_pages_of_an_attempt_are_kept_by_no_cache(exam: Exam) -> None:
    for path in ("/cases/1", "/decisions", "/submission"):
        assert "no-store" in exam.visitor.get(exam.base + path).header("Cache-Control")


# What they ask of the database: always the same, however much there is


def cost(app: Flask, act: Callable[[], object]) -> int:
    """Count what a request asks, once everything that never changes is remembered."""
    act()
    with asked(app) as statements:
        act()
    return len(statements)


def test_saving_an_answer_asks_four_times_however_many_came_before(exam: Exam) -> None:
    def send() -> None:
        head = exam.events()
        after = head[-1].event_id if head else None
        body = EVENT | {
            "event_id": f"evt-{len(head)}",
            "position": exam.positions[WELL],
            "after": after,
            "choices": ["proceed"],
        }
        with asked(exam.app) as statements:
            exam.post_event(body)
        counts.append(len(statements))

    counts: list[int] = []
    exam.open(WELL)
    for _ in range(12):
        send()
    assert counts == [4] * 12
    memory.clear_all_caches()
    send()
    assert counts[-1] == 5, "a process that remembers nothing reads what was drawn"


@pytest.mark.parametrize(
    ("path", "most"),
    [("", 3), ("/cases/1", 3), ("/cases/1/move-on", 3), ("/decisions", 3), ("/submission", 5)],
)
def test_a_page_of_an_open_attempt_asks_the_same_from_beginning_to_end(
    exam: Exam, path: str, most: int
) -> None:
    def look() -> int:
        return cost(exam.app, lambda: exam.visitor.send("GET", exam.base + path, status=(200, 303)))

    first = look()
    exam.learner.answer_all(exam.public_id)
    assert look() == first <= most


def test_a_result_asks_the_same_for_one_remedy_and_for_many(
    app: Flask, exam: Exam, pocket: str
) -> None:
    exam.choose(TWO_STEPS, "proceed")
    exam.hand_in()
    many = begin(app, pocket, ZOE)
    many.learner.answer_all(many.public_id, worst)
    many.learner.hand_in(many.public_id)
    few = cost(app, exam.result)
    assert cost(app, many.result) == few <= 11


def test_a_review_asks_the_same_for_every_answer(app: Flask, exam: Exam, pocket: str) -> None:
    exam.answer_right(WELL)
    exam.hand_in()
    whole = begin(app, pocket, ZOE)
    whole.learner.answer_all(whole.public_id)
    whole.learner.hand_in(whole.public_id)
    costs = {cost(app, partial(at.visitor.get, f"{at.base}/review")) for at in (exam, whole)}
    assert len(costs) == 1
    assert costs.pop() <= 9


def test_exam_page_and_record_ask_the_same_after_many_tries(
    app: Flask, exam: Exam, clock: MovedClock
) -> None:
    pages = (f"{exam.course}/exam", "/record", exam.course)
    exam.learner.hand_in(exam.public_id)
    few = [cost(app, partial(exam.visitor.get, path)) for path in pages]
    for _ in range(4):
        clock.advance(hours=12)
        exam.learner.hand_in(exam.learner.start())
    accounts.let_in(exam.visitor, MAYA)
    many = [cost(app, partial(exam.visitor.get, path)) for path in pages]
    assert (count_of(app, Attempt), count_of(app, Result)) == (5, 5)
    assert all(later <= first for later, first in zip(many, few, strict=True))
    assert all(map(le, few, (11, 16, 13))), few


def test_a_section_asks_the_same_with_practice_answered(app: Flask, maya: Visitor) -> None:
    path = f"/courses/{SLUG}/sections/noticing"
    before = cost(app, lambda: maya.get(path))
    Learner(app, MAYA).study()
    assert cost(app, lambda: maya.get(path)) <= before + 2
    assert len(EXAM) == 6


GROWING = (Attempt, AttemptItem, AnswerEventRow, Result, Enrolment, SectionReading, Certificate)


def read_whole(steps: list[str]) -> set[str]:
    """Return the growing tables that are read from end to end."""
    tables = "|".join(table.__tablename__ for table in GROWING)
    return {found[1] for step in steps if (found := re.search(rf"\bSCAN ({tables})", step))}


def test_no_page_reads_a_table_that_grows_with_learners_from_end_to_end(
    app: Flask, exam: Exam
) -> None:
    course, after = exam.course, (f"{exam.base}/result", "/record", "/courses")
    with plans(app) as steps:
        for path in ("/cases/1", "/decisions", "/submission"):
            exam.visitor.get(f"{exam.base}{path}")
        exam.event(WELL, "modify")
        exam.hand_in()
        for path in (*after, course, f"{course}/exam", f"{course}/sections/noticing"):
            exam.visitor.get(path)
    assert len(steps) > 100
    assert read_whole(steps) == set()


def test_a_table_that_is_read_from_end_to_end_is_found(app: Flask) -> None:
    joined = """SELECT * FROM attempts
        LEFT JOIN (enrolments JOIN courses ON courses.id = course_id)
        ON enrolments.id = enrolment_id WHERE number = 1"""
    with plans(app) as steps, app.app_context():
        db.session.execute(sa.text("SELECT * FROM results WHERE passed"))
        db.session.execute(sa.text(joined))
    assert read_whole(steps) == {"results", "attempts", "enrolments"}
