"""Courses in other languages: on every page, each text stands under the language it is in."""

from collections.abc import Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.certificates.models import Certificate
from cpd.db import db
from cpd.quizzes.attempts.delivery import find_own_attempt_cases
from cpd.quizzes.grading.models import Result
from cpd.quizzes.results.critical_acts import find_critical_acts
from tests.factories import accounts, courses
from tests.factories.quizzes import Learner, critical, harmless_and_wrong, right
from tests.support.foreign_course import language_faults, write_foreign_course
from tests.support.people import MAYA, ZOE
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SLUG = "foreign-course"
COURSE = f"/courses/{SLUG}"
SECTION = f"{COURSE}/sections/noticing"


@pytest.fixture
def language(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> str:
    """Publish the tiny course in a language, Arabic unless the test says so; return its tag."""
    found = str(getattr(request, "param", "ar"))
    courses.publish(app, write_foreign_course(tmp_path, SLUG, found))
    return found


def look(visitor: Visitor, language: str, paths: Iterable[str]) -> list[str]:
    """Fetch pages, and return the texts on them under the wrong language."""
    return [
        f"{path}: {fault}"
        for path in paths
        for fault in language_faults(visitor.get(path).page, language)
    ]


@pytest.mark.parametrize("language", ["de", "ar"], indirect=True)
def test_pages_mark_what_comes_from_a_course_in_another_language(
    app: Flask, language: str, stranger: Visitor, zoe: Visitor, ada: Visitor
) -> None:
    faults = look(stranger, language, ("/", "/courses", "/try", COURSE, SECTION))
    courses.enrol(app, ZOE, SLUG)
    zoe.get(SECTION)
    zoe.submit({"choice": "proceed"}, action="quinn-dizzy#answer-quinn-dizzy", status=303)
    faults += list(language_faults(zoe.follow().page, language))
    zoe.submit(action="noticing/done", status=303)
    faults += list(language_faults(zoe.follow().page, language))
    pages = (
        *("/", "/courses", "/record", COURSE, SECTION, f"{COURSE}/sections/adapting"),
        *(f"{COURSE}/safety/heat-stroke", f"{COURSE}/safety/fainting"),
        *(f"{COURSE}/tools/room-check", f"{COURSE}/tools/heat-card", f"{COURSE}/glossary"),
        *(f"{COURSE}/references", f"{COURSE}/outline", f"{COURSE}/corrections"),
        *(f"{COURSE}/whole", f"{COURSE}/whole?kept", f"{COURSE}/exam"),
        *(f"{SECTION}?again=fainting", f"/remarks/new?page={SECTION}"),
    )
    faults += look(zoe, language, pages)
    zoe.get(f"/remarks/new?page={SECTION}")
    zoe.submit({"text": "About 12."}, action="/remarks", status=303)
    faults += look(ada, language, ("/", "/evaluations", f"/evaluations/{SLUG}", "/remarks"))
    remark = next(path for path in ada.page.links().values() if path.startswith("/remarks/rmk"))
    faults += look(ada, language, (remark,))
    assert not faults, "\n".join(faults)


def test_so_do_those_of_its_exam_and_a_failed_result(
    app: Flask, language: str, maya: Visitor
) -> None:
    learner = Learner(app, MAYA, SLUG).study()
    faults = look(maya, language, (COURSE, f"{COURSE}/exam"))
    first = learner.start()
    learner.answer(first, 1, right)
    attempt = f"/attempts/{first}"
    cases = tuple(f"{attempt}/cases/{position}" for position in range(1, 7))
    faults += look(maya, language, (*cases, f"{attempt}/decisions", f"{attempt}/submission"))
    learner.answer_all(first, lambda key: critical(key) or harmless_and_wrong(key) or right(key))
    learner.hand_in(first)
    faults += look(maya, language, (f"{attempt}/result", f"{COURSE}/exam", COURSE, "/record", "/"))
    assert not faults, "\n".join(faults)


def test_so_do_the_reasons_for_critical_acts(app: Flask, language: str) -> None:
    """A result gives them once the answers are open."""
    learner = Learner(app, MAYA, SLUG).study()
    first = learner.start_with_every_case()
    learner.answer_all(first, lambda key: critical(key) or right(key))
    learner.hand_in(first)
    with app.app_context():
        session, attempt = db.session(), learner.attempt(first)
        acts = find_critical_acts(
            session,
            attempt.enrolment.course_revision,
            find_own_attempt_cases(session, attempt.subject, first),
            session.scalars(sa.select(Result)).one(),
            is_review_open=True,
        )
    assert acts
    assert all(act.reason_html.startswith(f'<p lang="{language}" dir="rtl">') for act in acts)


def test_so_do_the_review_and_the_certificate(
    app: Flask, language: str, maya: Visitor, stranger: Visitor, ines: Visitor
) -> None:
    attempt = Learner(app, MAYA, SLUG).pass_exam()
    with app.app_context():
        own = db.session.scalars(sa.select(Certificate).order_by(Certificate.id.desc())).first()
        assert own is not None
        certificate, code = f"/certificates/{own.public_id}", own.code
    pages = (f"/attempts/{attempt}/result", f"/attempts/{attempt}/review", "/record", "/", COURSE)
    faults = look(maya, language, (*pages, certificate, f"{certificate}/evaluation"))
    maya.submit({"clear": "4"}, action=None, status=303)
    faults += list(language_faults(maya.follow().page, language))
    faults += look(stranger, language, (f"/verify/{code}",))
    with app.app_context():
        person = f"/people/{accounts.row_of(MAYA).public_id}"
    faults += look(ines, language, (person,))
    assert not faults, "\n".join(faults)
