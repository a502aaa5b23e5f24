"""An administrator reports through CE Broker; a learner sees what becomes of it."""

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.accounts.models import Person
from cpd.db import unit_of_work
from cpd.quizzes.attempts.models import Attempt
from cpd.reporting.batches.models import ReportRow
from cpd.reporting.rules.states import RowState
from tests.factories import reporting
from tests.support.moved_clock import MovedClock
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Answer, Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
INVALID = "Invalid license Number"


def make_file(ines: Visitor, authority: str = "florida") -> str:
    """Make a file with the button of the page; returns its address."""
    ines.get(f"/reporting/{authority}")
    return ines.submit({}, action=f"/reporting/{authority}/files", status=303).location


def upload(ines: Visitor, address: str, content: bytes, *, status: int = 303) -> Answer:
    """Upload an answer on the page of a file."""
    ines.get(address)
    data = {"receipt": (io.BytesIO(content), "answer.csv"), "csrf_token": ines.token}
    return ines.send("POST", f"{address}/answers", status=status, data=data)


def numbers_of(app: Flask) -> list[str]:
    """Return the license numbers in the order of the rows."""
    return [row.license_number for row in reporting.rows_of(app)]


def test_from_the_numbers_to_the_receipt(
    app: Flask, holders: list[Person], ines: Visitor, maya: Visitor, post: PostOffice
) -> None:
    reporting.complete(app, holders)
    home = ines.get("/").page
    assert "3 completions need to be reported." in home.text
    assert "None of the sources we read says by when." in home.text
    ines.get("/reporting/florida")
    assert "enter how CE Broker knows you" in ines.page.text
    ines.get("/reporting/florida/numbers")
    form = next(it for it in ines.page.forms if "provider_number" in it.names)
    assert form.value("provider_number") == "1234"  # from the approval on file
    ines.submit(
        {"provider_number": "50-1234", "state": "fl", "profession": "mt"},
        action="/reporting/florida/numbers",
        status=303,
    )
    made = make_file(ines)
    page = ines.get(made).page
    assert "Not sent yet" in page.text
    link = next(url for url in page.links().values() if url.endswith(".xls"))
    first, again = (ines.get(link).response for _ in range(2))
    assert first.data == again.data
    assert first.headers["Content-Disposition"].startswith("attachment; filename=florida-")
    for said in (b"1234", b"State=FL", b"Profession=MT", *(it.encode() for it in numbers_of(app))):
        assert said in first.data
    ines.get(re.sub(r"[^/]+$", "other.xls", link), status=404)
    ines.get(made)
    ines.submit({}, action=f"{made}/sent", status=303)
    assert "Nothing is to be reported." in ines.get("/reporting/florida").text
    assert "We reported it on" in maya.get("/record").text
    numbers = numbers_of(app)
    post.collect(app)
    upload(
        ines, made, reporting.write_answer([(numbers[0], "", INVALID), (numbers[1], "9001", "")])
    )
    page = ines.get(made).page
    assert "ID 9001" in page.text
    assert "They have been told by email." in page.text
    assert "Abandon this file" not in page.text
    record = maya.get("/record").page
    assert f"It gave this reason: {INVALID}" in record.text
    assert f"The report was refused on 23 November 2026: {INVALID}" in record.text
    assert "Replace the certificate" in record.text
    (sent,) = post.collect(app)
    assert sent.subject == "Your license number was not accepted"
    queue = ines.get("/reporting/florida?show=refused").page
    assert "Refused (1)" in queue.text
    row = reporting.rows_of(app)[0]
    ines.submit({}, action=f"/reporting/rows/{row.public_id}/again", status=303)
    assert "To report (1)" in ines.get("/reporting/florida").text
    assert "We must report it and have not done so yet." in maya.get("/record").text
    second = make_file(ines)
    upload(ines, second, reporting.write_answer([(numbers[0], "9003", "")]))
    assert "Its number is 9003." in maya.get("/record").text
    files = ines.get("/reporting/florida?show=files").page
    assert {made, second} <= set(files.links().values())
    assert post.collect(app) == []


@on_sqlite
def test_what_is_due_and_what_is_late(
    app: Flask, holders: list[Person], ines: Visitor, maya: Visitor, clock: MovedClock
) -> None:
    reporting.complete(app, holders[:1], "georgia")
    overview = ines.get("/reporting").page
    assert "within seven days of completion" in overview.text
    assert "None of the sources we read says anything about reporting." in overview.text
    assert "Nothing waits." in overview.text
    record = maya.get("/record").page
    assert "we report what you completed only if you agree" in record.text
    assert "You report it yourself." in record.text
    maya.submit({"agrees": "yes"}, action="/record/reporting/georgia", status=303)
    assert "only if you agree" not in maya.get("/record").text
    assert "The oldest is due by" in ines.get("/reporting").text
    with app.app_context(), unit_of_work() as session:
        earlier = clock.now() - timedelta(days=9)
        session.execute(sa.update(Attempt).values(closed_at=earlier))
    assert "The oldest was due by" in ines.get("/").text
    assert "due by" in ines.get("/reporting/georgia").text


