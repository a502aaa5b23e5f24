"""Telling people by letter that what lets them in was changed, whoever changed it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.mail import emails
from cpd.mail.emails import Email
from cpd.web.formatting import instant


class Notice(StrEnum):
    """A change of what lets somebody in."""

    PASSWORD = "password"  # noqa: S105 - a kind of change
    ADDRESS_ASKED = "address_asked"
    ADDRESS = "address"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    RECOVERY_CODES = "recovery_codes"
    RECOVERY_CODE_USED = "recovery_code_used"


def tell(
    session: Session, person: Person, notice: Notice, *, now: datetime, email: str = ""
) -> None:
    """Owe a person the news that something changed; `email` where it is not their address now."""
    values = {
        "notice": notice.value,
        "name": person.name,
        "at": instant(now, person.time_zone),
    }
    message = Email(email or person.email, "accounts/emails/notice.txt", values)
    emails.enqueue(session, message, now=now)
