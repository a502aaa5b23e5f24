"""An administrator sees what an application lacks, enters it, and downloads the archive."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.audit import AuditEntry
from cpd.authoring.seen_keys.models import SeenKey
from cpd.cases.scales import Pool
from cpd.certificates import signing
from cpd.certificates.formats.registry import parse_record_of_file
from cpd.certificates.rules.record import Finding
from cpd.db import db
from cpd.quizzes.queries import find_cases_in_pool
from tests.factories import credit
from tests.factories.courses import SLUG, course_of
from tests.support.people import INES
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
COURSE = f"/applications/courses/{SLUG}"
FLORIDA, NCBTMB = f"{COURSE}/for/florida", f"{COURSE}/for/ncbtmb"
AUTHOR = "Ada Lindqvist"


def download(who: Visitor, page: str) -> zipfile.ZipFile:
    """Press the button of an application's page, and open what comes."""
    who.get(page)
    sent = who.submit({}, action=page, status=200)
    assert sent.header("Content-Disposition").startswith("attachment")
    return zipfile.ZipFile(io.BytesIO(sent.body))


def upload(who: Visitor, author: str, content: bytes, *, status: int = 303) -> Answer:
    """Send the form for a résumé, as a browser does."""
    who.get(f"{COURSE}/instructors")
    sent: dict[str, Any] = {
        "author": author,
        "resume": (io.BytesIO(content), "cv.pdf"),
        "csrf_token": who.token,
    }
    return who.send("POST", f"{COURSE}/instructors", status=status, data=sent)


def names_in(archive: zipfile.ZipFile) -> list[str]:
    """Return the paths without the folder that all are in."""
    return sorted(name.partition("/")[2] for name in archive.namelist())


def text_of(archive: zipfile.ZipFile, ending: str) -> str:
    """Return the text of the only file whose path ends so."""
    (found,) = (name for name in archive.namelist() if name.endswith(ending))
    return archive.read(found).decode()


def test_what_is_missing_is_listed_where_it_is_entered_and_then_no_longer(
    app: Flask, ines: Visitor
) -> None:
    ines.get("/applications")
    page = ines.get(NCBTMB).page
    assert "The policy “Refunds” has not been written." in page.text
    assert "/applications/policies#refund" in page.html
    ines.get("/applications/policies")
    written = {
        "fees": "There are no fees.",
        "refund": "Nothing is paid,\r\nso nothing is refunded.",
    }
    ines.submit(written)
    assert "“Refunds” has not been written" not in ines.get(NCBTMB).text
    assert "“Deadlines” has not been written" in ines.get(NCBTMB).text
    assert f"The résumé of {author_of(app)} is not on file." in ines.get(FLORIDA).text
    upload(ines, author_of(app), credit.LETTER)
    assert "is not on file" not in ines.get(FLORIDA).text
    assert ines.get(f"{COURSE}/instructors/1/resume").body == credit.LETTER
    archive = download(ines, FLORIDA)
    assert [name for name in names_in(archive) if name.startswith("resumes/")] != []
    policies = text_of(archive, "policies.html")
    assert "Nothing is paid," in policies
    assert "Deadlines" not in policies
    ines.get("/applications/policies")
    ines.submit({"refund": ""})
    ines.get(f"{COURSE}/instructors")
    ines.submit({}, action="/removal")
    assert "“Refunds” has not been written" in ines.get(NCBTMB).text
    ines.get(f"{COURSE}/instructors/1/resume", status=404)


def author_of(app: Flask) -> str:
    """Return the first author of the small course."""
    with app.app_context():
        return course_of(INES).outline.course.front.authors[0].name


@on_sqlite
def test_the_archive_holds_every_document_and_its_bytes_depend_on_nothing_else(
    app: Flask, ines: Visitor
) -> None:
    archive, again = download(ines, NCBTMB), download(ines, NCBTMB)
    names = names_in(archive)
    assert names == [
        "01-description.html",
        "02-objectives.html",
        "03-outline.html",
        "04-references.html",
        "05-worksheet.html",
        "05-worksheet.json",
        "06-exam.html",
        "07-instructors.html",
        "08-sample-certificate.pdf",
        "09-evaluation-form.html",
        "10-policies.html",
        "11-price.html",
        "application.pdf",
        "index.html",
        "style.css",
    ]
    for name in archive.namelist():
        assert archive.read(name) == again.read(name)
        if name.endswith(".html"):  # it can be read without the site and without a network
            page = archive.read(name).decode()
            assert set(re.findall(r'(?:href|src)="([^"]+)"', page)) <= set(names), name
    assert "The policy “Fees” has not been written." in text_of(archive, "index.html")
    assert json.loads(text_of(archive, ".json"))["authorities"][0]["authority"] == "ncbtmb"
    with app.app_context():
        revision = course_of(INES).revision
        cases = find_cases_in_pool(db.session(), revision.id, Pool.EXAM)
        exam = text_of(archive, "exam.html")
        assert all(case.stored_title in exam for case in cases)
        assert "Not a pass, whatever the score." in exam
        assert "[@" not in exam
        assert "{{" not in exam
        seen = set(db.session.scalars(select(SeenKey.path)))
        assert seen == {f"cases/{case.document.slug}.md" for case in cases}
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "applications:archive:download")
        ).first()
        assert entry is not None
        assert (entry.object, entry.detail) == (revision.public_id, {"authority": "ncbtmb"})


@on_sqlite
@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param(NCBTMB, "Certificate of Achievement", id="in the words of the authority"),
        pytest.param(f"{COURSE}/for/cnhc", "Record of study: passed", id="where none is computed"),
    ],
)
def test_a_sample_says_that_it_is_one_and_no_check_takes_it_for_genuine(
    app: Flask, ines: Visitor, page: str, said: str
) -> None:
    credit.approve(app, credit.PROVIDER, credit.COURSE)
    archive = download(ines, page)
    (name,) = (name for name in archive.namelist() if name.endswith("certificate.pdf"))
    record = parse_record_of_file(archive.read(name))
    facts = record.parsed_facts
    assert facts["title"] == said
    assert facts["name"].startswith("SAMPLE")
    assert facts["demonstration"].startswith("SAMPLE")
    with app.app_context():
        keys = signing.current_issuer().keys.public_keys
        assert signing.verify_record(record, keys).finding is Finding.UNKNOWN_KEY


@on_sqlite
def test_what_cannot_be_stored_gets_a_sentence(app: Flask, ines: Visitor) -> None:
    author = author_of(app)
    assert "Choose the file first." in upload(ines, author, b"", status=422).text
    assert "This is not a PDF file." in upload(ines, author, b"Dear", status=422).text
    assert "Choose one." in upload(ines, "", credit.LETTER, status=422).text
    upload(ines, "Somebody Else", credit.LETTER, status=422)
    ines.get("/applications/policies")
    ines.submit({"fees": "x" * 4001}, status=422)
    for path in ("/applications/courses/absent", f"{COURSE}/for/absent"):
        ines.get(path, status=404)


@on_sqlite
def test_a_page_needs_the_same_queries_however_much_is_missing(app: Flask, ines: Visitor) -> None:
    ines.get(NCBTMB)
    with asked(app) as before:
        ines.get(NCBTMB)
    ines.get("/applications/policies")
    ines.submit(dict.fromkeys(("fees", "refund", "copyright"), "Written."))
    upload(ines, author_of(app), credit.LETTER)
    with asked(app) as after:
        ines.get(NCBTMB)
    assert len(after) == len(before) <= 8
