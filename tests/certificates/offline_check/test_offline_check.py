"""The page that checks certificates offline finds, from a file, exactly what Python finds."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from cpd.certificates import signing
from cpd.certificates.formats.registry import FORMATS, parse_record_of_file
from cpd.certificates.offline_check.checker_page import build_offline_check, format_fingerprint
from cpd.certificates.rules.credit_facts import CreditClaim, build_credit_snapshot
from cpd.certificates.rules.record import Record, RecordFaultError, build_manifest
from cpd.certificates.rules.snapshot import StatedLicense, build_corrected_snapshot
from cpd.certificates.signing import KeyRing
from cpd.certificates.verification import parse_readable_facts
from cpd.courses.rules.fronts.course import Author
from cpd.kernel import canonical, clock
from tests.factories.certificates import facts, first_form
from tests.support.browser import PHONE
from tests.support.html_validate import HtmlValidator
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

OURS = KeyRing({"20261101T080000Z-0123abcd": Ed25519PrivateKey.generate()})
THEIRS = KeyRing({"20261101T080000Z-0123abcd": Ed25519PrivateKey.generate()})
OTHERS = KeyRing({"20270101T080000Z-fedcba98": Ed25519PrivateKey.generate()})
WORLD = ("Ọláolúwa Ëlif Đỗ", "محمد عبد الله", "王小明 𠮷", "e\u0301 \U0001f600 \uff5e")


def sign(snapshot: Mapping[str, Any], ring: KeyRing = OURS) -> Record:
    manifest = build_manifest(snapshot)
    text = canonical.encode_json(dict(snapshot)).decode()
    return Record(text, manifest, ring.sign_message(manifest.encode()), ring.current_key_id)


def edit(record: Record, **differing: Any) -> Record:
    return replace(record, snapshot=canonical.encode_json(record.parsed_facts | differing).decode())


def corrected() -> dict[str, Any]:
    made = facts()
    return build_corrected_snapshot(
        made,
        name="Maya Rivera",
        licenses=[StatedLicense("Florida Board", "MA 48213")],
        code=made["code"],
        salt="0" * 26,
        key_id=made["key"],
        public_url="https://cpd.example.org",
        issued_at=clock.now(),
    )


def claiming_credit() -> dict[str, Any]:
    claim = CreditClaim(
        authority="florida",
        authority_name="Florida Board of Massage Therapy",
        rules="2026-10-01",
        document="Certificate of Achievement",
        amount=Decimal("1.50"),
        unit="hours",
        title="Massage in hot weather, as approved",
        provider_name="Harbour Continuing Education, Inc.",
        provider_number="50-1234",
        course_number="20-77",
        category="home study",
        approvals=["apr_1", "apr_2"],
        is_course_approved=True,
        signatories=[("Ines Roth", "Administrator"), ("Ada Lindqvist", "")],
        worksheet_hash="ab" * 32,
        computed="1.6",
    )
    return build_credit_snapshot(facts(), claim)


def files() -> dict[str, bytes]:
    """Return every kind of file, by its name."""
    good = sign(facts())
    shown = good.parsed_facts
    without_name = {name: fact for name, fact in shown.items() if name != "name"}
    other_order = json.dumps(dict(reversed(shown.items())), ensure_ascii=False)
    records = {
        "good": good,
        "first form": sign(first_form(facts())),
        "corrected": sign(corrected()),
        "credit": sign(claiming_credit()),
        "public": good.without_holder_facts(),
        "public, edited": edit(good.without_holder_facts(), title="Diploma"),
        "public, reordered": replace(good.without_holder_facts(), snapshot=other_order),
        "full marks": sign(facts(authors=[Author("Ada Lindqvist", role="author")])),
        **{f"name {at}": sign(facts(name=name)) for at, name in enumerate(WORLD)},
        "edited name": edit(good, name="Mallory"),
        "edited score": edit(good, score={"earned": 12, "possible": 12}),
        "edited licenses": edit(good, licences={"salt": "x", "held": []}),
        "two edited": edit(good, name="Mallory", course="Surgery"),
        "added fact": edit(good, hours="40"),
        "missing name": replace(good, snapshot=canonical.encode_json(without_name).decode()),
        "reordered": replace(good, snapshot=other_order),
        "fraction": replace(good, snapshot=good.snapshot.replace('"minutes":22', '"minutes":2.5')),
        "half a pair": replace(good, snapshot=good.snapshot.replace("Maya", "\\ud800")),
        "a list": replace(good, snapshot="[1]"),
        "no snapshot": replace(good, snapshot=""),
        "edited manifest": replace(good, manifest=good.manifest.replace("name", "nome")),
        "no manifest": replace(good, manifest="hello"),
        "no signature": replace(good, signature="?"),
        "another's signature": replace(good, signature=sign(facts()).signature),
        "same key id": sign(facts(), THEIRS),
        "foreign": sign(facts(), OTHERS),
        "foreign, edited": edit(sign(facts(), OTHERS), name="Mallory"),
    }
    printed = {f"{format_.name} file": format_.build_file(good) for format_ in FORMATS.values()}
    return {
        **{name: record.to_json().encode() for name, record in records.items()},
        **printed,
        "edited PDF": FORMATS["pdf"].build_file(edit(good, name="Mallory")),
        "not JSON": b"hello",
        "other JSON": b'{"form":"something else"}',
        "half a record": json.dumps({"form": "cpd certificate 1", "manifest": 3}).encode(),
        "a PDF without a record": b"%PDF-1.7\n1 0 obj\n<<>>\nstream\n{}\nendstream\n%%EOF",
    }


def found_by_python(content: bytes) -> tuple[str, str, Mapping[str, str]]:
    try:
        record = parse_record_of_file(content)
    except RecordFaultError:
        return "unreadable", "", {}
    verdict = signing.verify_record(record, OURS.public_keys)
    _facts, printed = parse_readable_facts(record)
    return verdict.finding.value, " ".join(verdict.changed), printed


@pytest.fixture
def checker(
    app: Flask, tmp_path: Path, new_context: Callable[..., BrowserContext]
) -> Callable[..., Page]:
    """Opens the page from a file, in a browser without a network."""
    with app.test_request_context():
        html = build_offline_check(OURS.public_keys, issuer="Harbour <CE>", made_on="1 May 2026")
    path = tmp_path / "check-certificates.html"
    path.write_text(html, "utf-8")

    def open_page(script: str = "", faults: list[str] | None = None) -> Page:
        page = new_context(viewport=PHONE, offline=True).new_page()
        found: list[str] = [] if faults is None else faults
        page.on("pageerror", lambda fault: found.append(str(fault)))
        page.on("console", lambda line: found.append(line.text))
        page.add_init_script(script)
        page.goto(path.as_uri())
        return page

    return open_page


@pytest.mark.browser
def test_it_finds_in_every_file_what_python_finds(
    checker: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    faults: list[str] = []
    page, chosen = checker(faults=faults), files()
    page.get_by_label("Choose certificates").set_input_files(
        [FilePayload(name=name, mimeType="", buffer=content) for name, content in chosen.items()]
    )
    results = page.locator("article")
    expect(results).to_have_count(len(chosen))
    found = results.evaluate_all(
        """all => all.map(one => ({
            name: one.querySelector("h2").textContent,
            finding: one.dataset.finding,
            changed: one.dataset.changed ?? "",
            facts: Object.fromEntries([...one.querySelectorAll("[data-fact]")]
              .filter(pair => pair.dataset.fact)
              .map(pair => [pair.dataset.fact, pair.querySelector("dd").textContent])),
        }))"""
    )
    expected = {name: found_by_python(content) for name, content in chosen.items()}
    assert {one["name"]: (one["finding"], one["changed"]) for one in found} == {
        name: (finding, changed) for name, (finding, changed, _printed) in expected.items()
    }
    assert {finding for finding, *_ in expected.values()} == {
        *("genuine", "changed", "forged", "unknown_key", "unreadable")
    }
    for one in found:
        finding, _changed, printed = expected[one["name"]]
        if finding == "genuine":
            assert one["facts"] == printed, one["name"]
    assert faults == []
    page.evaluate("fetch('https://cpd.example.org').catch(() => null)")
    assert all("Content Security Policy" in fault for fault in faults or [""])
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.browser
def test_a_browser_without_ed25519_says_so(checker: Callable[..., Page]) -> None:
    page = checker("delete SubtleCrypto.prototype.importKey;")
    expect(page.get_by_role("alert")).to_contain_text("cannot check Ed25519 signatures")
    expect(page.locator("input")).to_be_hidden()


def test_the_download_has_the_keys_of_this_site(
    stranger: Visitor, html_validator: HtmlValidator
) -> None:
    answer = stranger.get("/verify/offline.html")
    html_validator.check(answer.html)
    assert answer.header("Content-Disposition") == "attachment; filename=check-certificates.html"
    (key,) = stranger.get("/verify/keys.json").json["keys"]
    for text in (key["key_id"], key["public_key"], key["fingerprint"]):
        assert text in answer.html
    assert key["fingerprint"] == format_fingerprint(key["public_key"])
    assert stranger.get("/verify").page.text.count("Download the page") == 1
