"""What this room adds to the site."""

from cpd.certificates import hooks as certificate_hooks
from cpd.certificates.events import CertificateIssued, CertificateRevoked
from cpd.courses import hooks as course_hooks
from cpd.joints.personal import Erasure, PersonalData, build_personal_data_kept_as_proof
from cpd.joints.rooms import Room, build_subscriber_in_transaction
from cpd.reporting import labels
from cpd.reporting.agreements import views as _agreements
from cpd.reporting.batches import actions as batches
from cpd.reporting.batches import views as _batches
from cpd.reporting.blueprint import bp
from cpd.reporting.numbers import views as _numbers
from cpd.reporting.own_reports.reports_panel import find_reports_now, render_reports_panel
from cpd.reporting.queues import views as _queues
from cpd.reporting.receipts import emails
from cpd.reporting.receipts import views as _receipts

PAGES = (_agreements, _batches, _numbers, _queues, _receipts)
"""The modules that add pages to the blueprint."""

_REPORTED = "as long as certificates: it shows what was reported about whom, and when"

ROOM = Room(
    blueprint=bp,
    fills=(
        course_hooks.record_panels.filled_by(render_reports_panel, order=22),
        certificate_hooks.reports.filled_by(find_reports_now, order=10),
    ),
    subscribes=(
        build_subscriber_in_transaction(
            CertificateIssued, "number-reported", batches.note_corrected_number
        ),
        build_subscriber_in_transaction(
            CertificateRevoked, "withdrawal-reported", batches.note_withdrawal
        ),
    ),
    emails={emails.PURPOSE: emails.send_refusal_email},
    on_start=labels.add_labels_to_templates,
    personal=(
        build_personal_data_kept_as_proof(
            "report_rows",
            "subject",
            "enrolment_id",
            "certificate_id",
            "license_number",
            "completed_on",
            "state",
            "reference",
            "message",
            "settled_by",
            kept_back={"settled_by"},
        ),
        build_personal_data_kept_as_proof("report_agreements", "subject", "authority", "is_given"),
        PersonalData(
            "report_batches",
            ("made_by", "closed_by"),
            Erasure.KEEP,
            retention=_REPORTED,
            is_exported=False,
        ),
        PersonalData(
            "report_files", ("content",), Erasure.KEEP, retention=_REPORTED, is_exported=False
        ),
        PersonalData(
            "report_receipts",
            ("content", "received_by"),
            Erasure.KEEP,
            retention=_REPORTED,
            is_exported=False,
        ),
        PersonalData(
            "report_numbers",
            ("changed_by",),
            Erasure.KEEP,
            retention="until someone changes the numbers",
            is_exported=False,
        ),
        PersonalData(
            "report_course_numbers",
            ("changed_by",),
            Erasure.KEEP,
            retention="until someone changes the number",
            is_exported=False,
        ),
    ),
)
