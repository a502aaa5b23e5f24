"""What this room adds to the site."""

from flask_babel import lazy_gettext as _l

from cpd.access.guard import current_actor
from cpd.courses import hooks, labels, pages, renderings
from cpd.courses.catalog import views as catalog
from cpd.courses.changes import views as changes
from cpd.courses.enrolment import views as enrolment
from cpd.courses.expiry import emails as expiry
from cpd.courses.reading import views as reading
from cpd.courses.supplements import views as supplements
from cpd.joints.personal import Erasure, PersonalData, build_personal_data_kept_as_proof
from cpd.joints.rooms import NavItem, Room

VIEWS = (catalog, changes, enrolment, reading, supplements)
"""Modules that put their pages on the blueprint when they are imported."""


def _has_reader_no_area() -> bool:
    """Tell whether the reader is a visitor, or has an account whose roles do not count yet."""
    return not current_actor().areas


ROOM = Room(
    blueprint=pages.bp,
    on_start=labels.add_labels_to_templates,
    navigation=(
        NavItem(
            _l("Courses"),
            "courses.catalog",
            order=10,
            covers=("courses", "quizzes"),
            is_shown=_has_reader_no_area,
        ),
    ),
    asks=(
        hooks.section_practice,
        hooks.opening_case,
        hooks.practice_to_read,
        hooks.exam_panel,
        hooks.next_exam_step,
        hooks.holds_to_version,
        hooks.practice_done,
        hooks.open_case_card,
        hooks.personal_home,
        renderings.make,
    ),
    jobs={expiry.SWEEP: expiry.sweep_for_expiring_versions},
    emails={expiry.PURPOSE: expiry.send_expiry_email},
    repeating=(expiry.enqueue_next_sweep,),
    personal=(
        build_personal_data_kept_as_proof("enrolments", "subject"),
        PersonalData(
            "enrolment_disclosures",
            ("enrolment_id",),
            Erasure.KEEP,
            retention="forever: it proves what was disclosed before someone began",
        ),
        build_personal_data_kept_as_proof("section_readings", "enrolment_id"),
        PersonalData(
            "reading_places",
            ("enrolment_id", "section", "anchor", "block"),
            Erasure.DELETE,
            retention="as long as the account, so that its reader comes back to the line",
        ),
        build_personal_data_kept_as_proof(
            "active_minutes", "enrolment_id", "section_id", "day", "minutes", "last_counted_at"
        ),
        PersonalData(
            "ledger_entries",
            ("actor", "data"),
            Erasure.KEEP,
            retention="forever: it says who signed for a text or found its source wrong",
        ),
        PersonalData(
            "publish_entries",
            ("actor",),
            Erasure.KEEP,
            retention="forever: who published answers for what was published",
        ),
    ),
    impersonal=("courses", "documents", "renderings", "revision_parts", "revisions"),
)
