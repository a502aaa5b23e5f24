"""Who needs practice on one safety topic, and what they had chosen and read; reads the database.

What would have been right is never here, because the case may come up again in an exam.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.cases.front import CaseFront
from cpd.cases.kinds.registry import asks_for_decision
from cpd.cases.scales import Danger
from cpd.courses.models import Document, Enrolment, Revision, SectionReading
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import ItemResult, Result
from cpd.schools.assignments.models import Assignment
from cpd.schools.boards.topic_queries import (
    Topics,
    has_passed_since_condition,
    select_first_choices,
    select_own_first_choices,
)
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach


@dataclass(frozen=True)
class HarmfulChoice:
    """A first choice that could have done serious harm."""

    membership: Membership
    decided_at: datetime
    topics: tuple[str, ...]
    decisions: tuple[str, ...]
    """The decisions about the session, by their stored names."""
    words: tuple[str, ...]
    """What was chosen where something else was asked."""
    section: str
    """The section that explains it, by its slug."""
    read_at: datetime | None
    """When the section was finished; None if it was not before the choice."""
    has_passed_since: bool

    @property
    def days_since_reading(self) -> int:
        """Return the whole days between reading the section and the choice."""
        return (self.decided_at - self.read_at).days if self.read_at is not None else 0


def find_harmful_choices(
    session: Session, reach: Reach, cohort: Cohort, course_id: int, topics: Topics, topic: str
) -> Sequence[HarmfulChoice]:
    """Return the harmful first choices about one topic in a class, by person."""
    revisions = [id_ for id_, of_case in topics.items() if topic in of_case]
    choices = select_first_choices(reach).where(
        Cohort.id == cohort.id,
        Assignment.course_id == course_id,
        ItemResult.revision_id.in_(revisions),
    )
    return _find_choices(session, choices)


def find_own_harmful_choices(
    session: Session, subject: str, assignment: Assignment
) -> Sequence[HarmfulChoice]:
    """Return the harmful first choices that a learner's school sees under an assignment."""
    return _find_choices(session, select_own_first_choices(subject, assignment))


def _find_choices(session: Session, choices: sa.Select[Any]) -> Sequence[HarmfulChoice]:
    rows = session.execute(
        choices.join(Revision, Revision.id == ItemResult.revision_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(ItemResult.danger == Danger.CRITICAL)
        .with_only_columns(
            Membership,
            Attempt.closed_at,
            Result.detail,
            Revision.front,
            _select_reading(),
            has_passed_since_condition(),
        )
        .order_by(Membership.since_at, Membership.id, Attempt.closed_at, ItemResult.position)
    )
    return [_build_choice(row) for row in rows]


def _select_reading() -> sa.ScalarSelect[datetime]:
    """Select when the section of a case was finished under the enrollment of a row."""
    return (
        sa.select(SectionReading.read_at)
        .join(Document, Document.id == SectionReading.section_id)
        .where(
            SectionReading.enrolment_id == Enrolment.id,
            SectionReading.passage == "",
            Document.slug == Revision.front["section"].as_string(),
        )
        .scalar_subquery()
    )


def _build_choice(row: Any) -> HarmfulChoice:
    membership, decided_at, detail, stored_front, read_at, has_passed_since = row
    front = CaseFront.from_json(stored_front)
    breaches = [
        (front.step_by_id(breach["step"]), breach["option"])
        for case in detail["cases"]
        for breach in case["breaches"]
        if breach["case"] == front.id
    ]
    return HarmfulChoice(
        membership=membership,
        decided_at=decided_at,
        topics=front.hazards,
        decisions=tuple(option for step, option in breaches if asks_for_decision(step)),
        words=tuple(
            step.option_by_id(option).text
            for step, option in breaches
            if not asks_for_decision(step)
        ),
        section=front.section,
        read_at=read_at if read_at is not None and read_at <= decided_at else None,
        has_passed_since=has_passed_since,
    )
