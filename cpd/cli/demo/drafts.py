"""What demo authors are writing: an idea, and a new case that a reviewer is asked to answer."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from cpd.authoring.asking.actions import ask_for_review
from cpd.authoring.asking.reviewers import Invitee
from cpd.authoring.drafts.models import Draft
from cpd.authoring.drafts.queries import find_written_course, load_course_with_drafts
from cpd.authoring.ideas.actions import take_down_idea
from cpd.authoring.review.preparing import PreparedText, prepare_text_or_faults
from cpd.authoring.short.actions import start_drafts
from cpd.authoring.short.case_text import ShortCase, build_case_text
from cpd.cases.scales import Decision
from cpd.cli.demo import course
from cpd.cli.demo.people import build_actor_of_person, find_people_by_login
from cpd.db import db, unit_of_work

CARD = "clot"
CASE = ShortCase(
    client="Rosalind, 58, has secondary progressive MS and walks with two canes. She comes every "
    "other week.",
    found="Since yesterday evening her right calf has been thicker and warmer than the left. It "
    "does not hurt. She breathes easily and drove here in a van with hand controls.",
    plan="45 minutes, both legs, light pressure, on her back",
    decision=Decision.SAME_DAY,
    why="One leg that is newly thicker and warm may hold a clot, even without pain. She needs "
    "medical advice today, and no massage anywhere until it has been checked.",
    tempting=Decision.MODIFY,
    why_it_tempts="Leaving out the one leg feels safe. But the whole session waits until somebody "
    "has looked at it.",
    author="Ada Lindqvist",
)
IDEA = (
    "A client told the front desk that she had been dizzy in the shower, and told me only that she "
    "was tired. What do I ask, and when do I believe the desk?"
)
NOTE = "The calf is meant to be painless. Would you still send her today?"


def add_drafts(*, now: datetime) -> None:
    """Let Ada keep an idea, draft a case and ask Ravi to answer it, unless there are drafts."""
    if db.session.scalar(select(func.count()).select_from(Draft)):
        return
    people = find_people_by_login()
    ada, ravi = build_actor_of_person(people["ada"]), people["ravi"]
    row = find_written_course(db.session(), ada, course.SLUG)
    loaded = load_course_with_drafts(db.session(), row, []) if row else None
    if row is None or loaded is None or loaded.bundle is None:
        raise LookupError(course.SLUG)
    card = next(part.file for part in loaded.bundle.hazards if part.slug == CARD)
    text = build_case_text(CASE, card, loaded.bundle)
    case_id = text.partition("id: ")[2].partition("\n")[0]
    made_at = now - timedelta(days=2)
    with unit_of_work() as session:
        take_down_idea(session, IDEA, actor=ada, now=made_at)
        files = {f"cases/{case_id}.md": text}
        draft_id = start_drafts(session, row, files, actor=ada, now=made_at)[0].id
    prepared = prepare_text_or_faults(db.session(), db.session.get_one(Draft, draft_id))
    if not isinstance(prepared, PreparedText):
        raise TypeError(prepared)
    with unit_of_work() as session:
        ask_for_review(
            session,
            [prepared],
            [Invitee(person=ravi)],
            note=NOTE,
            actor=ada,
            now=made_at + timedelta(hours=1),
        )
