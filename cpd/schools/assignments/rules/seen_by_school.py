"""What a school sees of what a learner does under an assignment, and nothing beside it.

Pages, exports and the sentences that learners are told all ask here.
"""

from __future__ import annotations

from dataclasses import dataclass

from cpd.schools.assignments.rules.terms import AssignmentTerms, PracticeVisibility


@dataclass(frozen=True, slots=True)
class SeenBySchool:
    """What a school may see under one assignment.

    Whether the learner has completed it, or not yet, is always seen.
    """

    has_reading: bool
    """Which sections were finished, and when."""
    has_exam: bool
    """Tries, scores, and the safety topics to practice."""
    has_practice: bool
    """Practice answers, by name."""
    has_class_practice: bool
    """Practice answers of the whole class together, without names."""


def find_seen_by_school(terms: AssignmentTerms, *, is_employer: bool) -> SeenBySchool:
    """Return what a school sees; an employer sees nothing beyond completed, or not yet."""
    is_by_name = terms.practice_visibility is PracticeVisibility.BY_NAME
    return SeenBySchool(
        has_reading=not is_employer,
        has_exam=not is_employer,
        has_practice=is_by_name and not is_employer,
        has_class_practice=not is_employer,
    )
