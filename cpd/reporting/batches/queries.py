"""Reads of what is to be reported, of files, and of their rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from cpd.access.permissions import Actor, Permission
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.queries import build_record_of_certificate
from cpd.credit.authority_loading import load_authorities
from cpd.db import Page, find_page
from cpd.reporting.agreements.queries import is_agreed_condition
from cpd.reporting.batches.models import ReportBatch, ReportFile, ReportRow
from cpd.reporting.numbers.queries import find_course_numbers
from cpd.reporting.rules.duties import Duty
from cpd.reporting.rules.roster import Completion, RowFault, build_completion, find_row_faults
from cpd.reporting.rules.states import LIVE, BatchState, RowState

PAGE = 30
_CHUNK = 500
_LIVE = sorted(LIVE)
Row = TypeVar("Row")


@dataclass(frozen=True)
class WaitingCompletion:
    """A completion that is in no file, with what its row would say."""

    certificate: Certificate
    facts: Mapping[str, Any]
    completion: Completion
    faults: tuple[RowFault, ...]
    due: date | None


def select_waiting(duties: Mapping[str, Duty]) -> sa.Select[Certificate]:
    """Return the statement for what is to be reported and is in no file.

    What CE Broker refused is left out until its certificate is corrected or someone settles it.
    """
    is_live = sa.exists().where(
        ReportRow.enrolment_id == Certificate.enrolment_id,
        ReportRow.authority == Certificate.authority,
        ReportRow.state.in_(_LIVE),
    )
    is_refused = sa.exists().where(
        ReportRow.certificate_id == Certificate.id,
        ReportRow.state == RowState.REFUSED,
        ReportRow.settled_at.is_(None),
    )
    asking = [slug for slug, duty in duties.items() if duty.needs_agreement]
    return sa.select(Certificate).where(
        Certificate.state == CertificateState.VALID,
        Certificate.authority.in_(list(duties)),
        ~is_live,
        ~is_refused,
        sa.or_(Certificate.authority.not_in(asking), is_agreed_condition()),
    )


def find_waiting_page(
    session: Session, actor: Actor, duty: Duty, *, page: int
) -> Page[Certificate] | None:
    """Return a page of the certificates that are to be reported, the oldest first."""
    found = _where_visible(select_waiting({duty.authority.slug: duty}), actor)
    in_order = found.order_by(Certificate.id).options(joinedload(Certificate.enrolment))
    return find_page(session, in_order, number=page, size=PAGE)


def iterate_waiting(session: Session, duty: Duty) -> Iterator[WaitingCompletion]:
    """Yield everything that is to be reported, the oldest first, locked until the transaction ends.

    So a certificate that is being withdrawn or corrected is either left out, or its row is found.
    """
    last = 0
    while True:
        chunk = session.scalars(
            select_waiting({duty.authority.slug: duty})
            .where(Certificate.id > last)
            .order_by(Certificate.id)
            .limit(_CHUNK)
            .options(joinedload(Certificate.enrolment))
            .with_for_update(key_share=True, of=Certificate)
            .execution_options(populate_existing=True)
        ).all()
        yield from build_waiting_completions(session, duty, chunk)
        if len(chunk) < _CHUNK:
            return
        last = chunk[-1].id


def build_waiting_completions(
    session: Session, duty: Duty, certificates: Sequence[Certificate]
) -> list[WaitingCompletion]:
    """Return what the rows of certificates would say, and what keeps each out of a file."""
    slug, known = duty.authority.slug, list(load_authorities().values())
    courses = find_course_numbers(session, slug, {it.enrolment.course_id for it in certificates})
    refused = _find_refused_numbers(session, slug, certificates)
    found = []
    for certificate in certificates:
        facts = build_record_of_certificate(certificate).parsed_facts
        completion = build_completion(
            facts,
            duty.authority,
            known,
            course_number=courses.get(certificate.enrolment.course_id, ""),
        )
        before = refused.get(certificate.enrolment_id, set())
        found.append(
            WaitingCompletion(
                certificate=certificate,
                facts=facts,
                completion=completion,
                faults=find_row_faults(completion, before),
                due=duty.find_due_day(completion.completed_on),
            )
        )
    return found


def _find_refused_numbers(
    session: Session, authority: str, certificates: Sequence[Certificate]
) -> Mapping[int, set[str]]:
    """Return the license numbers that were refused and not settled, by enrollment."""
    rows = session.execute(
        sa.select(ReportRow.enrolment_id, ReportRow.license_number).where(
            ReportRow.enrolment_id.in_([it.enrolment_id for it in certificates]),
            ReportRow.authority == authority,
            ReportRow.state == RowState.REFUSED,
            ReportRow.settled_at.is_(None),
        )
    )
    found: dict[int, set[str]] = {}
    for enrolment_id, number in rows:
        found.setdefault(enrolment_id, set()).add(number)
    return found


# Files


def find_batches_page(
    session: Session, actor: Actor, authority: str, *, page: int
) -> Page[ReportBatch] | None:
    """Return a page of the files for an authority, the newest first."""
    found = sa.select(ReportBatch).where(ReportBatch.authority == authority)
    in_order = _where_visible(found, actor).order_by(ReportBatch.id.desc())
    return find_page(session, in_order, number=page, size=PAGE)


def find_batch(session: Session, actor: Actor, public_id: str) -> ReportBatch | None:
    """Return one file, to people who may see it."""
    found = sa.select(ReportBatch).where(ReportBatch.public_id == public_id)
    return session.scalar(_where_visible(found, actor))


def find_locked_batch(session: Session, batch_id: int) -> ReportBatch:
    """Return a file as it is now, locked until the transaction ends."""
    return session.get_one(ReportBatch, batch_id, populate_existing=True, with_for_update=True)


def find_stored_file(session: Session, batch: ReportBatch) -> bytes | None:
    """Return the bytes of a file as they were first made; None before its first download."""
    return session.scalar(sa.select(ReportFile.content).where(ReportFile.batch_id == batch.id))


def count_rows_by_state(session: Session, batch: ReportBatch) -> Mapping[RowState, int]:
    """Return how many rows of a file are in each state."""
    rows = session.execute(
        sa.select(ReportRow.state, sa.func.count())
        .where(ReportRow.batch_id == batch.id)
        .group_by(ReportRow.state)
    )
    return dict(rows.all())


def count_changed_rows(session: Session, batch: ReportBatch) -> int:
    """Return how many rows of a file are no longer right."""
    counted = sa.select(sa.func.count()).where(
        ReportRow.batch_id == batch.id,
        ReportRow.correction.is_not(None),
        ReportRow.settled_at.is_(None),
    )
    return session.scalar(counted) or 0


# Rows


def find_rows(session: Session, batch: ReportBatch) -> Sequence[ReportRow]:
    """Return all rows of a file, in its order."""
    return session.scalars(
        sa.select(ReportRow).where(ReportRow.batch_id == batch.id).order_by(ReportRow.place)
    ).all()


def find_rows_page(
    session: Session, actor: Actor, batch: ReportBatch, *, page: int
) -> Page[ReportRow] | None:
    """Return a page of the rows of a file with their certificates."""
    found = _select_rows(actor).where(ReportRow.batch_id == batch.id)
    return find_page(session, found.order_by(ReportRow.place), number=page, size=PAGE)


def find_refused_page(
    session: Session, actor: Actor, authority: str, *, page: int
) -> Page[ReportRow] | None:
    """Return a page of the rows that CE Broker refused and nobody has dealt with."""
    found = _select_rows(actor).where(ReportRow.authority == authority, *is_open_refusal())
    return find_page(session, found.order_by(ReportRow.id), number=page, size=PAGE)


def find_corrections_page(
    session: Session, actor: Actor, authority: str, *, page: int
) -> Page[ReportRow] | None:
    """Return a page of the rows that CE Broker has and that are no longer right."""
    found = _select_rows(actor).where(ReportRow.authority == authority, *is_open_correction())
    return find_page(session, found.order_by(ReportRow.id), number=page, size=PAGE)


def is_open_refusal() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of a refused row that nobody has dealt with.

    It is dealt with as soon as the completion is in another file.
    """
    other = aliased(ReportRow)
    is_reported = sa.exists().where(
        other.enrolment_id == ReportRow.enrolment_id,
        other.authority == ReportRow.authority,
        other.id > ReportRow.id,
        other.state != RowState.RELEASED,
    )
    return ReportRow.state == RowState.REFUSED, ReportRow.settled_at.is_(None), ~is_reported


