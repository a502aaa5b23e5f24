"""Issuing: by a pass and by nothing else, once, with facts that are read and never given."""

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from cpd.access.audit import AuditEntry
from cpd.accounts.models import Person
from cpd.certificates import actions, queries, signing
from cpd.certificates.actions import NotIssued
from cpd.certificates.claims import drafting
from cpd.certificates.models import Certificate, CertificateFile, CertificateState
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.db import DEMO, DatabaseMark, db, unit_of_work
from cpd.jobs.publishing import publish_event
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.events import AttemptGraded
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from tests.certificates.conftest import person
from tests.factories import certificates, courses
from tests.factories.certificates import AttemptFacts
from tests.support.moved_clock import NOW
from tests.support.people import ZOE

LIVE = "uq_certificates_live"


def attempt_id_of(app: Flask, holder: Person, **differing: Any) -> int:
    with app.app_context(), unit_of_work() as session:
        return certificates.passed(session, holder, **differing).id


def issue(app: Flask, attempt_id: int) -> Certificate | NotIssued:
    with app.app_context(), unit_of_work() as session:
        done = actions.issue_certificates_if_complete(
            session, attempt_id, issuer=signing.current_issuer(), now=NOW
        )
        return done if isinstance(done, NotIssued) else done[0]


def test_a_title_for_certificates_is_stated_instead_of_the_title(
    app: Flask, holder: Person
) -> None:
    with app.app_context(), unit_of_work() as session:
        course = certificates.add_course(session, title_on_certificate="Al-ilaj")
        enrolment = certificates.add_enrolment(session, holder, course)
        attempt_id = certificates.add_attempt(session, enrolment).id
    made = issue(app, attempt_id)
    assert isinstance(made, Certificate)
    assert json.loads(made.snapshot)["course"] == "Al-ilaj"


def count_of(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def run(app: Flask, *statements: str) -> None:
    with app.app_context(), unit_of_work() as session:
        for statement in statements:
            session.execute(sa.text(statement))


# What is issued


def test_a_pass_is_stated_in_full(app: Flask, holder: Person) -> None:
    attempt_id = attempt_id_of(app, holder)
    made = issue(app, attempt_id)
    assert isinstance(made, Certificate)
    with app.app_context():
        attempt = db.session.get_one(Attempt, attempt_id)
        course = attempt.enrolment.course_revision
        facts = json.loads(made.snapshot)
        assert facts == {
            "schema": 4,
            "authority": "none",
            "code": made.code,
            "title": "Record of study: passed",
            "marker": "For study; no CE credit",
            "demonstration": "",
            "name": "Maya Chidinma Okafor",
            "licences": {"salt": facts["licences"]["salt"], "held": []},
            "statement": "completed this course and passed its examination",
            "course": "Massage in hot weather",
            "version": {
                "id": course.public_id,
                "number": 1,
                "content_hash": course.content_hash,
                "published_on": "2026-11-13",
            },
            "language": {"tag": "en", "name": "English"},
            "subjects": ["Neurology", "Client safety"],
            "activity": "Home study, online",
            "completed": {
                "at": "2026-11-23T09:58:00+00:00",
                "on": "2026-11-23",
                "zone": "America/Chicago",
            },
            "score": {"earned": 11, "possible": 12},
            "pass_mark": {"earned": 3, "possible": 4},
            "reading": {
                "words": 1000,
                "words_per_minute": 200,
                "minutes": 5,
                "arithmetic": "1,000 words ÷ 200 a minute = 5.0 minutes",
            },
            "credit": facts["credit"],
            "authors": [{"name": "Ada Lindqvist", "credentials": "LMT", "role": "author"}],
            "sign_off": "Not yet signed off by a clinician",
            "provider": {"name": "cpd", "contact": ""},
            "verify_at": facts["verify_at"],
            "issued_at": "2026-11-23T10:00:00+00:00",
            "key": signing.current_issuer().keys.current_key_id,
        }
        assert printed_facts(facts)["completed"] == "23 November 2026 (America/Chicago)"
        assert signing.verify_record(
            queries.build_record_of_certificate(made), signing.current_issuer().keys.public_keys
        ).is_genuine
        assert (made.subject, made.attempt_id) == (holder.subject, attempt_id)
        assert made.state is CertificateState.VALID
        assert attempt.enrolment.state is EnrolmentState.COMPLETED


def test_the_issue_is_in_the_audit_trail(app: Flask, holder: Person) -> None:
    made = issue(app, attempt_id_of(app, holder))
    assert isinstance(made, Certificate)
    with app.app_context():
        (entry,) = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "certificates:certificate:issue")
        )
        assert (entry.object, entry.actor, entry.at) == (made.public_id, "system", NOW)


