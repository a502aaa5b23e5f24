"""How much time is left in an exam: by the server’s clock, hidden, said near the end, added to."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from cpd.db import db, unit_of_work
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.rules.attempts import Deadline
from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.journeys.walking import Walker
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def timed(app: Flask, clock: MovedClock, tmp_path: Path) -> Learner:
    """Maya at a course whose exam lasts 30 minutes."""
    clock.close()
    limit = {"exam.md": ("time_limit_minutes: null", "time_limit_minutes: 30")}
    slug = courses.publish(app, courses.altered(tmp_path, limit, slug="timed-course"))
    return Learner(app, MAYA, slug)


def test_the_time_is_counted_hidden_and_said(timed: Learner, phone: Page) -> None:
    phone.clock.install()
    public_id = timed.study().start()
    Walker(phone, timed).sign_in()
    phone.goto(f"/attempts/{public_id}/cases/1")
    left = phone.locator("[data-seconds-left] span")
    said = phone.locator("[data-time-said]")
    expect(left).to_contain_text("Time left: 29:")
    expect(said).to_be_empty()
    more = phone.get_by_role("button", name="Add 3 minutes")
    expect(more).to_be_hidden()
    expect(phone.get_by_role("link", name="Little time is left")).to_be_hidden()
    phone.clock.fast_forward("20:00")
    expect(said).to_have_text("10 minutes left.")
    expect(left).to_contain_text("Time left: 9:")
    phone.get_by_role("button", name="Hide the time").click()
    expect(left).to_be_hidden()
    phone.clock.fast_forward("05:00")
    expect(said).to_have_text("5 minutes left. You can add 3 minutes.")
    expect(more).to_be_visible()
    expect(phone.get_by_role("link", name="Little time is left")).to_be_visible()
    expect(left).to_be_hidden()
    phone.reload()
    expect(left).to_be_hidden()
    expect(said).to_be_empty()
    phone.get_by_role("button", name="Show the time").click()
    expect(left).to_contain_text("Time left: 29:")
    phone.clock.fast_forward("30:00")
    expect(said).to_have_text("Your time is over. What you saved counts.")
    expect(left).to_have_text("Time left: 0:00")


def start_near_its_end(learner: Learner) -> str:
    """Start a try of which two minutes are left."""
    public_id = learner.study().start()
    with learner.app.app_context(), unit_of_work():
        attempt = db.session.get_one(Attempt, learner.attempt(public_id).id)
        deadline = replace(
            Deadline.from_json(attempt.deadline_inputs),
            started_at=attempt.started_at - timedelta(minutes=28),
        )
        attempt.deadline_inputs, attempt.deadline_at = deadline.to_json(), deadline.ends_at
    return public_id


def test_time_is_added_in_one_tab_and_counted_in_the_other(timed: Learner, phone: Page) -> None:
    case = f"/attempts/{start_near_its_end(timed)}/cases/1"
    Walker(phone, timed).sign_in()
    phone.goto(case)
    other = phone.context.new_page()
    other.goto(case)
    expect(other.locator("[data-seconds-left] span")).to_contain_text("Time left: 1:")
    choice = phone.locator("input[name=choice]").first  # to choose one or several, as drawn
    choice.check()
    phone.get_by_role("button", name="Add 3 minutes").click()
    expect(phone.get_by_text("You have more time.")).to_be_visible()
    expect(phone).to_have_url(re.compile(f"{case}$"))
    expect(choice).to_be_checked()
    expect(other.locator("[data-seconds-left] span")).to_contain_text("Time left: 4:")
    choice.press("Enter")
    locks = phone.get_by_role("dialog")  # whichever case was drawn first
    expect(
        locks.or_(phone.locator(f"body:not(:has(form[action$='{case}']))")).first
    ).to_be_visible()
    phone.goto(case.replace("cases/1", "decisions"))
    expect(phone.locator("[data-seconds-left] span")).to_contain_text("Time left: 4:")
