"""What administrators see of what a person did here."""

import pytest
from flask import Flask

from cpd.access.permissions import GRANTS, Permission, Role
from tests.factories import accounts, courses
from tests.factories.quizzes import Learner
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def path_of(app: Flask) -> str:
    with app.app_context():
        return f"/people/{accounts.row_of(MAYA).public_id}"


def test_courses_tries_and_certificates_stand_on_the_page(app: Flask, ines: Visitor) -> None:
    path = path_of(app)
    assert ines.get(path).text.count("None yet.") == 2
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    assert "1 of 2 sections read" in ines.get(path).text
    Learner(app, MAYA).pass_exam()
    page = ines.get(path).page
    assert "try 1" in page.text
    assert "passed, 100" in page.text
    assert "Valid" in page.text
    (code,) = [link for link in page.links().values() if link.startswith("/verify/")]
    assert MAYA.full_name in ines.get(code).text, "the link shows what anybody may check"


@on_sqlite
def test_what_was_decided_is_not_shown(app: Flask, ines: Visitor) -> None:
    learner = Learner(app, MAYA).study()
    attempt = learner.start()
    learner.hand_in(attempt)
    page = ines.get(path_of(app)).page
    assert "not passed" in page.text
    assert not [link for link in page.links().values() if link.startswith("/attempts")]


def test_it_is_the_persons_own_and_costs_the_same_for_more_of_it(app: Flask, ines: Visitor) -> None:
    courses.enrol(app, ZOE)
    path = path_of(app)
    assert "None started yet." in ines.get(path).text

    def cost() -> int:
        ines.get(path)
        with asked(app) as statements:
            ines.get(path)
        return len(statements)

    learner = Learner(app, MAYA).study()
    learner.hand_in(learner.start())
    before = cost()
    learner.study()
    learner.hand_in(learner.start())
    assert cost() == before


@on_sqlite
def test_control_without_the_permission_nothing_is_shown(
    app: Flask, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses.enrol(app, MAYA)
    less = GRANTS[Role.ADMINISTRATOR] - {Permission.RECORD_READ}
    monkeypatch.setitem(GRANTS, Role.ADMINISTRATOR, less)
    assert "Massage on a hot day" not in ines.get(path_of(app)).text