@on_sqlite
def test_what_cannot_be_is_refused_with_a_sentence(
    app: Flask, holders: list[Person], ines: Visitor
) -> None:
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:2])
    made = make_file(ines)
    number = numbers_of(app)[0]
    answer = reporting.write_answer
    for content, said in (
        (b"", "Choose the file first."),
        (b"PK\x03\x04", "Save the list in it as CSV first."),
        (b"Name,ID\nMaya,1\n", "The first line must name the columns."),
        (answer([(number, "1", ""), ("ZZ 1", "2", "")]), "Record 2 is about the license ZZ 1"),
        (answer([(number, "1", ""), (number, "2", "")]), "Record 2 says something else"),
    ):
        assert said in upload(ines, made, content, status=422).page.text
    assert {row.state for row in reporting.rows_of(app)} == {RowState.CLAIMED}
    ines.get(made)
    ines.submit({}, action=f"{made}/abandonment", status=303)
    assert "Abandoned" in ines.get(made).text
    data = {"receipt": (io.BytesIO(answer([(number, "1", "")])), "a.csv"), "csrf_token": ines.token}
    refused = ines.send("POST", f"{made}/answers", status=422, data=data)
    assert "it cannot have an answer" in refused.page.text
    ines.get("/reporting/florida/numbers")
    wrong = {"provider_number": "fifty", "state": "Florida", "profession": ""}
    said = ines.submit(wrong, action="/reporting/florida/numbers", status=422).page.text
    for sentence in ("Enter the digits", "two letters", "Enter the profession code."):
        assert sentence in said
    ines.submit(
        {"course": "", "number": "x"}, action="/reporting/florida/course-numbers", status=422
    )
    for missing in ("texas", "absent"):
        ines.get(f"/reporting/{missing}", status=404)
    ines.get("/reporting/florida?show=other", status=404)
    ines.get("/reporting/florida?page=2", status=404)


@on_sqlite
def test_a_row_that_is_no_longer_right_waits_to_be_settled(
    app: Flask, holders: list[Person], ines: Visitor
) -> None:
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:1])
    made = make_file(ines)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(ReportRow).values(correction="number"))
    assert "abandon it and make a new one" in ines.get(made).text
    ines.submit({}, action=f"{made}/sent", status=303)
    row = reporting.rows_of(app)[0]
    ines.get("/reporting/florida?show=corrections")
    action = f"/reporting/rows/{row.public_id}/correction"
    assert "Choose one." in ines.submit({}, action=action, status=422).page.text
    ines.submit({"done": "changed"}, action=action, status=303)
    data = {"done": "changed", "csrf_token": ines.token}
    ines.send("POST", action, status=409, data=data)
    assert (
        "Everything that was reported is right."
        in ines.get("/reporting/florida?show=corrections").text
    )


@on_sqlite
def test_a_course_number_that_is_entered_goes_before_the_printed_one(
    app: Flask, holders: list[Person], ines: Visitor
) -> None:
    reporting.enter_numbers(app)
    reporting.complete(app, holders[:1])
    for number in ("20-5", "20-00987"):
        ines.get("/reporting/florida/numbers")
        ines.submit(
            {"course": "hot-weather", "number": number},
            action="/reporting/florida/course-numbers",
            status=303,
        )
    assert "20-00987" in ines.get("/reporting/florida/numbers").text
    make_file(ines)
    assert reporting.rows_of(app)[0].course_number == "00987"


@on_sqlite
def test_pages_ask_no_more_with_more_rows(
    app: Flask, holders: list[Person], ines: Visitor, maya: Visitor
) -> None:
    def count(address: str, who: Visitor = ines) -> int:
        who.get(address)
        with asked(app) as statements:
            who.get(address)
        return len(statements)

    reporting.enter_numbers(app)
    reporting.complete(app, holders[:1])
    pages = ["/reporting", "/reporting/florida", "/reporting/florida?show=refused", "/"]
    few = [count(page) for page in pages]
    for holder in holders[1:]:
        reporting.complete_too(app, holder)
    assert [count(page) for page in pages] == few
    made = make_file(ines)
    waiting = count(made)
    reporting.answer(
        app,
        reporting.batch_at(app, made),
        [(number, "", "Course unknown") for number in numbers_of(app)],
    )
    assert count(made) <= waiting
    assert count("/reporting/florida?show=refused") == few[2]
    assert "We are looking into it." in maya.get("/record").text
