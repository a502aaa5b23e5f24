"""What this room asks of higher ones: practice, exam, results and certificates are theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment, Revision
from cpd.courses.rules.outline import Part
from cpd.joints.questions import Question, Slot


@dataclass(frozen=True)
class Asked:
    """What the address of a section asks of its practice cases, by their slugs."""

    again: str | None = None
    """Show this one as if it were new."""
    missing: str | None = None
    """Say of this one that nothing was chosen."""


@dataclass(frozen=True)
class PracticeCard:
    """A practice case as it stands in a section: its story, answers and feedback so far."""

    slug: str
    title: str
    html: Markup
    """What stands under its title; citations in it may be left as they were stored."""
    is_done: bool


section_practice: Question[
    [Session, Actor, Enrolment | None, Part, Revision, Asked], list[PracticeCard]
] = Question("courses.section_practice")
"""The practice cases of a section, in order, for the reader of a course (revision)."""

practice_to_read: Question[[Session, Revision], Mapping[str, Sequence[PracticeCard]]] = Question(
    "courses.practice_to_read"
)
"""How each practice case of a course (revision) begins, by section: to be read, not answered."""

exam_panel: Question[[Session, Actor, Enrolment | None, Revision], Markup] = Question(
    "courses.exam_panel"
)
"""Where the learner stands with the exam of a course, and the one button that is next."""

practice_done: Question[[Session, Enrolment], frozenset[str]] = Question("courses.practice_done")
"""Slugs of the practice cases decided to their end under an enrolment, right or wrong."""

open_case_card: Question[[Session, Sequence[Revision]], Markup | None] = Question(
    "courses.open_case_card"
)
"""The first case of these courses that anybody may decide, for the home page."""

home_panels: Slot[[Session, Actor], Markup] = Slot()
"""Parts of the home page that other rooms write for whoever works in them; empty for others."""

record_panels: Slot[[Session, Actor], Markup] = Slot()
"""Parts of a person's record page that other rooms write: results, certificates."""

approved_for_credit: Slot[[Session, Sequence[Revision]], frozenset[int]] = Slot()
"""Which of these course revisions, by id, have an accrediting body's approval on file."""
