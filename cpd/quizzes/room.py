"""What this room is to the others."""

from cpd.courses import hooks
from cpd.joints.personal import PROOF, Erasing, Personal
from cpd.joints.rooms import Room
from cpd.quizzes import (
    actions,
    backfilling,
    jobs,
    keys,
    practice_views,
    queries,
    reports,
    standing,
    views,
)

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
    jobs={
        actions.EXPIRE: jobs.expire,
        actions.GRADE: jobs.grade,
        backfilling.PURPOSE: jobs.backfill,
    },
    personal=(
        Personal("practice_answers", ("enrolment_id", "answer"), Erasing.KEEP, keeps=PROOF),
        Personal("attempts", ("subject", "enrolment_id", "gate"), Erasing.KEEP, keeps=PROOF),
        Personal("attempt_items", ("attempt_id",), Erasing.KEEP, keeps=PROOF),
        Personal(
            "answer_events",
            ("attempt_id", "answer", "actor", "on_behalf_of"),
            Erasing.KEEP,
            keeps=PROOF,
        ),
        Personal(
            "attempt_moves",
            ("attempt_id", "reason", "actor", "on_behalf_of"),
            Erasing.KEEP,
            keeps=PROOF,
        ),
        Personal(
            "grade_events",
            ("attempt_id", "reason", "actor", "on_behalf_of", "detail"),
            Erasing.KEEP,
            keeps=PROOF,
        ),
        Personal("item_results", ("attempt_id", "choice"), Erasing.KEEP, keeps=PROOF),
        Personal("results", ("attempt_id", "detail"), Erasing.KEEP, keeps=PROOF),
        Personal("statements", ("attempt_id", "text", "name_hash"), Erasing.KEEP, keeps=PROOF),
        Personal(
            "printed_names",
            ("attempt_id", "name", "salt"),
            Erasing.DELETE,
            keeps="as long as the account: the certificate has the name too",
        ),
    ),
    impersonal=("case_keys", "key_renderings"),
)
