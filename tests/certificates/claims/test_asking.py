"""Credit asked for after the pass, reasons that are set aside, and the answer before the exam."""

import json
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.audit import AuditEntry
from cpd.accounts.models import License, Person
from cpd.certificates import hooks, signing
from cpd.certificates.claims.rules.overriding import BARS, may_override
from cpd.certificates.corrections.actions import correct_certificate
from cpd.certificates.models import Certificate, CertificateState, CreditDecision, CreditState
from cpd.courses.models import Enrolment
from cpd.credit.cycles.models import LicenseCycle
from cpd.credit.labels import REFUSALS
from cpd.credit.needs.actions import save_credit_need
from cpd.credit.rules.issue_checks import Refusal
from cpd.credit.rules.reporting import Report, ReportState
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import accounts, passes
from tests.factories.passes import FLORIDA, NCBTMB, OF_COURSE, OF_PROVIDER, Setting
from tests.support import joints
from tests.support.people import INES
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FOR_NCBTMB = Setting(licenses=("ncbtmb",), approvals=(*NCBTMB, *FLORIDA))


def valid(app: Flask) -> dict[str, Certificate]:
    """Return the valid certificates by authority."""
    with app.app_context():
        found = sa.select(Certificate).where(Certificate.state == CertificateState.VALID)
        rows = db.session.scalars(found.order_by(Certificate.id)).all()
        db.session.expunge_all()
        return {one.authority: one for one in rows}


def test_another_license_gets_a_certificate_with_the_same_day(
    app: Flask, holder: Person, maya_in: Visitor
) -> None:
    first = passes.issue_all(app, passes.prepare(app, holder, FOR_NCBTMB))["ncbtmb"]
    page = f"/certificates/{first.public_id}/credit"
    record = maya_in.get("/record").page
    assert page in record.links().values()
    assert "None of the sources we read says who reports it." in record.text
    with app.app_context(), unit_of_work() as session:
        session.get_one(Person, holder.id).time_zone = "Asia/Tokyo"
        passes.add_license(session, holder, "florida")
    assert "Not checked yet" in maya_in.get(page).text
    maya_in.submit({}, status=303)
    assert "A certificate has been issued." in maya_in.follow().text
    made = valid(app)
    assert sorted(made) == ["florida", "ncbtmb"]
    facts = [json.loads(made[one].snapshot) for one in ("ncbtmb", "florida")]
    assert facts[0]["completed"] == facts[1]["completed"]
    assert (
        "We must report it and have not done so yet."
        in maya_in.get(f"/certificates/{made['florida'].public_id}").text
    )
    maya_in.get(page)
    maya_in.submit({}, status=303)
    assert "No new certificate was issued." in maya_in.follow().text
    assert len(valid(app)) == 2


def test_who_passed_before_an_approval_is_told_that_it_does_not_count_backward(
    app: Flask, holder: Person, maya_in: Visitor
) -> None:
    later = replace(OF_COURSE, first_day=date(2027, 1, 1))
    setting = replace(FOR_NCBTMB, approvals=(OF_PROVIDER, later))
    made = passes.issue_all(app, passes.prepare(app, holder, setting))
    told = maya_in.get(f"/certificates/{made['none'].public_id}/credit").text
    assert "You passed before their approval began." in told
    assert "An approval is not retroactive." in told
    assert "You passed before their approval began." in maya_in.get("/record").text


