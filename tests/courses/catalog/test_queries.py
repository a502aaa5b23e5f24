"""The catalog by pages, each course in its reader's version; and how much a page costs."""

from pathlib import Path

import pytest
from flask import Flask

from cpd import migrate
from cpd.access.permissions import VISITOR
from cpd.app import create_app
from cpd.courses.catalog import queries as catalog_queries
from cpd.courses.catalog.queries import find_catalog_page
from cpd.db import db
from cpd.kernel import memory
from tests.factories import courses
from tests.factories.courses import SLUG, actor_of, altered
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.prepared import disconnect, settings_for
from tests.support.queries import asked
from tests.support.visitor import Visitor

NEW_TITLE = {"course.md": ("title: Massage on a hot day", "title: Massage in the heat")}


def test_the_catalog_has_pages(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog_queries, "PAGE", 1)
    courses.publish(app, altered(tmp_path, {}, slug="another-course"))
    with app.app_context():
        session = db.session()
        pages = [find_catalog_page(session, VISITOR, page=page) for page in (1, 2)]
        shown = [[one.slug for one in page.courses] for page in pages if page]
        assert sorted(shown) == [["another-course"], [SLUG]]
        assert [page.pages for page in pages if page] == [2, 2]
        assert find_catalog_page(session, VISITOR, page=3) is None
        assert find_catalog_page(session, VISITOR, page=0) is None


def test_the_catalog_shows_a_learner_their_own_version(app: Flask, tmp_path: Path) -> None:
    courses.enrol(app, MAYA)
    courses.publish(app, altered(tmp_path, NEW_TITLE))
    with app.app_context():
        shelf = find_catalog_page(db.session(), actor_of(MAYA))
        assert shelf is not None
        assert [one.revision.title for one in shelf.courses] == ["Massage on a hot day"]


def test_an_installation_without_courses_has_an_empty_first_page(
    empty_database: Database, clock: MovedClock
) -> None:
    migrate.run(empty_database.url)
    app = create_app(settings_for(empty_database))
    with app.app_context():
        shelf = find_catalog_page(db.session(), VISITOR)
    assert shelf is not None
    assert (list(shelf.courses), shelf.pages) == ([], 1)
    visitor = Visitor(app)
    assert "No course has been published here yet." in visitor.get("/").text
    assert "No course has been published here yet." in visitor.get("/courses").text
    disconnect(app)


def test_the_catalog_costs_the_same_however_many_courses_it_has(app: Flask, tmp_path: Path) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        actor = actor_of(MAYA)

    def cost() -> int:
        memory.clear_all_caches()
        with asked(app) as statements, app.app_context():
            find_catalog_page(db.session(), actor)
        return len(statements)

    before = cost()
    for number in range(3):
        slug = f"course-{number}"
        courses.publish(app, altered(tmp_path, {}, slug=slug))
        courses.enrol(app, MAYA, slug)
    assert cost() == before == 5
