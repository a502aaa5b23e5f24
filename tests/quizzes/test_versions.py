"""A new version of a course leaves open tries, results and certificates of earlier ones alone."""

import re
from pathlib import Path

import pytest
from flask import Flask

from cpd.db import db
from cpd.quizzes.grading.replay import compare_results_with_regrading
from tests.factories import courses
from tests.quizzes.exam_visitor import RIGHT, TWO_STEPS, WELL, Exam, pocket
from tests.support.moved_clock import MovedClock
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CHANGED = {
    f"cases/{WELL}.md": ("Gina is warm", "Gina is very warm"),
    f"cases/{TWO_STEPS}.md": ("red_flag: true", "red_flag: true\nopen: false"),
    "hazards/heat-stroke.md": ("Stop, call, cool, stay.", "Stop, call, stay."),
    "course.md": ("title: Massage", "title: More massage"),
}


def publish_anew(app: Flask, clock: MovedClock, parent: Path) -> None:
    """Publish the pocket course two hours later, with other cases, another card, another title."""
    folder = pocket(parent)
    for file, (old, new) in CHANGED.items():
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
    clock.advance(hours=2)
    courses.publish(app, folder)


def test_an_open_try_goes_on_as_it_began(
    exam: Exam, clock: MovedClock, tmp_path: Path, stranger: Visitor
) -> None:
    exam.choose(WELL, RIGHT[WELL])
    publish_anew(exam.app, clock, tmp_path)
    assert "More massage on a hot day" in stranger.get(exam.course).text
    assert exam.open(WELL).h1 == "Gina is warm and well"
    exam.answer_right(WELL)
    exam.hand_in()
    page = exam.result()
    assert page.h1.startswith("Passed, with 100")
    certificate = exam.visitor.get(page.links()["Your certificate"]).text
    assert "Massage on a hot day" in certificate
    assert "More massage" not in certificate
    with exam.app.app_context():
        assert compare_results_with_regrading(db.session()).differences == ()


def test_a_result_names_the_rule_as_it_was(exam: Exam, clock: MovedClock, tmp_path: Path) -> None:
    exam.choose(TWO_STEPS, "proceed")
    exam.hand_in()
    before = exam.result().text
    publish_anew(exam.app, clock, tmp_path)
    after = exam.result().text
    assert "Stop, call, cool, stay." in after
    assert after.partition("Next steps")[0] == before.partition("Next steps")[0]


def verify_page(stranger: Visitor, code: str) -> str:
    """Return the text of the page that checks a code, without the time of the check."""
    return re.sub(r"now, at .*? \(UTC\)", "now", stranger.get(f"/verify/{code}").text)


def test_a_certificate_stays_genuine_word_for_word(
    exam: Exam, clock: MovedClock, tmp_path: Path, stranger: Visitor
) -> None:
    exam.answer_right()
    exam.hand_in()
    path = exam.result().links()["Your certificate"]
    certificate = exam.visitor.get(path).page
    check = next(href for href in certificate.links().values() if "/verify/" in href)
    code = check.partition("/verify/")[2]
    before = exam.visitor.get(path).text, verify_page(stranger, code)
    publish_anew(exam.app, clock, tmp_path)
    updated = (
        "The course has been updated since: version 2 was published on 23 November 2026. "
        "The certificate stays as it is. "
    )
    assert exam.visitor.get(path).text.replace(updated, "") == before[0]
    verified = verify_page(stranger, code)
    assert "Genuine." in verified
    since = "Newer version Version 2 was published on 23 November 2026; "
    assert verified.replace(f"{since}this certificate is for version 1. ", "") == before[1]


def test_a_review_keeps_the_text_that_was_decided_and_says_that_it_changed(
    exam: Exam, clock: MovedClock, tmp_path: Path
) -> None:
    exam.answer_right()
    exam.hand_in()
    said = "This case was changed on"
    assert said not in exam.visitor.get(f"{exam.base}/review").text
    publish_anew(exam.app, clock, tmp_path)
    page = exam.visitor.get(f"{exam.base}/review").text
    assert "Gina is warm and well" in page
    assert "Gina is very warm" not in page
    assert page.count(said) == 1  # of the other case, only the file has changed