def test_the_page_costs_the_same_for_many_licenses(
    app: Flask, holder: Person, maya_in: Visitor
) -> None:
    made = passes.issue_all(app, passes.prepare(app, holder))["ncbtmb"]

    def count_queries(page: str) -> int:
        with asked(app) as statements:
            maya_in.get(page)
        return len(statements)

    pages = [f"/certificates/{made.public_id}/credit", f"/certificates/{made.public_id}", "/record"]
    _warm = [count_queries(page) for page in pages]
    before = [count_queries(page) for page in pages]
    with app.app_context(), unit_of_work() as session:
        for authority in ("texas", "georgia", "cmto"):
            passes.add_license(session, holder, authority)
    maya_in.get(pages[0])
    maya_in.submit({}, status=303)
    assert [count_queries(page) for page in pages] == before
    maya_in.get(pages[0])
    maya_in.submit({}, status=303)
    with app.app_context():
        asked_twice = db.session.scalars(sa.select(CreditDecision.authority)).all()
    assert sorted(asked_twice) == ["cmto", "florida", "georgia", "ncbtmb", "texas"]


# Reasons that an administrator sets aside


def test_every_reason_says_whether_it_may_be_set_aside() -> None:
    assert set(BARS) == set(Refusal) == set(REFUSALS)
    allowed = {reason for reason, bar in BARS.items() if bar is None}
    assert allowed == {
        Refusal.STALE,
        Refusal.CONFLICT,
        Refusal.UNKNOWN_APPROVAL,
        Refusal.TITLE_DIFFERS,
        Refusal.LICENSE_MALFORMED,
        Refusal.OUTSIDE_CYCLE,
        Refusal.REPEATED,
        Refusal.LIMIT,
    }
    assert all(may_override([reason]) is (reason in allowed) for reason in Refusal)
    assert not may_override([Refusal.LIMIT, Refusal.NOT_REVIEWED])
    assert not may_override([])


@pytest.fixture
def ines_in(app: Flask, holder: Person) -> Visitor:
    """Ines, signed in."""
    return accounts.let_in(Visitor(app, "ines"), INES)


def refusal_page(app: Flask) -> str:
    """Return the address of the newest refusal."""
    with app.app_context():
        newest = sa.select(CreditDecision.public_id).order_by(CreditDecision.id.desc()).limit(1)
        return f"/certificates/refusals/{db.session.scalars(newest).one()}"


def test_reasons_are_set_aside_with_a_sentence_that_is_kept(
    app: Flask, holder: Person, ines_in: Visitor
) -> None:
    retitled = replace(OF_COURSE, title="Massage in Hot Weather")
    outside = replace(FOR_NCBTMB, approvals=(OF_PROVIDER, retitled), expires_on=date(2026, 8, 31))
    passes.issue_all(app, passes.prepare(app, holder, outside))
    page = refusal_page(app)
    assert page in ines_in.get("/certificates/refusals").page.links().values()
    assert ines_in.get(page).text.count("You can set it aside for this license.") == 2
    ines_in.submit({"why": ""}, status=422)
    ines_in.get(page)
    ines_in.submit({"why": "She renewed in time; the letter has capitals."}, status=303)
    made = valid(app)
    assert json.loads(made["ncbtmb"].snapshot)["course"] == "Massage in Hot Weather"
    with app.app_context():
        entry = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "certificates:credit:override")
        ).one()
        assert entry.detail["why"] == "She renewed in time; the letter has capitals."
        assert entry.detail["reasons"] == "title-differs, outside-cycle"
        row = db.session.scalars(sa.select(CreditDecision).order_by(CreditDecision.id)).all()[-1]
        assert (row.state, row.certificate_id) == (CreditState.ISSUED, made["ncbtmb"].id)
        assert row.overridden == ["title-differs", "outside-cycle"]
        assert row.decided_by == entry.actor
    ines_in.get(page, status=404)
    assert "Nothing is refused." in ines_in.get("/certificates/refusals").text


@pytest.mark.parametrize(
    "setting",
    [
        replace(FOR_NCBTMB, is_reviewed=False),
        replace(FOR_NCBTMB, approvals=(OF_PROVIDER,)),
        replace(FOR_NCBTMB, signatories=()),
    ],
)
def test_other_reasons_stand(
    app: Flask, holder: Person, ines_in: Visitor, setting: Setting
) -> None:
    passes.issue_all(app, passes.prepare(app, holder, setting))
    page = refusal_page(app)
    assert "It cannot be set aside" in ines_in.get(page).text
    ines_in.post(page, {"why": "Please."}, status=409)
    assert list(valid(app)) == ["none"]


