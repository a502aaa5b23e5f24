"""What this room is to the others."""

from flask_babel import lazy_gettext as _l

from cpd.courses import hooks, labels, renderings, views
from cpd.joints.personal import PROOF, Erasing, Personal
from cpd.joints.rooms import NavItem, Room

ROOM = Room(
    blueprint=views.bp,
    opens=labels.add_to_templates,
    navigation=(
        NavItem(_l("Courses"), "courses.catalogue", order=10, covers=("courses", "quizzes")),
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
            keeps="for ever: it proves what somebody was told before they began",
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
            keeps="for ever: who signed for a text, or found its source wrong, stands behind it",
        ),
        Personal(
            "publish_entries",
            ("actor",),
            Erasing.KEEP,
            keeps="for ever: who published stands behind what was published",
        ),
    ),
    impersonal=("courses", "documents", "renderings", "revision_parts", "revisions"),
)
