"""Reads of one learner's practice: which cases come next, and how sure they were."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from cpd.cases.kinds.registry import KINDS
from cpd.cases.scales import Danger
from cpd.courses import outlines
from cpd.courses.models import Enrolment
from cpd.courses.rules.outline import Outline, Part
from cpd.quizzes.practice.cases import CaseProgress, find_practice_case
from cpd.quizzes.practice.models import Confidence, PracticeAnswer, PracticeConfidence
from cpd.quizzes.practice.queries import find_practice_texts
from cpd.quizzes.queries import CaseText
from cpd.quizzes.rules.weak_spots import (
    GivenAnswer,
    PracticeCase,
    Weakness,
    draw_weak_spots,
    judge_weakness,
)

SHOWN = 5
"""How many cases are offered at once: about a quarter of an hour."""


@dataclass(frozen=True)
class CaseToPractice:
    """A practice case that a learner should decide next, and why."""

    slug: str
    title: str
    section_number: int
    topic: str
    """The safety topic or objective, in the words of the course."""
    weakness: Weakness
    answered_at: datetime | None


@dataclass(frozen=True)
class _Practice:
    """The practice cases of a course version with one learner's answers to them."""

    outline: Outline
    texts: Sequence[CaseText]
    cases: Sequence[PracticeCase]
    opened: frozenset[str]
    """The sections that a case has opened, by their slugs."""


def find_cases_to_practice(
    session: Session, enrolment: Enrolment, *, at_most: int = SHOWN
) -> tuple[CaseToPractice, ...]:
    """Return the practice cases that a learner should decide next, the weakest first."""
    practice = _find_practice(session, enrolment)
    fronts = {text.front.id: text.front for text in practice.texts}
    sections = {section.slug: section for section in practice.outline.sections}
    words = _build_topic_words(practice.outline)
    return tuple(
        CaseToPractice(
            slug=spot.case.slug,
            title=fronts[spot.case.slug].title,
            section_number=practice.outline.section_number(
                sections[fronts[spot.case.slug].section]
            ),
            topic=words.get(spot.topic, ""),
            weakness=spot.case.weakness,
            answered_at=spot.case.answered_at,
        )
        for spot in draw_weak_spots(practice.cases, at_most=at_most)
    )


def find_repeat_times(session: Session, whose: ColumnElement[bool]) -> list[datetime]:
    """Return when each practice case was decided again under an enrollment, in order.

    A case that opened a section is not counted. `whose`: the condition on the enrollment.
    """
    answers = (
        select(PracticeAnswer.case_id, PracticeAnswer.answered_at)
        .join(Enrolment, Enrolment.id == PracticeAnswer.enrolment_id)
        .where(whose, PracticeAnswer.is_last_step, PracticeAnswer.opens == "")
        .order_by(PracticeAnswer.id)
    )
    times: dict[int, list[datetime]] = {}
    for case_id, answered_at in session.execute(answers):
        times.setdefault(case_id, []).append(answered_at)
    return sorted(of_case[1] for of_case in times.values() if len(of_case) > 1)


def find_practiced_enrolments(session: Session, enrolment_ids: Collection[int]) -> Sequence[int]:
    """Return those enrollments, by id, with a practice answer; the one practiced last first."""
    return session.scalars(_select_practiced(), {"enrolments": list(enrolment_ids)}).all()


@cache
def _select_practiced() -> Select[int]:
    """Select those of some `enrolments` with a practice answer."""
    return (
        select(PracticeAnswer.enrolment_id)
        .where(PracticeAnswer.enrolment_id.in_(bindparam("enrolments", expanding=True)))
        .group_by(PracticeAnswer.enrolment_id)
        .order_by(func.max(PracticeAnswer.id).desc())
    )


def find_case_to_open_section(
    session: Session, enrolment: Enrolment, section: Part
) -> CaseProgress | None:
    """Return the practice case of an earlier section with which this one opens, from its beginning.

    None for the first section, and once a case has opened this one.
    """
    outline = outlines.load_outline(session, enrolment.course_revision)
    earlier = {part.slug for part in outline.sections[: outline.section_number(section) - 1]}
    if not earlier:
        return None
    practice = _find_practice(session, enrolment)
    slugs = {text.front.id for text in practice.texts if text.front.section in earlier}
    drawn = draw_weak_spots([it for it in practice.cases if it.slug in slugs], at_most=1)
    if section.slug in practice.opened or not drawn:
        return None
    return find_practice_case(session, enrolment, drawn[0].case.slug, again=True)


