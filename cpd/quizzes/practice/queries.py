"""Reads of practice cases and the answers to them; no key is opened."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from cpd.cases.model import Answer, CaseFront, Pool
from cpd.courses import outlines
from cpd.courses.models import (
    Document,
    Enrolment,
    Revision,
)
from cpd.courses.renderings import Rendering, completed, of_this_version
from cpd.kernel.memory import LruCache
from cpd.quizzes.practice.models import PracticeAnswer
from cpd.quizzes.queries import CaseText, _cases, front_of

_practice: LruCache[int, tuple[CaseText, ...]] = LruCache(16)


def practice_in(
    session: Session,
    course_revision_id: int,
    *,
    section: str | None = None,
    case: str | None = None,
    is_open: bool = False,
) -> list[CaseText]:
    """Return practice cases of a course revision, by section and in the order they have there.

    All, or those of one section, of one name, or open to everybody.
    """
    return [
        one
        for one in _all_practice(session, course_revision_id)
        if section in (None, one.front.section)
        and case in (None, one.front.id)
        and (one.front.open or not is_open)
    ]


def _all_practice(session: Session, course_revision_id: int) -> tuple[CaseText, ...]:
    """Return the practice cases of a course revision; remembered, as they never change."""
    known = _practice.get(course_revision_id)
    if known is not None:
        return known
    cases = _cases(course_revision_id, Pool.PRACTICE).outerjoin(Rendering, of_this_version())
    rows = session.execute(
        cases.with_only_columns(Revision.id, Revision.document_id, Revision.front, Rendering)
    ).all()
    made = completed(session, {row.id: row.Rendering for row in rows})
    found = [
        CaseText(row.id, row.document_id, front_of(row.front, made.get(row.id))) for row in rows
    ]
    in_order = tuple(sorted(found, key=lambda one: (one.front.section, one.front.position or 0)))
    return _practice.put(course_revision_id, in_order) if len(made) == len(rows) else in_order


@dataclass(frozen=True)
class Given:
    """What was answered to a step of a practice case."""

    case_id: int
    step: str
    answer: Answer


def latest_run(rows: Iterable[Given], front: CaseFront) -> list[Given]:
    """Return the answers of the newest go at a practice case, first step first."""
    run: list[Given] = []
    for row in rows:
        if row.step == front.first.id:
            run = []
        run.append(row)
    return run


def practice_answers(
    session: Session, enrolment: Enrolment, case_ids: Collection[int]
) -> list[Given]:
    """Return what was answered to practice cases under an enrolment, oldest first."""
    asked = {"enrolment": enrolment.id, "cases": list(case_ids)}
    return [Given(*row) for row in session.execute(_given(), asked)]


@cache
def _given() -> Select[Any]:
    """Select what was answered under an `enrolment` to some `cases`."""
    return (
        select(PracticeAnswer.case_id, PracticeAnswer.step, PracticeAnswer.answer)
        .where(
            PracticeAnswer.enrolment_id == bindparam("enrolment"),
            PracticeAnswer.case_id.in_(bindparam("cases", expanding=True)),
        )
        .order_by(PracticeAnswer.id)
    )


def practice_done(session: Session, enrolment: Enrolment) -> frozenset[str]:
    """Return the slugs of the practice cases decided to their end under an enrolment."""
    return frozenset(session.scalars(_decided(), {"enrolment": enrolment.id}))


@cache
def _decided() -> Select[str]:
    """Select the practice cases decided to their end under an `enrolment`."""
    return (
        select(Document.slug)
        .join(PracticeAnswer, PracticeAnswer.case_id == Document.id)
        .where(PracticeAnswer.enrolment_id == bindparam("enrolment"), PracticeAnswer.is_last_step)
    )


@dataclass(frozen=True)
class PracticeTopic:
    """A practice case as far as finding it needs: where it stands and what it is about."""

    slug: str
    title: str
    section: str
    hazards: tuple[str, ...]


_topics: LruCache[str, tuple[PracticeTopic, ...]] = LruCache(64)


def practice_cases(session: Session, course_revision: Revision) -> tuple[PracticeTopic, ...]:
    """Return the practice cases of a version in its order; remembered, as it never changes."""
    known = _topics.get(course_revision.public_id)
    if known is not None:
        return known
    hazards = {
        case.document_id: case.front.hazards for case in practice_in(session, course_revision.id)
    }
    outline = outlines.outline(session, course_revision)
    found = tuple(
        PracticeTopic(case.slug, case.title, section.slug, hazards[case.document_id])
        for section in outline.sections
        for case in outline.practice[section.slug]
    )
    return _topics.put(course_revision.public_id, found)


def practisable(session: Session, course_revision: Revision) -> frozenset[str]:
    """Return the safety topics of a version that have practice."""
    cases = practice_cases(session, course_revision)
    return frozenset(hazard for case in cases for hazard in case.hazards)
