"""Reads of the email addresses that are being verified, and by which browser."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cpd.accounts.sign_up.models import EmailVerification
from cpd.accounts.tokens import hash_token

MOST_WRONG_CODES = 5


def find_open_verification(
    session: Session, public_id: str, *, now: datetime
) -> EmailVerification | None:
    """Return the verification that the open page awaits, if its code can still be entered."""
    row = session.scalar(select_verification(public_id))
    return row if row is not None and verification_may_take_code(row, now=now) else None


def find_verification_by_link(
    session: Session, token: str, *, now: datetime
) -> EmailVerification | None:
    """Return what this link would verify."""
    return session.scalar(select_verification_by_link(token, now=now))


def find_verification_by_grant(
    session: Session, grant: str, *, now: datetime
) -> EmailVerification | None:
    """Return what this browser has verified and not used yet."""
    return session.scalar(select_verification_by_grant(grant, now=now))


def verification_may_take_code(row: EmailVerification, *, now: datetime) -> bool:
    """Tell whether a code can be entered: it is not used, not too old and not guessed too often."""
    return not row.used_at and row.expires_at > now and row.wrong_codes < MOST_WRONG_CODES


def select_verification(public_id: str) -> Select[EmailVerification]:
    """Select by public id, and read the row again."""
    return (
        select(EmailVerification)
        .where(EmailVerification.public_id == public_id)
        .execution_options(populate_existing=True)
    )


def select_verification_by_link(token: str, *, now: datetime) -> Select[EmailVerification]:
    """Select by the token of an unexpired link."""
    return select(EmailVerification).where(
        EmailVerification.link_hash == hash_token(token), EmailVerification.expires_at > now
    )


def select_verification_by_grant(grant: str, *, now: datetime) -> Select[EmailVerification]:
    """Select by an unexpired grant that was not used."""
    return select(EmailVerification).where(
        EmailVerification.grant_hash == hash_token(grant),
        EmailVerification.expires_at > now,
        EmailVerification.used_at.is_(None),
    )
