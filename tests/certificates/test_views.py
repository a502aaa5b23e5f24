"""Pages: one's own and nobody else's, and what a stranger is told about a code."""

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from cpd.access.permissions import VISITOR, Actor
from cpd.accounts.models import License, Person
from cpd.certificates import code_throttle, panels, signing
from cpd.certificates.formats.registry import FORMATS, is_file_reproducible, parse_record_of_file
from cpd.certificates.labels import LABELS
from cpd.certificates.models import Certificate, CertificateFile
from cpd.certificates.rules.codes import format_code
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import Record
from cpd.courses.models import Enrolment
from cpd.db import DEMO, DatabaseMark, db, unit_of_work
from cpd.kernel import canonical
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.models import Attempt
from tests.certificates.test_actions import copy_of, count_of, run
from tests.factories import accounts, certificates
from tests.factories.certificates import facts
from tests.support.missing_packages import take_away
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import INES
from tests.support.text_format import TextFormat
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

MARKER = "For study; no CE credit"


def page_of(certificate: Certificate) -> str:
    return f"/certificates/{certificate.public_id}"


def pdf_of(certificate: Certificate) -> str:
    return f"{page_of(certificate)}/certificate.pdf"


def verify_of(certificate: Certificate) -> str:
    return f"/verify/{format_code(certificate.code)}"


@pytest.fixture(autouse=True)
def _no_misses(app: Flask) -> None:
    app.extensions["cpd.code_throttle"] = code_throttle.CodeThrottle()


# One's own


def test_maya_sees_her_certificate(maya_in: Visitor, issued: Certificate) -> None:
    page = maya_in.get(page_of(issued)).page
    assert page.h1 == "Record of study: passed"
    for words in (
        "Maya Chidinma Okafor",
        "Massage in hot weather",
        MARKER,
        "23 November 2026 (America/Chicago)",
        "91% (11/12 of full marks)",
        format_code(issued.code),
    ):
        assert " ".join(words.split()) in " ".join(page.text.split()), words
    assert "Demonstration" not in page.text


def test_a_name_that_differs_from_the_profile_is_pointed_out(
    app: Flask, maya_in: Visitor, issued: Certificate
) -> None:
    run(app, "UPDATE persons SET legal_name = 'Maya Chidinma Okafor'")
    said = (
        "This certificate shows the name “Maya Chidinma Okafor”, but your profile has “Maya Obi”."
    )
    pages = (page_of(issued), "/record")
    for page in pages:
        assert "This certificate shows the name" not in maya_in.get(page).text
        assert "Maya Chidinma Okafor" in maya_in.page.text
    run(app, "UPDATE persons SET legal_name = 'Maya Obi'")
    for page in pages:
        assert said in maya_in.get(page).text, page


def test_its_link_can_be_copied_without_a_script(maya_in: Visitor, issued: Certificate) -> None:
    page = maya_in.get(page_of(issued)).page
    (field,) = [it for it in page.all("input") if it.get("id") == "link"]
    assert field.get("value") == f"http://localhost{verify_of(issued)}"
    assert field.get("readonly") is not None


