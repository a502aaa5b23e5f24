"""The worksheet of a published version of a course, from its outline and the authorities' files."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from cpd.courses.models import Revision
from cpd.courses.rules.outline import Outline
from cpd.credit.authority_loading import load_authorities
from cpd.credit.rules.authorities import Authority
from cpd.credit.rules.formulas import CourseSize
from cpd.credit.rules.worksheets import (
    CourseVersionToCount,
    MeasuredTime,
    Worksheet,
    build_worksheet,
)


def build_course_worksheet(
    revision: Revision,
    outline: Outline,
    *,
    today: date,
    authorities: Sequence[Authority] | None = None,
    difficulty: Fraction | None = None,
) -> Worksheet:
    """Compute the credit of a version of a course, for these authorities or for all.

    Courses consist of text, so there are no minutes of audio or video. The questions are the cases
    of one exam.
    """
    chosen = tuple(load_authorities().values()) if authorities is None else authorities
    return build_worksheet(
        CourseVersionToCount(
            title=revision.stored_title,
            revision=revision.public_id,
            number=revision.number,
            content_hash=revision.content_hash,
            size=CourseSize(
                words=outline.required_word_count,
                questions=outline.exam.policy.draw.cases,
                difficulty=difficulty,
            ),
            words_in_sections=outline.section_word_count,
            words_in_practice=outline.practice_word_count,
        ),
        chosen,
        today=today,
    )


def build_measured_time(outline: Outline, minutes_by_section: Mapping[str, int]) -> MeasuredTime:
    """Return a learner's measured minutes in the order of the course's sections."""
    return MeasuredTime(
        tuple(
            (section.slug, minutes_by_section[section.slug])
            for section in outline.sections
            if section.slug in minutes_by_section
        )
    )
