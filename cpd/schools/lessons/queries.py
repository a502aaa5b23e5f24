"""Reads of lessons: those of a class within a reach, and those of a phone by its code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from cpd.cases.kinds.registry import KINDS
from cpd.cases.scales import Decision
from cpd.courses import outlines
from cpd.courses.models import CourseRow, Document, Revision
from cpd.courses.queries import (
    Course,
    load_courses,
    select_newest_revisions,
    select_with_newest_ledger_entry,
)
from cpd.db import Page, find_page
from cpd.quizzes.practice.cases import CaseProgress, find_practice_cases
from cpd.quizzes.practice.queries import find_practice_texts
from cpd.quizzes.queries import CaseText
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, ReachValue, reach_condition
from cpd.schools.lessons.models import Lesson, LessonAnswer, LessonRun
from cpd.schools.lessons.rules.tallies import Phase, Tally, build_tallies

LESSONS_PER_PAGE = 20
LONGEST_RUN = timedelta(hours=12)
"""After this, a run that nobody ended is over."""


# For those who teach


def find_lessons_page(
    session: Session, reach: Reach, cohort: Cohort, *, page: int = 1
) -> Page[Lesson] | None:
    """Return a page of the lessons of a class, the newest first; None past the end."""
    of_class = _select_lessons(reach).where(Lesson.cohort_id == cohort.id)
    return find_page(
        session, of_class.order_by(Lesson.id.desc()), number=page, size=LESSONS_PER_PAGE
    )


def find_lesson(session: Session, reach: Reach, public_id: str) -> Lesson | None:
    """Return one lesson of a class in reach, unless it was removed."""
    return session.scalar(_select_lessons(reach).where(Lesson.public_id == public_id))


def find_locked_lesson(session: Session, reach: Reach, public_id: str) -> Lesson | None:
    """Return the same as it is now, locked until the end of the transaction."""
    return session.scalar(
        _select_lessons(reach)
        .where(Lesson.public_id == public_id)
        .with_for_update(of=Lesson)
        .execution_options(populate_existing=True)
    )


def _select_lessons(reach: Reach) -> sa.Select[Lesson]:
    return (
        select(Lesson)
        .join(Lesson.cohort)
        .join(Cohort.school)
        .where(reach_condition(reach), Lesson.removed_at.is_(None))
        .options(contains_eager(Lesson.cohort).contains_eager(Cohort.school))
    )


def find_present_run(
    session: Session, reach: Reach, lesson: Lesson, *, now: datetime
) -> LessonRun | None:
    """Return the newest run of a lesson that goes on now."""
    return session.scalar(
        select(LessonRun)
        .join(LessonRun.lesson)
        .join(Lesson.cohort)
        .where(reach_condition(reach), LessonRun.lesson_id == lesson.id, _goes_on_condition(now))
        .order_by(LessonRun.id.desc())
        .limit(1)
    )


def find_run(session: Session, reach: Reach, public_id: str) -> LessonRun | None:
    """Return one run of a lesson of a class in reach, even if it has ended."""
    return session.scalar(
        select(LessonRun)
        .join(LessonRun.lesson)
        .join(Lesson.cohort)
        .join(Cohort.school)
        .where(reach_condition(reach), LessonRun.public_id == public_id)
        .options(
            contains_eager(LessonRun.lesson)
            .contains_eager(Lesson.cohort)
            .contains_eager(Cohort.school)
        )
    )


# For phones, which know the code and nothing else


def _open_run_condition(code: str, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that selects the one run that phones join by a code."""
    return sa.and_(LessonRun.code == sa.literal(code, ReachValue()), _goes_on_condition(now))


