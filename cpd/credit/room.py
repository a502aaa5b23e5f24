"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.courses import hooks
from cpd.credit import course_panel, labels, record_panel
from cpd.credit import views as _authorities
from cpd.credit.approvals import views as _approvals
from cpd.credit.blueprint import bp
from cpd.credit.licenses import views as _licenses
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import NavItem, Room
from cpd.quizzes.exams import hooks as exam_hooks

_VIEWS = (_approvals, _authorities, _licenses)
"""Imported for their routes."""

ROOM = Room(
    blueprint=bp,
    fills=(
        hooks.record_panels.filled_by(record_panel.render_study_time_panel, order=25),
        hooks.credit_panels.filled_by(course_panel.render_course_panel, order=10),
        exam_hooks.exam_notes.filled_by(course_panel.render_course_panel, order=10),
    ),
    on_start=labels.add_labels_to_templates,
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
            "approvals",
            ("entered_by", "withdrawn_by"),
            Erasure.KEEP,
            retention="as long as certificates: it shows by which approval credit was given",
        ),
        PersonalData(
            "held_licenses",
            ("subject", "authority", "number", "cycle_begins", "cycle_ends"),
            Erasure.DELETE,
            retention="until its holder removes it, or as long as the account",
        ),
    ),
)
