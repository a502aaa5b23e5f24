"""The summary by version and period: whole groups of five, whatever is compared."""

from datetime import timedelta
from itertools import combinations

import pytest
from flask import Flask

from cpd.db import db, unit_of_work
from cpd.evaluations.summaries import queries
from cpd.evaluations.summaries.queries import Selection
from cpd.kernel import clock
from cpd.kernel.day_spans import DaySpan
from tests.factories import certificates, courses
from tests.factories.courses import SLUG
from tests.factories.evaluations import give
from tests.support.people import ADA
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DAYS = 13


def give_one_a_day(app: Flask) -> None:
    """Let somebody answer on each day; the last one today."""
    for number in range(DAYS):
        day = clock.now() - timedelta(days=DAYS - 1 - number)
        give(app, f"sub_{number}", {"clear": 1 + number % 5}, f"Comment {number}.", at=day)


def comments_of(app: Flask, first: int, last: int) -> frozenset[str]:
    """Return the comments of a period, given as days before today."""
    today = clock.now().date()
    span = DaySpan(today - timedelta(days=first), today - timedelta(days=last), "UTC")
    with app.app_context():
        course_id = courses.course_of(ADA).revision.document.course_id
        forms = queries.find_unnamed_forms(db.session(), course_id, span)
    return frozenset(form.comment for form in forms)


def smallest_difference(app: Flask) -> int:
    """Return the fewest forms by which two periods that differ can be told apart."""
    shown = {comments_of(app, first, last) for first in range(DAYS) for last in range(first + 1)}
    return min(len(one ^ other) for one, other in combinations(shown, 2))


def test_no_two_periods_differ_by_fewer_than_five_forms(app: Flask) -> None:
    give_one_a_day(app)
    assert len(comments_of(app, DAYS, 0)) == 10, "three forms wait for a group"
    assert smallest_difference(app) == 5


@on_sqlite
def test_control_without_groups_they_differ_by_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_one_a_day(app)
    monkeypatch.setattr(queries, "FEWEST", 1)
    assert smallest_difference(app) == 1


def test_the_page_counts_shares_and_hides_what_few_answered(app: Flask, ada: Visitor) -> None:
    path = f"/evaluations/{SLUG}/summary"
    assert "There are fewer than five forms to show." in ada.get(path).text
    for number in range(4):
        give(app, f"sub_{number}", {"clear": 4, "useful": 3, "unbiased": 1}, f"Comment {number}.")
    assert "Comment" not in ada.get(path).text
    give(app, "sub_4", {"clear": 1, "unbiased": 0})
    page = ada.get(path).text
    assert "This summary counts 5 forms." in page
    assert "The course was clear 1 (20%) 0 (0%) 0 (0%) 4 (80%) 0 (0%) 5" in page
    assert "It is useful for my work" not in page
    assert "Fewer than five people answered one question" in page
    assert all(f"Comment {number}." in page for number in range(4))
    today = clock.now().date()
    assert (
        "This summary counts 5 forms."
        in ada.get(f"{path}?version=1&first_day={today}&last_day={today}").text
    )
    before = today - timedelta(days=1)
    assert "fewer than five forms" in ada.get(f"{path}?first_day={before}&last_day={before}").text


@on_sqlite
def test_a_group_about_two_versions_counts_for_neither(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        older = certificates.add_course(session)
        newer = certificates.add_revision(session, older.document, 2, front=older.front)
        assert newer.document is older.document
    for who in range(10):
        give(app, f"sub_{who}", {"clear": 3}, version=newer if who > 3 else older)
    with app.app_context():

        def count(version: int | None) -> int:
            found = queries.find_period_summary(
                db.session(), newer, (), Selection(version=version), page=1
            )
            assert found is not None
            return found.form_count

        assert (count(None), count(1), count(2)) == (10, 0, 5)


@on_sqlite
def test_mistakes_get_a_sentence_and_more_forms_cost_the_same(app: Flask, ada: Visitor) -> None:
    path, today = f"/evaluations/{SLUG}/summary", clock.now().date()
    for query, sentence in (
        (f"first_day={today}", "Enter both days, or neither."),
        (f"first_day={today}&last_day=2026-02-30", "This date does not exist."),
        (f"first_day={today}&last_day=2020-01-01", "The last day is before the first."),
        (f"first_day={today}&last_day=2099-01-01", "Choose today or an earlier day."),
        ("version=77", "Choose one of the answers that are offered."),
    ):
        assert sentence in ada.get(f"{path}?{query}", status=422).text, query

    def cost() -> int:
        ada.get(path)
        with asked(app) as statements:
            ada.get(path)
        return len(statements)

    for number in range(5):
        give(app, f"sub_{number}", {"clear": 4}, "More.")
    before = cost()
    for number in range(5, 15):
        give(app, f"sub_{number}", {"clear": 4}, "More.")
    assert cost() == before
    ada.get(f"{path}?page=2", status=404)
