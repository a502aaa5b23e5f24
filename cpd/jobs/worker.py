"""The worker: claims and runs due jobs, and waits when there are none."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from cpd.db import db, unit_of_work
from cpd.engine import UnsafeDatabaseError
from cpd.jobs import outbox
from cpd.joints.registry import current_registry
from cpd.kernel import clock

REST_SECONDS = 1.0

log = structlog.get_logger(__name__)


def enqueue_repeating_jobs() -> bool:
    """Enqueue the jobs that repeat themselves, unless they are there; return True."""
    with unit_of_work() as session:
        for enqueue in current_registry().repeating:
            enqueue(session, clock.now())
    return True


def run_next_due_job() -> bool:
    """Run one due item; return whether there was one."""
    with unit_of_work() as session:
        item = outbox.claim_due_job(session, now=clock.now())
    if item is None:
        return False
    failure = outbox.run_job_handler(item, now=clock.now())
    error = None if failure is None else failure.message
    db.session.rollback()
    with unit_of_work() as session:
        if failure is None:
            outbox.mark_job_done(session, item, now=clock.now())
        else:
            outbox.retry_job_later(session, item, now=clock.now(), error=failure.message)
            if failure.affects_all_email:
                outbox.defer_failed_emails(session, now=clock.now(), error=failure.message)
    log.info("job", purpose=item.purpose, about=item.about, tries=item.tries, error=error)
    return True


def run_all_due_jobs() -> int:
    """Run everything that is due; return how many items that was."""
    done = 0
    while run_next_due_job():
        done += 1
    return done


def run_worker_until_signal() -> None:
    """Work until SIGTERM or SIGINT, then finish the current item and stop."""
    stop = threading.Event()

    def request_worker_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signals = (signal.SIGTERM, signal.SIGINT)
    previous = {number: signal.signal(number, request_worker_stop) for number in signals}
    has_begun = False
    try:
        while not stop.is_set():
            has_begun = has_begun or _run_if_possible(enqueue_repeating_jobs)
            if not (has_begun and _run_if_possible(run_next_due_job)):
                stop.wait(REST_SECONDS)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _run_if_possible(work: Callable[[], bool]) -> bool:
    """Do some work and return what it says; return False when there is no database."""
    try:
        return work()
    except (UnsafeDatabaseError, OperationalError, InterfaceError) as fault:
        log.warning("database", error=str(getattr(fault, "orig", fault)))
        return False
    finally:
        db.session.remove()
