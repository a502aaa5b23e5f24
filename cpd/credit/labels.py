"""The words of pages for topics, fields and reasons of authorities and worksheets."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.credit.rules.authority_file import Count, Role
from cpd.credit.rules.worksheets import NotComputed

TOPICS: Mapping[str, LazyString] = {
    "unit": _l("What it counts"),
    "formula": _l("How self-paced courses are counted"),
    "rounding": _l("How it rounds"),
    "cycle": _l("How much is due, and when"),
    "categories": _l("Required and limited subjects"),
    "caps": _l("Required and limited ways of learning"),
    "approval": _l("What must be approved"),
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
        "No source that we read says how they count the time of a self-paced course:"
    ),
    NotComputed.NO_LENGTH: _l("No source that we read settles how long their unit is:"),
    NotComputed.NO_DIFFICULTY: _l(
        "Their formula needs a reviewer’s rating of the difficulty, and none is on file:"
    ),
}
"""Why nothing is computed, before the names of the authorities."""

APPLIES_TO_COUNTED_TIME = frozenset(
    {"unit", "formula", "rounding", "categories", "caps", "wording", "carry_over"}
)
"""Topics that mean nothing where an authority counts nothing."""


def add_labels_to_templates(app: Flask) -> None:
    """Let the templates of this room use these labels."""
    app.jinja_env.globals.update(
        AUTHORITY_COUNTS=COUNTS,
        AUTHORITY_ROLES=ROLES,
        AUTHORITY_TOPICS=TOPICS,
        NOT_COMPUTED=NOT_COMPUTED,
    )
