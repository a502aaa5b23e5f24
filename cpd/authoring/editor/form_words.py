"""Findings in the words of the form, where those of the file would not help."""

import re
from collections.abc import Mapping, Sequence

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.content.frontmatter import Fault, FrontMatter

_MESSAGES: Mapping[str, LazyString] = {
    "missing": _l("This has no answer yet."),
    "int_type": _l("Write a whole number."),
    "date_type": _l("Write a date such as 2026-11-30."),
    "literal_error": _l("Choose one of the answers."),
}
"""What the form says of a value instead, by the type of the fault of its schema."""
_REMEDIES: Mapping[str, LazyString] = {
    "Let `leads_to` name a later step, or `end`.": _l("Choose a later step, or the end."),
    "Correct `leads_to`, or add the step.": _l("Choose another step, or add one."),
    "Mark one with 'correct: true'.": _l("Mark one answer as right."),
    "Add 'position: 1' to a practice case; remove it from an exam case.": _l(
        "Write 1 or another number for a practice case, and nothing for an exam case."
    ),
}
"""What the form advises instead of changing a key of the file."""


def describe_on_form(fault: Fault, type_: str, front: FrontMatter) -> tuple[str, str]:
    """Return the message and the remedy of a fault; steps are named by their numbers."""
    if message := _MESSAGES.get(type_):
        return str(message), ""
    ids = _list_step_ids(front)
    remedy = str(_REMEDIES.get(fault.remedy, fault.remedy))
    return _number_steps(fault.message, ids), _number_steps(remedy, ids)


def _list_step_ids(front: FrontMatter) -> Sequence[str]:
    steps = front.data.get("steps")
    listed = steps if isinstance(steps, list) else []
    return [str(step.get("id", "")) if isinstance(step, dict) else "" for step in listed]


def _number_steps(words: str, ids: Sequence[str]) -> str:
    """Replace the ids of steps, such as in `step tell` and `tell: Her doctor`, by their places."""
    for number, step_id in enumerate(ids, 1):
        if step_id:
            known = re.escape(step_id)
            words = re.sub(rf"\b([Ss])tep {known}\b", rf"\1tep {number}", words)
            words = re.sub(rf"(Path: |> ){known}: ", rf"\1step {number}: ", words)
    return words
