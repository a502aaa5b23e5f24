"""What this room adds to the site: the pages of schools, and what a school grants at an exam."""

from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room
from cpd.quizzes.exams import hooks as exam_hooks
from cpd.schools import views
from cpd.schools.accommodations import queries as accommodations
from cpd.schools.blueprint import bp
from cpd.schools.files import views as files

VIEWS = (views, files)
"""Modules that put their pages on the blueprint when they are imported."""

_TAUGHT = "forever: a school must be able to say who was taught by whom, and when"
_FAIR = "as long as the results, because it says on what terms they were earned"
_GRANTED = ("subject", "granted_by", "ended_by")

ROOM = Room(
    blueprint=bp,
    answers=(exam_hooks.exam_terms.answered_by(accommodations.find_exam_terms),),
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
            "file_pairs",
            ("membership_id", "confirmed_by"),
            Erasure.KEEP,
            retention="until somebody pairs the row differently; what the file says is not kept",
        ),
        PersonalData(
            "grant_reasons",
            ("subject", "text"),
            Erasure.DELETE,
            retention="as long as the account, or until the school deletes it",
        ),
    ),
    impersonal=("cohorts",),
)
