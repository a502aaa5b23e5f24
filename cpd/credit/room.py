"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.courses import hooks
from cpd.credit import course_panel, record_panel
from cpd.credit import hooks as own_hooks
from cpd.credit import views as _authorities
from cpd.credit.approvals import views as _approvals
from cpd.credit.approved_courses import find_approved_revisions
from cpd.credit.blueprint import bp
from cpd.credit.cycles import labels as cycle_labels
from cpd.credit.cycles import views as _cycles
from cpd.credit.cycles.cycles_panel import render_cycles_panel
from cpd.credit.needs import views as _needs
from cpd.credit.pilots import views as _pilots
from cpd.credit.pilots.joining import find_piloted_course
from cpd.credit.readiness import views as _readiness
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import NavItem, Room
from cpd.quizzes.exams import hooks as exam_hooks

_VIEWS = (_approvals, _authorities, _cycles, _needs, _pilots, _readiness)
"""Imported for their routes."""

_PILOTED = "as long as certificates: it shows which measured time credit is based on"
_UNTIL_REMOVED = "until its holder removes it, or as long as the account"

ROOM = Room(
    blueprint=bp,
    asks=(own_hooks.issued_credit,),
    fills=(
        hooks.record_panels.filled_by(render_cycles_panel, order=5),
        hooks.record_panels.filled_by(record_panel.render_study_time_panel, order=25),
        hooks.assigned_courses.filled_by(find_piloted_course, order=20),
        hooks.approved_for_credit.filled_by(find_approved_revisions, order=10),
        hooks.credit_panels.filled_by(course_panel.render_course_panel, order=10),
        exam_hooks.exam_notes.filled_by(course_panel.render_exam_note, order=10),
    ),
    on_start=cycle_labels.add_labels_to_templates,
    navigation=(
        NavItem(
            _l("Boards and associations"),
            "credit.list_authorities",
            order=75,
            place="foot",
            covers=("credit.authority",),
        ),
    ),
    personal=(
        PersonalData(
            "licence_cycles",
            ("licence_id", "authority", "issued_on", "expires_on"),
            Erasure.DELETE,
            retention=_UNTIL_REMOVED,
        ),
        PersonalData(
            "outside_activities",
            ("person_id", "title", "organizer", "completed_on", "minutes", "manner"),
            Erasure.DELETE,
            retention=_UNTIL_REMOVED,
        ),
        PersonalData(
            "activity_claims",
            ("activity_id", "licence_id", "category", "hundredths"),
            Erasure.DELETE,
            retention=_UNTIL_REMOVED,
        ),
        PersonalData(
            "activity_evidence",
            ("activity_id", "type", "content"),
            Erasure.DELETE,
            retention=_UNTIL_REMOVED,
        ),
        PersonalData(
            "credit_needs",
            ("enrolment_id", "is_wanted", "answered_at"),
            Erasure.KEEP,
            retention="as long as certificates: it shows why one claims no credit",
        ),
        PersonalData(
            "approvals",
            ("entered_by", "withdrawn_by"),
            Erasure.KEEP,
            retention="as long as certificates: it shows by which approval credit was given",
        ),
        PersonalData("pilots", ("started_by",), Erasure.KEEP, retention=_PILOTED),
        PersonalData("pilot_reports", ("reported_by",), Erasure.KEEP, retention=_PILOTED),
    ),
)
