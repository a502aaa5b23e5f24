"""What this room adds to the site: a link at the bottom of every page."""

from flask import request
from flask_babel import lazy_gettext as _l

from cpd.authoring import hooks as authoring_hooks
from cpd.authoring.events import DraftPublished
from cpd.courses import hooks
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.rooms import NavItem, Room, build_subscriber_in_transaction
from cpd.remarks import editing, emails, reported_pages, views

OWN_PAGES = frozenset(
    {"remarks.show_remark_form", "remarks.send_remark", "remarks.thank_for_remark"}
)
HOLDING_WORK = frozenset(
    {"courses.tool", "courses.whole_course", "quizzes.answer_case", "quizzes.case"}
)
"""Pages that may contain unsaved work: the form opens in another tab."""


def _is_request_outside_remark_pages() -> bool:
    return request.endpoint not in OWN_PAGES


ROOM = Room(
    blueprint=views.bp,
    navigation=(
        NavItem(
            _l("Something wrong here?"),
            "remarks.show_remark_form",
            order=90,
            place="foot",
            also_in="exam",
            is_shown=_is_request_outside_remark_pages,
            values=lambda: {"page": reported_pages.current_page_path()},
            opens_new_tab=lambda: request.endpoint in HOLDING_WORK,
        ),
    ),
    fills=(
        hooks.record_panels.filled_by(views.render_record_panel, order=40),
        authoring_hooks.workbench_panels.filled_by(views.render_workbench_panel, order=10),
        authoring_hooks.follow_ups_of_publication.filled_by(views.build_follow_ups, order=10),
    ),
    subscribes=(
        build_subscriber_in_transaction(
            DraftPublished, "remarks-note-change", editing.note_published_change
        ),
    ),
    emails={emails.PURPOSE: emails.send_answer_email},
    personal=(
        PersonalData(
            "remarks",
            ("text", "subject", "email", "source"),
            Erasure.DELETE,
            retention="until an administrator erases it, because it may help to correct a text",
        ),
        PersonalData(
            "remark_moves",
            ("note", "answer", "actor"),
            Erasure.DELETE,
            retention="as long as the remark to which they belong",
            kept_back=frozenset({"note", "actor"}),
        ),
    ),
)
