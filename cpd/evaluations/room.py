"""What this room adds to the site."""

from cpd.courses import hooks
from cpd.evaluations import views
from cpd.evaluations.blueprint import bp
from cpd.evaluations.summaries import views as _summaries
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room
from cpd.quizzes.results import hooks as result_hooks

_VIEWS = (_summaries,)
"""Imported for their routes."""

ROOM = Room(
    blueprint=bp,
    answers=(result_hooks.evaluation_link.answered_by(views.find_evaluation_link),),
    fills=(hooks.record_panels.filled_by(views.render_record_panel, order=30),),
    personal=(
        PersonalData(
            "evaluations",
            ("enrolment_id", "subject"),
            Erasure.KEEP,
            retention="forever: the ratings describe a course",
        ),
        PersonalData(
            "evaluation_comments",
            ("subject", "text", "salt"),
            Erasure.DELETE,
            retention="as long as the account",
        ),
        PersonalData(
            "evaluation_ratings",
            ("evaluation_id", "value"),
            Erasure.KEEP,
            retention="as long as the evaluation they belong to",
        ),
    ),
)
