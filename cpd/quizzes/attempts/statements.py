"""What a learner states on submitting; shown and stored from the same words."""

import hashlib
import secrets
from datetime import datetime

from flask_babel import gettext
from sqlalchemy.orm import Session

from cpd.quizzes.attempts.models import Attempt, PrintedName, Statement


def save_statement(
    session: Session, attempt: Attempt, printed_name: str, statement: str, *, now: datetime
) -> int:
    """Keep statement and name; return the number of the statement."""
    salt = secrets.token_hex(16)
    made = Statement(
        attempt_id=attempt.id,
        text=statement,
        name_hash=hashlib.sha256(f"{salt}{printed_name}".encode()).hexdigest(),
        made_at=now,
    )
    session.add(made)
    session.merge(PrintedName(attempt_id=attempt.id, salt=salt, name=printed_name))
    session.flush()
    return made.id


def statement() -> str:
    """Return the statement in the language of this request."""
    return str(gettext("I answered these cases myself, without help from anyone."))


def statement_hash(text: str) -> str:
    """Return the SHA-256 of a statement as it was shown."""
    return hashlib.sha256(text.encode()).hexdigest()
