"""Certificates of this site count in the cycles of their holder, once and as approved."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader

from cpd.accounts.models import Person
from cpd.certificates.queries import find_issued_credit
from cpd.credit.hooks import issued_credit
from cpd.db import db
from tests.factories import certificates, passes
from tests.support import joints
from tests.support.queries import asked
from tests.support.visitor import Visitor

CYCLES = "/record/cycles"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_certificate_counts_with_the_amount_that_was_approved(
    app: Flask, holder: Person, maya_in: Visitor
) -> None:
    attempt = passes.prepare(app, holder)
    assert "0 of 24 hours are done. 24 hours are missing." in maya_in.get(CYCLES).text
    florida = passes.issue_all(app, attempt)["florida"]
    with asked(app) as statements:
        page = maya_in.get(CYCLES).page
    assert len(statements) <= 8
    assert "1 of 24 hours are done. 23 hours are missing." in page.text
    assert "0.08 of 24 CE are done. 23.92 CE are missing." in page.text
    reasons = [url for words, url in page.links().items() if "and why" in words]
    shown = [maya_in.get(url).page for url in reasons]
    (counted,) = [one for one in shown if "Counts as 1 hour." in one.text]
    assert counted.links()[certificates.TITLE] == f"/certificates/{florida.public_id}"
    file = io.StringIO(maya_in.get(f"{CYCLES}.csv").body.decode("utf-8-sig"))
    said = {row[0].partition(",")[0]: row[7] for row in list(csv.reader(file))[1:]}
    assert said == {"Florida": "Counts as 1 hour.", "NCBTMB": "Counts as 0.08 CE."}
    assert "23 hours are missing" in maya_in.get("/record").text
    pdf = PdfReader(io.BytesIO(maya_in.get(f"{CYCLES}.pdf").body))
    printed = " ".join(" ".join(one.extract_text().split()) for one in pdf.pages)
    assert "1 of 24 hours are done, 23 hours are missing, until 2027-08-31. Not reached" in printed


def test_the_same_course_under_another_title_says_why_it_counts_no_more(
    app: Flask, holder: Person, maya_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = passes.issue_all(app, passes.prepare(app, holder))["florida"]
    with app.app_context():
        first = find_issued_credit(db.session(), holder.subject)[-1]
    day = first.activity.completed_on + timedelta(days=1)
    again = replace(first.activity, id=made.public_id, title="Heat", completed_on=day)
    joints.answer(
        monkeypatch,
        app,
        issued_credit,
        lambda *_: [first, replace(first, activity=again)],
    )
    links = maya_in.get(CYCLES).page.links()
    shown = [maya_in.get(url).text for words, url in links.items() if "and why" in words]
    assert any("you completed the same course on" in text for text in shown)
