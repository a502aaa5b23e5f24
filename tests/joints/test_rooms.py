"""A room is added by its folder and one line, to one app and no other."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask

from cpd import app as factory
from cpd.db import unit_of_work
from cpd.jobs import outbox, worker
from cpd.jobs.publishing import publish_event
from cpd.joints import registry
from cpd.web.static import build_asset_url
from tests.support.bell.events import Rang
from tests.support.bell.hooks import echoes, who_rings
from tests.support.bell.room import heard
from tests.support.moved_clock import NOW, MovedClock
from tests.support.visitor import Visitor

MakeApp = Callable[..., Flask]
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def site(app: Flask, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app with the bell, beside the usual one, which was made before it."""
    del app
    monkeypatch.setattr(factory, "ROOMS", (*factory.ROOMS, "tests.support.bell"))
    yield make_app()
    heard.clear()


def ring(number: int, at: datetime = NOW) -> None:
    with unit_of_work() as session:
        publish_event(session, Rang(at=at, bell="door", number=number))


@on_sqlite
def test_its_page_and_its_link_are_there(site: Flask) -> None:
    assert Visitor(site).get("/").page.links()["Bell"] == "/bell"
    assert site.test_client().get("/bell").text == "Somebody is at the door."


@on_sqlite
def test_its_style_sheet_is_served_with_the_others(site: Flask, app: Flask) -> None:
    sheets = []
    for each in (site, app):
        with each.app_context():
            sheets.append(each.test_client().get(build_asset_url("cpd.css")).text)
    assert [".bell {" in sheet for sheet in sheets] == [True, False]


@on_sqlite
def test_its_question_is_answered_and_its_slot_filled_in_the_stated_order(site: Flask) -> None:
    with site.app_context():
        assert who_rings("gate") == "Somebody is at the gate."
        assert echoes("ding") == ["Ding", "DING"]


def test_what_is_prompt_is_done_at_once_and_the_rest_by_the_worker(
    site: Flask, clock: MovedClock
) -> None:
    with site.app_context():
        ring(1)
        assert heard == ["opened door/1 at 10:00"]
        clock.advance(minutes=5)
        assert worker.run_all_due_jobs() == 1
        assert heard[1:] == ["told of door/1 at 10:05"]


def test_a_cause_told_twice_is_owed_once_and_one_that_recurs_anew(site: Flask) -> None:
    with site.app_context():
        for number in (1, 1, 2):
            ring(number)
        assert worker.run_all_due_jobs() == 2
        ring(1)
        assert worker.run_all_due_jobs() == 0


@on_sqlite
def test_what_it_knows_of_people_is_declared_with_the_rest(site: Flask) -> None:
    del site
    assert "rings" in {each.table for room in factory.import_rooms() for each in room.personal}


def test_its_job_is_carried_out(site: Flask) -> None:
    with site.app_context():
        with unit_of_work() as session:
            outbox.enqueue_job(session, "polish", "door", due_at=NOW, now=NOW)
        worker.run_all_due_jobs()
        assert heard == ["polished door at 10:00"]


@on_sqlite
def test_another_app_of_the_process_has_none_of_it(site: Flask, app: Flask) -> None:
    with app.app_context():
        with pytest.raises(KeyError):
            who_rings("door")
        assert echoes("ding") == []
        ring(1)
        assert worker.run_all_due_jobs() == 0
        assert "polish" not in registry.current_registry().jobs
    assert "Bell" not in Visitor(app).get("/").page.links()
    assert heard == []
    with site.app_context():
        ring(1)  # the control
        assert heard == ["opened door/1 at 10:00"]
