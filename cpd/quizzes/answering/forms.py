"""The shape of an answer as it is posted, by a form or by the page's script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import gettext as _
from wtforms import BooleanField, StringField

from cpd.web.forms import AlwaysSentField, Form, ValuesField

LONGEST_ID = 40
LONGEST_CHOICE = 80
MOST_CHOICES = 20


@dataclass(frozen=True)
class PostedEvent:
    """An event as posted: well-formed, but not yet checked against its question."""

    event_id: str
    position: int
    step: str
    after: str | None
    choices: tuple[str, ...]


class LockForm(Form):
    """Locks the current answer to a step, so that the story continues."""

    step = AlwaysSentField()
    after = StringField()
    event_id = AlwaysSentField()

    def posted_event(self, position: int) -> PostedEvent:
        """Return what was posted to the case at a position; aborts with 400 if it is malformed."""
        return _build_event_or_400(
            event_id=self.event_id.data,
            position=position,
            step=self.step.data,
            after=self.after.data or None,
            choices=self._posted_choices(),
        )

    def _posted_choices(self) -> list[str]:
        return []


class AnswerForm(LockForm):
    """Answers a step, and flags its case; `go` says where the pressed button leads."""

    choice = ValuesField(at_most=MOST_CHOICES)
    go = StringField(default="next")
    until = StringField()
    """The end of the attempt, as the page showed it beside the button that adds time."""
    flagged = BooleanField()
    """Whether the learner wants to look at the case again."""
    was_flagged = StringField()
    """Whether the page showed it so; a page that changes nothing undoes no change elsewhere."""

    @property
    def asks_for_time(self) -> bool:
        """Whether the button was the one that adds time."""
        return self.go.data == "time"

    @property
    def has_changed_flag(self) -> bool:
        """Whether the flag was set or removed on the page."""
        return bool(self.flagged.data) != bool(self.was_flagged.data)

    def _posted_choices(self) -> list[str]:
        return list(self.choice.data)


def parse_event_json_or_400(body: Mapping[str, Any]) -> PostedEvent:
    """Parse an event that the page's script sent; aborts with 400 if it is malformed."""
    unknown = set(body) - {"event_id", "position", "step", "after", "choices"}
    if unknown:
        abort(400, _("The answer has an unexpected field. Reload the page."))
    return _build_event_or_400(
        event_id=body.get("event_id"),
        position=body.get("position"),
        step=body.get("step"),
        after=body.get("after"),
        choices=body.get("choices"),
    )


def _build_event_or_400(
    event_id: Any, position: Any, step: Any, after: Any, choices: Any
) -> PostedEvent:
    ids = [event_id, step, *([] if after is None else [after])]
    is_well_formed = (
        type(position) is int
        and all(_is_well_formed_id(text, LONGEST_ID) for text in ids)
        and isinstance(choices, list)
        and len(choices) <= MOST_CHOICES
        and all(_is_well_formed_id(choice, LONGEST_CHOICE) for choice in choices)
    )
    if not is_well_formed:
        abort(400, _("The answer arrived incomplete. Reload the page and answer again."))
    return PostedEvent(event_id, position, step, after, tuple(choices))


def _is_well_formed_id(text: Any, longest: int) -> bool:
    return isinstance(text, str) and 0 < len(text) <= longest and text.isprintable()