def test_a_reason_that_came_up_since_then_stands(
    app: Flask, holder: Person, ines_in: Visitor
) -> None:
    outside = replace(FOR_NCBTMB, expires_on=date(2026, 8, 31))
    passes.issue_all(app, passes.prepare(app, holder, outside))
    page = refusal_page(app)
    ines_in.get(page)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(License).values(number="none"))
    ines_in.submit({"why": "She renewed in time."}, status=409)
    assert list(valid(app)) == ["none"]


# Before the exam


@pytest.mark.parametrize(("is_wanted", "made"), [(False, ["none"]), (True, ["ncbtmb", "florida"])])
def test_who_needs_no_credit_gets_a_certificate_without(
    app: Flask, holder: Person, made: list[str], *, is_wanted: bool
) -> None:
    enrolment_id = passes.enrol(app, holder)
    with app.app_context(), unit_of_work() as session:
        enrolment, actor = session.get_one(Enrolment, enrolment_id), passes.actor_of_row(holder)
        save_credit_need(session, enrolment, is_wanted=is_wanted, actor=actor, now=clock.now())
    assert list(passes.issue_all(app, passes.let_pass(app, enrolment_id))) == made
    with app.app_context():
        decided = db.session.scalars(sa.select(CreditDecision.authority)).all()
    assert len(decided) == (2 if is_wanted else 0)


# What became of it


@pytest.mark.parametrize("state", list(ReportState))
def test_each_report_has_its_sentence(
    app: Flask,
    holder: Person,
    maya_in: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    state: ReportState,
) -> None:
    made = passes.issue_all(app, passes.prepare(app, holder, FOR_NCBTMB))["ncbtmb"]
    report = Report(state, day=date(2026, 11, 24), reason="Wrong number.")
    joints.fill(monkeypatch, app, hooks.reports, lambda *_: {made.id: report})
    said = {
        ReportState.TO_REPORT: "We must report it by 24 November 2026 and have not done so yet.",
        ReportState.REPORTED: "We reported it on 24 November 2026.",
        ReportState.ACCEPTED: "The report was accepted on 24 November 2026.",
        ReportState.REFUSED: "The report was refused on 24 November 2026: Wrong number.",
        ReportState.YOURSELF: "You report it yourself.",
        ReportState.UNKNOWN: "None of the sources we read says who reports it.",
    }
    assert said[state] in maya_in.get("/record").text


def test_a_corrected_certificate_names_the_license_of_its_authority_alone(
    app: Flask, holder: Person
) -> None:
    passes.issue_all(app, passes.prepare(app, holder))
    actor = passes.actor_of_row(holder)
    with app.app_context(), unit_of_work() as session:
        of_florida = (
            sa.select(License).join(LicenseCycle).where(LicenseCycle.authority == "florida")
        )
        session.scalars(of_florida).one().number = "MA 9"
        session.get_one(Person, holder.id).legal_name = "Maya C. Okafor"
    corrected = {}
    for authority, old in valid(app).items():
        with app.app_context(), unit_of_work() as session:
            own = session.get_one(Certificate, old.id)
            done = correct_certificate(
                session,
                own,
                reason="Moved",
                issuer=signing.current_issuer(),
                actor=actor,
                now=clock.now(),
            )
            assert isinstance(done, Certificate), done
            corrected[authority] = json.loads(done.snapshot)
    assert [it["number"] for it in corrected["florida"]["licences"]["held"]] == ["MA 9"]
    assert corrected["florida"]["corrects"]["facts"] == ["licences", "name"]
    assert len(corrected["ncbtmb"]["licences"]["held"]) == 1
    assert corrected["ncbtmb"]["corrects"]["facts"] == ["name"]
    assert corrected["ncbtmb"]["marker"] == "0.08 CE"