def test_a_demonstration_says_so_on_every_page(
    app: Flask, maya_in: Visitor, stranger: Visitor, issue: Callable[..., Certificate]
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(DatabaseMark(name=DEMO))
    certificate = issue()
    said = "Demonstration: not valid for credit"
    assert said in maya_in.get(page_of(certificate)).text
    assert said in stranger.get(verify_of(certificate)).text
    assert said in _pdf_text(maya_in.get(pdf_of(certificate)).body)


def _pdf_text(content: bytes) -> str:
    return PdfReader(io.BytesIO(content)).pages[0].extract_text()


@pytest.mark.parametrize("address", [page_of, pdf_of])
def test_another_persons_certificate_looks_like_none(
    app: Flask, zoe_in: Visitor, issued: Certificate, address: Callable[[Certificate], str]
) -> None:
    foreign = zoe_in.get(address(issued), status=404)
    absent = zoe_in.get(address(copy_of(issued, public_id=new_public_id("cer"))), status=404)
    assert foreign.bare == absent.bare
    for answer in (foreign, absent):
        answer.response.headers.pop("X-Request-Id")
    assert dict(foreign.response.headers) == dict(absent.response.headers)
    assert count_of(app, CertificateFile) == 0


@pytest.mark.parametrize("address", [page_of, pdf_of])
def test_a_stranger_is_sent_to_sign_in_and_who_learns_nothing_may_not(
    app: Flask, stranger: Visitor, issued: Certificate, address: Callable[[Certificate], str]
) -> None:
    assert stranger.get(address(issued), status=302).location.startswith("/sign-in")
    ines = accounts.let_in(Visitor(app, "ines"), INES)
    ines.get(address(issued), status=403)


def test_the_pdf_is_made_once_and_handed_out_unchanged(
    app: Flask, maya_in: Visitor, issued: Certificate, clock: MovedClock
) -> None:
    first = maya_in.get(pdf_of(issued))
    assert first.response.mimetype == "application/pdf"
    assert first.body.startswith(b"%PDF-")
    clock.advance(minutes=30)
    assert maya_in.get(pdf_of(issued)).body == first.body
    with app.app_context():
        (kept,) = db.session.scalars(sa.select(CertificateFile))
        assert kept.content_hash == hashlib.sha256(first.body).hexdigest()
        assert kept.made_at == NOW


def test_a_stored_pdf_is_not_made_again(
    maya_in: Visitor, issued: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = maya_in.get(pdf_of(issued)).body
    take_away(monkeypatch, "typst", "segno")
    assert maya_in.get(pdf_of(issued)).body == first
    assert pdf_of(issued) in maya_in.get(page_of(issued)).page.links().values()


def test_the_pdf_carries_a_record_that_is_genuine(
    app: Flask, maya_in: Visitor, issued: Certificate
) -> None:
    carried = parse_record_of_file(maya_in.get(pdf_of(issued)).body)
    with app.app_context():
        keys = signing.current_issuer().keys.public_keys
    assert signing.verify_record(carried, keys).is_genuine


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Maya Okafor", 'filename="Maya Okafor, '),
        ("Zoë Łukasiewicz", "filename*=UTF-8''Zo%C3%AB%20%C5%81ukasiewicz%2C%20"),
        ('Maya "Max" Okafor; x=y', 'filename="Maya \\"Max\\" Okafor; x=y'),
        ("Maya ../../Okafor", 'filename="Maya ..-..-Okafor, '),
        ("Ольга Іваненко", "filename*=UTF-8''%D0%9E%D0%BB%D1%8C"),
    ],
)
def test_the_name_of_the_file_is_encoded(
    maya_in: Visitor, issue: Callable[..., Certificate], name: str, header: str
) -> None:
    sent = maya_in.get(pdf_of(issue(name=name))).header("Content-Disposition")
    assert header in sent
    assert sent.startswith("attachment; filename")
    assert "/" not in sent


