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
        line=_l("No session; a doctor or nurse must be told today"),
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
