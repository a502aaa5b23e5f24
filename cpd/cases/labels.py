"""The labels and icons of decisions and dangers, and the names of a rationale's basis."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.web.labels import StatusLabel


@dataclass(frozen=True)
class DecisionLabel:
    """The texts of one of the five decisions: its name, the line below it, and a short form."""

    level: int
    """1 to 5; it determines the color, the fill and the ladder."""
    words: LazyString
    line: LazyString
    short: LazyString
    icon: str


_TEXTS: Mapping[str, tuple[LazyString, LazyString, LazyString]] = {
    "proceed": (_l("Go ahead"), _l("Treat as planned"), _l("Go ahead")),
    "modify": (_l("Change the plan"), _l("Treat, but change something"), _l("Change the plan")),
    "postpone": (
        _l("Not today: reschedule"),
        _l("No session until it is settled: a doctor’s OK, consent, your own health"),
        _l("Reschedule"),
    ),
    "same_day": (
        _l("Not today: medical advice today"),
        _l("No session; a doctor or nurse must be told today"),
        _l("Advice today"),
    ),
    "emergency": (
        _l("Emergency: call now"),
        _l("Stop, call the emergency number, stay with them"),
        _l("Call now"),
    ),
}
"""Name, line and short form of each decision, the mildest first."""
DECISIONS: Mapping[str, DecisionLabel] = {
    decision: DecisionLabel(level, *texts, icon=f"sign-{decision}")
    for level, (decision, texts) in enumerate(_TEXTS.items(), start=1)
}
"""Always all five, in this order. They are a scale, so they are never shuffled."""

DANGERS: Mapping[str, StatusLabel] = {
    "safe": StatusLabel("safe", _l("Safe"), "safe", 1),
    "overcautious": StatusLabel("over", _l("Too cautious"), "overcautious", 2),
    "suboptimal": StatusLabel("sub", _l("Not the best"), "suboptimal", 3),
    "unsafe": StatusLabel("unsafe", _l("Unsafe"), "unsafe", 4),
    "critical": StatusLabel("critical", _l("Critical"), "critical", 5),
}
"""What an option would do to the client, from safe to critical."""

BASIS: Mapping[str, LazyString] = {
    "evidence": _l("Evidence"),
    "guideline": _l("Guideline"),
    "expert-caution": _l("Expert caution"),
    "house-rule": _l("House rule"),
}
"""The basis of a statement or a rationale."""
