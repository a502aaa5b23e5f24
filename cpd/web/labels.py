"""The words and signs of decisions, dangers, evidence and basis, as learners meet them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class DecisionLabel:
    """How one of the five decisions is said: its answer, the line below, the short form."""

    level: int
    """1 to 5: colour, fill and ladder grow with it."""
    words: LazyString
    line: LazyString
    short: LazyString
    icon: str


DECISIONS: Mapping[str, DecisionLabel] = {
    "proceed": DecisionLabel(
        level=1,
        words=_l("Go ahead"),
        line=_l("Treat as planned"),
        short=_l("Go ahead"),
        icon="sign-proceed",
    ),
    "modify": DecisionLabel(
        level=2,
        words=_l("Change the plan"),
        line=_l("Treat, but change something"),
        short=_l("Change the plan"),
        icon="sign-modify",
    ),
    "postpone": DecisionLabel(
        level=3,
        words=_l("Not today: reschedule"),
        line=_l("No session until it is settled: a doctor’s OK, consent, your own health"),
        short=_l("Reschedule"),
        icon="sign-postpone",
    ),
    "same_day": DecisionLabel(
        level=4,
        words=_l("Not today: medical advice today"),
        line=_l("No session; a doctor or nurse hears of it today"),
        short=_l("Advice today"),
        icon="sign-same_day",
    ),
    "emergency": DecisionLabel(
        level=5,
        words=_l("Emergency: call now"),
        line=_l("Stop, call the emergency number, stay with them"),
        short=_l("Call now"),
        icon="sign-emergency",
    ),
}
"""Always all five, always in this order: they are a scale, and are never shuffled."""


@dataclass(frozen=True)
class StatusLabel:
    """A word with its sign: the class gives the colour, the icon the shape."""

    css: str
    words: LazyString
    icon: str
    level: int = 0
    """Which decision colour it borrows, 0 for none."""


DANGERS: Mapping[str, StatusLabel] = {
    "safe": StatusLabel("safe", _l("Safe"), "safe", 1),
    "overcautious": StatusLabel("over", _l("Too cautious"), "overcautious", 2),
    "suboptimal": StatusLabel("sub", _l("Not the best"), "suboptimal", 3),
    "unsafe": StatusLabel("unsafe", _l("Unsafe"), "unsafe", 4),
    "critical": StatusLabel("critical", _l("Critical"), "critical", 5),
}
"""What an option would do to the client, from safe to critical."""

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
"""What a statement or a rationale rests on."""

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
"""How the page says whether an answer is held."""