def is_open_correction() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of a row that CE Broker has and that is no longer right."""
    is_sent = (
        sa.exists()
        .where(ReportBatch.id == ReportRow.batch_id, ReportBatch.state == BatchState.SENT)
        .correlate(ReportRow)
    )
    return (
        ReportRow.correction.is_not(None),
        ReportRow.settled_at.is_(None),
        ReportRow.state.in_(_LIVE),
        is_sent,
    )


def find_row(session: Session, actor: Actor, public_id: str) -> ReportRow | None:
    """Return one row with its file, to people who may see it."""
    return session.scalar(_select_rows(actor).where(ReportRow.public_id == public_id))


def find_live_row(session: Session, enrolment_id: int, authority: str) -> ReportRow | None:
    """Return the row that keeps a completion out of every other file; None if there is none."""
    return session.scalar(
        sa.select(ReportRow)
        .where(
            ReportRow.enrolment_id == enrolment_id,
            ReportRow.authority == authority,
            ReportRow.state.in_(_LIVE),
        )
        .with_for_update()
    )


def _select_rows(actor: Actor) -> sa.Select[ReportRow]:
    found = sa.select(ReportRow).join(ReportRow.batch).options(contains_eager(ReportRow.batch))
    return _where_visible(found.options(joinedload(ReportRow.certificate)), actor)


def _where_visible(found: sa.Select[Row], actor: Actor) -> sa.Select[Row]:
    return found if actor.may(Permission.REPORT_MANAGE) else found.where(sa.false())
