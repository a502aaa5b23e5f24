"""What this room is to the others."""

from cpd.courses import hooks
from cpd.joints.personal import PROOF, Erasure, PersonalData
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
        PersonalData("practice_answers", ("enrolment_id", "answer"), Erasure.KEEP, retention=PROOF),
        PersonalData(
            "attempts", ("subject", "enrolment_id", "gate"), Erasure.KEEP, retention=PROOF
        ),
        PersonalData("attempt_items", ("attempt_id",), Erasure.KEEP, retention=PROOF),
        PersonalData(
            "answer_events",
            ("attempt_id", "answer", "actor", "on_behalf_of"),
            Erasure.KEEP,
            retention=PROOF,
        ),
        PersonalData(
            "attempt_moves",
            ("attempt_id", "reason", "actor", "on_behalf_of"),
            Erasure.KEEP,
            retention=PROOF,
        ),
        PersonalData(
            "grade_events",
            ("attempt_id", "reason", "actor", "on_behalf_of", "detail"),
            Erasure.KEEP,
            retention=PROOF,
        ),
        PersonalData("item_results", ("attempt_id", "choice"), Erasure.KEEP, retention=PROOF),
        PersonalData("results", ("attempt_id", "detail"), Erasure.KEEP, retention=PROOF),
        PersonalData(
            "statements", ("attempt_id", "text", "name_hash"), Erasure.KEEP, retention=PROOF
        ),
        PersonalData(
            "printed_names",
            ("attempt_id", "name", "salt"),
            Erasure.DELETE,
            retention="as long as the account: the certificate has the name too",
        ),
    ),
    impersonal=("case_keys", "key_renderings"),
)