def _goes_on_condition(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(LessonRun.ended_at.is_(None), LessonRun.started_at > now - LONGEST_RUN)


def is_over(run: LessonRun, *, now: datetime) -> bool:
    """Tell whether somebody ended a run, or forgot to."""
    return run.ended_at is not None or run.started_at <= now - LONGEST_RUN


def find_open_run(session: Session, code: str, *, now: datetime) -> LessonRun | None:
    """Return the run that goes on under a code."""
    return session.scalar(
        select(LessonRun)
        .where(_open_run_condition(code, now))
        .options(joinedload(LessonRun.lesson, innerjoin=True))
    )


@dataclass(frozen=True)
class RunState:
    """What a class sees now."""

    place: int
    phase: Phase


def find_run_state(session: Session, code: str, *, now: datetime) -> RunState | None:
    """Return what a class sees now, for a phone that asks every few seconds; one query."""
    row = session.execute(
        select(LessonRun.place, LessonRun.phase).where(_open_run_condition(code, now))
    ).one_or_none()
    return None if row is None else RunState(*row)


def find_tallies_of_open_run(
    session: Session, code: str, *, now: datetime
) -> Mapping[int, Tally] | None:
    """Return what was answered in a run, by place; one query. None if no run goes on."""
    counted = (
        select(LessonAnswer.place, LessonAnswer.choice, sa.func.count(LessonAnswer.id))
        .select_from(LessonRun)
        .outerjoin(LessonAnswer, LessonAnswer.run_id == LessonRun.id)
        .where(_open_run_condition(code, now))
        .group_by(LessonRun.id, LessonAnswer.place, LessonAnswer.choice)
    )
    rows = session.execute(counted).all()
    if not rows:
        return None
    return build_tallies((place, decision, count) for place, decision, count in rows if count)


def find_tallies(session: Session, reach: Reach, run: LessonRun) -> Mapping[int, Tally]:
    """Return what was answered in a run of a class in reach, by place."""
    counted = (
        select(LessonAnswer.place, LessonAnswer.choice, sa.func.count())
        .join(LessonRun, LessonRun.id == LessonAnswer.run_id)
        .join(LessonRun.lesson)
        .join(Lesson.cohort)
        .where(reach_condition(reach), LessonRun.id == run.id)
        .group_by(LessonAnswer.place, LessonAnswer.choice)
    )
    rows = session.execute(counted).all()
    return build_tallies((place, decision, count) for place, decision, count in rows)


def find_answer_of_device(
    session: Session, code: str, device_digest: str, place: int, *, now: datetime
) -> Decision | None:
    """Return what a phone decided in the case at a place."""
    return session.scalar(
        select(LessonAnswer.choice)
        .join(LessonRun, LessonRun.id == LessonAnswer.run_id)
        .where(
            _open_run_condition(code, now),
            LessonAnswer.device_digest == device_digest,
            LessonAnswer.place == place,
        )
    )


def count_answers(session: Session, code: str, place: int, *, now: datetime) -> int:
    """Count the phones that decided in the case at a place."""
    counted = (
        select(sa.func.count(LessonAnswer.id))
        .join(LessonRun, LessonRun.id == LessonAnswer.run_id)
        .where(_open_run_condition(code, now), LessonAnswer.place == place)
    )
    return session.scalar(counted) or 0


# The cases; exam cases are never among them


def find_newest_revision(session: Session, course_id: int) -> Revision:
    """Return the newest version of a course."""
    return session.scalars(select_newest_revisions().where(CourseRow.id == course_id)).one()


def find_lesson_cases(session: Session, revision: Revision) -> list[CaseText]:
    """Return the practice cases of a version that begin with a decision, in its order."""
    outline = outlines.load_outline(session, revision)
    texts = find_practice_texts(session, revision.id)
    return [
        text
        for section in outline.sections
        for text in texts
        if text.front.section == section.slug
        and KINDS[text.front.first_step.kind].asks_for_decision
    ]


def find_cases_of_run(session: Session, run: LessonRun) -> Sequence[CaseProgress]:
    """Return the cases of a run with their reasons, in the order of the lesson."""
    cases = {
        case.case.id: case for case in find_practice_cases(session, None, run.course_revision_id)
    }
    return [cases[slug] for slug in run.case_slugs]


def find_course_of_run(session: Session, run: LessonRun) -> Course:
    """Return the course of a run in the version that it shows."""
    chosen: sa.Select[Any] = (
        select(Revision)
        .join(Revision.document)
        .join(CourseRow, CourseRow.id == Document.course_id)
        .where(Revision.id == run.course_revision_id)
        .options(contains_eager(Revision.document))
    )
    row = session.execute(select_with_newest_ledger_entry(chosen)).one()
    return load_courses(session, [(*row, None)])[0]
