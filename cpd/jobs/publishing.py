"""How a room tells higher ones what happened: in the same transaction, without risk to it."""

from functools import partial

import structlog
from sqlalchemy.orm import Session

from cpd.db import run_in_savepoint
from cpd.jobs import outbox
from cpd.joints.registry import current_registry
from cpd.kernel.events import Event

log = structlog.get_logger(__name__)


def publish(session: Session, event: Event) -> None:
    """Tell every subscriber what was just written.

    A prompt one acts now, in a savepoint of its own. What fails there, and what can wait, is owed.
    """
    for each in current_registry().subscribers.get(type(event), ()):
        if each.is_prompt:
            fault = run_in_savepoint(session, partial(each.handle, session, event, event.at))
            if fault is None:
                continue
            log.error("subscriber", purpose=each.purpose, about=event.key, exc_info=fault)
        outbox.enqueue(
            session,
            each.purpose,
            event.key,
            due_at=event.at,
            now=event.at,
            payload=event.to_json(),
        )
