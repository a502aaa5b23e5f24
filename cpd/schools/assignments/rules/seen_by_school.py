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


def find_seen_by_school(
    terms: AssignmentTerms, *, is_employer: bool, has_agreed: bool = False
) -> SeenBySchool:
    """Return what a school sees of a learner.

    An employer sees nothing beyond completed, or not yet, unless the learner has agreed to more.
    """
    sees_more = has_agreed or not is_employer
    is_by_name = terms.practice_visibility is PracticeVisibility.BY_NAME
    return SeenBySchool(
        has_reading=sees_more,
        has_exam=sees_more,
        has_practice=is_by_name and sees_more,
        has_class_practice=sees_more,
    )
