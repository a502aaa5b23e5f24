"""Changes to lessons: preparing and removing one, teaching it, and answering in it."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.cases.scales import Decision
from cpd.db import insert_if_absent
from cpd.schools.cohorts.queries import Reach, find_locked_cohort
from cpd.schools.lessons import queries
from cpd.schools.lessons.models import LONGEST_TITLE, Lesson, LessonAnswer, LessonRun
from cpd.schools.lessons.rules.codes import LENGTH, build_code
from cpd.schools.lessons.rules.orders import choose_cases, move_case
from cpd.schools.lessons.rules.tallies import Phase

MOST_DEVICES = 1_000
"""How many phones may answer a case, so that nobody fills the table who has a code."""


class LessonRefusal(StrEnum):
    """Why a lesson was not prepared or taught, or an answer not counted."""

    ANSWER_SHOWN = "answer_shown"
    ARCHIVED = "archived"
    FULL = "full"
    NO_CASES = "no_cases"
    OUT_OF_REACH = "out_of_reach"
    OVER = "over"
    TAUGHT_NOW = "taught_now"


def prepare_lesson(
    session: Session,
    reach: Reach,
    cohort_id: str,
    course_id: int,
    title: str,
    case_slugs: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> Lesson | LessonRefusal:
    """Prepare a lesson for a class."""
    cohort = find_locked_cohort(session, reach, cohort_id)
    if cohort is None:
        return LessonRefusal.OUT_OF_REACH
    if cohort.archived_at is not None:
        return LessonRefusal.ARCHIVED
    lesson = Lesson(
        cohort_id=cohort.id,
        cohort=cohort,
        course_id=course_id,
        title=title,
        case_slugs=list(case_slugs),
        created_by=actor.subject,
        created_at=now,
    )
    session.add(lesson)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "schools:lesson:create",
        now=now,
        to=lesson.public_id,
        cohort=cohort.public_id,
    )
    return lesson


def copy_lesson(
    session: Session,
    reach: Reach,
    public_id: str,
    cohort_id: str,
    title: str,
    *,
    actor: Actor,
    now: datetime,
) -> Lesson | LessonRefusal:
    """Prepare the same lesson for a class, under another name."""
    lesson = queries.find_lesson(session, reach, public_id)
    if lesson is None:
        return LessonRefusal.OUT_OF_REACH
    return prepare_lesson(
        session,
        reach,
        cohort_id,
        lesson.course_id,
        title[:LONGEST_TITLE],
        lesson.case_slugs,
        actor=actor,
        now=now,
    )


def change_lesson(
    session: Session,
    reach: Reach,
    public_id: str,
    title: str,
    chosen: Collection[str],
    offered: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> LessonRefusal | None:
    """Change the name and the cases of a lesson; those that it keeps stay in their order."""
    lesson = _find_locked_lesson_or_refusal(session, reach, public_id, now=now)
    if isinstance(lesson, LessonRefusal):
        return lesson
    lesson.title = title
    lesson.case_slugs = choose_cases(lesson.case_slugs, chosen, offered)
    audit.add_audit_entry(session, actor, "schools:lesson:change", now=now, to=public_id)
    return None


def move_lesson_case(
    session: Session, reach: Reach, public_id: str, slug: str, place: int, *, now: datetime
) -> LessonRefusal | None:
    """Move a case of a lesson to another place, from 1."""
    lesson = _find_locked_lesson_or_refusal(session, reach, public_id, now=now)
    if isinstance(lesson, LessonRefusal):
        return lesson
    moved = move_case(lesson.case_slugs, slug, place)
    if moved is None:
        return LessonRefusal.OUT_OF_REACH
    lesson.case_slugs = moved
    return None


def _find_locked_lesson_or_refusal(
    session: Session, reach: Reach, public_id: str, *, now: datetime
) -> Lesson | LessonRefusal:
    """Return a lesson that nobody teaches now, locked until the end of the transaction."""
    lesson = queries.find_locked_lesson(session, reach, public_id)
    if lesson is None:
        return LessonRefusal.OUT_OF_REACH
    is_taught = queries.find_present_run(session, reach, lesson, now=now) is not None
    return LessonRefusal.TAUGHT_NOW if is_taught else lesson


def remove_lesson(
    session: Session, reach: Reach, public_id: str, *, actor: Actor, now: datetime
) -> LessonRefusal | None:
    """Take a lesson off the list of its class."""
    lesson = queries.find_lesson(session, reach, public_id)
    if lesson is None:
        return LessonRefusal.OUT_OF_REACH
    lesson.removed_at = now
    audit.add_audit_entry(session, actor, "schools:lesson:remove", now=now, to=public_id)
    return None


def start_run(
    session: Session, reach: Reach, public_id: str, *, now: datetime
) -> LessonRun | LessonRefusal:
    """Begin to teach a lesson with the newest version of its cases, under a new code."""
    lesson = queries.find_lesson(session, reach, public_id)
    if lesson is None:
        return LessonRefusal.OUT_OF_REACH
    revision = queries.find_newest_revision(session, lesson.course_id)
    present = {text.front.id for text in queries.find_lesson_cases(session, revision)}
    case_slugs = [slug for slug in lesson.case_slugs if slug in present]
    if not case_slugs:
        return LessonRefusal.NO_CASES
    run = LessonRun(
        lesson_id=lesson.id,
        lesson=lesson,
        course_revision_id=revision.id,
        code=build_code(secrets.token_bytes(LENGTH)),
        case_slugs=case_slugs,
        place=1,
        phase=Phase.ASKING,
        started_at=now,
    )
    session.add(run)
    session.flush()
    return run


def show_place(
    session: Session, reach: Reach, public_id: str, place: int, phase: Phase
) -> LessonRefusal | None:
    """Show a case to the class, or its answer."""
    run = queries.find_run(session, reach, public_id)
    if run is None or not 1 <= place <= len(run.case_slugs):
        return LessonRefusal.OUT_OF_REACH
    run.place, run.phase = place, phase
    return None


def end_run(
    session: Session, reach: Reach, public_id: str, *, now: datetime
) -> LessonRefusal | None:
    """End a run: its code is of no use any more. Idempotent."""
    run = queries.find_run(session, reach, public_id)
    if run is None:
        return LessonRefusal.OUT_OF_REACH
    run.ended_at = run.ended_at or now
    return None


def save_first_decision(
    session: Session,
    code: str,
    device_digest: str,
    place: int,
    decision: Decision,
    *,
    now: datetime,
) -> LessonRefusal | None:
    """Count the first decision of a phone in the case that is asked now; later ones do nothing."""
    run = queries.find_open_run(session, code, now=now)
    if run is None:
        return LessonRefusal.OVER
    if run.place != place or run.phase is not Phase.ASKING:
        return LessonRefusal.ANSWER_SHOWN
    if queries.count_answers(session, code, place, now=now) >= MOST_DEVICES:
        return LessonRefusal.FULL
    row = {
        "run_id": run.id,
        "place": place,
        "device_digest": device_digest,
        "choice": decision,
    }
    insert_if_absent(session, LessonAnswer, [row], by=["run_id", "place", "device_digest"])
    return None
