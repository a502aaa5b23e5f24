"""What this room adds to the site."""

from cpd.authoring import course_titles as _titles
from cpd.authoring.asking import published_views as _published
from cpd.authoring.asking import views as _asking
from cpd.authoring.bank import case_views as _cases
from cpd.authoring.bank import jobs as bank_jobs
from cpd.authoring.bank import views as _bank
from cpd.authoring.blind import actions as blind
from cpd.authoring.blind import emails
from cpd.authoring.blind import views as _blind
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.actions import INDEXING
from cpd.authoring.editor import form_views as _form
from cpd.authoring.editor import views as _editor
from cpd.authoring.history import views as _history
from cpd.authoring.ideas import views as _ideas
from cpd.authoring.indexing.actions import index_published_course
from cpd.authoring.new_courses import views as _new_courses
from cpd.authoring.new_files import views as _new_files
from cpd.authoring.offering import views as _offers
from cpd.authoring.pasting import views as _pasting
from cpd.authoring.pictures import views as _pictures
from cpd.authoring.publication import views as _publication
from cpd.authoring.publish import rerendering
from cpd.authoring.renewals import views as _renewals
from cpd.authoring.review import queries as reviews
from cpd.authoring.review import views as _review
from cpd.authoring.short import views as _short
from cpd.authoring.stopping import actions as stopping
from cpd.authoring.stopping import emails as stopping_emails
from cpd.authoring.stopping import views as _stopping
from cpd.authoring.stopping.rules.withdrawal import withdrawal_purpose
from cpd.authoring.transfers.views import exporting as _exporting
from cpd.authoring.transfers.views import importing as _importing
from cpd.courses import renderings as course_renderings
from cpd.courses.events import CoursePublished, VersionWithdrawn
from cpd.dual_control import hooks as dual_control_hooks
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import Room, build_subscriber_in_transaction
from cpd.quizzes import keys
from cpd.quizzes.exams import hooks as exam_hooks

PAGES = (
    *(_asking, _bank, _blind, _cases, _editor, _exporting, _form, _history, _ideas, _importing),
    *(_new_courses, _new_files, _offers, _pasting, _pictures, _publication, _published),
    *(_renewals, _review, _short, _stopping, _titles),
)
"""The modules that add pages, and the titles on them, to the blueprint."""

_SIGNED = "as long as the course, because whoever signed a text answers for it"

ROOM = Room(
    blueprint=bp,
    answers=(
        course_renderings.make.answered_by(rerendering.render_revisions_without_storing),
        keys.render_keys.answered_by(rerendering.render_keys_without_storing),
        exam_hooks.cases_with_seen_key.answered_by(reviews.find_cases_with_seen_key),
    ),
    emails={
        blind.INVITATION_PURPOSE: emails.send_invitation,
        blind.CODE_PURPOSE: emails.make_and_send_code,
        stopping.ASKED_PURPOSE: stopping_emails.send_request_to_confirm,
        stopping.EMAIL_PURPOSE: stopping_emails.send_withdrawal_email,
        blind.HANDED_IN_PURPOSE: emails.send_hand_in_notice,
    },
    jobs={
        bank_jobs.FLAGGING: bank_jobs.flag_cases,
        INDEXING: bank_jobs.index_autosaved_draft,
    },
    fills=(dual_control_hooks.purposes.filled_by(withdrawal_purpose, order=10),),
    personal=(
        PersonalData(
            "drafts",
            ("created_by", "edited_by"),
            Erasure.KEEP,
            retention="as long as the course, because whoever wrote a text answers for it",
        ),
        PersonalData(
            "draft_versions",
            ("editor",),
            Erasure.KEEP,
            retention="as long as the course, because whoever wrote a text answers for it",
        ),
        PersonalData(
            "seen_keys",
            ("subject", "path", "seen_at"),
            Erasure.DELETE,
            retention="as long as the account, so that nobody is examined on an answer they know",
        ),
        PersonalData(
            "ideas",
            ("subject", "story"),
            Erasure.DELETE,
            retention="until somebody deletes it or makes a case of it",
        ),
        *(
            PersonalData(table, columns, Erasure.KEEP, retention=_SIGNED)
            for table, columns in (
                ("reviewers", ("subject", "email", "name", "credentials", "disclosures")),
                ("reviews", ("reviewer_id", "answers", "decided_by", "answered_alike")),
                (
                    "review_opinions",
                    (
                        *("review_id", "text", "given_by"),
                        *("signed_name", "signed_credentials", "signed_disclosures"),
                    ),
                ),
                ("review_comments", ("review_id", "text", "resolved_by")),
            )
        ),
        PersonalData(
            "review_requests",
            ("reviewer_id", "asked_by", "note", "link_hash", "code_hash"),
            Erasure.KEEP,
            retention=_SIGNED,
            kept_back=frozenset({"link_hash", "code_hash"}),
        ),
        PersonalData(
            "review_visits",
            ("request_id", "grant_hash"),
            Erasure.KEEP,
            retention="12 hours, or until the next guest is let in after that",
            is_exported=False,
        ),
    ),
    impersonal=("sources", "sent_texts", "sent_keys", "indexed_cases"),
    subscribes=(
        build_subscriber_in_transaction(
            CoursePublished, "authoring-index-cases", index_published_course
        ),
        build_subscriber_in_transaction(
            CoursePublished, "authoring-enqueue-flagging", bank_jobs.enqueue_flagging
        ),
        build_subscriber_in_transaction(
            VersionWithdrawn, "tell-learners-of-withdrawal", stopping.enqueue_emails_to_learners
        ),
    ),
)