def test_a_demonstration_says_so(app: Flask, holder: Person) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(DatabaseMark(name=DEMO))
    made = issue(app, attempt_id_of(app, holder))
    assert isinstance(made, Certificate)
    assert json.loads(made.snapshot)["demonstration"] == "Demonstration: not valid for credit"


@pytest.mark.parametrize("is_this_version", [True, False])
def test_a_sign_off_counts_for_exactly_its_version(
    app: Flask, holder: Person, is_this_version: bool
) -> None:
    attempt_id = attempt_id_of(app, holder)
    with app.app_context(), unit_of_work() as session:
        course = session.get_one(Attempt, attempt_id).enrolment.course_revision
        signed = course.content_hash if is_this_version else "0" * 64
        slug = course.document.slug
        courses.add_entry(session, f"course:{slug}", "sign-off", slug=slug, hash=signed)
    made = issue(app, attempt_id)
    assert isinstance(made, Certificate)
    said = json.loads(made.snapshot)["sign_off"]
    assert said.startswith("Signed off" if is_this_version else "Not yet")


def test_an_unknown_language_stands_for_itself() -> None:
    assert drafting._language_name_in_english("pt-BR") == "Portuguese (Brazil)"
    assert drafting._language_name_in_english("qqx") == "qqx"
    assert drafting._language_name_in_english("no language") == "no language"


# When nothing is issued


@pytest.mark.parametrize(
    ("differing", "why"),
    [
        ({"passed": False}, NotIssued.NOT_PASSED),
        ({"passed": False, "earned": 2}, NotIssued.NOT_PASSED),
        ({"state": AttemptState.VOID}, NotIssued.NOT_PASSED),
        ({"state": AttemptState.SUBMITTED}, NotIssued.NOT_PASSED),
        ({"name": None}, NotIssued.NOT_CONFIRMED),
    ],
)
def test_without_all_that_it_needs_nothing_is_issued(
    app: Flask, holder: Person, differing: dict[str, Any], why: NotIssued
) -> None:
    assert issue(app, attempt_id_of(app, holder, **differing)) is why
    assert count_of(app, Certificate) == 0
    with app.app_context():
        assert db.session.scalars(sa.select(Enrolment.state)).all() == [EnrolmentState.ACTIVE]


def test_an_attempt_that_is_none_earns_nothing(app: Flask) -> None:
    assert issue(app, 4711) is NotIssued.NOT_PASSED


def test_a_name_that_is_not_the_one_confirmed_is_not_printed(app: Flask, holder: Person) -> None:
    with app.app_context(), unit_of_work() as session:
        attempt = certificates.passed(session, holder, name=None)
        certificates.add_name(session, attempt, "Maya Okafor, PhD", stated="Maya Okafor")
        attempt_id = attempt.id
    assert issue(app, attempt_id) is NotIssued.NOT_CONFIRMED


def test_a_withdrawn_version_earns_nothing(app: Flask, holder: Person) -> None:
    attempt_id = attempt_id_of(app, holder)
    with app.app_context(), unit_of_work() as session:
        course = session.get_one(Attempt, attempt_id).enrolment.course_revision
        slug = course.document.slug
        withdrawn = course.content_hash
        courses.add_entry(session, f"course:{slug}", "withdrawal", slug=slug, hash=withdrawn)
    assert issue(app, attempt_id) is NotIssued.WITHDRAWN


# The event


def graded(app: Flask, attempt_id: int, *, passed: bool = True) -> None:
    with app.app_context(), unit_of_work() as session:
        publish_event(
            session, AttemptGraded(at=NOW, attempt_id=attempt_id, number=1, passed=passed)
        )


def test_a_passing_grade_issues_in_its_transaction(app: Flask, holder: Person) -> None:
    attempt_id = attempt_id_of(app, holder)

    def grade_and_fail() -> None:
        with app.app_context(), unit_of_work() as session:
            publish_event(
                session, AttemptGraded(at=NOW, attempt_id=attempt_id, number=1, passed=True)
            )
            assert queries.attempt_has_valid_certificate(session, attempt_id)
            raise RuntimeError("something fails after it")

    with pytest.raises(RuntimeError, match="after it"):
        grade_and_fail()
    assert count_of(app, Certificate) == 0
    graded(app, attempt_id)
    assert count_of(app, Certificate) == 1


def test_a_failing_grade_issues_nothing(app: Flask, holder: Person) -> None:
    graded(app, attempt_id_of(app, holder, passed=False), passed=False)
    assert count_of(app, Certificate) == 0


def test_an_event_that_claims_a_pass_is_not_believed(app: Flask, holder: Person) -> None:
    graded(app, attempt_id_of(app, holder, passed=False), passed=True)
    assert count_of(app, Certificate) == 0


# Once


