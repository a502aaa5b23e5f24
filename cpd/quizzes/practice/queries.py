"""Reads of practice cases and the answers to them; none of them reads a key."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from cpd.cases.front import Answer, CaseFront
from cpd.cases.scales import Danger, Pool
from cpd.content.languages import mark_language
from cpd.courses import outlines
from cpd.courses.models import Document, Enrolment, Revision, SectionReading
from cpd.courses.renderings import Rendering, current_rendering_condition, render_missing_texts
from cpd.kernel.memory import LruCache
from cpd.quizzes.practice.models import ConfidenceRequest, PracticeAnswer
from cpd.quizzes.queries import (
    CaseText,
    build_rendered_front,
    select_cases_in_pool,
    select_course_language,
)

_texts: LruCache[int, tuple[CaseText, ...]] = LruCache(16)


def find_practice_texts(
    session: Session,
    course_revision_id: int,
    *,
    section: str | None = None,
    case: str | None = None,
    is_open: bool = False,
) -> list[CaseText]:
    """Return practice cases of a course revision, by section and in their order there.

    All of them, or those of one section, the one with a slug, or those open to everybody.
    """
    return [
        text
        for text in _find_all_practice_texts(session, course_revision_id)
        if section in (None, text.front.section)
        and case in (None, text.front.id)
        and (text.front.open or not is_open)
    ]


def _find_all_practice_texts(session: Session, course_revision_id: int) -> tuple[CaseText, ...]:
    """Return all practice cases of a course revision; cached, because they never change."""
    cached = _texts.get(course_revision_id)
    if cached is not None:
        return cached
    cases = select_cases_in_pool(course_revision_id, Pool.PRACTICE).outerjoin(
        Rendering, current_rendering_condition()
    )
    rows = session.execute(
        cases.with_only_columns(
            Revision.id,
            Revision.document_id,
            Revision.front,
            Rendering,
            select_course_language(course_revision_id).scalar_subquery().label("language"),
        )
    ).all()
    renderings = render_missing_texts(session, {row.id: row.Rendering for row in rows})
    texts = [
        CaseText(
            row.id,
            row.document_id,
            mark_language(build_rendered_front(row.front, renderings.get(row.id)), row.language),
        )
        for row in rows
    ]
    in_order = tuple(sorted(texts, key=lambda text: (text.front.section, text.front.position or 0)))
    all_rendered = len(renderings) == len(rows)
    return _texts.put(course_revision_id, in_order) if all_rendered else in_order


@dataclass(frozen=True)
class StepAnswer:
    """What was answered to one step of a practice case."""

    case_id: int
    step: str
    answer: Answer


def pick_answers_of_newest_run(answers: Iterable[StepAnswer], front: CaseFront) -> list[StepAnswer]:
    """Return the answers of the newest run through a practice case, first step first."""
    run: list[StepAnswer] = []
    for answer in answers:
        if answer.step == front.first_step.id:
            run = []
        run.append(answer)
    return run


def find_practice_answers(
    session: Session, enrolment: Enrolment, case_ids: Collection[int]
) -> list[StepAnswer]:
    """Return the answers to practice cases under an enrollment, oldest first."""
    values = {"enrolment": enrolment.id, "cases": list(case_ids)}
    return [StepAnswer(*row) for row in session.execute(_select_practice_answers(), values)]


@cache
def _select_practice_answers() -> Select[Any]:
    """Select the answers under an `enrolment` to some `cases`."""
    return (
        select(PracticeAnswer.case_id, PracticeAnswer.step, PracticeAnswer.answer)
        .where(
            PracticeAnswer.enrolment_id == bindparam("enrolment"),
            PracticeAnswer.case_id.in_(bindparam("cases", expanding=True)),
        )
        .order_by(PracticeAnswer.id)
    )


def find_finished_practice_slugs(session: Session, enrolment: Enrolment) -> frozenset[str]:
    """Return the slugs of the practice cases decided to the end under an enrollment."""
    return find_finished_practice_by_enrolment(session, [enrolment])[enrolment.id]


def find_finished_practice_by_enrolment(
    session: Session, enrolments: Iterable[Enrolment]
) -> dict[int, frozenset[str]]:
    """Return the same for several enrollments by their ids, with one query."""
    slugs: dict[int, set[str]] = {enrolment.id: set() for enrolment in enrolments}
    if slugs:
        values = {"enrolments": list(slugs)}
        for enrolment_id, slug in session.execute(_select_finished_practice_slugs(), values):
            slugs[enrolment_id].add(slug)
    return {enrolment_id: frozenset(finished) for enrolment_id, finished in slugs.items()}


@cache
def _select_finished_practice_slugs() -> Select[int, str]:
    """Select the practice cases decided to the end under some `enrolments`."""
    return (
        select(PracticeAnswer.enrolment_id, Document.slug)
        .join(PracticeAnswer, PracticeAnswer.case_id == Document.id)
        .where(
            PracticeAnswer.enrolment_id.in_(bindparam("enrolments", expanding=True)),
            PracticeAnswer.is_last_step,
        )
    )


def is_confidence_asked(session: Session, enrolment: Enrolment) -> bool:
    """Tell whether a learner is asked how sure they are when they practice."""
    return session.get(ConfidenceRequest, enrolment.id) is not None


# What a school sees of its learners: first choices alone, and never how sure anybody was


@dataclass(frozen=True)
class HazardChoices:
    """The first choices under one enrollment in the practice cases on one hazard."""

    enrolment_id: int
    hazard: str
    answered: int
    """How many steps were answered."""
    not_right: int
    critical: int


def find_first_choices_by_hazard(
    session: Session, enrolments: Select[int], course_revision: Revision
) -> list[HazardChoices]:
    """Return the first choices under some enrollments, by hazard, with one query.

    `enrolments` selects their ids, and so decides who is seen. Hazards without an answer are left
    out, and so are practice cases that this version of the course does not have.
    """
    rows = session.execute(
        select(
            PracticeAnswer.enrolment_id,
            PracticeAnswer.case_id,
            sa.func.count(),
            _count_where(~PracticeAnswer.is_right),
            _count_where(PracticeAnswer.danger == Danger.CRITICAL),
        )
        .where(PracticeAnswer.enrolment_id.in_(enrolments), PracticeAnswer.is_first)
        .group_by(PracticeAnswer.enrolment_id, PracticeAnswer.case_id)
    )
    hazards = {
        text.document_id: text.front.hazards
        for text in find_practice_texts(session, course_revision.id)
    }
    sums: dict[tuple[int, str], tuple[int, int, int]] = {}
    for enrolment_id, case_id, answered, not_right, critical in rows:
        for hazard in hazards.get(case_id, ()):
            a, n, c = sums.get((enrolment_id, hazard), (0, 0, 0))
            sums[enrolment_id, hazard] = (a + answered, n + not_right, c + critical)
    return [HazardChoices(*of, *counts) for of, counts in sorted(sums.items())]


def find_hazards_with_unread_passage(
    session: Session, enrolments: Select[int], course_revision: Revision
) -> list[tuple[int, str]]:
    """Return each enrollment by its id with each hazard whose passage was not read, with one query.

    The passage is the one that the hazard's card names; finishing its section reads it.
    """
    outline = outlines.load_outline(session, course_revision)
    sections = {section.slug: section.document_id for section in outline.sections}
    finished = (
        select(SectionReading.enrolment_id, SectionReading.section_id)
        .where(SectionReading.enrolment_id.in_(enrolments), SectionReading.passage == "")
        .subquery()
    )
    rows = session.execute(
        select(Enrolment.id, finished.c.section_id)
        .outerjoin(finished, finished.c.enrolment_id == Enrolment.id)
        .where(Enrolment.id.in_(enrolments))
        .order_by(Enrolment.id)
    )
    read: dict[int, set[int]] = {}
    for enrolment_id, section_id in rows:
        read.setdefault(enrolment_id, set()).add(section_id)
    return [
        (enrolment_id, hazard.slug)
        for enrolment_id, ids in read.items()
        for hazard in outline.hazards
        if sections.get(hazard.front.passage_section_slug) not in ids
    ]


@dataclass(frozen=True)
class ChosenInstead:
    """What was first chosen in a practice case in place of a right answer, and how often."""

    case_id: int
    revision_id: int
    step: str
    answer: Answer
    danger: Danger | None
    count: int


def find_choices_instead(
    session: Session, enrolments: Select[int], course_revision: Revision, hazard: str
) -> list[ChosenInstead]:
    """Return what was chosen in place of a right answer on a hazard, the most frequent first.

    Takes one query; it names nobody.
    """
    texts = find_practice_texts(session, course_revision.id)
    case_ids = [text.document_id for text in texts if hazard in text.front.hazards]
    columns = (PracticeAnswer.case_id, PracticeAnswer.revision_id, PracticeAnswer.step)
    answer = sa.cast(PracticeAnswer.answer, sa.Text)  # PostgreSQL does not compare JSON
    count = sa.func.count()
    rows = session.execute(
        select(*columns, sa.type_coerce(answer, sa.Text), PracticeAnswer.danger, count)
        .where(
            PracticeAnswer.enrolment_id.in_(enrolments),
            PracticeAnswer.is_first,
            ~PracticeAnswer.is_right,
            PracticeAnswer.case_id.in_(case_ids),
        )
        .group_by(*columns, answer, PracticeAnswer.danger)
        .order_by(count.desc(), *columns, answer)
    )
    return [
        ChosenInstead(case, revision, step, json.loads(chosen), danger, number)
        for case, revision, step, chosen, danger, number in rows
    ]


def _count_where(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))
