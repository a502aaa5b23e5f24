"""How often and how long somebody is invited."""

from datetime import timedelta

import pytest

from cpd.schools.roster.rules import inviting
from tests.support.moved_clock import NOW


@pytest.mark.parametrize(
    ("times", "since", "allowed"),
    [
        (0, None, True),
        (1, inviting.PAUSE, True),
        (1, inviting.PAUSE - timedelta(seconds=1), False),
        (inviting.MOST_SENT, timedelta(days=30), False),
    ],
)
def test_an_email_is_sent_again_not_too_often(
    times: int, since: timedelta | None, *, allowed: bool
) -> None:
    last = None if since is None else NOW - since
    assert inviting.may_invite_again(times, last, now=NOW) is allowed


def test_an_invitation_ends() -> None:
    assert inviting.has_expired(None, now=NOW)
    assert inviting.has_expired(NOW - inviting.LASTS, now=NOW)
    assert not inviting.has_expired(NOW - inviting.LASTS + timedelta(seconds=1), now=NOW)


def test_a_school_with_few_seats_invites_few_people() -> None:
    assert inviting.most_invited_in_a_day(None) is None
    assert inviting.most_invited_in_a_day(25) == 50
