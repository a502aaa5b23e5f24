"""What a learner states when submitting: shown, checked and stored word for word."""

import hashlib
import secrets
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.quizzes.attempts.models import Attempt, PrintedName, Statement
from cpd.quizzes.rules.attempts import AttemptState


def translated_statement_text() -> str:
    """Return the statement in the language of this request."""
    return str(gettext("I answered these cases myself, without help from anyone."))


def hash_statement(text: str) -> str:
    """Return the SHA-256 of a statement as it was shown."""
    return hashlib.sha256(text.encode()).hexdigest()


def attempt_can_be_submitted(session: Session, attempt: Attempt) -> bool:
    """Return whether submitting would still close the attempt or add a missing statement."""
    return attempt.state is AttemptState.OPEN or attempt_lacks_statement(session, attempt)


def attempt_lacks_statement(session: Session, attempt: Attempt) -> bool:
    """Return whether a graded attempt was closed by its deadline and still lacks a statement."""
    if attempt.state is not AttemptState.GRADED:
        return False
    stated = session.scalar(select(Statement.id).where(Statement.attempt_id == attempt.id).limit(1))
    return stated is None


def save_statement_and_printed_name(
    session: Session, attempt: Attempt, printed_name: str, statement: str, *, now: datetime
) -> int:
    """Save the statement and the name to print; return the number of the statement."""
    salt = secrets.token_hex(16)
    row = Statement(
        attempt_id=attempt.id,
        text=statement,
        name_hash=hashlib.sha256(f"{salt}{printed_name}".encode()).hexdigest(),
        made_at=now,
    )
    session.add(row)
    session.merge(PrintedName(attempt_id=attempt.id, salt=salt, name=printed_name))
    session.flush()
    return row.id
