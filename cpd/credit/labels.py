"""The words of pages for topics, fields and reasons of authorities and worksheets."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.credit.rules.authority_file import Count, Role
from cpd.credit.rules.issue_checks import Answer, Refusal
from cpd.credit.rules.worksheets import NotComputed

TOPICS: Mapping[str, LazyString] = {
    "unit": _l("What it counts"),
    "formula": _l("How self-paced courses are counted"),
    "rounding": _l("How it rounds"),
    "cycle": _l("How much is due, and when"),
    "categories": _l("Required and limited subjects"),
    "caps": _l("Required and limited ways of learning"),
    "approval": _l("What must be approved"),
    "documents": _l("What it asks to see for a course"),
    "exam": _l("Test and course work"),
    "fields": _l("What the certificate must show"),
    "wording": _l("What the certificate is called"),
    "retention": _l("How long evidence is kept"),
    "reporting": _l("Reporting and audits"),
    "first_cycle": _l("First cycle"),
    "carry_over": _l("Earlier cycles"),
    "notes": _l("Other rules"),
}
"""The topics of an authority's rules."""

ROLES: Mapping[Role, LazyString] = {
    "regulator": _l("Regulator"),
    "certifier": _l("Certification board"),
    "association": _l("Professional association"),
    "register": _l("Voluntary register"),
}
"""What an authority is."""

COUNTS: Mapping[Count, LazyString] = {
    "hours": _l("Counts hours"),
    "units": _l("Counts units"),
    "points": _l("Counts points"),
    "reflection": _l("Counts nothing: asks for reflection"),
}
"""What an authority counts."""

NOT_COMPUTED: Mapping[NotComputed, LazyString] = {
    NotComputed.REFLECTION: _l("They count no hours:"),
    NotComputed.NO_FORMULA: _l(
        "None of the sources we read says how they count the time of a self-paced course:"
    ),
    NotComputed.NO_LENGTH: _l("No source that we read settles how long their unit is:"),
    NotComputed.NO_DIFFICULTY: _l(
        "Their formula needs a reviewer’s rating of the difficulty, and none is on file:"
    ),
}
"""Why nothing is computed, before the names of the authorities."""

ANSWERS: Mapping[Answer, LazyString] = {
    Answer.COUNTS: _l("Nothing on file stands against it"),
    Answer.DOES_NOT: _l("Does not count"),
    Answer.UNCLEAR: _l("Unclear"),
}
"""Whether a course counts for an authority."""

REFUSALS: Mapping[Refusal, LazyString] = {
    Refusal.PILOT: _l("It is taken in a pilot group, which earns no credit."),
    Refusal.NO_HOURS: _l("They count no hours. They ask you to reflect on what you learned."),
    Refusal.STALE: _l("We last read their rules more than a year ago."),
    Refusal.CONFLICT: _l("The sources of their rules contradict each other."),
    Refusal.UNKNOWN_APPROVAL: _l("None of the sources we read says what they must approve."),
    Refusal.PROVIDER_NOT_APPROVED: _l("We have no approval of this provider by them on file."),
    Refusal.COURSE_NOT_APPROVED: _l("We have no approval of this course by them on file."),
    Refusal.NOT_REVIEWED: _l("The clinical review of this version is not complete."),
    Refusal.NOT_YET: _l("Their approval has not begun."),
    Refusal.ENDED: _l("Their approval has ended."),
    Refusal.PASSED_BEFORE: _l(
        "You passed before their approval began. An approval is not retroactive."
    ),
    Refusal.TITLE_DIFFERS: _l("The title of this version differs from the one they approved."),
    Refusal.HOURS_DIFFER: _l("This version takes less time than they approved."),
    Refusal.NO_AMOUNT: _l("Nobody can say how many hours it would be."),
    Refusal.WRONG_CATEGORY: _l(
        "They approved it as a course to attend in person, and it is taken online."
    ),
    Refusal.LICENSE_MISSING: _l("They want your license number on the certificate."),
    Refusal.LICENSE_MALFORMED: _l("Your license number is not in a valid format."),
    Refusal.OUTSIDE_CYCLE: _l(
        "The day lies outside the cycle of your license. If you have renewed, enter the new day on "
        "which it expires."
    ),
    Refusal.REPEATED: _l("You completed the same course before in this cycle."),
    Refusal.LIMIT: _l("A limit of theirs leaves no room for it in this cycle."),
    Refusal.WRONG_NAME: _l("The certificate is not called what they want."),
    Refusal.WRONG_UNIT: _l("The certificate uses another word for their unit."),
    Refusal.FIELD_MISSING: _l("The certificate lacks something that they want on it."),
}
"""Why a course or a certificate does not count, as people read it."""

APPLIES_TO_COUNTED_TIME = frozenset(
    {"unit", "formula", "rounding", "categories", "caps", "wording", "carry_over"}
)
"""Topics that mean nothing where an authority counts nothing."""


def add_labels_to_templates(app: Flask) -> None:
    """Let the templates of this room use these labels."""
    app.jinja_env.globals.update(
        AUTHORITY_COUNTS=COUNTS,
        CREDIT_ANSWERS=ANSWERS,
        CREDIT_REFUSALS=REFUSALS,
        AUTHORITY_ROLES=ROLES,
        AUTHORITY_TOPICS=TOPICS,
        NOT_COMPUTED=NOT_COMPUTED,
    )
