"""Courses are called by their titles on the pages of authors."""

from flask import Flask

from cpd.authoring.course_titles import find_titles_of_courses
from cpd.courses.queries import find_course_row
from cpd.db import db
from tests.authoring.new_courses.test_new_courses import begin
from tests.factories.courses import SLUG
from tests.support.visitor import Visitor


def test_a_course_has_the_title_of_its_newest_version_or_of_its_draft(
    app: Flask, ada: Visitor
) -> None:
    begin(ada)
    with app.app_context():
        course = find_course_row(db.session(), SLUG)
        assert course
        titles = find_titles_of_courses(db.session())
        published = titles[course.id]
    assert published != SLUG
    assert "Warm hands: “a start”" in titles.values()
    assert published in ada.get(f"/authoring/courses/{SLUG}/short").text
    assert "Warm hands: “a start”" in ada.get("/authoring/courses/warm-hands/short").text
