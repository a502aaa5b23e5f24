"""Terms for credit are never looser than those of the course."""

from fractions import Fraction

import pytest

from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.schools.assignments.rules.terms import (
    AssignmentTerms,
    Purpose,
    TermsFault,
    find_terms_faults,
)

SECTIONS, REQUIRED = ("one", "two", "extra"), ("one", "two")


def find_faults(terms: AssignmentTerms, policy: ExamPolicy) -> tuple[TermsFault, ...]:
    return find_terms_faults(
        terms, policy, sections=SECTIONS, required=REQUIRED, practice_case_count=4
    )


@pytest.mark.parametrize(
    ("terms", "faults"),
    [
        (AssignmentTerms(), []),
        (AssignmentTerms(max_attempts=3), []),
        (AssignmentTerms(max_attempts=4), [TermsFault.MORE_TRIES]),
        (AssignmentTerms(pass_mark=Fraction(3, 4)), []),
        (AssignmentTerms(pass_mark=Fraction(1)), []),
        (AssignmentTerms(pass_mark=Fraction(74, 100)), [TermsFault.LOWER_MARK]),
        (AssignmentTerms(pass_mark=Fraction(101, 100)), [TermsFault.IMPOSSIBLE_MARK]),
        (AssignmentTerms(weak_spot_cases=4), []),
        (AssignmentTerms(weak_spot_cases=5), [TermsFault.FEWER_CASES]),
        (AssignmentTerms(required_sections=SECTIONS), []),
        (AssignmentTerms(required_sections=REQUIRED), []),
        (AssignmentTerms(required_sections=("one", "extra")), [TermsFault.SECTION_LEFT_OUT]),
        (AssignmentTerms(Purpose.PRACTICE, required_sections=("extra",)), []),
        (AssignmentTerms(Purpose.PRACTICE, required_sections=()), [TermsFault.NO_SECTION]),
        (AssignmentTerms(required_sections=(*REQUIRED, "three")), [TermsFault.UNKNOWN_SECTION]),
        (
            AssignmentTerms(max_attempts=9, pass_mark=Fraction(1, 2), required_sections=()),
            [
                TermsFault.MORE_TRIES,
                TermsFault.LOWER_MARK,
                TermsFault.NO_SECTION,
                TermsFault.SECTION_LEFT_OUT,
            ],
        ),
    ],
)
def test_what_a_course_does_not_allow(terms: AssignmentTerms, faults: list[TermsFault]) -> None:
    policy = ExamPolicy(max_attempts=3)
    assert list(find_faults(terms, policy)) == faults


def test_a_course_without_a_limit_of_tries_allows_any() -> None:
    terms = AssignmentTerms(max_attempts=50)
    assert find_faults(terms, ExamPolicy()) == ()
