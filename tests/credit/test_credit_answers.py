"""A course says for whom it counts before anyone begins it, and no new version loses that."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import SYSTEM
from cpd.authoring.publish.outcomes import PublishRefusedError
from cpd.courses.hooks import VersionInView
from cpd.credit import credit_answers as answers
from cpd.credit.approvals import actions
from cpd.credit.approvals.actions import NewApproval
from cpd.credit.approvals.models import Approval
from cpd.credit.approved_courses import find_approved_revisions
from cpd.credit.needs.models import CreditNeed
from cpd.credit.rules.issue_checks import Answer, Refusal, VersionToCheck, find_answer
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current
from tests.factories import courses, credit, passes, pilots
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

PAGE = f"/courses/{SLUG}/credit"
NEW_LICENSE = "/record/licenses/new"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def reasons(app: Flask) -> Mapping[str, tuple[Refusal, ...]]:
    """Return what stands against each authority for maya."""
    with app.test_request_context():
        current.reload_provider()
        found = answers.find_credit_answers(
            db.session(), courses.course_of(MAYA).in_view, now=clock.now()
        )
        current.init_app(app)  # what one test stored is not read in the next
        return {one.authority.slug: one.refusals for one in found}


def test_the_course_and_its_exam_say_for_whom_it_counts(app: Flask, maya: Visitor) -> None:
    stranger_sees = maya.get(f"/courses/{SLUG}").page
    assert PAGE in stranger_sees.links().values()
    assert "Only the board or association decides what it accepts." in stranger_sees.text
    courses.enrol(app, MAYA)
    assert "Where do you need this?" in maya.get(f"/courses/{SLUG}/exam").text
    page = maya.get(PAGE).page
    assert "We have no approval of this course by them on file." in page.text
    assert "They count no hours." in page.text
    with asked(app) as statements:
        maya.get(PAGE)
    count = len(statements)
    credit.approve(app, credit.PROVIDER, credit.COURSE)
    assert "Approval C-1: “Massage on a hot day”" in maya.get(PAGE).text
    with asked(app) as statements:
        maya.get(PAGE)
    assert len(statements) == count


def test_a_reviewed_and_approved_course_has_nothing_against_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses.enrol(app, MAYA)
    credit.approve(app, credit.PROVIDER, credit.COURSE)
    assert reasons(app)["ncbtmb"] == (Refusal.NOT_REVIEWED, Refusal.FIELD_MISSING)
    with app.app_context(), unit_of_work() as session:
        passes.set_provider(session, app, passes.Setting())
    built = answers.build_version_to_check

    def build_reviewed(version: VersionInView, *, today: date) -> VersionToCheck:
        return replace(built(version, today=today), is_reviewed=True)

    monkeypatch.setattr(answers, "build_version_to_check", build_reviewed)
    found = reasons(app)
    assert found["ncbtmb"] == ()
    assert find_answer(found["cmto"]) is Answer.DOES_NOT


def test_a_course_is_for_study_only_until_it_is_reviewed_and_approved(
    app: Flask, maya: Visitor
) -> None:
    courses.enrol(app, MAYA)
    maya.get("/courses")
    with asked(app) as statements:
        told = maya.get("/courses").text
    count = len(statements)
    assert "For study; no CE credit" in told
    credit.approve(app, credit.PROVIDER, replace(credit.COURSE, title="Another title"))
    with app.app_context():
        newest = courses.course_of(MAYA).revision
        assert find_approved_revisions(db.session(), [newest]) == frozenset()
    pilots.report(app, 60, 60, 60)
    florida = replace(PILOTED, authority="florida")
    credit.approve(app, florida)
    with app.app_context():
        newest = courses.course_of(MAYA).revision
        assert find_approved_revisions(db.session(), [newest]) == {newest.id}
    with asked(app) as statements:
        assert "For study; no CE credit" in maya.get("/courses").text, "it is not reviewed"
    assert len(statements) == count


def test_who_passed_before_an_approval_is_told(app: Flask, maya: Visitor) -> None:
    Learner(app, MAYA).pass_exam()
    with app.app_context():
        later = clock.now().date().replace(year=2028)
    credit.approve(app, credit.PROVIDER, replace(credit.COURSE, first_day=later, last_day=None))
    assert Refusal.PASSED_BEFORE in reasons(app)["ncbtmb"]
    assert "An approval is not retroactive." in maya.get(PAGE).text


TITLE = {"course.md": ("title: Massage on a hot day", "title: Heat")}
TEXT = {"sections/02-adapting.md": ("Open a window", "Open every window")}
PILOTED = replace(credit.COURSE, amount=Decimal(1), pilot=pilots.PILOTED)


@pytest.mark.parametrize(
    ("approval", "changes", "said"),
    [
        (credit.COURSE, TITLE, "Keep the title as approved,"),
        (PILOTED, TEXT, "Keep the title and the length as approved,"),
    ],
)
def test_a_version_that_loses_an_approval_is_not_published(
    app: Flask,
    tmp_path: Path,
    approval: NewApproval,
    changes: Mapping[str, tuple[str, str]],
    said: str,
) -> None:
    pilots.report(app, 60, 60, 60)
    (public_id,) = credit.approve(app, approval)
    folder = courses.altered(tmp_path, changes)
    with pytest.raises(PublishRefusedError, match=said) as refused:
        courses.publish(app, folder)
    assert "NCBTMB approved this course as “Massage on a hot day”" in str(refused.value)
    with app.app_context(), unit_of_work() as session:
        row = session.scalars(select(Approval).where(Approval.public_id == public_id)).one()
        actions.withdraw_approval(session, row, "Retitled", actor=SYSTEM, now=clock.now())
    courses.publish(app, folder)


def test_a_version_that_keeps_its_approval_is_published(app: Flask, tmp_path: Path) -> None:
    ended = replace(PILOTED, first_day=date(2024, 1, 1), last_day=date(2025, 12, 31))
    pilots.report(app, 60, 60, 60)
    credit.approve(app, credit.COURSE, ended, replace(PILOTED, authority="florida", title="Old"))
    courses.publish(app, courses.altered(tmp_path, TEXT))


def test_who_says_where_they_need_credit_reads_it_before_the_exam(
    app: Flask, maya: Visitor
) -> None:
    courses.enrol(app, MAYA)
    exam = f"/courses/{SLUG}/exam"
    asks = maya.get(exam).page.links()["Add a license or a membership"]
    assert asks == f"{NEW_LICENSE}?next={exam}"
    given = {"authority": "florida", "number": "ma 12345", "expires_on": "2020-08-31"}
    for wrong, said in (
        ({"number": "MA"}, "at least one digit"),
        ({"issued_on": "2021-01-01"}, "It cannot be issued after it expires."),
        ({"number": ""}, "Enter the number on your license."),
    ):
        maya.get(NEW_LICENSE)
        maya.submit({**given, **wrong}, status=422)
        assert said in maya.page.text
    maya.get(NEW_LICENSE)
    maya.submit(given, status=303)
    told = maya.get(exam).text
    assert "Florida MA 12345: Does not count" in told
    assert "The day lies outside the cycle of your license." in told
    assert told.count("Where do you need this?") == 1
    maya.get(NEW_LICENSE)
    maya.submit(given, status=422)
    assert "You have entered this license before." in maya.page.text
    assert "MA 12345" in maya.get("/profile").text, "it is the license that certificates print"


def test_who_needs_no_credit_says_so_before_the_exam_and_may_change_it(
    app: Flask, maya: Visitor
) -> None:
    courses.enrol(app, MAYA)
    exam, answer = f"/courses/{SLUG}/exam", f"/courses/{SLUG}/credit-need"
    assert "If you need credit for a license or a membership" in maya.get(exam).text
    for button in ("no", "no", "yes", "no"):
        assert answer in maya.get(exam).page.links().values()
        maya.get(answer)
        maya.submit({"wanted": button}, status=303)
        told = maya.follow().text
        assert ("its certificate will claim none" in told) is (button == "no")
    maya.post(answer, {"wanted": "maybe"}, status=400)
    with app.app_context():
        assert db.session.scalars(select(CreditNeed.is_wanted)).all() == [False]


def test_a_license_that_is_added_before_the_exam_leads_back_to_it(
    app: Flask, maya: Visitor
) -> None:
    courses.enrol(app, MAYA)
    exam = f"/courses/{SLUG}/exam"
    for leads, to in ((exam, exam), ("https://x.example/", "/record/cycles")):
        maya.get(f"{NEW_LICENSE}?next={leads}")
        maya.submit({"authority": "ncbtmb", "number": f"NC {len(leads)}"}, status=303)
        assert maya.follow().path == to
