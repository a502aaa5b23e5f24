"""What this room adds to the site: the pages of schools, and what a school grants at an exam."""

from cpd.courses import hooks as course_hooks
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room
from cpd.quizzes.exams import hooks as exam_hooks
from cpd.schools import views
from cpd.schools.accommodations import queries as accommodations
from cpd.schools.own_assignments import queries as own_assignments

_TAUGHT = "forever: a school must be able to say who was taught by whom, and when"
_FAIR = "as long as the results, because it says on what terms they were earned"
_GRANTED = ("subject", "granted_by", "ended_by")

ROOM = Room(
    blueprint=views.bp,
    answers=(
        course_hooks.assigned_course.answered_by(own_assignments.find_assigned_course),
        exam_hooks.exam_terms.answered_by(accommodations.find_exam_terms),
    ),
    personal=(
        PersonalData("cohort_members", ("membership_id",), Erasure.KEEP, retention=_TAUGHT),
        PersonalData("cohort_instructors", ("subject",), Erasure.KEEP, retention=_TAUGHT),
        PersonalData("assignments", ("created_by",), Erasure.KEEP, retention=_FAIR),
        PersonalData(
            "accommodations",
            (*_GRANTED, "time_factor", "has_timer", "extra_attempts"),
            Erasure.KEEP,
            retention=_FAIR,
        ),
        PersonalData("extensions", (*_GRANTED, "until_at"), Erasure.KEEP, retention=_FAIR),
        PersonalData("excuses", _GRANTED, Erasure.KEEP, retention=_FAIR),
        PersonalData(
            "grant_reasons",
            ("subject", "text"),
            Erasure.DELETE,
            retention="as long as the account, or until the school deletes it",
        ),
    ),
    impersonal=("cohorts",),
)
