"""How much time is left in an exam: by the server’s clock, hidden on request, said near the end."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

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
    phone.clock.fast_forward("20:00")
    expect(said).to_have_text("10 minutes left.")
    expect(left).to_contain_text("Time left: 9:")
    phone.get_by_role("button", name="Hide the time").click()
    expect(left).to_be_hidden()
    phone.clock.fast_forward("05:00")
    expect(said).to_have_text("5 minutes left.")
    expect(left).to_be_hidden()
    phone.reload()
    expect(left).to_be_hidden()
    expect(said).to_be_empty()
    phone.get_by_role("button", name="Show the time").click()
    expect(left).to_contain_text("Time left: 29:")
    phone.clock.fast_forward("30:00")
    expect(said).to_have_text("Your time is over. What you saved counts.")
    expect(left).to_have_text("Time left: 0:00")
