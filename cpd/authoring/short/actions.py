"""Starting the drafts of a case: the case itself, and what is new beside it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.drafts.actions import start_draft
from cpd.authoring.drafts.models import Draft
from cpd.courses.models import CourseRow


def start_drafts(
    session: Session, course: CourseRow, texts: Mapping[str, str], *, actor: Actor, now: datetime
) -> list[Draft]:
    """Start a draft of each new file, in this order; raises DraftTooLongError."""
    return [
        start_draft(session, course, path, text, base=None, actor=actor, now=now)
        for path, text in texts.items()
    ]
