"""The reasons that a short form fills in for the wrong decisions until somebody edits them.

They say only what the right decision itself says: how far a wrong one is from it, and in which
direction. A text that was ever filled in stays in this list, so that a case which still has it is
recognized.
"""

import re
from collections.abc import Mapping

from cpd.cases.scales import Decision

_PROCEED, _MODIFY, _POSTPONE, _SAME_DAY, _EMERGENCY = Decision
_NO_HELP = "The client needs an emergency call, and time on the table would be time without help."
_STILL_A_SESSION = "A changed plan is still a session."
_NOT_TREATING = "Not treating is right."

REASONS: Mapping[Decision, Mapping[Decision, str]] = {
    _PROCEED: {
        _MODIFY: "The plan fits this client as it is, so nothing in it has to change.",
        _POSTPONE: "Nothing has to be settled first. The client would lose a session for no gain.",
        _SAME_DAY: "Nothing here needs medical advice today. The client would lose a session.",
        _EMERGENCY: "There is no sign of an emergency here. The client would lose a session.",
    },
    _MODIFY: {
        _PROCEED: "Today’s plan does not fit this client. Something in it has to change first.",
        _POSTPONE: "A change of the plan is enough. The client would lose a session.",
        _SAME_DAY: "A change of the plan is enough for today’s session.",
        _EMERGENCY: "There is no sign of an emergency here. A change of the plan is enough.",
    },
    _POSTPONE: {
        _PROCEED: "The session would go ahead although something has to be settled first.",
        _MODIFY: f"{_STILL_A_SESSION} This one has to wait until something is settled.",
        _SAME_DAY: f"{_NOT_TREATING} Medical advice today is one step more than this asks for.",
        _EMERGENCY: f"{_NOT_TREATING} But there is no sign of an emergency here.",
    },
    _SAME_DAY: {
        _PROCEED: "The session would go ahead, and the client needs medical advice today instead.",
        _MODIFY: f"{_STILL_A_SESSION} The client needs medical advice today instead.",
        _POSTPONE: f"{_NOT_TREATING} But another day may be far off, and this cannot wait.",
        _EMERGENCY: f"{_NOT_TREATING} An emergency call is one step more than this asks for.",
    },
    _EMERGENCY: {
        _PROCEED: _NO_HELP,
        _MODIFY: f"{_STILL_A_SESSION} {_NO_HELP}",
        _POSTPONE: f"{_NOT_TREATING} But this is an emergency, and it cannot wait for another day.",
        _SAME_DAY: f"{_NOT_TREATING} But this is an emergency: advice later today is too late.",
    },
}
"""By the right decision, then by the wrong one."""
RIGHT: Mapping[Decision, str] = {
    _PROCEED: "Right. Nothing here stands in the way of today’s plan.",
    _MODIFY: "Right. The session can go ahead once the plan is changed.",
    _POSTPONE: "Right. The session waits until this is settled.",
    _SAME_DAY: "Right. There is no session, and the client needs medical advice today.",
    _EMERGENCY: "Right. Stop, and call now.",
}
"""What stands for the right decision where nobody has said why yet."""
SENTENCES_TO_SAY: Mapping[Decision, str] = {
    _PROCEED: "Nothing stands in the way today, so let’s do what we planned.",
    _MODIFY: "I’d like to change one thing in today’s plan, and I’ll tell you why.",
    _POSTPONE: "I’d rather not start today; let’s settle this first, and I’ll help you with it.",
    _SAME_DAY: "This has to be looked at today, so I won’t start; let’s call from here together.",
    _EMERGENCY: "This can’t wait, so I’m calling for help now, and I’m staying with you.",
}
"""What to say to the client where neither the author nor the card has a sentence that fits."""
_STANDARD = frozenset(
    [*RIGHT.values(), *(text for texts in REASONS.values() for text in texts.values())]
)
_POINTER = re.compile(r" See the card \[(?:[^\]\\]|\\.)*\]\(hazard:[a-z0-9-]+\)(?: \[@[^\]]*\])?\.")


def build_pointer_to_card(card_id: str, title: str, cites: str = "") -> str:
    """Return the sentence that follows a standard reason and names the card behind it."""
    words = re.sub(r"([\\\[\]*_`<])", r"\\\1", title)
    return f" See the card [{words}](hazard:{card_id}){f' {cites}' if cites else ''}."


def is_standard_reason(rationale: str) -> bool:
    """Tell whether a rationale is still as it was filled in, with or without its card."""
    return _POINTER.sub("", " ".join(rationale.split())) in _STANDARD
