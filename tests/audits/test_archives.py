"""An archive for an audit: asked for with a reason, made by the worker, downloaded, deleted."""

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.audit import AuditEntry
from cpd.accounts.data_requests.personal_data import RowsOfPerson
from cpd.audits.archives import actions
from cpd.audits.archives.models import AuditArchive, AuditArchivePart
from cpd.authoring.sources.archive_writing import pack_archive
from cpd.certificates import actions as certificates
from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import format_code
from cpd.certificates.rules.record import Record
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.joints.personal import Erasure, PersonalData
from cpd.joints.registry import current_registry
from cpd.kernel import clock as clocks
from tests.factories import accounts, courses, credit, evaluations
from tests.factories.audits import REASON, ask_archive, days_around
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import INES, MAYA, ZOE, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Files = Mapping[str, bytes]


def ask_by_form(ines: Visitor, **changed: str) -> str:
    """Fill the form in for the last year; returns the address of the archive."""
    first, last = days_around(clocks.now())
    given = {"first_day": str(first), "last_day": str(last), "reason": REASON}
    ines.get("/audits/new")
    return ines.submit(given | changed, action=None, status=303).location


def run_worker(app: Flask) -> None:
    with app.app_context():
        worker.run_all_due_jobs()


def download(ines: Visitor, path: str) -> Files:
    """Download every file of an archive with the buttons of its page."""
    files: dict[str, bytes] = {}
    for action in [form.action for form in ines.get(path).page.forms if "/parts/" in form.action]:
        answer = ines.post(action, status=200)
        assert "attachment; filename=audit-" in answer.header("Content-Disposition")
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            assert not files.keys() & set(archive.namelist()), "no file comes twice"
            files |= {name: archive.read(name) for name in archive.namelist()}
        ines.get(path)
    return files


def rows_of(files: Files, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"))))


def certificate_of(app: Flask, person: Person) -> Certificate:
    with app.app_context():
        subject = accounts.row_of(person).subject
        return db.session.scalars(
            sa.select(Certificate).where(Certificate.subject == subject)
        ).one()


def test_from_the_form_to_the_files(app: Flask, ines: Visitor) -> None:
    Learner(app, MAYA).pass_exam()
    courses.enrol(app, ZOE)
    credit.approve(app, credit.PROVIDER)
    held = certificate_of(app, MAYA)
    with app.app_context(), unit_of_work() as session:
        certificates.add_certificate_file_if_absent(
            session, held, "pdf", b"%PDF of maya", now=clocks.now()
        )
    path = ask_by_form(ines)
    assert "0 of 1 files are made" in ines.follow().text
    assert "being made: 0 of 1 files" in ines.get("/audits").text
    run_worker(app)
    files = download(ines, path)
    code = format_code(held.code)
    assert Record.from_json(files[f"certificates/{code}.json"]).snapshot == held.snapshot
    assert files[f"certificates/{code}.pdf"] == b"%PDF of maya"
    assert {row["Name"] for row in rows_of(files, "roster.csv")} == {MAYA.full_name, ZOE.full_name}
    (completion,) = rows_of(files, "completions.csv")
    assert (completion["Name"], completion["Certificates"]) == (MAYA.full_name, code)
    (row,) = rows_of(files, "certificate-list.csv")
    assert (row["Code"], row["State"]) == (code, "valid")
    (approval,) = rows_of(files, "approvals.csv")
    assert files[approval["Letter"]] == credit.LETTER
    index = files["index.html"].decode()
    assert REASON in index
    assert "no group of five was completed" in index
    with app.app_context():
        trail = db.session.scalars(
            sa.select(AuditEntry.action)
            .where(AuditEntry.action.startswith("audits:"))
            .order_by(AuditEntry.id)
        ).all()
    assert trail == ["audits:archive:make", "audits:archive:download"]


@on_sqlite
def test_days_that_cannot_be_and_a_missing_reason_get_a_sentence(
    app: Flask, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = map(str, days_around(clocks.now()))
    for changed, sentence in (
        ({"reason": " "}, "Enter a reason"),
        ({"first_day": last, "last_day": first}, "The last day is before the first."),
        ({"last_day": "2099-01-01"}, "Choose today or an earlier day."),
        ({"first_day": "2026-02-30"}, "This date does not exist."),
    ):
        ines.get("/audits/new")
        given = {"first_day": first, "last_day": last, "reason": REASON} | changed
        assert sentence in ines.submit(given, action=None, status=422).text
    Learner(app, MAYA).pass_exam()
    monkeypatch.setattr(actions, "MOST_COMPLETIONS", 0)
    ines.get("/audits/new")
    given = {"first_day": first, "last_day": last, "reason": REASON}
    assert "Choose a shorter one." in ines.submit(given, action=None, status=422).text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(AuditArchive.id))) == 0


def test_what_is_outside_the_period_or_the_course_stays_out(app: Flask, ines: Visitor) -> None:
    Learner(app, MAYA).pass_exam()
    first, _last = days_around(clocks.now())
    path = ask_by_form(ines, last_day=str(first))
    run_worker(app)
    files = download(ines, path)
    assert rows_of(files, "roster.csv") == rows_of(files, "completions.csv") == []
    path = ask_by_form(ines, course=SLUG)
    run_worker(app)
    assert len(rows_of(download(ines, path), "completions.csv")) == 1


