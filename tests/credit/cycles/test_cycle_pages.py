"""A therapist's own cycles and outside activities, from the license to the files."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from cpd.accounts.models import License
from cpd.accounts.profile import actions as profiles
from cpd.credit.cycles import queries
from cpd.credit.cycles.models import ActivityClaim, ActivityEvidence, LicenseCycle
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.factories import courses, cycles
from tests.factories.courses import SLUG
from tests.support import people
from tests.support.queries import asked
from tests.support.visitor import Visitor

ACTIVITY = {
    "title": "Scar tissue",
    "organizer": "=Oasis School",
    "completed_on": "2026-03-01",
    "minutes": "180",
    "manner": "in-person",
}
CYCLES, NEW = "/record/cycles", "/record/activities/new"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def send_file(visitor: Visitor, path: str, content: bytes, status: int = 303) -> str:
    data = {"evidence": (io.BytesIO(content), "c.pdf"), "csrf_token": visitor.token}
    answer = visitor.send(
        "POST", path, status=status, data=data, content_type="multipart/form-data"
    )
    return answer.text if status == 422 else ""


def test_from_a_license_to_what_is_missing(app: Flask, maya: Visitor) -> None:
    with app.app_context(), unit_of_work() as session:
        actor = courses.actor_of(people.MAYA)
        board = "Texas Department of Licensing and Regulation"
        profiles.add_license(session, authority=board, number="MT 1", actor=actor, now=clock.now())
    assert "Say whose rules apply" in maya.get(CYCLES).text
    links = maya.get(CYCLES).page.links()
    dates = maya.get(next(url for words, url in links.items() if "Enter the dates" in words))
    assert dict(dates.page.forms[0].fields)["authority"] == "texas", "guessed from its words"
    maya.submit({"issued_on": "2028-01-01", "expires_on": "2027-08-31"}, status=422)
    maya.submit({"issued_on": "2019-05-01"})
    text = maya.follow().text
    assert "The cycle runs from 1 September 2025 to 31 August 2027." in text
    assert "0 of 12 hours are done. 12 hours are missing." in text

    maya.get(NEW)
    maya.submit(ACTIVITY | {"completed_on": "2036-03-01"}, status=422)
    maya.get(NEW)
    maya.submit(ACTIVITY)
    page = maya.follow()
    path = page.path
    send_file(maya, f"{path}/evidence", cycles.PDF)
    file = maya.get(path).page.links()
    opened = maya.get(next(url for url in file.values() if "/evidence/" in url))
    assert opened.body == cycles.PDF
    assert opened.response.headers["Content-Disposition"].startswith("attachment")

    text = maya.get(CYCLES).text
    assert "3.6 of 12 hours are done. 8.4 hours are missing." in text
    assert "one file" in text
    assert "8.4 hours are missing" in maya.get("/").text
    counted = next(
        url for words, url in maya.get(CYCLES).page.links().items() if "and why" in words
    )
    assert "Counts as 3.6 hours." in maya.get(counted).text

    csv = maya.get("/record/cycles.csv").body.decode("utf-8-sig")
    assert "Scar tissue,'=Oasis School,2026-03-01,180" in csv
    pdf = PdfReader(io.BytesIO(maya.get("/record/cycles.pdf").body))
    assert "Counts as 3.6 hours." in " ".join(pdf.pages[0].extract_text().split())


def test_an_activity_is_changed_and_removed(app: Flask, maya: Visitor) -> None:
    held = cycles.add_license(app, people.MAYA, "florida")
    row = cycles.add_activity(app, people.MAYA, held)
    path = f"/record/activities/{row.public_id}"
    counts, stated = f"counts_{held.public_id}", f"stated_{held.public_id}"
    maya.get(path)
    change = {counts: "subject:Professional ethics", stated: "1.5"}
    maya.submit(change | {stated: "1.555"}, action=path, status=422)
    maya.get(path)
    maya.submit(change, action=path)
    shown = maya.get(f"{CYCLES}/{held.public_id}").text
    assert "Counts as 1.5 hours." in shown
    assert "1.5 of 2 hours are done; 0.5 hours are missing." in shown
    assert dict(maya.get(path).page.forms[0].fields)[stated] == "1.5"
    maya.submit({counts: "no"}, action=path)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ActivityClaim)) == 0
    maya.get(path)
    maya.submit(action=f"{row.public_id}/removal")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ActivityEvidence)) == 0
    maya.get(path, status=404)


def test_files_that_cannot_be_evidence_are_refused(app: Flask, maya: Visitor) -> None:
    row = cycles.add_activity(app, people.MAYA)
    path = f"/record/activities/{row.public_id}"
    maya.get(path)
    for content, said in (
        (b"", "Choose a file first."),
        (b"%PDF-1.4\nhalf", "The PDF is not complete."),
        (cycles.PDF.replace(b"<<>>", b"<</JS (x)>>"), "contains a script"),
        (b"MZ program", "not a PNG, JPEG or WebP picture"),
        (cycles.PDF, "has this file already"),
    ):
        assert said in send_file(maya, f"{path}/evidence", content, status=422)
    for number in range(3):
        send_file(maya, f"{path}/evidence", cycles.PDF + b"%d\n%%%%EOF" % number)
    full = cycles.PDF + b"4\n%%EOF"
    assert "at most 4 files" in send_file(maya, f"{path}/evidence", full, status=422)
    maya.get(path)
    other = cycles.add_activity(app, people.MAYA, title="Feet")
    send_file(maya, f"/record/activities/{other.public_id}/evidence", cycles.PNG)
    with app.app_context():
        newest = select(ActivityEvidence.type).order_by(ActivityEvidence.id.desc()).limit(1)
        assert db.session.scalar(newest) == "image/webp", "written anew: only its pixels are kept"


def test_what_rests_on_a_license_goes_with_it(app: Flask, maya: Visitor) -> None:
    held = cycles.add_license(app, people.MAYA)
    cycles.add_activity(app, people.MAYA, held)
    with app.app_context(), unit_of_work() as session:
        actor = courses.actor_of(people.MAYA)
        profiles.remove_license(session, held.id, actor=actor, now=clock.now())
    with app.app_context():
        for model in (LicenseCycle, ActivityClaim):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert "Scar tissue" in maya.get(CYCLES).text


def test_authorities_that_count_nothing_say_what_they_ask_for(app: Flask, maya: Visitor) -> None:
    held = cycles.add_license(app, people.MAYA, "cchpbc")
    assert "a learning plan" in maya.get(CYCLES).text
    assert f"counts_{held.public_id}" not in dict(maya.get(NEW).page.forms[0].fields)
    cycles.add_license(app, people.MAYA, "illinois", expires_on=None)
    text = maya.get(CYCLES).text
    assert "Sources disagree on how much is due" in text
    assert "We do not know when this cycle ends" in text


def test_before_a_course_begins_it_says_for_which_license_it_counts(
    app: Flask, maya: Visitor
) -> None:
    with app.app_context(), unit_of_work() as session:
        actor = courses.actor_of(people.MAYA)
        profiles.add_license(session, authority="A board", number="7", actor=actor, now=clock.now())
    for slug in ("texas", "cmto"):
        cycles.add_license(app, people.MAYA, slug)
    page = maya.get(f"/courses/{SLUG}").page
    text = page.text.partition("Does it count for your license?")[2]
    for said in (
        "A board 7: Unclear",
        "We do not know whose rules apply.",
        "Does not count",
        "They count no hours. They ask you to reflect on what you learned.",
    ):
        assert said in text
    assert page.links()["Change where you need credit"] == CYCLES


def test_a_license_that_is_corrected_before_an_exam_keeps_its_cycle(
    app: Flask, maya: Visitor
) -> None:
    held = cycles.add_license(app, people.MAYA)
    cycles.add_activity(app, people.MAYA, held)
    maya.get("/profile/printed")
    maya.submit(
        {"legal_name": "Maya Okafor", "authority": "Texas", "number": "MT 2", "without": ""}
    )
    with app.app_context():
        (row,) = db.session.scalars(select(License)).all()
        assert (row.public_id, row.number) == (held.public_id, "MT 2")
        for model in (LicenseCycle, ActivityClaim):
            assert db.session.scalar(select(func.count()).select_from(model)) == 1


def test_two_hundred_activities_cost_no_more_than_one(app: Flask, maya: Visitor) -> None:
    held = cycles.add_license(app, people.MAYA)
    cycles.add_activity(app, people.MAYA, held)

    def count_queries() -> int:
        with asked(app) as statements:
            maya.get(CYCLES)
        return len(statements)

    before = count_queries()
    with app.app_context(), unit_of_work() as session:
        actor = courses.actor_of(people.MAYA)
        for number in range(199):
            on = date(2026, 1, 1) + timedelta(days=number)
            cycles.store_activity(session, actor, held, f"Class {number}", 60, on)
    assert count_queries() == before <= 8
    assert "Class 198" in maya.get(CYCLES).text
    assert "Class 0" in maya.get(f"{CYCLES}?page=7").text
    maya.get(f"{CYCLES}?page=8", status=404)
    with app.app_context():
        record = queries.find_own_record(db.session(), actor, today=date(2026, 11, 30))
        assert len(record.activities) == 200
