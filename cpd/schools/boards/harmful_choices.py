"""Who needs practice on one safety topic, and what they had chosen and read; reads the database.

What would have been right in an exam is never here, because the case may come up again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.cases.front import Answer, CaseFront
from cpd.cases.kinds.choices import chosen_option_ids
from cpd.cases.kinds.registry import KINDS, asks_for_decision
from cpd.cases.scales import Danger
from cpd.courses.models import Enrolment, Revision, SectionReading
from cpd.courses.rules.outline import Outline
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import ItemResult, Result
from cpd.quizzes.practice.models import PracticeAnswer
from cpd.schools.boards.first_choices import (
    FirstChoices,
    has_passed_since_condition,
)


def find_passages(outline: Outline) -> Mapping[str, int]:
    """Return the ids of the sections that explain the safety topics, by topic."""
    sections = {section.slug: section.document_id for section in outline.sections}
    return {
        card.slug: sections[card.front.passage_section_slug]
        for card in outline.hazards
        if card.front.passage_section_slug in sections
    }


@dataclass(frozen=True)
class PassageRead:
    """A section that explains what a choice was about, and when it had been finished."""

    section_id: int
    read_at: datetime | None
    """None if it was not finished before the choice."""
    days_before: int = 0
    """The whole days between finishing it and the choice."""


@dataclass(frozen=True)
class HarmfulChoice:
    """A first choice that could have done serious harm."""

    membership: Membership
    outline: Outline
    """Of the course, which has the titles of topics and sections."""
    decided_at: datetime
    topics: tuple[str, ...]
    decisions: tuple[str, ...]
    """The decisions about the session, by their stored names."""
    words: tuple[str, ...]
    """What was chosen where something else was asked."""
    passages: tuple[PassageRead, ...]
    is_practice: bool = False
    has_passed_since: bool = False


@dataclass(frozen=True)
class _Choice:
    """The same before it is known what had been read."""

    membership: Membership
    course_id: int
    enrolment_id: int
    decided_at: datetime
    front: CaseFront
    answers: Sequence[tuple[str, Answer]]
    """The ids of steps and what was chosen there, of the harmful ones."""
    is_practice: bool = False
    has_passed_since: bool = False


def find_harmful_choices(
    session: Session, selected: Sequence[FirstChoices], outlines: Mapping[int, Outline]
) -> Sequence[HarmfulChoice]:
    """Return the harmful ones of first choices, by person; a query for each, and one more.

    They name people, so that practice of which names are not shown is left out. `outlines` are the
    courses by their ids.
    """
    harmful = [
        choices.with_names().where(choices.danger == Danger.CRITICAL) for choices in selected
    ]
    found = [
        choice
        for choices in harmful
        for choice in (
            _find_practice_choices(session, choices)
            if choices.is_practice
            else _find_exam_choices(session, choices)
        )
    ]
    finished = _find_finished_sections(session, harmful) if found else {}
    return [_build_choice(each, outlines[each.course_id], finished) for each in found]


def _find_exam_choices(session: Session, choices: FirstChoices) -> list[_Choice]:
    rows = session.execute(
        choices.rows.join(Revision, Revision.id == ItemResult.revision_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .with_only_columns(
            Membership,
            Enrolment.course_id,
            Enrolment.id,
            Attempt.closed_at,
            Revision.front,
            Result.detail,
            has_passed_since_condition(),
        )
        .order_by(Membership.since_at, Membership.id, Attempt.closed_at, ItemResult.position)
    )
    return [_build_exam_choice(row) for row in rows]


def _build_exam_choice(row: Any) -> _Choice:
    membership, course_id, enrolment_id, decided_at, stored_front, detail, has_passed_since = row
    front = CaseFront.from_json(stored_front)
    answers = [
        (step["step"], {"choices": step["chosen"]})
        for case in detail["cases"]
        if case["case"] == front.id
        for step in case["path"]
        if step["danger"] == Danger.CRITICAL
    ]
    return _Choice(
        membership,
        course_id,
        enrolment_id,
        decided_at,
        front,
        answers,
        has_passed_since=has_passed_since,
    )


def _find_practice_choices(session: Session, choices: FirstChoices) -> list[_Choice]:
    rows = session.execute(
        choices.rows.join(Revision, Revision.id == PracticeAnswer.revision_id)
        .with_only_columns(
            Membership,
            Enrolment.course_id,
            Enrolment.id,
            PracticeAnswer.answered_at,
            Revision.front,
            PracticeAnswer.step,
            PracticeAnswer.answer,
        )
        .order_by(Membership.since_at, Membership.id, PracticeAnswer.id)
    )
    return [_build_practice_choice(row) for row in rows]


def _build_practice_choice(row: Any) -> _Choice:
    membership, course_id, enrolment_id, decided_at, stored_front, step, answer = row
    front = CaseFront.from_json(stored_front)
    return _Choice(
        membership,
        course_id,
        enrolment_id,
        decided_at,
        front,
        [(step, answer)],
        is_practice=True,
    )


def _find_finished_sections(
    session: Session, selected: Sequence[FirstChoices]
) -> Mapping[tuple[int, int], datetime]:
    """Return when sections were finished, by enrollment and section."""
    rows = session.execute(
        sa.select(
            SectionReading.enrolment_id, SectionReading.section_id, SectionReading.read_at
        ).where(
            sa.or_(*(SectionReading.enrolment_id.in_(each.enrolment_ids) for each in selected)),
            SectionReading.passage == "",
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _build_choice(
    choice: _Choice,
    outline: Outline,
    finished: Mapping[tuple[int, int], datetime],
) -> HarmfulChoice:
    front, passages = choice.front, find_passages(outline)
    steps = [(front.step_by_id(step), answer) for step, answer in choice.answers]
    sections = dict.fromkeys(passages[topic] for topic in front.hazards if topic in passages)
    return HarmfulChoice(
        membership=choice.membership,
        outline=outline,
        decided_at=choice.decided_at,
        topics=front.hazards,
        decisions=tuple(
            id_
            for step, answer in steps
            if asks_for_decision(step)
            for id_ in chosen_option_ids(answer)
        ),
        words=tuple(
            text
            for step, answer in steps
            if not asks_for_decision(step)
            for text in KINDS[step.kind].chosen_texts(step, answer)
        ),
        passages=tuple(
            _build_passage(id_, finished.get((choice.enrolment_id, id_)), choice.decided_at)
            for id_ in sections
        ),
        is_practice=choice.is_practice,
        has_passed_since=choice.has_passed_since,
    )


def _build_passage(section_id: int, read_at: datetime | None, decided_at: datetime) -> PassageRead:
    if read_at is None or read_at > decided_at:
        return PassageRead(section_id, None)
    return PassageRead(section_id, read_at, (decided_at - read_at).days)
