"""What this room asks of higher ones: practice, exam, results and certificates are theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment, Revision
from cpd.courses.rules.outline import Part
from cpd.kernel.hooks import Hook


@dataclass(frozen=True)
class PracticeCard:
    """A practice case as it stands in a section: its story, answers and feedback so far."""

    slug: str
    title: str
    html: Markup
    """What stands under its title; citations in it may be left as they were stored."""
    is_done: bool


def _no_cards(
    session: Session,
    actor: Actor,
    enrolment: Enrolment | None,
    section: Part,
    course: Revision,
) -> list[PracticeCard]:
    del session, actor, enrolment, section, course
    return []


def _none_to_read(session: Session, course: Revision) -> Mapping[str, Sequence[PracticeCard]]:
    del session, course
    return {}


def _no_panel(
    session: Session, actor: Actor, enrolment: Enrolment | None, course: Revision
) -> Markup:
    del session, actor, enrolment, course
    return Markup("")


def _none_done(session: Session, enrolment: Enrolment) -> frozenset[str]:
    del session, enrolment
    return frozenset()


def _no_panels(session: Session, actor: Actor) -> list[Markup]:
    del session, actor
    return []


def _no_case(session: Session, courses: Sequence[Revision]) -> Markup | None:
    del session, courses
    return None


def _none_approved(session: Session, courses: Sequence[Revision]) -> frozenset[int]:
    del session, courses
    return frozenset()


section_practice: Hook[[Session, Actor, Enrolment | None, Part, Revision], list[PracticeCard]] = (
    Hook(_no_cards)
)
"""The practice cases of a section, in order, for the reader of a course (revision)."""

practice_to_read: Hook[[Session, Revision], Mapping[str, Sequence[PracticeCard]]] = Hook(
    _none_to_read
)
"""How each practice case of a course (revision) begins, by section: to be read, not answered."""

exam_panel: Hook[[Session, Actor, Enrolment | None, Revision], Markup] = Hook(_no_panel)
"""Where the learner stands with the exam of a course, and the one button that is next."""

practice_done: Hook[[Session, Enrolment], frozenset[str]] = Hook(_none_done)
"""Slugs of the practice cases decided to their end under an enrolment, right or wrong."""

record_panels: Hook[[Session, Actor], list[Markup]] = Hook(_no_panels)
"""Parts of a person's record page that other rooms write: results, certificates."""

open_case_card: Hook[[Session, Sequence[Revision]], Markup | None] = Hook(_no_case)
"""The first case of these courses that anybody may decide, for the home page."""

approved_for_credit: Hook[[Session, Sequence[Revision]], frozenset[int]] = Hook(_none_approved)
"""Which of these course revisions, by id, have an accrediting body's approval on file."""
