"""The class of an assignment as the gradebook shows and exports it; reads the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cpd.accounts.queries import find_names_by_subject
from cpd.courses.rules.outline import Outline, SectionPart
from cpd.organisations.models import SchoolKind
from cpd.schools.assignments.actions import load_newest_outline
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.seen_by_school import SeenBySchool, find_seen_by_school
from cpd.schools.assignments.rules.terms import AssignmentTerms
from cpd.schools.cohorts.queries import Reach
from cpd.schools.gradebook.queries import (
    LearnerRecord,
    find_learner_records,
    find_reading_by_enrolment,
)
from cpd.schools.gradebook.rules.listing import GradebookRow
from cpd.schools.gradebook.rules.work_states import (
    LearnerWork,
    choose_counted_score,
    find_work_state,
    is_done_late,
    is_late,
)


@dataclass(frozen=True)
class GradedCourse:
    """What a class is to do: the course, its terms, and what the school sees of it."""

    assignment: Assignment
    outline: Outline
    seen: SeenBySchool

    @cached_property
    def terms(self) -> AssignmentTerms:
        """On what terms it is to be done."""
        return self.assignment.terms

    @cached_property
    def sections(self) -> Sequence[SectionPart]:
        """The sections to finish, in their order."""
        chosen = self.assignment.required_sections
        if chosen is None:
            return self.outline.required_sections
        return [section for section in self.outline.sections if section.slug in chosen]

    @cached_property
    def section_ids(self) -> tuple[int, ...]:
        """Their ids."""
        return tuple(section.document_id for section in self.sections)


def load_graded_course(session: Session, assignment: Assignment) -> GradedCourse:
    """Return what the class of an assignment is to do."""
    is_employer = assignment.cohort.school.kind is SchoolKind.CLINIC
    return GradedCourse(
        assignment,
        load_newest_outline(session, assignment.course_id),
        find_seen_by_school(assignment.terms, is_employer=is_employer),
    )


def find_rows(
    session: Session, reach: Reach, graded: GradedCourse, *, now: datetime
) -> list[GradebookRow]:
    """Return everybody in the class, in the order of joining; takes three queries."""
    records = find_learner_records(session, reach, graded.assignment)
    names = find_names_by_subject(session, [record.subject for record in records])
    works = _find_works(session, reach, graded, records)
    return [
        build_row(graded, record, names.get(record.subject, ""), work, now=now)
        for record, work in zip(records, works, strict=True)
    ]


def _find_works(
    session: Session, reach: Reach, graded: GradedCourse, records: Sequence[LearnerRecord]
) -> list[LearnerWork]:
    enrolments = {enrolment for record in records for enrolment in record.enrolments}
    reading = find_reading_by_enrolment(session, reach, graded.assignment, enrolments)
    works = []
    for record in records:
        own = [reading[number] for number in record.enrolments if number in reading]
        if len(own) == 1:
            works.append(record.build_work(own[0].sections, own[0].last_at))
        else:
            read = frozenset[int]().union(*(each.sections for each in own))
            works.append(record.build_work(read, max((each.last_at for each in own), default=None)))
    return works


def build_row(
    graded: GradedCourse, record: LearnerRecord, name: str, work: LearnerWork, *, now: datetime
) -> GradebookRow:
    """Return a learner as the gradebook shows them."""
    terms = graded.terms
    work_state = find_work_state(work, terms.purpose, graded.section_ids, now=now)
    return GradebookRow(
        key=record.key,
        name=name or _("Someone whose account was deleted"),
        number=record.number,
        work=work,
        work_state=work_state,
        score=choose_counted_score(work, terms.score_policy) if graded.seen.has_exam else None,
        is_late=is_late(work, work_state, now=now),
        is_done_late=is_done_late(work, work_state),
    )
