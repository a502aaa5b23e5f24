"""One mail address is one account, whatever spelling of its domain a browser sends."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd import migrate
from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.models import Person
from cpd.accounts.people.actions import AccountRefusal, NewPerson, create_person
from cpd.accounts.rules.addresses import normalize_address
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.factories import accounts
from tests.support.databases import Database
from tests.support.people import PASSWORD
from tests.support.post import PostOffice
from tests.support.schemas import connected
from tests.support.visitor import Visitor

TYPED, SENT = "ida@bücher.example", "ida@xn--bcher-kva.example"


@pytest.fixture
def ida(app: Flask) -> None:
    """Somebody whose address has a domain of other letters."""
    with app.app_context(), unit_of_work() as session:
        new = NewPerson("Ida", normalize_address(TYPED), frozenset({Role.LEARNER}))
        person = create_person(session, new, actor=SYSTEM, now=kernel_clock.now())
        assert isinstance(person, Person)
        person.password_hash = accounts.password_hash()
        again = NewPerson("Ida", normalize_address(SENT), frozenset({Role.LEARNER}))
        refused = create_person(session, again, actor=SYSTEM, now=kernel_clock.now())
        assert refused is AccountRefusal.ADDRESS_TAKEN


@pytest.mark.usefixtures("ida")
@pytest.mark.parametrize("email", [TYPED, SENT, "IDA@BÜCHER.example", "ida@bücher。example"])
def test_every_spelling_signs_in_to_the_one_account(stranger: Visitor, email: str) -> None:
    stranger.get("/sign-in")
    stranger.submit({"email": email, "password": PASSWORD}, action="/sign-in")
    profile = stranger.get("/profile")
    assert TYPED in profile.text
    assert "xn--" not in profile.html


@pytest.mark.usefixtures("ida")
@pytest.mark.parametrize("email", [TYPED, SENT])
def test_pages_show_its_letters_and_emails_go_to_one_domain(
    app: Flask, stranger: Visitor, post: PostOffice, email: str
) -> None:
    stranger.get("/sign-up")
    stranger.submit({"email": email})
    assert TYPED in stranger.follow().text
    stranger.get("/reset-password")
    stranger.submit({"email": email})
    assert [letter.to for letter in post.collect(app)] == [[SENT], [SENT]]
    stranger.get("/sign-in")
    refused = stranger.submit({"email": email, "password": "wrong"}, action="/sign-in", status=422)
    assert refused.page.forms[0].value("email") == TYPED


def test_no_email_for_one_domain_goes_to_another(
    app: Flask, stranger: Visitor, post: PostOffice
) -> None:
    """Python's own codec takes these for one; a control in tests/kernel shows it."""
    stranger.get("/sign-up")
    stranger.submit({"email": "user@faß.example"})
    assert post.collect_one(app).to == ["user@xn--fa-hia.example"]


@pytest.mark.usefixtures("ida")
def test_guesses_in_two_spellings_count_together(stranger: Visitor) -> None:
    stranger.get("/sign-in")
    for number in range(10):
        email = (TYPED, SENT)[number % 2]
        stranger.submit({"email": email, "password": "wrong"}, action="/sign-in", status=422)
    stranger.submit({"email": TYPED, "password": PASSWORD}, action="/sign-in", status=429)


@pytest.mark.usefixtures("ida")
@pytest.mark.parametrize("wanted", [TYPED, SENT, "bücher.example"])
def test_administrators_find_it_in_every_spelling(ines: Visitor, wanted: str) -> None:
    assert TYPED in ines.get("/people", query_string={"q": wanted}).text


# Accounts from before

INSERT = sa.text(
    "INSERT INTO persons (id, public_id, subject, email, password_hash, name, legal_name,"
    " time_zone, created_at) VALUES (:id, :name, :name, :email, '', :name, '', '',"
    " '2026-11-01 09:30:00')"
)


def test_addresses_of_the_release_before_get_the_one_spelling(empty_database: Database) -> None:
    """Of two accounts with one address, the one that has it in ASCII, or the older, gets it."""
    migrate.run(empty_database.url, "0013")
    stored = [
        "maya@example.org",
        TYPED,
        "user@faß.example",
        "user@fass.example",
        "zoë@müller.example",
        "zoë@xn--mller-kva.example",
        "old@under_score.example",
    ]
    with connected(empty_database.url) as connection:
        for number, email in enumerate(stored, 1):
            connection.execute(INSERT, {"id": number, "name": f"p{number}", "email": email})
        connection.commit()
    migrate.run(empty_database.url, "0014")
    expected = [*stored]
    expected[1], expected[2] = SENT, "user@xn--fa-hia.example"
    emails = sa.text("SELECT email FROM persons ORDER BY id")
    with connected(empty_database.url) as connection:
        assert list(connection.scalars(emails)) == expected
    migrate.run(empty_database.url, "0013")
    migrate.run(empty_database.url, "0014")
    with connected(empty_database.url) as connection:
        assert list(connection.scalars(emails)) == expected


@pytest.mark.usefixtures("ida")
def test_administrators_see_an_account_that_shares_its_address(app: Flask, ines: Visitor) -> None:
    assert "Shares its address" not in ines.get("/people").text
    with app.app_context(), unit_of_work() as session:
        session.add(Person(email=TYPED, name="Ida before"))
    assert "Shares its address" in ines.get("/people").text
    with app.app_context():
        twin = db.session.scalars(sa.select(Person).where(Person.email == TYPED)).one()
        path = f"/people/{twin.public_id}"
    assert "no one can sign in to this one" in ines.get(path).text