def test_issuing_again_returns_the_first(app: Flask, holder: Person) -> None:
    attempt_id = attempt_id_of(app, holder)
    first, again = issue(app, attempt_id), issue(app, attempt_id)
    assert isinstance(first, Certificate)
    assert isinstance(again, Certificate)
    assert first.public_id == again.public_id
    assert count_of(app, Certificate) == 1


def test_a_second_pass_under_the_same_enrolment_earns_no_second(app: Flask, holder: Person) -> None:
    with app.app_context(), unit_of_work() as session:
        enrolment = certificates.add_enrolment(session, holder, certificates.add_course(session))
        ids = [
            certificates.add_attempt(session, enrolment, AttemptFacts(number=n)).id for n in (1, 2)
        ]
    first, second = (issue(app, one) for one in ids)
    assert isinstance(first, Certificate)
    assert isinstance(second, Certificate)
    assert (first.public_id, first.attempt_id) == (second.public_id, ids[0])


def at_once(app: Flask, count: int, act: Callable[[], Any]) -> list[Any]:
    together = threading.Barrier(count)

    def one() -> Any:
        with app.app_context():
            together.wait()
            try:
                return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(count) as pool:
        return [each.result() for each in [pool.submit(one) for _ in range(count)]]


@pytest.mark.race
def test_many_issues_at_once_give_one_certificate(app: Flask, holder: Person) -> None:
    attempt_id = attempt_id_of(app, holder)
    made = at_once(app, 16, lambda: issue(app, attempt_id))
    assert len({one.public_id for one in made}) == 1
    assert count_of(app, Certificate) == 1
    assert count_of(app, AuditEntry) - _other_audit(app) == 1


def _other_audit(app: Flask) -> int:
    with app.app_context():
        others = sa.select(sa.func.count()).select_from(AuditEntry)
        where = AuditEntry.action != "certificates:certificate:issue"
        return db.session.scalar(others.where(where)) or 0


