"""What this room is to the others."""

from cpd.courses import hooks
from cpd.joints.rooms import Room
from cpd.quizzes import actions, jobs, keys, practice_views, queries, reports, standing, views

ROOM = Room(
    blueprint=views.bp,
    asks=(
        standing.rests_a_certificate_on,
        standing.exam_terms,
        reports.certificate_link,
        reports.evaluation_link,
        keys.make,
    ),
    answers=(
        hooks.section_practice.answered_by(practice_views.section_practice),
        hooks.practice_to_read.answered_by(practice_views.practice_to_read),
        hooks.open_case_card.answered_by(practice_views.open_case_card),
        hooks.practice_done.answered_by(queries.practice_done),
        hooks.exam_panel.answered_by(views.exam_panel),
        standing.exam_terms.answered_by(standing.the_rule_alone),
    ),
    fills=(hooks.record_panels.filled_by(views.results_panel, order=10),),
    jobs={actions.EXPIRE: jobs.expire, actions.GRADE: jobs.grade},
)
