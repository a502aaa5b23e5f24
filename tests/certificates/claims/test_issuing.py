"""One certificate for each license that a pass counts for, and every reason why one does not."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from cpd.accounts.models import License, Person
from cpd.certificates import actions, queries, signing
from cpd.certificates.actions import WORKSHEET
from cpd.certificates.claims import drafting
from cpd.certificates.claims.models import CreditDecision, CreditState
from cpd.certificates.models import Certificate, CertificateFile
from cpd.certificates.rules import credit_facts
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.courses.models import Enrolment, EnrolmentState, RevisionPart
from cpd.credit.approvals.models import Approval
from cpd.credit.cycles import actions as cycle_actions
from cpd.credit.cycles.actions import Claim, NewActivity
from cpd.credit.rules.activities import Manner
from cpd.credit.rules.issue_checks import Refusal
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.canonical import hash_json
from cpd.quizzes.attempts.models import Attempt
from tests.factories import certificates, passes
from tests.factories.passes import FLORIDA, NCBTMB, OF_COURSE, OF_PROVIDER, Setting, approved_by
from tests.support.moved_clock import MovedClock
from tests.support.queries import asked

DATABASES = ["sqlite"]
sqlite_only = pytest.mark.parametrize("database", DATABASES, indirect=True)


def decided(app: Flask) -> dict[str, tuple[CreditState, list[str]]]:
    """Return what stands for each authority: the newest row counts."""
    with app.app_context():
        rows = db.session.scalars(sa.select(CreditDecision).order_by(CreditDecision.id))
        return {row.authority: (row.state, row.reasons) for row in rows}


def test_a_pass_gives_one_certificate_for_each_license(app: Flask, holder: Person) -> None:
    made = passes.issue_all(app, passes.prepare(app, holder))
    assert sorted(made) == ["florida", "ncbtmb"]
    assert {state for state, _ in decided(app).values()} == {CreditState.ISSUED}
    ncbtmb, florida = (json.loads(made[it].snapshot) for it in ("ncbtmb", "florida"))
    assert ncbtmb["schema"] == 4
    assert (ncbtmb["authority"], ncbtmb["title"]) == ("ncbtmb", "Certificate of Achievement")
    assert (ncbtmb["marker"], florida["marker"]) == ("0.08 CE", "1 hour")
    assert ncbtmb["credit"]["reason"].endswith("has approved this course for 0.08 CE.")
    assert ncbtmb["provider"]["name"] == "Harbour Continuing Education, Inc."
    assert (ncbtmb["provider_number"], florida["provider_number"]) == ("450123-06", "50-1234")
    assert florida["course_number"] == "20-77"
    assert florida["activity"] == "Home study"
    assert florida["place"] == "Online"
    assert [one["authority"] for one in florida["licences"]["held"]] == ["Florida"]
    assert len(florida["approvals"]) == 2
    printed = printed_facts(florida)
    assert printed["instructor"] == "Ada Lindqvist, LMT (author)"
    assert printed["signatories"] == "Ines Roth, Administrator; Ada Lindqvist, Instructor"
    assert printed["issued_for"] == "Florida Board of Massage Therapy"
    assert "CEU" not in json.dumps(ncbtmb)
    with app.app_context():
        keys = signing.current_issuer().keys.public_keys
        for one in made.values():
            record = queries.build_record_of_certificate(one)
            assert signing.verify_record(record, keys).is_genuine
            stored = queries.find_stored_file_content(db.session(), one.id, WORKSHEET)
            assert stored is not None
            worksheet = json.loads(stored)
            assert hash_json(worksheet) == json.loads(one.snapshot)["worksheet"]["hash"]
            (line,) = worksheet["computed"]["authorities"]
            assert line["authority"] == one.authority
            assert worksheet["measured"] == {"minutes": 0, "sections": []}
        enrolment = db.session.get_one(Enrolment, made["ncbtmb"].enrolment_id)
        assert enrolment.state is EnrolmentState.COMPLETED


def test_issuing_again_gives_the_same_and_writes_nothing(app: Flask, holder: Person) -> None:
    attempt_id = passes.prepare(app, holder)
    first, again = passes.issue_all(app, attempt_id), passes.issue_all(app, attempt_id)
    assert {it.code for it in first.values()} == {it.code for it in again.values()}
    with app.app_context():
        for table, count in ((Certificate, 2), (CreditDecision, 2), (CertificateFile, 2)):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == count


@pytest.mark.race
@pytest.mark.parametrize("is_locked", [True, False], ids=["guarded", "index alone"])
def test_many_at_once_give_each_license_one_certificate(
    app: Flask, holder: Person, monkeypatch: pytest.MonkeyPatch, *, is_locked: bool
) -> None:
    attempt_id = passes.prepare(app, holder)
    if not is_locked:
        monkeypatch.setattr(actions, "lock_person_of_subject", lambda *_: None)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: passes.issue_all(app, attempt_id), range(6)))
    assert len({tuple(sorted(one.code for one in it.values())) for it in made}) == 1
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 2
        decisions = db.session.scalar(sa.select(sa.func.count()).select_from(CreditDecision))
        assert decisions == 2 or not is_locked


@sqlite_only
def test_the_number_of_reads_does_not_grow_with_the_licenses(app: Flask, holder: Person) -> None:
    def count_reads(attempt_id: int) -> int:
        with app.app_context(), asked(app) as statements:
            passed = queries.find_passed_attempt(db.session(), attempt_id)
            assert passed is not None
            revision = passed.attempt.enrolment.course_revision
            status = queries.find_course_version_status(db.session(), revision)
            checked = drafting.check_pass(db.session(), passed, status)
            drafting.find_credit(checked, signing.current_issuer(), now=clock.now())
        return len(statements)

    attempt_id = passes.prepare(app, holder)
    few = count_reads(attempt_id)
    with app.app_context(), unit_of_work() as session:
        for authority in ("texas", "georgia", "washington", "illinois"):
            passes.add_license(session, holder, authority)
    assert count_reads(attempt_id) == few


@sqlite_only
@pytest.mark.parametrize("licenses", [(), ("cmto",), ("texas", "new-york")])
def test_where_nothing_counts_one_without_credit_is_issued(
    app: Flask, holder: Person, licenses: tuple[str, ...]
) -> None:
    made = passes.issue_all(app, passes.prepare(app, holder, Setting(licenses=licenses)))
    assert list(made) == ["none"]
    facts = json.loads(made["none"].snapshot)
    assert facts["title"] == "Record of study: passed"
    assert facts["credit"]["reason"].startswith("This certificate claims no continuing education")
    assert len(facts["licences"]["held"]) == len(licenses)
    assert {state for state, _ in decided(app).values()} <= {CreditState.REFUSED}


@sqlite_only
def test_the_first_license_that_nothing_stands_against_gets_the_certificate(
    app: Flask, holder: Person
) -> None:
    attempt_id = passes.prepare(app, holder, Setting(licenses=("florida", "florida")))
    with app.app_context(), unit_of_work() as session:
        first, second = session.scalars(sa.select(License).order_by(License.id)).all()[-2:]
        first.number = "unknown"
        number = second.number
    facts = json.loads(passes.issue_all(app, attempt_id)["florida"].snapshot)
    assert [it["number"] for it in facts["licences"]["held"]] == [number]


# Why certificates are refused: each reason is found, and holds that certificate back alone

Change = Callable[[Session, Person], None]


def _log(session: Session, holder: Person, title: str, minutes: int, count: int = 1) -> None:
    license_ = session.scalars(sa.select(License).order_by(License.id.desc())).first()
    assert license_ is not None
    for number in range(count):
        new = NewActivity(
            f"{title} {number}" if number else title,
            "cpd",
            date(2026, 3, 1),
            minutes,
            Manner.SELF_PACED_ONLINE,
            [Claim(license_.id)],
        )
        cycle_actions.add_activity(session, new, actor=passes.actor_of_row(holder), now=clock.now())


def _fill_the_limit(session: Session, holder: Person) -> None:
    _log(session, holder, "Ethics", 720)


def _log_the_same(session: Session, holder: Person) -> None:
    _log(session, holder, certificates.TITLE, 60)


def _misspell(session: Session, _holder: Person) -> None:
    session.execute(sa.update(License).values(number="none yet"))


def _claim_more(session: Session, _holder: Person) -> None:
    """Put an approval on file that was given for a version which took longer."""
    now = clock.now()
    letter = session.scalars(sa.select(Approval.letter)).first()
    session.add(
        Approval(
            authority="ncbtmb",
            course_id=session.scalars(sa.select(Enrolment.course_id)).first(),
            number="C-1",
            title=certificates.TITLE,
            hundredths=900,
            category="",
            first_day=OF_COURSE.first_day,
            last_day=OF_COURSE.last_day,
            letter=letter,
            pilot={},
            entered_by="system",
            entered_at=now,
        )
    )


def _nothing(_session: Session, _holder: Person) -> None:
    """Change nothing."""


TEXAS_PROVIDER, _ = approved_by("texas")
NEW_YORK = approved_by("new-york")
TO_NCBTMB = Setting(licenses=("ncbtmb",), approvals=NCBTMB)
TO_FLORIDA = Setting(licenses=("florida",), approvals=FLORIDA)
TO_NEW_YORK = Setting(licenses=("new-york",), approvals=NEW_YORK)
LATER, EARLIER = date(2027, 1, 1), date(2026, 6, 30)


def course(**differing: Any) -> Setting:
    """Return what NCBTMB approved, with a course approval that differs."""
    return replace(TO_NCBTMB, approvals=(OF_PROVIDER, replace(OF_COURSE, **differing)))


REFUSED: list[tuple[Refusal, Setting, Change]] = [
    (Refusal.HOURS_DIFFER, replace(TO_NCBTMB, approvals=(OF_PROVIDER,)), _claim_more),
    (Refusal.TITLE_DIFFERS, course(title="Massage in Hot Weather"), _nothing),
    (Refusal.COURSE_NOT_APPROVED, replace(TO_NCBTMB, approvals=(OF_PROVIDER,)), _nothing),
    (Refusal.PROVIDER_NOT_APPROVED, replace(TO_NCBTMB, approvals=(OF_COURSE,)), _nothing),
    (Refusal.PASSED_BEFORE, course(first_day=LATER), _nothing),
    (Refusal.ENDED, course(last_day=EARLIER), _nothing),
    (Refusal.WRONG_CATEGORY, course(category="Classroom hours"), _nothing),
    (Refusal.NOT_REVIEWED, replace(TO_NCBTMB, is_reviewed=False), _nothing),
    (Refusal.LICENSE_MALFORMED, TO_NCBTMB, _misspell),
    (Refusal.OUTSIDE_CYCLE, replace(TO_NCBTMB, expires_on=date(2026, 8, 31)), _nothing),
    (Refusal.LIMIT, TO_NEW_YORK, _fill_the_limit),
    (Refusal.REPEATED, TO_FLORIDA, _log_the_same),
    (Refusal.FIELD_MISSING, replace(TO_NCBTMB, signatories=()), _nothing),
    (
        Refusal.NO_AMOUNT,
        Setting(licenses=("texas",), approvals=(TEXAS_PROVIDER,)),
        _nothing,
    ),
    (Refusal.UNKNOWN_APPROVAL, Setting(licenses=("amta",)), _nothing),
    (Refusal.NO_HOURS, Setting(licenses=("cmto",)), _nothing),
]


@sqlite_only
@pytest.mark.parametrize(("reason", "setting", "change"), REFUSED)
def test_it_is_refused_because(
    app: Flask, holder: Person, reason: Refusal, setting: Setting, change: Change
) -> None:
    attempt_id = passes.prepare(app, holder, setting)
    with app.app_context(), unit_of_work() as session:
        change(session, holder)
    made = passes.issue_all(app, attempt_id)
    assert list(made) == ["none"]
    state, reasons = decided(app)[setting.licenses[0]]
    assert state is CreditState.REFUSED
    assert reason in reasons


@sqlite_only
@pytest.mark.parametrize("setting", [TO_NCBTMB, TO_FLORIDA, TO_NEW_YORK])
def test_the_same_without_the_reason_is_issued(
    app: Flask, holder: Person, setting: Setting
) -> None:
    attempt_id = passes.prepare(app, holder, setting)
    with app.app_context(), unit_of_work() as session:
        _log(session, holder, "Another course", 60)
    assert list(passes.issue_all(app, attempt_id)) == list(setting.licenses)


@sqlite_only
def test_rules_that_were_read_too_long_ago_hold_it_back(
    app: Flask, holder: Person, clock: MovedClock
) -> None:
    clock.advance(days=400)
    passes.issue_all(app, passes.prepare(app, holder, replace(TO_NCBTMB, expires_on=None)))
    assert decided(app)["ncbtmb"] == (CreditState.REFUSED, [Refusal.STALE])


@sqlite_only
@pytest.mark.parametrize(
    ("name", "wrong", "reason"),
    [
        ("DOCUMENT", "Certificate of Completion", Refusal.WRONG_NAME),
        ("UNIT", "CEU", Refusal.WRONG_UNIT),
    ],
)
def test_a_document_in_other_words_is_never_signed(
    app: Flask,
    holder: Person,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    wrong: str,
    reason: Refusal,
) -> None:
    built = credit_facts.build_credit_snapshot

    def build_wrongly(facts: Any, claim: credit_facts.CreditClaim) -> dict[str, Any]:
        worded = {"DOCUMENT": replace(claim, document=wrong), "UNIT": replace(claim, unit=wrong)}
        return built(facts, worded[name])

    monkeypatch.setattr(drafting, "build_credit_snapshot", build_wrongly)
    made = passes.issue_all(app, passes.prepare(app, holder, TO_NCBTMB))
    assert list(made) == ["none"]
    assert decided(app)["ncbtmb"] == (CreditState.REFUSED, [reason])


@sqlite_only
def test_the_same_course_earns_credit_once_in_a_cycle(app: Flask, holder: Person) -> None:
    first = passes.issue_all(app, passes.prepare(app, holder, TO_NCBTMB))
    with app.app_context(), unit_of_work() as session:
        enrolment = session.get_one(Enrolment, first["ncbtmb"].enrolment_id)
        revision = certificates.add_revision(
            session,
            enrolment.course_revision.document,
            number=2,
            title=certificates.TITLE,
            front=enrolment.course_revision.front,
        )
        of_first = RevisionPart.course_revision_id == enrolment.course_revision_id
        for part in session.scalars(sa.select(RevisionPart).where(of_first)).all():
            session.add(
                RevisionPart(
                    course_revision_id=revision.id, part_id=part.part_id, position=part.position
                )
            )
        other = certificates.add_enrolment(session, holder, revision, "asg_one")
        details = certificates.AttemptFacts(number=2)
        attempt_id = certificates.add_attempt(session, other, details).id
        assert session.get_one(Attempt, attempt_id).enrolment_id == other.id
    passes.issue_all(app, attempt_id)
    assert Refusal.REPEATED in decided(app)["ncbtmb"][1]
