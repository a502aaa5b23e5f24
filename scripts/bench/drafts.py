"""Publishing one approved draft of a case into the shipped course."""

import time

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from cpd.authoring.asking.actions import ask_for_review
from cpd.authoring.asking.reviewers import Invitee
from cpd.authoring.blind import actions as blind
from cpd.authoring.blind.models import Review
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.drafts import actions as drafting
from cpd.authoring.drafts.models import Draft
from cpd.authoring.drafts.queries import find_course_files
from cpd.authoring.publication.actions import prepare_drafts, publish_drafts
from cpd.authoring.review import actions as reviewing
from cpd.authoring.review.preparing import PreparedText, prepare_text_or_faults
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from scripts.bench.learners import COURSE
from scripts.bench.measuring import Line
from scripts.bench.publishing import REASON
from tests.factories import accounts, courses
from tests.support.people import ADA, RAVI

CASE = "cases/desmond-and-the-bookcase.md"
"""It asks for one decision."""
TIMES = 5


def measure_publishing_of_draft(app: Flask, bare_ms: float) -> Line:
    """Edit, approve and publish a case several times; return the median without the first."""
    with app.app_context():
        first, *taken = [_approve_publish_and_time() for _ in range(TIMES + 1)]
        parts = len(find_course_files(db.session(), _find_course(db.session())))
    seconds, cpu = sorted(taken)[TIMES // 2]
    return Line(
        "publishing one approved draft",
        cpu_ms=cpu * 1000,
        bare_pages=cpu * 1000 / bare_ms,
        seconds=seconds,
        says=f"into a course of {parts} files; {first[0]:.2f} s the first time",
        limits={"seconds": 1},
    )


def _find_course(session: Session) -> CourseRow:
    return session.scalars(sa.select(CourseRow).where(CourseRow.slug == COURSE)).one()


def _approve_publish_and_time() -> tuple[float, float]:
    course = _find_course(db.session())
    drafts = [_start_edited_draft(course)]
    _approve(drafts[0])
    began, cpu = time.perf_counter(), time.process_time()
    prepared = prepare_drafts(db.session(), course, drafts)
    with unit_of_work() as session:
        publish_drafts(
            session,
            prepared,
            reason="One edit.",
            actor=courses.actor_of(ADA),
            now=clock.now(),
        )
    return time.perf_counter() - began, time.process_time() - cpu


def _start_edited_draft(course: CourseRow) -> Draft:
    text = find_course_files(db.session(), course)[CASE]
    edited, actor = REASON.sub(r"\1 Again.", text, count=1), courses.actor_of(ADA)
    with unit_of_work() as session:
        return drafting.start_draft(
            session, course, CASE, edited, base=None, actor=actor, now=clock.now()
        )


def _approve(draft: Draft) -> None:
    """Let a reviewer answer the case blind, once, and sign the text."""
    prepared = prepare_text_or_faults(db.session(), draft)
    if not isinstance(prepared, PreparedText):
        raise TypeError(prepared)
    now, actor = clock.now(), courses.actor_of(RAVI)
    invitee = Invitee(person=accounts.row_of(RAVI))
    with unit_of_work() as session:
        ask_for_review(session, [prepared], [invitee], note="", actor=actor, now=now)
        review = session.scalars(sa.select(Review).where(Review.draft_id == draft.id)).one()
        shown = prepared.text_hash
        if review.opened_at is None:
            (step,) = prepared.key["steps"]
            (right,) = (option["id"] for option in step["options"] if option["correct"])
            blind.save_step_answer(
                session, review.id, step["id"], {"choice": right}, shown=shown, now=now
            )
            reviewing.lock_answer(session, review.id, "", shown=shown, actor=actor, now=now)
            blind.introduce_reviewer(
                session,
                review.request.reviewer,
                name=RAVI.full_name,
                credentials="nurse",
                disclosures="none",
            )
        reviewing.give_opinion(
            session, review.id, Verdict.AGREE, "", shown=shown, actor=actor, now=now
        )
