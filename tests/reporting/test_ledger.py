"""Each completion is in one file, though the process is killed at every step."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from cpd.access.permissions import SYSTEM
from cpd.accounts.models import License, Person
from cpd.certificates import signing
from cpd.certificates.corrections.actions import correct_certificate
from cpd.certificates.events import CertificateRevoked
from cpd.certificates.models import Certificate, CertificateState
from cpd.cli.demo.reports import add_reports_if_missing
from cpd.credit.authority_loading import load_authorities
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.reporting.agreements.actions import record_agreement
from cpd.reporting.batches import actions, queries
from cpd.reporting.batches.models import ReportBatch, ReportRow
from cpd.reporting.batches.roster_file import write_roster_file
from cpd.reporting.rules.duties import build_duty
from cpd.reporting.rules.roster import build_cells
from cpd.reporting.rules.states import BatchRefusal, BatchState, CorrectionKind, RowState
from tests.factories import passes, reporting
from tests.support.post import PostOffice
from tests.support.queries import listening

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
INVALID = "Invalid license Number"


class KilledError(BaseException):
    """The process ends here."""


def killed_before_every_statement(app: Flask, step: Callable[[], object]) -> int:
    """Do a step again and again, killed one statement later each time, until it is done."""
    for at in count(1):
        statements = count(1)

        def kill(*_: Any, at: int = at, statements: "count[int]" = statements) -> None:
            if next(statements) == at:
                raise KilledError

        try:
            with listening(app, kill):
                step()
        except KilledError:
            continue
        return at - 1
    raise AssertionError


def try_to_make(app: Flask) -> ReportBatch | BatchRefusal:
    """Make a file, or return why there is none."""
    duty = build_duty(load_authorities()["florida"], clock.now().date())
    with app.app_context(), unit_of_work() as session:
        return actions.make_batch(session, duty, actor=SYSTEM, now=clock.now())


def store_file(app: Flask, batch: ReportBatch) -> bytes:
    """Write a file and store its bytes, as its download does."""
    with app.app_context():
        rows = queries.find_rows(db.session(), batch)
        made = write_roster_file(build_cells(batch.numbers, row.to_completion()) for row in rows)
        with unit_of_work() as session:
            return actions.add_file_if_absent(session, batch, made, now=clock.now())


def mark_sent(app: Flask, batch: ReportBatch) -> BatchRefusal | None:
    """Mark a file as sent."""
    with app.app_context(), unit_of_work() as session:
        row = queries.find_locked_batch(session, batch.id)
        return actions.mark_sent(session, row, actor=SYSTEM, now=clock.now())


def abandon(app: Flask, batch: ReportBatch) -> BatchRefusal | None:
    """Give a file up."""
    with app.app_context(), unit_of_work() as session:
        return actions.abandon_batch(session, batch, actor=SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)
def test_killed_at_every_step_each_completion_is_reported_once(
    app: Flask, holders: list[Person], post: PostOffice
) -> None:
    reporting.enter_numbers(app)
    reporting.complete(app, holders)
    post.collect(app)
    kills = killed_before_every_statement(app, lambda: try_to_make(app))
    assert kills > 5
    assert try_to_make(app) is BatchRefusal.NOTHING
    with app.app_context():
        (batch,) = db.session.scalars(sa.select(ReportBatch)).all()
    killed_before_every_statement(app, lambda: store_file(app, batch))
    first = store_file(app, batch)
    killed_before_every_statement(app, lambda: mark_sent(app, batch))
    rows = reporting.rows_of(app)
    answers = [
        (rows[2].license_number, "", INVALID),
        (rows[0].license_number, "9001", ""),
    ]
    killed_before_every_statement(app, lambda: reporting.answer(app, batch, answers))
    reporting.answer(app, batch, answers)
    assert store_file(app, batch) == first
    assert [row.state for row in reporting.rows_of(app)] == [
        RowState.ACCEPTED, RowState.CLAIMED, RowState.REFUSED,
    ]  # fmt: skip
    assert try_to_make(app) is BatchRefusal.NOTHING
    (sent,) = post.collect(app)
    assert sent.to == [holders[2].email]
    assert INVALID in sent.text
    assert post.collect(app) == []


@on_sqlite
def test_a_completion_has_one_live_row(app: Flask, holders: list[Person]) -> None:
    """The control drops the index, and then the row is there twice."""
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:1])
    batch = reporting.make_batch(app)

    def add_again(place: int) -> None:
        with app.app_context(), unit_of_work() as session:
            (row, *_) = queries.find_rows(session, batch)
            names = [column.key for column in ReportRow.__table__.columns]
            values = {name: getattr(row, name) for name in names if name not in {"id", "public_id"}}
            session.add(ReportRow(**(values | {"place": place})))
            session.flush()

    with pytest.raises(IntegrityError):
        add_again(2)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text("DROP INDEX uq_report_rows_live"))
    add_again(2)
    assert len(reporting.rows_of(app)) == 2


@on_postgresql
def test_no_certificate_is_withdrawn_or_corrected_while_a_file_takes_it_up(
    app: Flask, holders: list[Person]
) -> None:
    """Or else its row would not be there yet to be noted as wrong; SQLite has one writer."""
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:1])
    duty = build_duty(load_authorities()["florida"], clock.now().date())
    to_change = sa.select(Certificate.id).with_for_update(key_share=True, nowait=True)
    with app.app_context(), unit_of_work() as session:
        made = actions.make_batch(session, duty, actor=SYSTEM, now=clock.now())
        assert isinstance(made, ReportBatch)
        with db.engine.connect() as other, pytest.raises(OperationalError, match="lock"):
            other.execute(to_change)
    with app.app_context(), db.engine.connect() as other:
        assert len(other.execute(to_change).all()) == 1


@on_sqlite
def test_an_abandoned_file_frees_its_rows_and_an_answered_one_stays(
    app: Flask, holders: list[Person]
) -> None:
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:2])
    first = reporting.make_batch(app)
    assert mark_sent(app, first) is None
    assert mark_sent(app, first) is BatchRefusal.CLOSED
    assert abandon(app, first) is None
    assert abandon(app, first) is BatchRefusal.CLOSED
    second = reporting.make_batch(app)
    assert second.row_count == 2
    reporting.answer(app, second, [(reporting.rows_of(app, second)[0].license_number, "1", "")])
    assert abandon(app, second) is BatchRefusal.ANSWERED
    with app.app_context():
        states = db.session.scalars(sa.select(ReportBatch.state).order_by(ReportBatch.id)).all()
    assert states == [BatchState.ABANDONED, BatchState.SENT]


@on_sqlite
def test_without_numbers_or_with_a_fault_nothing_is_claimed(
    app: Flask, holders: list[Person]
) -> None:
    assert try_to_make(app) is BatchRefusal.NO_NUMBERS
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:1])
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text("DROP TRIGGER frozen_certificates_update"))
        certificate = session.scalars(sa.select(Certificate)).one()
        facts = json.loads(certificate.snapshot)
        facts["course_number"] = "C-1"
        certificate.snapshot = json.dumps(facts)
    assert try_to_make(app) is BatchRefusal.NOTHING


def correct_number(app: Flask, holder: Person, number: str) -> None:
    """Let somebody correct the number of their license, and replace their certificate."""
    with app.app_context(), unit_of_work() as session:
        license_ = session.scalars(
            sa.select(License).where(License.person_id == holder.id).order_by(License.id.desc())
        ).first()
        assert license_ is not None
        license_.number = number
        row = session.get_one(Person, holder.id)
        row.legal_name = row.legal_name or "Maya Chidinma Okafor"
        session.flush()
        certificate = session.scalars(
            sa.select(Certificate).where(
                Certificate.subject == holder.subject, Certificate.state == CertificateState.VALID
            )
        ).one()
        done = correct_certificate(
            session,
            certificate,
            reason="A typing error",
            issuer=signing.current_issuer(),
            actor=passes.actor_of_row(holder),
            now=clock.now(),
        )
        assert isinstance(done, Certificate), done


def open_corrections(app: Flask) -> list[tuple[str, CorrectionKind | None]]:
    """Return what CE Broker has and is no longer right."""
    with app.app_context():
        rows = db.session.scalars(sa.select(ReportRow).where(*queries.is_open_correction()))
        return [(row.license_number, row.correction) for row in rows]


def settle(app: Flask, row: ReportRow, *, is_taken_back: bool) -> bool:
    """Record what CE Broker did about a row."""
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(ReportRow, row.id)
        return actions.settle_correction(
            session, row, is_taken_back=is_taken_back, actor=SYSTEM, now=clock.now()
        )


@on_sqlite
def test_a_corrected_number_goes_into_the_next_file_or_into_the_queue(
    app: Flask, holders: list[Person], post: PostOffice
) -> None:
    """Who has corrected it before the email went out gets none."""
    reporting.enter_numbers(app)
    reporting.complete(app, holders)
    maya, zoe, _omar = holders
    first = reporting.make_batch(app)
    rows = reporting.rows_of(app, first)
    numbers = [row.license_number for row in rows]
    reporting.answer(app, first, [(numbers[0], "", INVALID), (numbers[1], "9002", "")])
    correct_number(app, maya, "MA 777")
    correct_number(app, zoe, "MA 888")
    assert "Your license number was not accepted" not in {it.subject for it in post.collect(app)}
    assert open_corrections(app) == [(numbers[1], CorrectionKind.NUMBER)]
    second = reporting.make_batch(app)
    assert [row.license_number for row in reporting.rows_of(app, second)] == ["MA 777"]
    assert settle(app, rows[1], is_taken_back=True)
    assert not settle(app, rows[1], is_taken_back=True)
    assert open_corrections(app) == []
    third = reporting.make_batch(app)
    assert [row.license_number for row in reporting.rows_of(app, third)] == ["MA 888"]
    assert try_to_make(app) is BatchRefusal.NOTHING


@on_sqlite
def test_a_corrected_name_changes_nothing_that_was_reported(
    app: Flask, holders: list[Person]
) -> None:
    """Unless its number is still the one that was refused."""
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:2])
    maya, zoe = holders[:2]
    first = reporting.make_batch(app)
    rows = reporting.rows_of(app, first)
    reporting.answer(
        app, first, [(rows[0].license_number, "1", ""), (rows[1].license_number, "", INVALID)]
    )
    for holder in (maya, zoe):
        with app.app_context(), unit_of_work() as session:
            session.get_one(Person, holder.id).legal_name = "Maya Chidinma Okaforr"
        correct_number(
            app, holder, reporting.rows_of(app)[0 if holder is maya else 1].license_number
        )
    assert open_corrections(app) == []
    assert try_to_make(app) is BatchRefusal.NOTHING
    with app.app_context(), unit_of_work() as session:
        refused = session.get_one(ReportRow, rows[1].id)
        assert actions.report_again(session, refused, actor=SYSTEM, now=clock.now())
        assert not actions.report_again(session, refused, actor=SYSTEM, now=clock.now())
    assert reporting.make_batch(app).row_count == 1


@on_sqlite
def test_a_withdrawn_certificate_is_taken_back_or_never_sent(
    app: Flask, holders: list[Person]
) -> None:
    reporting.enter_numbers(app)
    maya, zoe, omar = holders
    sent, unsent = reporting.complete(app, [maya, zoe])
    first = reporting.make_batch(app)
    late = reporting.complete_too(app, omar)
    mark_sent(app, first)
    for one in (sent, late):
        with app.app_context(), unit_of_work() as session:
            row = session.get_one(Certificate, one.id)
            row.state, row.ended_at = CertificateState.REVOKED, clock.now()
            session.flush()
            event = CertificateRevoked(at=clock.now(), certificate_id=row.id)
            actions.note_withdrawal(session, event, clock.now())
    rows = reporting.rows_of(app)
    assert open_corrections(app) == [(rows[0].license_number, CorrectionKind.WITHDRAWN)]
    assert try_to_make(app) is BatchRefusal.NOTHING
    assert settle(app, rows[0], is_taken_back=True)
    assert try_to_make(app) is BatchRefusal.NOTHING
    assert reporting.rows_of(app)[1].certificate_id == unsent.id


@on_sqlite
def test_where_agreement_is_asked_for_nothing_is_reported_without_it(
    app: Flask, holders: list[Person]
) -> None:
    reporting.enter_numbers(app, "georgia", reporting.NUMBERS)
    reporting.complete(app, holders[:1], "georgia")
    duty = build_duty(load_authorities()["georgia"], clock.now().date())
    made = []
    for is_given in (None, False, True):
        with app.app_context(), unit_of_work() as session:
            if is_given is not None:
                record_agreement(
                    session,
                    "georgia",
                    is_given=is_given,
                    actor=passes.actor_of_row(holders[0]),
                    now=clock.now(),
                )
            made.append(actions.make_batch(session, duty, actor=SYSTEM, now=clock.now()))
    assert made[:2] == [BatchRefusal.NOTHING, BatchRefusal.NOTHING]
    assert isinstance(made[2], ReportBatch)


@on_sqlite
def test_a_demo_reports_once_what_there_is_to_report(app: Flask, holders: list[Person]) -> None:
    """Not before there are certificates for the board."""
    with app.app_context():
        add_reports_if_missing(SYSTEM, now=clock.now())
    assert reporting.rows_of(app) == []
    reporting.complete(app, holders[:2])
    for _ in range(2):
        with app.app_context():
            add_reports_if_missing(SYSTEM, now=clock.now())
    assert [(row.state, row.reference) for row in reporting.rows_of(app)] == [
        (RowState.ACCEPTED, "DEMO-1"),
        (RowState.REFUSED, ""),
    ]
