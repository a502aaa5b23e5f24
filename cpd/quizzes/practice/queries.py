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
from cpd.cases.kinds.choices import chosen_option_ids
from cpd.cases.kinds.registry import KINDS, asks_for_decision
from cpd.cases.scales import Pool
from cpd.content.languages import mark_language
from cpd.courses.models import Document, Enrolment, Revision
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


MOST_CHOSEN_INSTEAD = 30


@dataclass(frozen=True)
class ChosenInstead:
    """What was first chosen in a practice case in place of a right answer, and how often."""

    case: str
    """The title of the case."""
    words: tuple[str, ...]
    """The chosen options in the words of the page; a decision by its stored name."""
    is_decision: bool
    """Whether it was one of the five decisions about the session."""
    count: int


def find_choices_instead(
    session: Session, enrolments: Select[int], course_revision: Revision, hazard: str
) -> list[ChosenInstead]:
    """Return what was chosen in place of a right answer on a hazard, the most frequent first.

    `enrolments` selects their ids, and so decides who is seen. Takes one query; it names nobody.
    """
    texts = find_practice_texts(session, course_revision.id)
    case_ids = [text.document_id for text in texts if hazard in text.front.hazards]
    answer = sa.cast(PracticeAnswer.answer, sa.Text)  # PostgreSQL does not compare JSON
    count = sa.func.count()
    rows = session.execute(
        select(Revision.front, PracticeAnswer.step, sa.type_coerce(answer, sa.Text), count)
        .join(Revision, Revision.id == PracticeAnswer.revision_id)
        .where(
            PracticeAnswer.enrolment_id.in_(enrolments),
            PracticeAnswer.is_first,
            ~PracticeAnswer.is_right,
            PracticeAnswer.case_id.in_(case_ids),
        )
        .group_by(Revision.id, PracticeAnswer.step, answer)
        .order_by(count.desc(), Revision.id, PracticeAnswer.step, answer)
        .limit(MOST_CHOSEN_INSTEAD)
    )
    return [_build_chosen_instead(*row) for row in rows]


def _build_chosen_instead(stored: Any, step_id: str, chosen: str, count: int) -> ChosenInstead:
    front = CaseFront.from_json(stored)
    step, answer = front.step_by_id(step_id), json.loads(chosen)
    is_decision = asks_for_decision(step)
    words = (
        chosen_option_ids(answer) if is_decision else KINDS[step.kind].chosen_texts(step, answer)
    )
    return ChosenInstead(front.title, tuple(words), is_decision, count)
