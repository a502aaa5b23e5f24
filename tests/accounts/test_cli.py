"""`cpd accounts`: the first administrator, by password or by link."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.sign_in import password_hashing, queries
from cpd.cli.main import cli
from cpd.db import db, unit_of_work
from cpd.organisations import actions as founding
from tests.factories import accounts, organisations
from tests.support.databases import Database
from tests.support.moved_clock import NOW
from tests.support.people import INES, MAYA, PASSWORD
from tests.support.visitor import Visitor

Cpd = Callable[..., Result]


@pytest.fixture
def cpd(app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch) -> Cpd:
    """Runs the command on this test's database."""
    monkeypatch.setattr("cpd.cli.accounts.create_app_or_exit", lambda: app)

    def run(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(cli, ["accounts", *words], input=typed)

    return run


def create(cpd: Cpd, email: str = "First@Example.org", *more: str, typed: str = "") -> Result:
    return cpd("create-administrator", email, "--name", "First Person", *more, typed=typed)


def test_an_administrator_with_a_password(app: Flask, cpd: Cpd) -> None:
    made = create(cpd, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert "First Person <first@example.org> can administer" in made.output
    assert PASSWORD not in made.output
    visitor = Visitor(app)
    visitor.get("/sign-in")
    visitor.submit({"email": "first@example.org", "password": PASSWORD})
    assert "codes from an app" in made.output
    assert visitor.get("/people", status=303).location.startswith("/profile/second-factor?")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("too short", "Use at least 15 characters"),
        ("x" * 257, "Use at most 256 characters."),
        ("first@example.org", "easy to guess"),
    ],
)
def test_a_password_is_asked_for_until_it_will_do(cpd: Cpd, typed: str, said: str) -> None:
    made = create(cpd, typed=f"{typed}\n{typed}\n{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0
    assert said in made.output


def test_an_administrator_with_a_link(app: Flask, cpd: Cpd) -> None:
    made = create(cpd, "first@example.org", "--link")
    assert made.exit_code == 0, made.output
    found = re.search(r"http://localhost(/set-password/[\w-]{43})\n", made.output)
    assert found is not None
    Visitor(app).get(found[1])
    with app.app_context():
        credentials = queries.find_credentials(db.session(), "first@example.org")
    assert credentials is not None
    assert not password_hashing.password_matches_hash("", credentials.password_hash)


def test_an_address_that_is_taken(cpd: Cpd) -> None:
    made = create(cpd, MAYA.email, "--link")
    assert made.exit_code == 1
    assert "already has an account" in made.output


@pytest.mark.parametrize(
    ("email", "name", "said"),
    [
        ("first", "F", "not an email address such as"),
        ("f@example.org", "F\u200b", "(zero width space). Delete it"),
        ("f@example.org", "F" * 121, "Use at most 120 characters; this has 121."),
    ],
)
def test_what_cannot_be_used_is_said(cpd: Cpd, email: str, name: str, said: str) -> None:
    made = cpd("create-administrator", email, "--name", name)
    assert made.exit_code == 1
    assert said in made.output


def test_everybody_is_listed(cpd: Cpd) -> None:
    made = cpd("list")
    assert f"{INES.email}\t{INES.full_name}\tadministrator\topen" in made.output.splitlines()
    assert len(made.output.splitlines()) == 6


# Roles


def test_a_role_in_a_school_for_a_month(app: Flask, cpd: Cpd) -> None:
    """Days are the school's: in London the last one of the clock's summer ends at 23:00 UTC."""
    school = organisations.school(app)
    there = ("--school", school.slug)
    days = ("--from", "2027-03-01", "--until", "2027-03-31")
    given = cpd("grant-role", MAYA.email, "school_admin", *there, *days)
    assert given.output == f"{MAYA.email} has the role school_admin in Harbour School.\n"
    cpd("grant-role", MAYA.email, "author")
    listed = next(line for line in cpd("list").output.splitlines() if MAYA.email in line)
    in_school = "school_admin in harbour-school"
    when = "from 2027-03-01 00:00 UTC until 2027-03-31 23:00 UTC"
    assert listed.split("\t")[2] == f"author, learner, {in_school} {when}"
    taken = cpd("remove-role", MAYA.email, "school_admin", *there)
    assert taken.output == f"{MAYA.email} does not have the role school_admin in Harbour School.\n"
    cpd("remove-role", MAYA.email, "author")
    with app.app_context():
        assert [held.role for held in accounts.row_of(MAYA).roles] == [Role.LEARNER]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody@example.org", "author"), "nobody@example.org has no account."),
        ((MAYA.email, "author", "--school", "absent"), "There is no school absent."),
        ((MAYA.email, "author", "--until", "2026-11-22"), "--until is in the past"),
        ((MAYA.email, "author", "--school", "harbour-school"), "takes no new roles"),
        ((MAYA.email, "king"), "'king' is not one of"),
    ],
)
def test_a_role_that_cannot_be_given(
    app: Flask, cpd: Cpd, words: tuple[str, ...], said: str
) -> None:
    school = organisations.school(app)
    with app.app_context(), unit_of_work() as session:
        founding.close_school(session, school.scope, actor=SYSTEM, now=NOW)
    refused = cpd("grant-role", *words)
    assert refused.exit_code != 0
    assert said in refused.output
