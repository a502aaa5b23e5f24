"""What the worker does about files that wait: it notes them, and makes them once it can."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from cpd.certificates.events import CertificateIssued
from cpd.certificates.files import find_missing_letters, make_file
from cpd.certificates.formats.registry import COMMON_CHARACTERS, FORMATS
from cpd.certificates.models import Certificate
from cpd.certificates.queries import build_record_of_certificate
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.waiting_files.actions import add_waiting_file, remove_waiting_file
from cpd.certificates.waiting_files.queries import find_waiting_certificates
from cpd.certificates.waiting_files.rules.scripts import group_letters_by_script
from cpd.db import db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem

log = structlog.get_logger(__name__)

CHECK = "missing-letters"
SWEEP = "files-that-wait"
_AT_ONCE = 20
"""How many certificates one sweep looks at."""


def enqueue_letter_check(session: Session, event: CertificateIssued, now: datetime) -> None:
    """Let the worker see whether the fonts have every letter, if that is not plain at once."""
    certificate = session.get_one(Certificate, event.certificate_id)
    facts = printed_facts(build_record_of_certificate(certificate).parsed_facts)
    if not COMMON_CHARACTERS.issuperset("".join(facts.values())):
        outbox.enqueue_job(session, CHECK, certificate.public_id, due_at=now, now=now)


def check_letters_of_certificate(item: OutboxItem, now: datetime) -> None:
    """Note a certificate whose letters the fonts lack, and tell the log which scripts they are."""
    certificate = db.session.scalars(
        sa.select(Certificate).where(Certificate.public_id == item.about)
    ).one()
    letters = find_missing_letters(certificate)
    if letters:
        scripts: Mapping[str, str] = group_letters_by_script(letters)
        log.warning(
            "certificate file waits for fonts",
            certificate=certificate.public_id,
            scripts=", ".join(scripts),
        )
        with unit_of_work() as session:
            add_waiting_file(session, certificate, letters, now=now)


def enqueue_next_sweep(session: Session, now: datetime) -> None:
    """Add the sweep of the next hour to the outbox, unless it is there."""
    due_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    outbox.enqueue_job(session, SWEEP, due_at.isoformat(timespec="minutes"), due_at=due_at, now=now)


def make_files_that_can_be_made(_item: OutboxItem, now: datetime) -> None:
    """Make the file of each certificate that no longer has to wait, and enqueue the next sweep."""
    with unit_of_work() as session:
        outbox.erase_done_jobs(session, SWEEP)
        enqueue_next_sweep(session, now)
    for certificate in find_waiting_certificates(db.session(), at_most=_AT_ONCE):
        if not find_missing_letters(certificate):
            make_file(certificate, next(iter(FORMATS.values())), now=now)
            with unit_of_work() as session:
                remove_waiting_file(session, certificate)