def test_who_did_not_see_the_first_writes_no_second(
    app: Flask, holder: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt_id = attempt_id_of(app, holder)
    first = issue(app, attempt_id)
    look, looks = queries.find_valid_certificates, []

    def blind_once(*given: Any) -> Sequence[Certificate]:
        looks.append(given)
        return [] if len(looks) == 1 else look(*given)

    monkeypatch.setattr(queries, "find_valid_certificates", blind_once)
    monkeypatch.setattr(queries, "find_valid_certificates_of_course_version", lambda *_: [])
    second = issue(app, attempt_id)
    assert isinstance(first, Certificate)
    assert isinstance(second, Certificate)
    assert second.public_id == first.public_id
    assert count_of(app, Certificate) == 1


def copy_of(certificate: Certificate, **changes: Any) -> Certificate:
    columns = sa.inspect(Certificate).column_attrs
    given = {column.key: getattr(certificate, column.key) for column in columns}
    return Certificate(**given | {"id": None, "public_id": "cer_other", "code": "other"} | changes)


def add(app: Flask, certificate: Certificate) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(certificate)


def test_the_index_allows_one_valid_certificate_and_its_control_two(
    app: Flask, issued: Certificate
) -> None:
    with pytest.raises(IntegrityError):
        add(app, copy_of(issued))
    run(app, f"DROP INDEX {LIVE}")
    add(app, copy_of(issued))
    assert count_of(app, Certificate) == 2


@pytest.mark.race
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_passes_in_two_contexts_at_once_give_one_certificate(
    app: Flask, holder: Person, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """On SQLite one writes after the other in any case."""
    with app.app_context(), unit_of_work() as session:
        course = certificates.add_course(session)
        passes = [
            certificates.add_attempt(
                session,
                certificates.add_enrolment(session, holder, course, context),
                AttemptFacts(number=number),
            ).id
            for number, context in enumerate(("self", "asg_one"), 1)
        ]
    look, both_looked = queries.find_valid_certificates_of_course_version, threading.Barrier(2)

    def look_together(*given: Any) -> Sequence[Certificate]:
        found = look(*given)
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(timeout=0.5)
        return found

    monkeypatch.setattr(queries, "find_valid_certificates_of_course_version", look_together)
    if not is_guarded:
        monkeypatch.setattr(actions, "lock_person_of_subject", lambda *_: None)
    each = iter(passes)
    made = at_once(app, 2, lambda: issue(app, next(each)))
    assert len({one.public_id for one in made}) == (1 if is_guarded else 2)


# Only what was earned


def test_the_database_refuses_a_certificate_that_was_not_earned(
    app: Flask, issued: Certificate
) -> None:
    unearned: list[dict[str, Any]] = [
        {"issued_at": NOW - timedelta(hours=1)},  # before the attempt ended
        {"subject": "sub_somebody_else"},
        {"attempt_id": 4711},
    ]
    for changes in unearned:
        with pytest.raises(DBAPIError, match="unearned"):
            add(app, copy_of(issued, authority="another", **changes))
    add(app, copy_of(issued, authority="another"))


@pytest.mark.parametrize(
    "differing",
    [{"passed": False}, {"state": AttemptState.VOID}, {"state": AttemptState.SUBMITTED}],
)
def test_the_database_refuses_one_for_an_attempt_that_did_not_pass(
    app: Flask, issued: Certificate, differing: dict[str, Any]
) -> None:
    zoe = person(app, ZOE)
    with app.app_context(), unit_of_work() as session:
        course = session.get_one(Enrolment, issued.enrolment_id).course_revision
        enrolment = certificates.add_enrolment(session, zoe, course)
        attempt = certificates.add_attempt(session, enrolment, AttemptFacts(**differing))
        changes = {
            "subject": zoe.subject, "enrolment_id": enrolment.id, "attempt_id": attempt.id
        }  # fmt: skip
    with pytest.raises(DBAPIError, match="unearned"):
        add(app, copy_of(issued, **changes))
    postgresql = " ON certificates" if _is_postgresql(app) else ""
    run(app, f"DROP TRIGGER earned_certificates{postgresql}")
    add(app, copy_of(issued, **changes))  # the control: without the trigger it gets in


def _is_postgresql(app: Flask) -> bool:
    with app.app_context():
        return db.engine.dialect.name == "postgresql"


# Never edited


def test_a_certificate_resists(app: Flask, issued: Certificate) -> None:
    keep(app, issued, b"%PDF-")
    for change in (
        "UPDATE certificates SET snapshot = '{}'",
        "UPDATE certificates SET code = 'X'",
        "UPDATE certificates SET subject = 'sub_zoe'",
        "UPDATE certificates SET manifest = ''",
        "UPDATE certificates SET issued_at = '2020-01-01'",
        "UPDATE certificate_files SET content_hash = ''",
        "DELETE FROM certificates",
        "DELETE FROM certificate_files",
        "UPDATE signing_keys SET public_key = ''",
        "DELETE FROM signing_keys",
    ):
        with pytest.raises(DBAPIError, match="frozen"):
            run(app, change)


def test_it_is_revoked_once_and_never_revived(app: Flask, issued: Certificate) -> None:
    run(app, "UPDATE certificates SET state = 'revoked', ended_at = issued_at")
    with pytest.raises(DBAPIError, match="frozen"):
        run(app, "UPDATE certificates SET state = 'valid'")


def test_what_was_revoked_comes_back_by_a_new_pass_only(app: Flask, issued: Certificate) -> None:
    run(app, "UPDATE certificates SET state = 'revoked', ended_at = issued_at")
    assert issue(app, issued.attempt_id) is NotIssued.REVOKED
    with app.app_context(), unit_of_work() as session:
        enrolment = session.get_one(Enrolment, issued.enrolment_id)
        second = certificates.add_attempt(session, enrolment, AttemptFacts(number=2)).id
    again = issue(app, second)
    assert isinstance(again, Certificate)
    assert again.attempt_id == second


def test_regrading_a_result_leaves_the_certificate_as_it_is(
    app: Flask, issued: Certificate
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.get_one(Result, issued.attempt_id).score_num = 12
    again = issue(app, issued.attempt_id)
    assert isinstance(again, Certificate)
    assert again.snapshot == issued.snapshot


# Files


def keep(app: Flask, certificate: Certificate, content: bytes) -> bytes:
    with app.app_context(), unit_of_work() as session:
        return actions.add_certificate_file_if_absent(session, certificate, "pdf", content, now=NOW)


def test_the_first_file_is_kept_and_handed_out_ever_after(app: Flask, issued: Certificate) -> None:
    assert keep(app, issued, b"first") == b"first"
    assert keep(app, issued, b"second") == b"first"
    assert count_of(app, CertificateFile) == 1
    with app.app_context():
        assert queries.find_stored_file_content(db.session(), issued.id, "pdf") == b"first"
        assert queries.find_stored_file_content(db.session(), issued.id, "json") is None


@pytest.mark.race
def test_two_first_downloads_are_given_the_same_bytes(app: Flask, issued: Certificate) -> None:
    contents = iter(range(8))
    kept = at_once(app, 8, lambda: keep(app, issued, str(next(contents)).encode()))
    assert len(set(kept)) == 1


def test_control_without_its_index_a_second_file_gets_in(app: Flask, issued: Certificate) -> None:
    def add_file() -> None:
        with app.app_context(), unit_of_work() as session:
            session.add(
                CertificateFile(
                    certificate_id=issued.id,
                    format="pdf",
                    content=b"",
                    content_hash="",
                    made_at=NOW,
                )
            )

    add_file()
    with pytest.raises(IntegrityError):
        add_file()