def test_a_worker_that_is_killed_goes_on_where_it_was(
    app: Flask, ines: Visitor, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each certificate is there once, whatever the worker had stored when it was killed."""
    monkeypatch.setattr(actions, "CERTIFICATES_PER_PART", 1)
    monkeypatch.setattr("cpd.audits.archives.part_contents.CERTIFICATES_PER_PART", 1)
    Learner(app, MAYA).pass_exam()
    Learner(app, ZOE).pass_exam()
    path = ask_by_form(ines)

    def die(files: Files) -> bytes:
        if "index.html" not in files:
            raise SystemExit  # as a signal would: nothing is recorded, and the lease runs out
        return pack_archive(files)

    monkeypatch.setattr("cpd.audits.archives.jobs.pack_archive", die)
    with pytest.raises(SystemExit):
        run_worker(app)
    assert "1 of 2 files are made" in ines.get(path).text
    monkeypatch.setattr("cpd.audits.archives.jobs.pack_archive", pack_archive)
    run_worker(app)
    assert "1 of 2 files are made" in ines.get(path).text, "another worker may still be at it"
    clock.advance(minutes=3)
    run_worker(app)
    with app.app_context():
        archive = db.session.scalars(sa.select(AuditArchive)).one()
        with unit_of_work() as session:
            actions.add_part(session, archive, 2, b"late", now=clocks.now())
    files = download(ines, path)
    codes = {format_code(certificate_of(app, person).code) for person in (MAYA, ZOE)}
    records = {name for name in files if name.endswith(".json")}
    assert records == {f"certificates/{code}.json" for code in codes}


@on_sqlite
def test_after_a_week_the_files_are_gone_and_the_request_stays(
    app: Flask, ines: Visitor, clock: MovedClock
) -> None:
    path = ask_by_form(ines)
    run_worker(app)
    (action,) = [form.action for form in ines.get(path).page.forms if "/parts/" in form.action]
    ines.post(action.replace("/parts/1", "/parts/2"), status=404)
    clock.advance(days=7, minutes=1)
    with app.app_context():
        ines = accounts.let_in(Visitor(app), INES)
    assert "Its files were deleted" in ines.get(path).text, "even while the worker sleeps"
    ines.post(action, status=303)
    run_worker(app)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(AuditArchivePart.id))) == 0
    assert REASON in ines.get("/audits").text


def test_forms_have_no_names_no_times_and_come_in_groups_of_five(app: Flask, ines: Visitor) -> None:
    for number in range(7):
        evaluations.give(app, f"sub_{number}", {"clear": number % 5 + 1}, f"Comment {number}.")
    path = ask_by_form(ines)
    run_worker(app)
    files = download(ines, path)
    name = f"evaluations/{SLUG}.csv"
    rows = rows_of(files, name)
    assert {row["What would you change?"] for row in rows} == {
        f"Comment {number}." for number in range(5)
    }
    assert {row["The course was clear"] for row in rows} == {"1", "2", "3", "4", "5"}
    assert b"sub_" not in files[name]
    assert str(clocks.now().year).encode() not in files[name]


@on_sqlite
def test_the_list_costs_the_same_for_more_archives(app: Flask, ines: Visitor) -> None:
    def cost() -> int:
        ines.get("/audits")
        with asked(app) as statements:
            ines.get("/audits")
        return len(statements)

    with app.app_context():
        actor = courses.actor_of(INES)
        course = courses.course_of(MAYA).revision.document.course_id
        with unit_of_work() as session:
            ask_archive(session, actor=actor, now=clocks.now())
    before = cost()
    with app.app_context(), unit_of_work() as session:
        for _ in range(3):
            ask_archive(session, actor=actor, now=clocks.now(), course_id=course)
    assert cost() == before
    ines.get("/audits?page=2", status=404)


# What must be kept for seven years

PROOF = ("enrolments", "attempts", "results", "certificates", "certificate_files", "evaluations")


def completions_after_erasing(app: Flask, declared: list[PersonalData]) -> int:
    """Delete maya's account, and count the completions in an archive."""
    with app.app_context():
        rows = RowsOfPerson(accounts.row_of(MAYA), declared)
        with unit_of_work() as session:
            session.expunge_all()
            rows.erase_rows(session)
        with unit_of_work() as session:
            archive = ask_archive(session, actor=courses.actor_of(INES), now=clocks.now())
            return archive.completion_count


def test_deleting_an_account_takes_nothing_out_of_an_archive(app: Flask, ines: Visitor) -> None:
    Learner(app, MAYA).pass_exam()
    with app.app_context():
        declared = {it.table: it for it in current_registry().personal}
    assert {declared[table].erasing for table in PROOF} == {Erasure.KEEP}
    assert completions_after_erasing(app, list(declared.values())) == 1
    path = ask_by_form(ines)
    run_worker(app)
    files = download(ines, path)
    for table in ("roster.csv", "completions.csv", "certificate-list.csv"):
        assert [row["Name"] for row in rows_of(files, table)] == [MAYA.full_name], table


@on_sqlite
def test_control_a_table_that_is_not_kept_loses_its_rows(app: Flask) -> None:
    Learner(app, MAYA).pass_exam()
    with app.app_context():
        declared = [
            replace(it, erasing=Erasure.DELETE) if it.table in {"results", "item_results"} else it
            for it in current_registry().personal
        ]
    assert completions_after_erasing(app, declared) == 0
