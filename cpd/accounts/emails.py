"""Security notices: emails about changes to how someone signs in."""

from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.mail import emails
from cpd.mail.emails import Email
from cpd.web.formatting import format_instant


class SecurityNotice(StrEnum):
    """What was changed or used; the values are stored in the outbox."""

    PASSWORD = auto()
    ADDRESS_ASKED = auto()
    ADDRESS = auto()
    SECOND_FACTOR_ON = auto()
    SECOND_FACTOR_OFF = auto()
    RECOVERY_CODES = auto()
    RECOVERY_CODE_USED = auto()


def enqueue_security_notice(
    session: Session, person: Person, notice: SecurityNotice, *, now: datetime, to: str = ""
) -> None:
    """Add a notice to the outbox; it goes to the person's current address unless `to` is given."""
    values = {
        "notice": notice.value,
        "name": person.name,
        "at": format_instant(now, person.time_zone),
    }
    message = Email(to or person.email, "accounts/emails/notice.txt", values)
    emails.enqueue_email(session, message, now=now)
