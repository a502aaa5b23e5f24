"""Reviews of small cases, made by the real actions."""

from itertools import count
from typing import TypeAlias

from flask import Flask
from sqlalchemy import select

from cpd.authoring.asking.actions import ask_for_review
from cpd.authoring.asking.reviewers import Invitee
from cpd.authoring.blind import actions as blind
from cpd.authoring.blind.models import Review
from cpd.authoring.blind.queries import find_review_with_case
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.review import actions
from cpd.authoring.review.preparing import PreparedText
from cpd.authoring.review.rules.keys import hash_case_key
from cpd.cases.front import CaseFront
from cpd.cases.key import CaseKey
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.cases import samples
from tests.factories import accounts, courses, drafts
from tests.support.people import ADA, Person

Sample: TypeAlias = tuple[CaseFront, CaseKey]
_numbers = count(1)


def ask(app: Flask, named: Person, case: str = "", sample: Sample | None = None) -> Review:
    """Let ada ask somebody with an account about a case of one decision; return their review."""
    with app.app_context():
        invitee = Invitee(person=accounts.row_of(named))
    return _ask(app, invitee, case, sample)


def invite(app: Flask, email: str, *, note: str = "") -> str:
    """Let ada invite a guest to such a case, and return the token in the link of the email."""
    request = _ask(app, Invitee(email=email), note=note).request
    with app.app_context(), unit_of_work() as session:
        session.add(request)
        return blind.make_link_token(session, request)


def _ask(
    app: Flask, invitee: Invitee, case: str = "", sample: Sample | None = None, note: str = ""
) -> Review:
    name = case or f"mina-{next(_numbers)}"
    draft = drafts.start(app, ADA, f"cases/{name}.md", "Text.\n")
    front, key = sample or samples.flat(name=name)
    prepared = PreparedText(
        *(draft.id, draft.text, draft.text_hash, hash_case_key(front, key)),
        *(front.to_json(), key.to_json()),
    )
    with app.app_context():
        actor, now = courses.actor_of(ADA), clock.now()
        with unit_of_work() as session:
            report = ask_for_review(session, [prepared], [invitee], note=note, actor=actor, now=now)
            (request,) = report.requests
            public_id = session.scalars(
                select(Review.public_id).where(
                    Review.request_id == request.id, Review.draft_id == draft.id
                )
            ).one()
        found = find_review_with_case(db.session(), public_id)
        assert found is not None
        return found


def answer(app: Flask, named: Person, case: str = "", sample: Sample | None = None) -> Review:
    """Let somebody answer such a case blind, as its key does, and open the key."""
    review = ask(app, named, case, sample)
    with app.app_context():
        now, shown, actor = clock.now(), review.sent_text.text_hash, courses.actor_of(named)
        with unit_of_work() as session:
            blind.save_step_answer(
                session, review.id, "decide", {"choice": "same_day"}, shown=shown, now=now
            )
            return actions.lock_answer(session, review.id, "", shown=shown, actor=actor, now=now)


def comment(app: Flask, named: Person) -> str:
    """Let somebody comment on such a case; return the public id of the comment."""
    review = answer(app, named)
    with app.app_context(), unit_of_work() as session:
        return actions.add_comment(session, review.id, "", "Why?", now=clock.now()).public_id


def sign(app: Flask, named: Person) -> Review:
    """Let somebody sign such a case, with who they are."""
    return _give_opinion(app, named, Verdict.AGREE, "Well put.")


def disagree(app: Flask, named: Person) -> Review:
    """Let somebody answer such a case as its key does, and disagree all the same."""
    return _give_opinion(app, named, Verdict.DISAGREE, "Not with this fever.")


def _give_opinion(app: Flask, named: Person, verdict: Verdict, text: str) -> Review:
    review = answer(app, named)
    with app.app_context():
        now, shown, actor = clock.now(), review.sent_text.text_hash, courses.actor_of(named)
        with unit_of_work() as session:
            blind.introduce_reviewer(
                session,
                review.request.reviewer,
                name=named.full_name,
                credentials="nurse",
                disclosures="none",
            )
            actions.give_opinion(
                session, review.id, verdict, text, shown=shown, actor=actor, now=now
            )
    return review


def let_in(app: Flask, email: str) -> None:
    """Let a guest's browser in by a mailed code."""
    request = _ask(app, Invitee(email=email)).request
    with app.app_context(), unit_of_work() as session:
        session.add(request)
        code = blind.make_code(session, request, now=clock.now())
        assert blind.open_visit_by_code(session, request.id, code, now=clock.now())
