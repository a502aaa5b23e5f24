"""The words and icons of sources, statements and saved answers, as readers meet them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class StatusLabel:
    """A word with its icon: the CSS class gives the color, the icon the shape."""

    css: str
    words: LazyString
    icon: str
    level: int = 0
    """Whose color it has: 1 to 5, from go ahead to emergency; 0 for none."""


EVIDENCE: Mapping[str, StatusLabel] = {
    "checked": StatusLabel("checked", _l("Checked"), "checked", 1),
    "unchecked": StatusLabel("unchecked", _l("Not yet checked"), "unchecked", 3),
    "superseded": StatusLabel("superseded", _l("Superseded"), "superseded", 2),
    "retracted": StatusLabel("retracted", _l("Retracted"), "retracted", 5),
    "does-not-support": StatusLabel(
        "nosupport", _l("Does not support the claim"), "does-not-support", 5
    ),
}
"""The status of a source, as last recorded."""

BASIS: Mapping[str, LazyString] = {
    "evidence": _l("Evidence"),
    "guideline": _l("Guideline"),
    "expert-caution": _l("Expert caution"),
    "house-rule": _l("House rule"),
}
"""What a statement or a rationale is based on."""

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

SAVING: Mapping[str, StatusLabel] = {
    "saved": StatusLabel("saved", _l("Saved"), "safe"),
    "saving": StatusLabel("saving", _l("Saving…"), "saving"),
    "unsaved": StatusLabel("unsaved", _l("Not sent yet. Kept on this device."), "on-device"),
}
"""Whether an answer is saved."""
