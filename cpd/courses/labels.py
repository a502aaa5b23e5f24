"""The labels and icons of evidence statuses, and the names of the types of sources."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.web.labels import StatusLabel

EVIDENCE: Mapping[str, StatusLabel] = {
    "checked": StatusLabel("checked", _l("Record seen"), "checked"),
    "unchecked": StatusLabel("unchecked", _l("Not yet checked"), "unchecked", 3),
    "superseded": StatusLabel("superseded", _l("Superseded"), "superseded", 2),
    "retracted": StatusLabel("retracted", _l("Retracted"), "retracted", 5),
    "does-not-support": StatusLabel(
        "nosupport", _l("Does not support the claim"), "does-not-support", 5
    ),
}
"""The status of a source, as last recorded."""

SOURCE_TYPES: Mapping[str, LazyString] = {
    "review": _l("Review of studies"),
    "meta-analysis": _l("Meta-analysis"),
    "trial": _l("Trial"),
    "pilot": _l("Pilot study"),
    "cohort": _l("Cohort study"),
    "survey": _l("Survey"),
    "case-report": _l("Case report"),
    "guideline": _l("Guideline"),
    "charity": _l("Charity’s information"),
    "manufacturer": _l("Manufacturer’s instructions"),
    "expert": _l("Expert opinion"),
}
"""What kind of source it is."""

CONTACTS: Mapping[str, LazyString] = {
    "emergency-number": _l("Emergency"),
    "urgent-line": _l("Advice today"),
    "crisis-line": _l("Crisis line"),
    "adult-at-risk": _l("An adult at risk"),
}
"""What a sheet calls the numbers of a country, in order."""


def add_labels_to_templates(app: Flask) -> None:
    """Let the templates of every room use these labels."""
    app.jinja_env.globals.update(CONTACTS=CONTACTS, EVIDENCE=EVIDENCE, SOURCE_TYPES=SOURCE_TYPES)
