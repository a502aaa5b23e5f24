"""From a button that adds time to the message that says what came of it."""

from datetime import datetime

from flask import flash
from flask_babel import gettext as _

from cpd.access.guard import current_actor
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.quizzes.attempts import actions
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.pages import find_own_attempt_or_404
from cpd.quizzes.rules.added_time import TimeRefusal
from cpd.web.formatting import format_instant


def add_time_and_say_so(public_id: str, until: str | None) -> None:
    """Add time to the actor's own attempt; `until` is its end as the page showed it."""
    now, attempt = clock.now(), find_own_attempt_or_404(public_id)
    with unit_of_work() as session:
        added = actions.add_own_time(
            session,
            attempt.id,
            shown_end=_parse_shown_end(until),
            actor=current_actor(),
            now=now,
        )
    if isinstance(added, TimeRefusal):
        flash(_message_for_refusal(added, attempt), "warn")
    else:
        flash(
            _("You have more time. This try now ends at %(time)s.", time=_format_end(added)), "good"
        )


def _parse_shown_end(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def _format_end(attempt: Attempt) -> str:
    return format_instant(attempt.deadline_at) if attempt.deadline_at else ""


def _message_for_refusal(refusal: TimeRefusal, attempt: Attempt) -> str:
    match refusal:
        case TimeRefusal.ADDED_ALREADY:
            return str(
                _(
                    "Time was added already, on this page or another one. This try now ends at "
                    "%(time)s.",
                    time=_format_end(attempt),
                )
            )
        case TimeRefusal.TOO_EARLY:
            return str(_("It is too early to add time. You can add it shortly before the end."))
        case TimeRefusal.NOT_OFFERED:
            return str(_("No more time can be added to this try."))
        case TimeRefusal.OVER:
            return str(_("No time was added, because this try was already over."))
