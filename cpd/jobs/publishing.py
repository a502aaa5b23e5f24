"""Publishing events to higher rooms, in the same transaction and without risk to it."""

from functools import partial

import structlog
from sqlalchemy.orm import Session

from cpd.db import run_in_savepoint
from cpd.jobs import outbox
from cpd.joints.registry import current_registry
from cpd.kernel.events import Event

log = structlog.get_logger(__name__)


def publish_event(session: Session, event: Event) -> None:
    """Tell every subscriber what was just written.

    A subscriber that runs in the transaction is called now, in its own savepoint. If it fails, and
    for all other subscribers, a job is enqueued.
    """
    for subscriber in current_registry().subscribers.get(type(event), ()):
        if subscriber.is_prompt:
            fault = run_in_savepoint(session, partial(subscriber.handle, session, event, event.at))
            if fault is None:
                continue
            log.error(
                "subscriber", purpose=subscriber.purpose, about=event.identity_key, exc_info=fault
            )
        outbox.enqueue_job(
            session,
            subscriber.purpose,
            event.identity_key,
            due_at=event.at,
            now=event.at,
            payload=event.to_json(),
        )