def test_without_the_extra_no_file_is_offered_and_the_log_names_the_command(
    maya_in: Visitor,
    issued: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert "QR code" in maya_in.get(page_of(issued)).html  # the control
    assert pdf_of(issued) in maya_in.page.links().values()
    take_away(monkeypatch, "typst", "segno")
    missing = maya_in.get(pdf_of(issued), status=503)
    assert "You can print its page" in missing.text
    assert "install" not in missing.text
    (entry,) = [str(it.msg) for it in caplog.records if "no certificate file" in str(it.msg)]
    assert "pip install 'cpd[pdf]'" in entry
    assert "QR code" not in maya_in.get(page_of(issued)).html
    assert pdf_of(issued) not in maya_in.page.links().values()


def test_maya_sees_what_became_of_it(app: Flask, maya_in: Visitor, issued: Certificate) -> None:
    assert "Valid" in maya_in.get(page_of(issued)).text
    run(app, "UPDATE certificates SET state = 'revoked', ended_at = issued_at")
    assert "withdrawn on 23 November 2026 (Chicago)" in maya_in.get(page_of(issued)).text


def test_the_record_page_lists_certificates(
    app: Flask, maya_in: Visitor, zoe_in: Visitor, issued: Certificate
) -> None:
    page = maya_in.get("/record").page
    assert page_of(issued) in page.links().values()
    assert MARKER in page.text
    assert " of reading · " in page.text
    assert "Your first certificate will appear here." in zoe_in.get("/record").text


# Another format


def test_a_format_is_added_by_a_file_and_a_line(
    app: Flask,
    maya_in: Visitor,
    zoe_in: Visitor,
    issued: Certificate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = f"{page_of(issued)}/certificate.txt"
    maya_in.get(file, status=404)  # the control: there is no such format yet
    monkeypatch.setitem(FORMATS, "txt", TextFormat())
    links = maya_in.get(page_of(issued)).page.links()
    assert (links["PDF"], links["Plain text"]) == (pdf_of(issued), file)
    sent = maya_in.get(file)
    assert sent.header("Content-Type") == "text/plain; charset=utf-8"
    assert f"{issued.code[:5]}.txt" in sent.header("Content-Disposition")
    assert "Maya Chidinma Okafor" in sent.body.decode()
    zoe_in.get(file, status=404)
    with app.app_context():
        (stored,) = db.session.scalars(sa.select(CertificateFile))
        assert stored.format == "txt"
        keys = signing.current_issuer().keys.public_keys
    assert signing.verify_record(parse_record_of_file(sent.body), keys).is_genuine
    assert is_file_reproducible(parse_record_of_file(sent.body), sent.body)
    assert maya_in.get(pdf_of(issued)).body.startswith(b"%PDF-")


# Anybody


def test_a_stranger_checks_a_code(stranger: Visitor, issued: Certificate) -> None:
    stranger.get("/verify")
    found = stranger.follow(stranger.get(f"/verify?code={issued.code.lower()}", status=303))
    assert found.path == verify_of(issued)
    said = "Genuine. Issued by cpd on 23 November 2026 (UTC) to Maya Chidinma Okafor. Compare these"
    assert said in found.text
    assert "Checked now, at 23 Nov 2026, 10:00 (UTC), against the record kept here." in found.text
    order = ("Genuine.", "Checked now", MARKER, "What it states", "Technical proof", "Signed with")
    assert sorted(order, key=found.text.index) == list(order)


def test_every_printed_fact_stands_on_the_verify_page(
    stranger: Visitor, issued: Certificate
) -> None:
    text = " ".join(stranger.get(verify_of(issued)).text.split())
    for name, value in printed_facts(json.loads(issued.snapshot)).items():
        assert " ".join(value.split()) in text, name


def test_the_licence_stands_on_what_the_holder_shows_and_nowhere_else(
    app: Flask,
    maya_in: Visitor,
    stranger: Visitor,
    holder: Person,
    issue: Callable[..., Certificate],
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(License(person_id=holder.id, authority="Texas Board", number="MT 004711"))
    made = issue()
    assert (
        "License, as stated by the holder Texas Board: MT 004711" in maya_in.get(page_of(made)).text
    )
    file = maya_in.get(pdf_of(made)).body
    assert "MT 004711" in _pdf_text(file)
    carried = parse_record_of_file(file)
    assert carried.withheld_facts == frozenset()
    salt = carried.parsed_facts["licences"]["salt"]
    page = stranger.get(verify_of(made))
    assert "Genuine." in page.text
    assert "only the holder may show it" in page.text
    record = stranger.get(f"{verify_of(made)}/record.json")
    for public in (page.html, record.body.decode()):
        assert not [secret for secret in ("004711", "Texas", salt) if secret in public]
    with app.app_context():
        keys = signing.current_issuer().keys.public_keys
    shown = Record.from_json(record.body)
    assert shown.withheld_facts == {"licences"}
    assert signing.verify_record(shown, keys).is_genuine
    assert signing.verify_record(carried, keys).is_genuine


def test_the_outline_and_the_proof_stand_below(stranger: Visitor, issued: Certificate) -> None:
    found = stranger.get(verify_of(issued))
    assert "Sections of that version of the course Noticing Adapting" in found.text
    for proof in (issued.snapshot_hash, issued.signature, issued.key_id):
        assert proof in found.text
    assert json.loads(issued.snapshot)["version"]["content_hash"] in found.text
    for line in issued.manifest.splitlines():
        assert line in found.text


def test_nothing_about_certificates_is_listed_or_indexed(
    stranger: Visitor, issued: Certificate
) -> None:
    for path in ("/verify", verify_of(issued), f"{verify_of(issued)}/record.json"):
        sent = stranger.get(path)
        assert "noindex" in sent.header("X-Robots-Tag")
        assert sent.header("Cache-Control") == "no-store"
    page = stranger.get(verify_of(issued))
    assert '<meta name="robots" content="noindex, nofollow">' in page.html
    for secret in ("maya@example.org", issued.subject, issued.public_id):
        assert secret not in page.html
    stranger.get("/certificates", status=404)
    assert stranger.get("/verify/", status=308).location == "/verify"


def test_a_typing_error_is_located(stranger: Visitor, issued: Certificate) -> None:
    code = issued.code
    other = "2" if code[12] != "2" else "3"
    for typed, said in (
        (code[:10] + "U" + code[11:], "No code has the character “U”: look at the third group."),
        (code[:-2], "A code has 31 letters and digits, and this has 29."),
        (code[:12] + other + code[13:], "The third group does not fit: look at"),
    ):
        assert said in stranger.get(f"/verify/{typed}", status=404).text
        assert said in stranger.get(f"/verify?code={typed}", status=422).text


def test_a_code_that_belongs_to_nothing_is_said_to(stranger: Visitor, issued: Certificate) -> None:
    other = facts()["code"]
    assert "No certificate has this code." in stranger.get(f"/verify/{other}", status=404).text
    stranger.get(f"/verify/{other}/record.json", status=404)


def test_odd_requests_get_an_answer(stranger: Visitor) -> None:
    stranger.get("/verify?code=", status=422)
    stranger.get("/verify?code=a&code=b", status=400)
    stranger.get(f"/verify/{'x' * 5000}", status=404)
    stranger.get("/verify/%F0%9F%98%80", status=404)
    stranger.get("/verify/..%2f..%2fetc", status=404)


NO_CODE = "00000-00000-00000-00000-00000-000000"
"""Well formed, and no certificate's."""


def test_guessing_is_slowed_down(stranger: Visitor, issued: Certificate, clock: MovedClock) -> None:
    del issued
    for _ in range(code_throttle.MAX_MISSES):
        stranger.get(f"/verify/{NO_CODE}", status=404)
    clock.advance(seconds=20)
    for path in (f"/verify/{NO_CODE}", f"/verify/{NO_CODE}/record.json", "/verify/wrong"):
        slowed = stranger.get(path, status=429)
        assert slowed.header("Retry-After") == "40"
        assert "Wait 40 seconds" in slowed.text
    clock.advance(seconds=40)
    stranger.get(f"/verify/{NO_CODE}", status=404)


@pytest.mark.parametrize("wrong", [NO_CODE, "wrong"])
def test_who_guesses_keeps_nobody_behind_the_same_address_from_checking(
    visitor: Callable[[], Visitor], issued: Certificate, wrong: str
) -> None:
    guesser, board = visitor(), visitor()
    for _ in range(code_throttle.MAX_MISSES):
        guesser.get(f"/verify/{wrong}", status=404)
    guesser.get(f"/verify/{wrong}", status=429)  # the control: the address has used its share up
    assert "Genuine." in board.get(verify_of(issued)).text
    assert board.get(f"{verify_of(issued)}/record.json").json["manifest"] == issued.manifest
    typed = board.follow(board.get(f"/verify?code={issued.code.lower()}", status=303))
    assert "Genuine." in typed.text
    guesser.get(f"/verify/{wrong}", status=429)  # and a good code gives no new share


def test_checking_what_exists_is_never_slowed_down(stranger: Visitor, issued: Certificate) -> None:
    for _ in range(code_throttle.MAX_MISSES + 5):
        stranger.get(verify_of(issued))


def test_a_replaced_certificate_leads_to_the_present_one(
    app: Flask, stranger: Visitor, maya_in: Visitor, issued: Certificate
) -> None:
    run(app, "UPDATE certificates SET state = 'superseded', ended_at = issued_at")
    other = facts()["code"]
    with app.app_context(), unit_of_work() as session:
        corrected = copy_of(issued, code=other, public_id="cer_corrected")
        session.add(corrected)
        session.flush()
        session.get_one(Certificate, issued.id).successor_id = corrected.id
    found = stranger.get(verify_of(issued))
    assert "Replaced by a corrected certificate." in found.text
    assert "Genuine." not in found.text
    assert "Maya Chidinma Okafor" in found.text
    assert f"/verify/{format_code(other)}" in found.page.links().values()
    assert "/certificates/cer_corrected" in maya_in.get(page_of(issued)).page.links().values()


def test_a_revoked_certificate_says_so_first(
    app: Flask, stranger: Visitor, issued: Certificate
) -> None:
    run(app, "UPDATE certificates SET state = 'revoked', ended_at = issued_at")
    text = stranger.get(verify_of(issued)).text
    assert "withdrawn on 23 November 2026 (UTC). It no longer counts." in text
    assert "Genuine." not in text


def test_a_newer_version_of_the_course_is_mentioned(
    app: Flask, stranger: Visitor, issued: Certificate
) -> None:
    assert "Newer version" not in stranger.get(verify_of(issued)).text
    with app.app_context(), unit_of_work() as session:
        course = session.get_one(Enrolment, issued.enrolment_id).course_revision.document
        certificates.add_revision(session, course, number=2)
    text = stranger.get(verify_of(issued)).text
    assert "Version 2 was published on 13 November 2026; this certificate is for version 1." in text


# Tampering with what is stored


def unfreeze(app: Flask) -> None:
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    if is_sqlite:
        run(app, "DROP TRIGGER frozen_certificates_update")
    else:
        run(app, "DROP TRIGGER frozen_certificates_rows ON certificates")


def test_each_changed_fact_is_named_on_the_verify_page(
    app: Flask, stranger: Visitor, issued: Certificate
) -> None:
    unfreeze(app)
    for name in facts():
        stated = json.loads(issued.snapshot)
        stated[name] = _otherwise(stated[name])
        _store(app, issued, snapshot=canonical.encode_json(stated).decode())
        found = stranger.get(verify_of(issued))
        assert "Not genuine: the record was changed after it was signed." in found.text
        assert "Genuine. Issued" not in found.text
        assert f"Different from what was signed {LABELS[name]} " in f"{found.text} "


def _otherwise(value: Any) -> Any:
    """Return another value of the same form."""
    if isinstance(value, dict):
        return value | {next(iter(value)): _otherwise(value[next(iter(value))])}
    if isinstance(value, list):
        return value[1:] if value else ["0"]
    return value + 1 if isinstance(value, int) else f"{value}0"


def _store(app: Flask, certificate: Certificate, **columns: Any) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(
            sa.update(Certificate).where(Certificate.id == certificate.id).values(**columns)
        )


def test_nonsense_in_the_store_is_not_genuine_and_no_error(
    app: Flask, stranger: Visitor, issued: Certificate
) -> None:
    unfreeze(app)
    for column in ("manifest", "signature", "key_id", "snapshot"):
        _store(app, issued, **{column: "nonsense"})
        text = stranger.get(verify_of(issued)).text
        assert "Not genuine: " in text
        assert "Status Valid" not in text
        _store(app, issued, **{column: getattr(issued, column)})
    text = stranger.get(verify_of(issued)).text
    assert "Genuine." in text
    assert "Status Valid" in text


def test_what_another_key_signed_is_not_genuine(
    app: Flask, stranger: Visitor, issued: Certificate, tmp_path: Any
) -> None:
    other = signing.create_key_in_folder(tmp_path, now=NOW)
    unfreeze(app)
    _store(app, issued, signature=other.sign_message(issued.manifest.encode()))
    assert "Not genuine: the signature does not match" in stranger.get(verify_of(issued)).text


# For machines


def test_the_record_can_be_checked_with_the_published_keys_alone(
    stranger: Visitor, issued: Certificate
) -> None:
    record = Record.from_json(stranger.get(f"{verify_of(issued)}/record.json").body)
    published = stranger.get("/verify/keys.json").json
    assert published["issuer"] == "cpd"
    (key,) = published["keys"]
    assert (key["algorithm"], key["first_used_at"]) == ("Ed25519", NOW.isoformat())
    assert signing.verify_record(record, {key["key_id"]: key["public_key"]}).is_genuine


def test_the_key_that_signs_next_is_published_before_its_first_use(
    app: Flask, stranger: Visitor, holder: Person
) -> None:
    (key,) = stranger.get("/verify/keys.json").json["keys"]
    assert key["first_used_at"] is None
    with app.app_context():
        assert signing.current_issuer().keys.public_keys == {key["key_id"]: key["public_key"]}


# What other rooms show


def test_the_result_leads_its_owner_to_the_certificate(
    app: Flask, issued: Certificate, holder: Person
) -> None:
    with app.test_request_context():
        attempt = db.session.get_one(Attempt, issued.attempt_id)
        actor = Actor(person_id=holder.id, subject=holder.subject)
        link = panels.find_certificate_link(db.session(), actor, attempt)
        assert link is not None
        assert link.url == page_of(issued)
        other = Actor(person_id=4711, subject="sub_somebody_else")
        for somebody_else in (other, VISITOR):
            assert panels.find_certificate_link(db.session(), somebody_else, attempt) is None
