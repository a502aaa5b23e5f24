"""The words of lists and invitations on pages."""

from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from cpd.schools.roster.actions import RosterRefusal
from cpd.schools.roster.models import InvitationState
from cpd.schools.roster.rules.planning import RefusedRow, RowRefusal

STATES: Mapping[InvitationState, LazyString] = {
    InvitationState.WAITING: _l("not sent yet"),
    InvitationState.SENT: _l("sent"),
    InvitationState.OPENED: _l("link opened"),
    InvitationState.BOUNCED: _l("could not be delivered; correct the address"),
    InvitationState.DECLINED: _l("declined"),
    InvitationState.JOINED: _l("joined"),
}

REFUSALS: Mapping[RosterRefusal, LazyString] = {
    RosterRefusal.ARCHIVED: _l("This class is archived, so nobody new can join."),
    RosterRefusal.CHANGED: _l(
        "The list or the class has changed since this page was shown, so nothing was done. "
        "Look at it again below."
    ),
    RosterRefusal.CLOSED: _l("This school is closed, so nobody new can join."),
    RosterRefusal.FULL: _l(
        "Your school does not have enough seats for everybody on this list, so nobody was "
        "invited. The administrator of this site can give it more seats."
    ),
    RosterRefusal.TOO_MANY: _l(
        "Your school has invited many people today, so nobody else was invited. Try again "
        "tomorrow, or ask the administrator of this site for more seats."
    ),
    RosterRefusal.TOO_SOON: _l(
        "This invitation was sent less than an hour ago, or five times already, so it was not "
        "sent again."
    ),
}


def describe_refused_row(row: RefusedRow) -> str:
    """Return which row is left out, why, and what to do."""
    if row.refusal is RowRefusal.TWO_PEOPLE:
        words: str = gettext(
            "Row %(line)s: The number belongs to one person in your school, and the email address "
            "to another (%(other)s). Correct one of them.",
            line=row.line,
            other=row.other,
        )
        return words
    return str(
        gettext(
            "Row %(line)s: This is the same person as in row %(other)s (%(name)s). Remove one of "
            "the rows.",
            line=row.line,
            other=row.other,
            name=row.text,
        )
    )
