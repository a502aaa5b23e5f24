"""The class of an assignment as the gradebook shows and exports it; reads the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cpd.courses.rules.outline import Outline, SectionPart
from cpd.schools.agreements.queries import find_who_agreed
from cpd.schools.assignments.actions import load_newest_outline
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.seen_by_school import SeenBySchool, find_seen_by_school
from cpd.schools.assignments.rules.terms import AssignmentTerms, Purpose
from cpd.schools.cohorts.queries import Reach
from cpd.schools.gradebook.queries import (
    LearnerRecord,
    Reading,
    find_learner_records,
    find_reading_by_enrolment,
    join_reading,
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


def load_graded_course(
    session: Session, assignment: Assignment, *, has_agreed: bool = False
) -> GradedCourse:
    """Return what the class of an assignment is to do, or a learner who has agreed to show more."""
    return GradedCourse(
        assignment,
        load_newest_outline(session, assignment.course_id),
        find_seen_by_school(
            assignment.terms,
            is_employer=assignment.cohort.school.is_employer,
            has_agreed=has_agreed,
        ),
    )


def find_rows(
    session: Session, reach: Reach, graded: GradedCourse, *, now: datetime
) -> list[GradebookRow]:
    """Return everybody in the class, in the order of joining; takes two queries.

    An employer costs one more, which says whose details it may show.
    """
    rows = find_rows_without_sections(session, reach, graded, now=now)
    return add_sections(session, reach, graded, rows)


def find_rows_without_sections(
    session: Session, reach: Reach, graded: GradedCourse, *, now: datetime
) -> list[GradebookRow]:
    """Return the same, with sections only where a state depends on them: where all is practice."""
    records = find_learner_records(session, reach, graded.assignment)
    sees_all = graded.seen.has_exam
    agreed = frozenset() if sees_all else find_who_agreed(session, reach, graded.assignment)
    reading: Mapping[int, Reading] = {}
    if graded.terms.purpose is Purpose.PRACTICE:
        enrolments = {enrolment for record in records for enrolment in record.enrolments}
        reading = find_reading_by_enrolment(session, reach, graded.assignment, enrolments)
    return [
        build_row(
            graded,
            record,
            record.build_work(*join_reading(record.enrolments, reading) if reading else ()),
            has_details=sees_all or record.subject in agreed,
            now=now,
        )
        for record in records
    ]


def add_sections(
    session: Session, reach: Reach, graded: GradedCourse, rows: Sequence[GradebookRow]
) -> list[GradebookRow]:
    """Return the rows with the sections that were finished; takes one query, or none."""
    if graded.terms.purpose is Purpose.PRACTICE:
        return list(rows)
    enrolments = {enrolment for row in rows for enrolment in row.enrolments}
    reading = find_reading_by_enrolment(session, reach, graded.assignment, enrolments)
    return [
        replace(row, work=row.work.with_reading(*join_reading(row.enrolments, reading)))
        if row.enrolments
        else row
        for row in rows
    ]


def build_row(
    graded: GradedCourse,
    record: LearnerRecord,
    work: LearnerWork,
    *,
    has_details: bool,
    now: datetime,
) -> GradebookRow:
    """Return a learner as the gradebook shows them."""
    terms = graded.terms
    work_state = find_work_state(work, terms.purpose, graded.section_ids, now=now)
    return GradebookRow(
        key=record.key,
        name=record.name or _("Someone whose account was deleted"),
        number=record.number,
        work=work,
        work_state=work_state,
        score=choose_counted_score(work, terms.score_policy) if has_details else None,
        is_late=is_late(work, work_state, now=now),
        is_done_late=is_done_late(work, work_state),
        has_details=has_details,
        enrolments=record.enrolments,
    )
