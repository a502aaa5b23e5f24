"""How a demo reviewer signs every text of a course on which credit rests, each case blind."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.models import Person
from cpd.authoring.asking.actions import ask_about_published_texts
from cpd.authoring.asking.reviewers import Invitee
from cpd.authoring.blind import actions as blind
from cpd.authoring.blind.deciding import build_blind_case
from cpd.authoring.blind.models import Review
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.review import actions as reviewing
from cpd.authoring.review.models import SentKey
from cpd.authoring.review.published_texts import load_published_texts
from cpd.cases.key import CaseKey
from cpd.cli.demo.answers import build_right_answer
from cpd.cli.demo.people import build_actor_of_person
from cpd.cli.demo.term import expect
from cpd.courses.models import CourseRow
from cpd.courses.queries import find_course_row, find_newest_course_version
from cpd.db import db, unit_of_work

NOTE = "All of the small course, so that it can count in this demo."


def review_course(slug: str, *, by: Person, asked_by: Actor, now: datetime) -> None:
    """Ask somebody about every text on which credit rests, and let them answer and sign."""
    row = expect(CourseRow, find_course_row(db.session(), slug))
    course = find_newest_course_version(db.session(), slug, None)
    if course is None:
        raise LookupError(slug)
    names = {name for name, _ in course.outline.texts_to_review}
    texts = load_published_texts(db.session(), row, names)
    with unit_of_work() as session:
        (request,) = ask_about_published_texts(
            *(session, row, texts, [Invitee(person=by)]), note=NOTE, actor=asked_by, now=now
        ).requests
        actor, now = build_actor_of_person(by), now + timedelta(hours=2)
        blind.introduce_reviewer(
            session,
            request.reviewer,
            name=by.name,
            credentials="a demo person, no credentials claimed",
            disclosures="None.",
        )
        asked = select(Review).where(Review.request_id == request.id).order_by(Review.id)
        for review in session.scalars(asked).all():
            now += timedelta(minutes=2)
            _answer_and_sign(session, review, actor, now)
        blind.hand_in(session, request.id, actor=actor, now=now)


def _answer_and_sign(session: Session, review: Review, actor: Actor, now: datetime) -> None:
    sent = review.sent_text
    shown = sent.text_hash
    if sent.has_key:
        key = CaseKey.from_json(session.get_one(SentKey, sent.id).key)
        while (step := build_blind_case(review).current_step) is not None:
            answer = build_right_answer(key.step_by_id(step.id))
            blind.save_step_answer(session, review.id, step.id, answer, shown=shown, now=now)
        reviewing.lock_answer(session, review.id, "", shown=shown, actor=actor, now=now)
    reviewing.give_opinion(session, review.id, Verdict.AGREE, "", shown=shown, actor=actor, now=now)
