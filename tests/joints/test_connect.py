"""Rooms that do not fit together keep the app from starting, by name."""

from dataclasses import replace
from importlib import import_module
from types import ModuleType

import pytest
from flask import Flask

from cpd import app as factory
from cpd.joints.connect import RoomsError, connect_rooms
from cpd.joints.questions import Question
from cpd.joints.rooms import Room, build_subscriber_in_worker
from tests.support.bell.events import Rang
from tests.support.bell.hooks import who_rings
from tests.support.bell.room import ROOM as BELL
from tests.support.house import CPD, name_of

ALSO = (who_rings.answered_by(str),)
TOLD = (build_subscriber_in_worker(Rang, "polish", lambda *_: None),)


@pytest.mark.parametrize(
    ("rooms", "fault"),
    [
        ([Room(asks=(who_rings,))], "No room answers: bell.who_rings."),
        ([BELL, Room(answers=ALSO)], "There is more than one answer to bell.who_rings."),
        ([BELL, Room(asks=(who_rings,))], "There is more than one question bell.who_rings."),
        ([Room(answers=ALSO)], "No room lists under `asks`: bell.who_rings."),
        ([BELL, Room(subscribes=TOLD)], "There is more than one purpose polish."),
        ([BELL, Room(emails=BELL.jobs)], "There is more than one purpose polish."),
    ],
)
def test_what_does_not_fit_is_named(rooms: list[Room], fault: str) -> None:
    with pytest.raises(RoomsError) as raised:
        connect_rooms(Flask("bare"), rooms)
    assert str(raised.value) == fault


def test_a_site_without_the_rooms_that_answer_does_not_start() -> None:
    rooms = [replace(room, answers=()) for room in factory.import_rooms()]
    with pytest.raises(
        RoomsError, match=r"No room answers: access\.reader_country, access\.reader_z"
    ):
        connect_rooms(Flask("bare"), rooms)
    connect_rooms(Flask("bare"), factory.import_rooms())  # the control


def questions_in(module: ModuleType) -> set[str]:
    """Return the names of the questions that a module declares or uses."""
    return {thing.name for thing in vars(module).values() if isinstance(thing, Question)}


def test_every_question_is_listed_by_the_room_that_asks_it() -> None:
    """One that is not would be missed only when it is first asked."""
    files = [name_of(file) for file in CPD.rglob("*.py") if "Question(" in file.read_text()]
    modules = [import_module(name[:-3].replace("/", ".")) for name in files]
    declared = set().union(*map(questions_in, modules))
    listed = {question.name for room in factory.import_rooms() for question in room.asks}
    assert declared == listed
    assert questions_in(import_module("tests.support.bell.hooks")) == {"bell.who_rings"}