def _find_practice(session: Session, enrolment: Enrolment) -> _Practice:
    outline = outlines.load_outline(session, enrolment.course_revision)
    order = {section.slug: number for number, section in enumerate(outline.sections)}
    texts = sorted(
        (
            text
            for text in find_practice_texts(session, enrolment.course_revision_id)
            if text.front.section in order
        ),
        key=lambda text: (order[text.front.section], text.front.position or 0),
    )
    rows = session.execute(_select_answers(), {"enrolment": enrolment.id}).all()
    by_case: dict[int, list[Any]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row)
    return _Practice(
        outline=outline,
        texts=texts,
        cases=[_build_practice_case(text, by_case.get(text.document_id, ())) for text in texts],
        opened=frozenset(row.opens for row in rows),
    )


def _build_practice_case(text: CaseText, rows: Sequence[Any]) -> PracticeCase:
    front = text.front
    answers = [
        GivenAnswer(
            begins_run=row.step == front.first_step.id,
            ends_run=row.is_last_step,
            is_first=row.is_first,
            is_right=row.is_right,
            danger=row.danger,
            answered_at=row.answered_at,
        )
        for row in rows
    ]
    return PracticeCase(
        slug=front.id,
        hazards=front.hazards,
        objectives=front.objectives,
        weakness=judge_weakness(answers),
        answered_at=answers[-1].answered_at if answers else None,
    )


@cache
def _select_answers() -> Select[int, str, bool, bool, bool, Danger | None, datetime, str]:
    """Select what the rule needs of all practice answers under an `enrolment`, oldest first."""
    return (
        select(
            PracticeAnswer.case_id,
            PracticeAnswer.step,
            PracticeAnswer.is_last_step,
            PracticeAnswer.is_first,
            PracticeAnswer.is_right,
            PracticeAnswer.danger,
            PracticeAnswer.answered_at,
            PracticeAnswer.opens,
        )
        .where(PracticeAnswer.enrolment_id == bindparam("enrolment"))
        .order_by(PracticeAnswer.id)
    )


def _build_topic_words(outline: Outline) -> dict[str, str]:
    """Return the titles of the safety topics and the texts of the objectives, by their ids."""
    objectives = {one.id: one.text for one in outline.course.front.objectives}
    return objectives | {card.slug: card.title for card in outline.hazards}


# How sure the learner was


@dataclass(frozen=True)
class ConfidenceLevel:
    """The answers of which a learner was equally sure."""

    confidence: Confidence
    answered: int
    right: int


@dataclass(frozen=True)
class SureAndDangerous:
    """A case in which a learner was sure of an answer that could have harmed the client."""

    slug: str
    title: str
    chosen: tuple[str, ...]
    """In the words of the page; empty if the case has changed since then."""
    answered_at: datetime


@dataclass(frozen=True)
class ConfidenceReport:
    """How sure a learner was, and how often they were right."""

    levels: tuple[ConfidenceLevel, ...]
    dangerous: tuple[SureAndDangerous, ...]
    """The newest first; each case once."""

    @property
    def answered(self) -> int:
        """How many answers there are of which the learner said how sure they were."""
        return sum(level.answered for level in self.levels)


def find_confidence_report(session: Session, enrolment: Enrolment) -> ConfidenceReport:
    """Return how sure a learner was of their own practice answers, with one query."""
    rows = session.execute(
        select(PracticeAnswer, PracticeConfidence.confidence)
        .join(PracticeConfidence, PracticeConfidence.answer_id == PracticeAnswer.id)
        .where(PracticeAnswer.enrolment_id == enrolment.id)
        .order_by(PracticeAnswer.id.desc())
    ).all()
    answered = Counter(confidence for _, confidence in rows)
    right = Counter(confidence for answer, confidence in rows if answer.is_right)
    texts = find_practice_texts(session, enrolment.course_revision_id)
    harmful = [
        answer
        for answer, confidence in rows
        if confidence is Confidence.SURE and answer.danger and answer.danger.could_harm_client
    ]
    return ConfidenceReport(
        levels=tuple(ConfidenceLevel(it, answered[it], right[it]) for it in Confidence),
        dangerous=tuple(_build_dangerous_cases(harmful, texts)),
    )


def _build_dangerous_cases(
    harmful: Iterable[PracticeAnswer], texts: Iterable[CaseText]
) -> Iterable[SureAndDangerous]:
    by_document = {text.document_id: text for text in texts}
    newest: dict[int, PracticeAnswer] = {}
    for answer in harmful:
        newest.setdefault(answer.case_id, answer)
    for case_id, answer in newest.items():
        text = by_document.get(case_id)
        if text is not None:
            yield SureAndDangerous(
                slug=text.front.id,
                title=text.front.title,
                chosen=_chosen_texts(text, answer),
                answered_at=answer.answered_at,
            )


def _chosen_texts(text: CaseText, answer: PracticeAnswer) -> tuple[str, ...]:
    if answer.revision_id != text.id:
        return ()
    step = text.front.step_by_id(answer.step)
    return tuple(KINDS[step.kind].chosen_texts(step, answer.answer))
