"""What a school sees under an assignment, and what an employer does."""

from dataclasses import replace

import pytest

from cpd.schools.assignments.rules.seen_by_school import SeenBySchool, find_seen_by_school
from cpd.schools.assignments.rules.terms import AssignmentTerms, PracticeVisibility

BY_CLASS = AssignmentTerms(practice_visibility=PracticeVisibility.BY_CLASS)
BY_NAME = AssignmentTerms(practice_visibility=PracticeVisibility.BY_NAME)


EMPLOYER = SeenBySchool(
    has_reading=False, has_exam=False, has_practice=False, has_class_practice=False
)
SCHOOL = SeenBySchool(has_reading=True, has_exam=True, has_practice=False, has_class_practice=True)


@pytest.mark.parametrize(
    ("terms", "is_employer", "seen"),
    [
        (BY_CLASS, False, SCHOOL),
        (BY_NAME, False, replace(SCHOOL, has_practice=True)),
        (BY_CLASS, True, EMPLOYER),
        (BY_NAME, True, EMPLOYER),
    ],
)
def test_what_is_seen(terms: AssignmentTerms, seen: SeenBySchool, *, is_employer: bool) -> None:
    assert find_seen_by_school(terms, is_employer=is_employer) == seen
