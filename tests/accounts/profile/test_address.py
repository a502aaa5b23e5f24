"""Another address for one's account: the password, an email to the new one, word to both."""

import pytest
from flask import Flask

from cpd.access.permissions import SYSTEM, Actor
from cpd.accounts import tokens
from cpd.accounts.profile import actions
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_in import queries
from cpd.accounts.sign_in.password_check import VerifiedPassword
from cpd.accounts.sign_up import actions as verifications
from cpd.db import db, unit_of_work
from cpd.kernel import clock as the_clock
from tests.accounts.sign_in.test_sessions import Thief
from tests.factories import accounts
from tests.support.people import MAYA, PASSWORD, ZOE
from tests.support.post import Arrived, PostOffice
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "maya.okafor@clinic.example"


def ask(maya: Visitor, email: str = NEW) -> None:
    maya.get("/profile/address")
    maya.submit({"email": email, "present": PASSWORD}, status=303)


def emails(app: Flask, post: PostOffice) -> dict[str, Arrived]:
    return {message.to[0]: message for message in post.collect(app)}


def address(visitor: Visitor) -> bool:
    return NEW in visitor.get("/profile").text


def test_it_changes_when_its_email_is_answered_and_both_are_told(
    app: Flask, post: PostOffice, maya: Visitor
) -> None:
    thief = Thief(app, maya)
    ask(maya)
    came = emails(app, post)
    assert came[MAYA.email].subject == "A new address was requested"
    assert not address(maya)
    maya.get("/profile/address/code")
    maya.submit({"code": came[NEW].code}, status=303)
    assert address(maya)
    assert not thief.is_let_in()
    told = emails(app, post)
    assert {it.subject for it in told.values()} == {"Your address was changed"}
    assert set(told) == {MAYA.email, NEW}
    assert "/reset-password" not in told[MAYA.email].text  # that way leads to the new address
    stranger = Visitor(app)
    for email, status in ((MAYA.email, 422), (NEW, 302)):
        stranger.get("/sign-in")
        stranger.submit({"email": email, "password": PASSWORD}, status=status)


def test_the_link_acts_for_the_one_who_asked_alone(
    app: Flask, post: PostOffice, maya: Visitor, zoe: Visitor, stranger: Visitor
) -> None:
    """An email to a mistyped address, or a forwarded one, gives its reader nothing."""
    ask(maya)
    path = emails(app, post)[NEW].path
    assert stranger.get(path, status=302).location.startswith("/sign-in?next=")
    zoe.get(path, status=404)
    zoe.post(path, status=404)
    elsewhere = accounts.let_in(Visitor(app, "maya elsewhere"), MAYA)
    elsewhere.get(path)
    assert not address(maya)
    elsewhere.submit(status=303)
    assert address(elsewhere)
    elsewhere.get(path, status=404)


def test_a_sign_up_cannot_be_made_of_it_nor_it_of_a_sign_up(
    app: Flask, post: PostOffice, maya: Visitor, stranger: Visitor
) -> None:
    ask(maya)
    token = emails(app, post)[NEW].path.rpartition("/")[2]
    stranger.get(f"/sign-up/confirmation/{token}", status=404)
    stranger.get("/sign-up")
    stranger.submit({"email": "nora@example.org"}, status=303)
    other = post.collect_one(app).path.rpartition("/")[2]
    maya.get(f"/profile/address/confirmation/{other}", status=404)


def test_an_address_of_somebody_else_is_answered_alike_and_gets_no_code(
    app: Flask, post: PostOffice, maya: Visitor
) -> None:
    ask(maya, ZOE.email)
    assert maya.get("/profile/address/code").status == 200
    came = emails(app, post)
    assert came[ZOE.email].subject == "This address already belongs to an account"
    maya.submit({"code": "000000"}, status=422)


def test_an_address_taken_meanwhile_is_refused(app: Flask, post: PostOffice, maya: Visitor) -> None:
    ask(maya)
    code = emails(app, post)[NEW].code
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=NEW)
    maya.get("/profile/address/code")
    maya.submit({"code": code}, status=303)
    assert "was not changed" in maya.follow().text
    assert not address(maya)


@pytest.mark.parametrize(
    ("email", "present", "said"),
    [
        (NEW, "a wrong walk before breakfast", "not your current password"),
        (MAYA.email, PASSWORD, "already your address"),
        ("no address", PASSWORD, "Write the whole address"),
    ],
)
def test_what_is_not_taken(
    app: Flask, post: PostOffice, maya: Visitor, email: str, present: str, said: str
) -> None:
    maya.get("/profile/address")
    assert said in maya.submit({"email": email, "present": present}, status=422).text
    assert post.collect(app) == []


def test_emails_to_new_addresses_are_limited(app: Flask, maya: Visitor) -> None:
    for _ in range(3):
        ask(maya)
    maya.get("/profile/address")
    maya.submit({"email": NEW, "present": PASSWORD}, status=429)


def test_five_wrong_codes_end_it(app: Flask, post: PostOffice, maya: Visitor) -> None:
    ask(maya)
    right = emails(app, post)[NEW].code
    wrong = f"{(int(right) + 1) % 10**6:06}"
    maya.get("/profile/address/code")
    for status in (422, 422, 422, 422, 303):
        maya.post("/profile/address/code", {"code": wrong}, status=status)
    assert maya.get("/profile/address/code", status=303).location == "/profile/address"


def test_a_grant_is_worth_nothing_to_another_and_ends_the_links_of_before(app: Flask) -> None:
    """Below the pages, which refuse the other one before."""
    now = the_clock.now()
    with app.app_context():
        owner = accounts.row_of(MAYA)
        for who, is_changed in ((accounts.row_of(ZOE), False), (owner, True)):
            with unit_of_work() as session:
                claim = verifications.request_verification(
                    session, NEW, person_id=owner.id, now=now
                )
                code = verifications.make_verification_secrets(session, claim).code
                grant = verifications.verify_address_by_code(session, claim, code, now=now) or ""
                link = credentials.make_password_link(session, owner, actor=SYSTEM, now=now)
                actor = Actor(person_id=who.id, subject=who.subject)
                token = actions.change_address(session, grant, actor=actor, browser="", now=now)
            found = queries.find_password_link(db.session(), tokens.hash_token(link), now=now)
            assert (token is not None, found is None) == (is_changed, is_changed)


def test_a_password_that_changed_meanwhile_asks_for_no_address(app: Flask) -> None:
    with app.app_context():
        row = accounts.row_of(MAYA)
        actor, old = (
            Actor(person_id=row.id, subject=row.subject),
            VerifiedPassword(0, row.id, "older"),
        )
        with unit_of_work() as session:
            asked = actions.request_address_change(
                session, old, NEW, actor=actor, now=the_clock.now()
            )
        assert asked is None
