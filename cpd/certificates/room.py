"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.accounts.hooks import describe_unprintable
from cpd.certificates import actions, emails, panels, queries, signing
from cpd.certificates import views as _pages
from cpd.certificates.blueprint import bp
from cpd.certificates.claims import views as _claims
from cpd.certificates.code_lists import views as _code_lists
from cpd.certificates.corrections import views as _corrections
from cpd.certificates.events import CertificateIssued, CertificateRevoked
from cpd.certificates.revocations import views as _revocations
from cpd.certificates.revocations.rules.purpose import revocation_purpose
from cpd.courses import hooks
from cpd.courses.events import VersionResumed
from cpd.credit import hooks as credit_hooks
from cpd.dual_control import hooks as dual_control_hooks
from cpd.hosts import keys
from cpd.joints.personal import build_personal_data_kept_as_proof
from cpd.joints.rooms import NavItem, Room, build_subscriber_in_transaction
from cpd.quizzes.attempts import hooks as attempt_hooks
from cpd.quizzes.events import AttemptConfirmed, AttemptGraded
from cpd.quizzes.results import hooks as result_hooks

PAGES = (_claims, _code_lists, _corrections, _pages, _revocations)
"""The modules that add pages to the blueprint."""

ROOM = Room(
    blueprint=bp,
    navigation=(
        NavItem(_l("Verify a certificate"), "certificates.verify", order=80, place="foot"),
    ),
    answers=(
        attempt_hooks.has_valid_certificate.answered_by(queries.attempt_has_valid_certificate),
        credit_hooks.issued_credit.answered_by(queries.find_issued_credit),
        describe_unprintable.answered_by(panels.unsupported_characters_warning),
        result_hooks.certificate_link.answered_by(panels.find_certificate_link),
    ),
    fills=(
        hooks.record_panels.filled_by(panels.render_certificates_panel, order=20),
        dual_control_hooks.purposes.filled_by(revocation_purpose, order=20),
        keys.are_registered.filled_by(signing.are_keys_registered, order=10),
        keys.register_others.filled_by(signing.register_keys_of_host, order=10),
    ),
    subscribes=(
        build_subscriber_in_transaction(
            AttemptGraded, "certificate-of-grade", actions.issue_certificate_after_passed_grading
        ),
        build_subscriber_in_transaction(
            AttemptConfirmed,
            "certificate-of-statement",
            actions.issue_certificate_after_confirmation,
        ),
        build_subscriber_in_transaction(
            VersionResumed, "certificates-of-version", actions.issue_certificates_after_resumption
        ),
        build_subscriber_in_transaction(
            CertificateIssued, "email-of-certificate", emails.enqueue_certificate_email
        ),
        build_subscriber_in_transaction(
            CertificateRevoked, "email-of-revocation", emails.enqueue_revocation_email
        ),
    ),
    emails={
        emails.PURPOSE: emails.send_certificate_email,
        emails.REVOCATION_PURPOSE: emails.send_revocation_email,
    },
    on_start=signing.load_or_create_site_keys,
    personal=(
        build_personal_data_kept_as_proof(
            "certificates", "subject", "enrolment_id", "attempt_id", "snapshot", "manifest"
        ),
        build_personal_data_kept_as_proof(
            "certificate_endings", "certificate_id", "reason", "actor", kept_back={"actor"}
        ),
        build_personal_data_kept_as_proof(
            "credit_decisions",
            "subject",
            "enrolment_id",
            "attempt_id",
            "license",
            "decided_by",
            kept_back={"decided_by"},
        ),
        build_personal_data_kept_as_proof("certificate_files", "certificate_id", "content"),
    ),
    impersonal=("signing_keys",),
)
