"""What a release changed in a course that is edited here is read and taken in the browser."""

from pathlib import Path

import pytest
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.authoring.publish import actions, queries
from cpd.authoring.sources import disk
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.support.courses import CourseFolder
from tests.support.visitor import Visitor

SLUG = "another-course"
OFFERS = f"/authoring/courses/{SLUG}/offers"
ROSA, SECTION = "cases/rosa-stumbles.md", "sections/01-noticing.md"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def publish(app: Flask, folder: CourseFolder) -> None:
    """Publish a folder as the command does."""
    bundle = folder.bundle()
    with app.app_context(), unit_of_work() as session:
        actions.publish_course(
            session,
            bundle,
            actor=SYSTEM,
            now=clock.now(),
            reason="for a test",
            release=disk.read_release_files(SLUG),
        )


def text_here(app: Flask, path: str) -> str:
    with app.app_context():
        newest = queries.find_newest_course_revision(db.session(), SLUG)
        assert newest is not None
        return queries.find_published_files(db.session(), newest)[path]


@on_sqlite
def test_offers_are_shown_as_differences_and_taken_file_by_file(
    app: Flask, ada: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "LIBRARY", tmp_path / "library")
    release, own = CourseFolder(tmp_path / "library", SLUG), CourseFolder(tmp_path / "own", SLUG)
    publish(app, release)
    assert "is updated automatically with each release" in ada.get(OFFERS).text
    own.edit(ROSA, "Rosa, 55", "Rosa, 56")
    publish(app, own)
    assert "nothing new" in ada.get(OFFERS).text
    release.edit(ROSA, "Rosa, 55", "Rosa, 57")
    release.edit(SECTION, "Most clients", "Nearly all clients")
    page = ada.get(OFFERS).text
    assert "Changed in the release, and not edited here." in page
    assert "Accepting this change replaces what was written here." in page
    assert "removed: Most" in page
    ada.submit({}, action=OFFERS, status=422)
    ada.get(OFFERS)
    ada.submit({"files": SECTION}, action=OFFERS, status=303)
    assert "Nearly all clients" in text_here(app, SECTION)
    assert "Rosa, 56" in text_here(app, ROSA)
    page = ada.get(OFFERS).html
    own.edit(ROSA, "Rosa, 56", "Rosa, 58")
    publish(app, own)  # meanwhile
    ada.submit({"files": ROSA}, action=OFFERS, status=409)
    assert "Rosa, 58" in text_here(app, ROSA)
