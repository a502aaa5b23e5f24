"""What this room is to the others."""

from flask_babel import lazy_gettext as _l

from cpd.courses import hooks, pages, renderings
from cpd.courses.catalog import views as catalog
from cpd.courses.changes import views as changes
from cpd.courses.enrolment import views as enrolment
from cpd.courses.reading import views as reading
from cpd.courses.supplements import views as supplements
from cpd.joints.personal import PROOF, Erasing, Personal
from cpd.joints.rooms import NavItem, Room

VIEWS = (catalog, changes, enrolment, reading, supplements)
"""Modules that put their pages on the blueprint when they are imported."""

ROOM = Room(
    blueprint=pages.bp,
    navigation=(
        NavItem(_l("Courses"), "courses.catalog", order=10, covers=("courses", "quizzes")),
    ),
    asks=(
        hooks.section_practice,
        hooks.practice_to_read,
        hooks.exam_panel,
        hooks.practice_done,
        hooks.open_case_card,
        renderings.make,
    ),
    personal=(
        Personal(
            "enrolments",
            ("subject",),
            Erasing.KEEP,
            keeps=PROOF,
        ),
        Personal(
            "enrolment_disclosures",
            ("enrolment_id",),
            Erasing.KEEP,
            keeps="forever: it proves what somebody was told before they began",
        ),
        Personal(
            "section_readings",
            ("enrolment_id",),
            Erasing.KEEP,
            keeps=PROOF,
        ),
        Personal(
            "reading_places",
            ("enrolment_id", "section", "anchor", "block"),
            Erasing.DELETE,
            keeps="as long as the account, so that its reader comes back to the line",
        ),
        Personal(
            "ledger_entries",
            ("actor", "data"),
            Erasing.KEEP,
            keeps="forever: who signed for a text, or found its source wrong, answers for it",
        ),
        Personal(
            "publish_entries",
            ("actor",),
            Erasing.KEEP,
            keeps="forever: who published answers for what was published",
        ),
    ),
    impersonal=("courses", "documents", "renderings", "revision_parts", "revisions"),
)
