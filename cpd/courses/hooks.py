"""What this room asks of higher ones, which own practice, exams, results and certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.ledgers import Ledger
from cpd.courses.models import Enrolment, Revision
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.disclosure import DisclosureLine
from cpd.courses.rules.outline import Outline, Part
from cpd.joints.questions import Question, Slot


@dataclass(frozen=True)
class PracticeDisplay:
    """How a section should show its practice cases; the URL names them by their slugs."""

    restarted: str | None = None
    """Show this one as if it were new."""
    unanswered: str | None = None
    """Say that nothing was chosen in this one."""
    signers: Mapping[str, str] = field(default_factory=dict)
    """Who signed what, by its name in the ledger: reasons name who signed their rules."""


@dataclass(frozen=True)
class PracticeCard:
    """A practice case as a section shows it: its story, and the answers and feedback so far."""

    slug: str
    title: str
    html: Markup
    """What follows its title; its citations may still be in their stored form."""
    is_done: bool


section_practice: Question[
    [Session, Actor, Enrolment | None, Part, Revision, PracticeDisplay], list[PracticeCard]
] = Question("courses.section_practice")
"""The practice cases of a section, in order, for the reader of a course (revision)."""


@dataclass(frozen=True)
class OpeningCase:
    """A practice case of an earlier section with which a section opens."""

    card: PracticeCard
    section: str
    """The section in which it stands, by its slug."""


opening_case: Question[[Session, Actor, Enrolment, Part], OpeningCase | None] = Question(
    "courses.opening_case"
)
"""The practice case with which a section opens; None for the first one, and once it is decided."""

practice_to_read: Question[[Session, Revision], Mapping[str, Sequence[PracticeCard]]] = Question(
    "courses.practice_to_read"
)
"""How each practice case of a course (revision) begins, by section: to read, not to answer."""

exam_panel: Question[[Session, Actor, Enrolment | None, Revision], Markup] = Question(
    "courses.exam_panel"
)
"""How far the learner is with the exam of a course, and the button for the next step."""


@dataclass(frozen=True)
class Link:
    """Where a button leads, and what it says."""

    url: str
    label: str


next_exam_step: Question[[Session, Enrolment], Link | None] = Question("courses.next_exam_step")
"""What a learner does next after a failed attempt: read a passage, decide a case, or start again.

None for everybody else.
"""

holds_to_version: Question[[Session, Enrolment], bool] = Question("courses.holds_to_version")
"""Whether the exam of a version is open, being graded or passed: then its learner stays on it."""

practice_done: Question[[Session, Enrolment], frozenset[str]] = Question("courses.practice_done")
"""Slugs of the practice cases completed under an enrollment, right or wrong."""


@dataclass(frozen=True)
class AssignedCourse:
    """A course that was assigned to somebody who has not begun it."""

    lines: tuple[DisclosureLine, ...]
    """What the learner is told of the assignment before the first page."""
    opens_at: datetime | None
    """When it can be begun; None if it is open."""
    closed_at: datetime | None
    """Since when it can no longer be begun; None if it can."""
    closed_because: str = ""
    """Why it cannot be begun, where that is no time of a school's; a sentence."""
    is_for_study: bool = False
    """Whether it earns no credit, whatever is approved."""

    @property
    def is_open(self) -> bool:
        """Whether it can be begun now."""
        return self.opens_at is None and self.closed_at is None and not self.closed_because


assigned_courses: Slot[[Session, Actor, CourseAddress], AssignedCourse | None] = Slot()
"""The assignment that an address names, if it is one of this course to the actor.

At most one room returns one, because an address names one thing.
"""

start_notes: Slot[[Session, Actor, str], Markup] = Slot()
"""What a reader should know before they start a course on their own, by its slug."""

open_case_card: Question[[Session, Sequence[Revision]], Markup | None] = Question(
    "courses.open_case_card"
)
"""The first case of these courses that anyone may decide, for the home page."""

personal_home: Question[[Session, Actor], str] = Question("courses.personal_home")
"""The home page of someone who is signed in."""

record_panels: Slot[[Session, Actor], Markup] = Slot()
"""Parts of a person's record page that other rooms show: results, certificates."""


@dataclass(frozen=True)
class VersionInView:
    """A version of a course as its reader sees it."""

    revision: Revision
    outline: Outline
    ledger: Ledger
    enrolment: Enrolment | None
    address: CourseAddress


credit_panels: Slot[[Session, Actor, VersionInView], Markup] = Slot()
"""Parts of a course's page that say for whom it counts, before the start and until the exam."""

approved_for_credit: Slot[[Session, Sequence[Revision]], frozenset[int]] = Slot()
"""Which of these course revisions, by id, have an accrediting body's approval on file."""
