"""What this room adds to the site."""

from cpd.courses import hooks
from cpd.courses.events import VersionWithdrawn
from cpd.joints.personal import Erasure, PersonalData, build_personal_data_kept_as_proof
from cpd.joints.rooms import Room, build_subscriber_in_transaction
from cpd.quizzes import keys
from cpd.quizzes.answering import api as answering_api
from cpd.quizzes.answering import views as answering_views
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import hooks as attempt_hooks
from cpd.quizzes.attempts import jobs as attempt_jobs
from cpd.quizzes.attempts import views as attempt_views
from cpd.quizzes.blueprint import bp
from cpd.quizzes.exams import hooks as exam_hooks
from cpd.quizzes.exams import views as exam_views
from cpd.quizzes.grading import actions as grading_actions
from cpd.quizzes.grading import backfill as backfilling
from cpd.quizzes.grading import jobs as grading_jobs
from cpd.quizzes.grading import queries as grading_queries
from cpd.quizzes.practice import queries as practice_queries
from cpd.quizzes.practice import views as practice_views
from cpd.quizzes.results import hooks as result_hooks
from cpd.quizzes.results import views as result_views
from cpd.quizzes.weak_spots import hooks as weak_spot_hooks
from cpd.quizzes.weak_spots import views as weak_spot_views

PAGES = (
    answering_api,
    answering_views,
    attempt_views,
    exam_views,
    practice_views,
    result_views,
    weak_spot_views,
)
"""Imported here so that their routes are on the blueprint before the app takes it."""

_MARKS = ("detail",)
"""What each answer earned: whoever knows it knows the key of cases that may come up again."""

ROOM = Room(
    blueprint=bp,
    asks=(
        attempt_hooks.has_valid_certificate,
        attempt_hooks.grade,
        exam_hooks.exam_terms,
        exam_hooks.cases_with_seen_key,
        weak_spot_hooks.assigned_weak_spots,
        result_hooks.certificate_link,
        result_hooks.evaluation_link,
        keys.render_keys,
    ),
    answers=(
        hooks.section_practice.answered_by(practice_views.render_section_practice_cards),
        hooks.opening_case.answered_by(weak_spot_views.find_opening_case),
        hooks.practice_to_read.answered_by(practice_views.render_practice_cards_to_read),
        hooks.open_case_card.answered_by(practice_views.render_open_case_card),
        hooks.holds_to_version.answered_by(grading_queries.has_begun_exam_that_counts),
        hooks.practice_done.answered_by(practice_queries.find_finished_practice_slugs),
        hooks.exam_panel.answered_by(exam_views.render_exam_panel),
        hooks.next_exam_step.answered_by(exam_views.find_next_step),
        attempt_hooks.grade.answered_by(grading_actions.grade_attempt_or_enqueue),
    ),
    fills=(hooks.record_panels.filled_by(result_views.render_results_panel, order=10),),
    subscribes=(
        build_subscriber_in_transaction(
            VersionWithdrawn,
            "void-attempts-of-version",
            grading_actions.void_attempts_of_withdrawn_version,
        ),
    ),
    jobs={
        attempt_actions.EXPIRE: attempt_jobs.close_overdue_attempt,
        grading_actions.GRADE: grading_jobs.grade_closed_attempt,
        backfilling.PURPOSE: grading_jobs.write_missing_item_results,
    },
    personal=(
        build_personal_data_kept_as_proof("practice_answers", "enrolment_id", "answer"),
        PersonalData(
            "practice_confidences",
            ("answer_id", "confidence"),
            Erasure.DELETE,
            retention="as long as the account: it is for the learner alone",
        ),
        PersonalData(
            "confidence_requests",
            ("enrolment_id",),
            Erasure.DELETE,
            retention="until the learner no longer wants to be asked, or as long as the account",
        ),
        build_personal_data_kept_as_proof("attempts", "subject", "enrolment_id", "gate"),
        build_personal_data_kept_as_proof("attempt_items", "attempt_id"),
        PersonalData(
            "case_flags",
            ("attempt_id", "position"),
            Erasure.DELETE,
            retention="as long as the account: they are of no use after the exam",
        ),
        build_personal_data_kept_as_proof(
            "answer_events", "attempt_id", "answer", "actor", "on_behalf_of"
        ),
        build_personal_data_kept_as_proof(
            "attempt_moves", "attempt_id", "reason", "actor", "on_behalf_of"
        ),
        build_personal_data_kept_as_proof(
            *("grade_events", "attempt_id", "reason", "actor", "on_behalf_of", "detail"),
            kept_back=_MARKS,
        ),
        build_personal_data_kept_as_proof("item_results", "attempt_id", "choice"),
        build_personal_data_kept_as_proof("results", "attempt_id", "detail", kept_back=_MARKS),
        build_personal_data_kept_as_proof("statements", "attempt_id", "text", "name_hash"),
        PersonalData(
            "printed_names",
            ("attempt_id", "name", "salt"),
            Erasure.DELETE,
            retention="as long as the account: the certificate has the name too",
        ),
    ),
    impersonal=("case_keys", "key_renderings"),
)
