"""Codes from an app: each once, asked for after the password, with a way back that works once."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.mfa import totp
from cpd.accounts.mfa.actions import renew_recovery_codes
from cpd.accounts.models import AuthenticatorApp, RecoveryCode
from cpd.accounts.people import actions
from cpd.db import db, unit_of_work
from cpd.kernel import clock as the_clock
from tests.accounts.sign_in.test_sessions import Thief
from tests.factories import accounts
from tests.support.html_validate import HtmlValidator
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import ADA, MAYA, PASSWORD, Person
from tests.support.post import PostOffice
from tests.support.visitor import Answer, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Phone:
    """An app on maya's phone, and her recovery codes on paper."""

    def __init__(self, maya: Visitor) -> None:
        maya.get("/profile/second-factor")
        offer = maya.submit({"present": PASSWORD}, status=200)
        found = re.search(r"<b>([A-Z2-7 ]+)</b>", offer.html)
        assert found is not None
        self.totp = pyotp.TOTP(found[1].replace(" ", ""))
        assert "data:image/svg+xml" in offer.html
        shown = maya.submit({"code": self.code()}, status=200)
        self.paper = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", shown.text)

    def code(self, seconds: int = 0) -> str:
        """Return what the app shows, some seconds from NOW."""
        return str(self.totp.at(NOW + timedelta(seconds=seconds)))


def enter_password(visitor: Visitor) -> Visitor:
    visitor.get("/sign-in?next=/profile")
    answer = visitor.submit({"email": MAYA.email, "password": PASSWORD}, status=303)
    assert answer.location == "/sign-in/code"
    visitor.get("/profile", status=302)  # the password alone lets nobody in
    visitor.get("/sign-in/code")
    return visitor


def enter_code(visitor: Visitor, code: str, *, status: int = 303) -> Answer:
    return visitor.post("/sign-in/code", {"code": code}, status=status)


@pytest.fixture
def phone(app: Flask, maya: Visitor, clock: MovedClock) -> Phone:
    """Maya's, set up a minute ago."""
    made = Phone(maya)
    clock.advance(minutes=1)
    return made


def test_the_code_lets_in_after_the_password_once(
    app: Flask, phone: Phone, clock: MovedClock
) -> None:
    visitor = enter_password(Visitor(app))
    assert enter_code(visitor, phone.code(60)).location == "/profile"
    visitor.get("/profile")
    other = enter_password(Visitor(app))
    enter_code(other, phone.code(60), status=422)
    enter_code(other, phone.code(30), status=422)  # the control: in its time, but older
    clock.advance(seconds=30)
    enter_code(other, phone.code(90))


def test_a_clock_may_be_half_a_minute_wrong_and_no_more(app: Flask, phone: Phone) -> None:
    visitor = enter_password(Visitor(app))
    for seconds in (0, 120, 3600):
        enter_code(visitor, phone.code(seconds), status=422)
    enter_code(visitor, phone.code(90))


def test_a_recovery_code_stands_in_once_and_is_told_of(
    app: Flask, post: PostOffice, phone: Phone
) -> None:
    assert len(set(phone.paper)) == 10
    post.collect(app)
    visitor = enter_password(Visitor(app))
    enter_code(visitor, phone.paper[0].lower().replace("-", " "))
    assert post.collect_one(app).subject == "A recovery code was used"
    enter_code(enter_password(Visitor(app)), phone.paper[0], status=422)
    assert "9 recovery codes are left" in visitor.get("/profile/second-factor").text


def test_turning_it_on_ends_other_sessions_and_is_told_of(
    app: Flask, post: PostOffice, maya: Visitor
) -> None:
    thief = Thief(app, accounts.let_in(Visitor(app), MAYA))
    assert thief.is_let_in()
    Phone(maya)
    assert not thief.is_let_in()
    maya.get("/profile")
    assert post.collect_one(app).subject == "Signing in now asks for a code from an app"


def test_new_recovery_codes_end_the_old_ones(
    app: Flask, post: PostOffice, phone: Phone, maya: Visitor
) -> None:
    post.collect(app)
    maya.get("/profile/second-factor")
    maya.post("/profile/second-factor/recovery-codes", {"present": PASSWORD}, status=200)
    assert post.collect_one(app).subject == "You have new recovery codes"
    enter_code(enter_password(Visitor(app)), phone.paper[3], status=422)


def test_without_an_app_there_are_no_recovery_codes(app: Flask) -> None:
    """The rule is the action's: such codes would let nobody in and look as if they did."""
    with app.app_context(), unit_of_work() as session:
        person, now = accounts.row_of(MAYA), the_clock.now()
        assert renew_recovery_codes(session, person, actor=SYSTEM, now=now) is None
        accounts.turn_codes_on(session, person.id)
        assert renew_recovery_codes(session, person, actor=SYSTEM, now=now)  # the control


def test_turning_it_off_needs_the_password_and_is_told_of(
    app: Flask, post: PostOffice, phone: Phone, maya: Visitor
) -> None:
    post.collect(app)
    maya.get("/profile/second-factor")
    maya.post("/profile/second-factor/removal", {"present": "a wrong walk home"}, status=422)
    maya.post("/profile/second-factor/removal", {"present": PASSWORD})
    assert post.collect_one(app).subject == "Signing in no longer asks for a code from an app"
    visitor = Visitor(app)
    visitor.get("/sign-in")
    visitor.submit({"email": MAYA.email, "password": PASSWORD}, status=302)
    with app.app_context():
        assert db.session.scalars(select(RecoveryCode)).all() == []


def test_a_reset_by_email_does_not_pass_it_by(
    app: Flask, post: PostOffice, phone: Phone, stranger: Visitor
) -> None:
    stranger.get("/reset-password")
    stranger.submit({"email": MAYA.email}, status=303)
    path = post.collect(app)[-1].path
    stranger.get(path)
    new = "five blue doors by the sea"
    stranger.submit({"password": new, "again": new})
    stranger.get("/sign-in")
    answer = stranger.submit({"email": MAYA.email, "password": new}, status=303)
    assert answer.location == "/sign-in/code"


def test_ten_wrong_codes_then_a_wait_but_not_for_the_owners_browser(
    app: Flask, phone: Phone, clock: MovedClock
) -> None:
    owner = enter_password(Visitor(app, "owner"))
    enter_code(owner, phone.code(60))
    owner.get("/sign-out")
    owner.submit(action="/sign-out")
    guesser = enter_password(Visitor(app))
    for _ in range(10):
        enter_code(guesser, "000000", status=422)
    clock.advance(seconds=30)
    enter_code(guesser, phone.code(90), status=429)
    enter_code(enter_password(owner), phone.code(90))


def test_what_is_no_code_is_no_guess(app: Flask, phone: Phone) -> None:
    visitor = enter_password(Visitor(app))
    for _ in range(11):  # the limit is ten
        answer = enter_code(visitor, phone.paper[0][:-1], status=422)
    assert "Type the six digits in your app" in answer.text
    enter_code(visitor, f"Recovery code: {phone.paper[0].lower()}.")


def test_the_code_leads_nowhere_else(app: Flask, phone: Phone) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")
    sent = {"email": MAYA.email, "password": PASSWORD, "next": "//x.example/"}
    visitor.post("/sign-in", sent, status=303)
    visitor.get("/sign-in/code")
    assert enter_code(visitor, phone.code(60)).location == "/"


@pytest.mark.parametrize("change", ["ten minutes", "another password", "locked"])
def test_a_right_password_does_not_count_for_ever(
    app: Flask, phone: Phone, maya: Visitor, clock: MovedClock, change: str
) -> None:
    visitor = enter_password(Visitor(app))
    if change == "ten minutes":
        clock.advance(minutes=10)
        assert enter_code(visitor, phone.code(660)).location == "/sign-in?next=/profile"
        return
    if change == "locked":
        with app.app_context(), unit_of_work() as session:
            actions.disable_person(
                session, accounts.row_of(MAYA).id, actor=SYSTEM, now=the_clock.now()
            )
        enter_code(visitor, phone.code(60), status=422)
        return
    maya.get("/profile/password")
    new = "five blue doors by the sea"
    maya.submit({"present": PASSWORD, "password": new, "again": new}, action="")
    enter_code(visitor, phone.code(60), status=422)


def test_nothing_but_the_password_opens_the_page_for_codes(stranger: Visitor) -> None:
    assert stranger.get("/sign-in/code", status=303).location == "/sign-in"


def test_a_key_is_kept_only_with_its_code_in_time_and_for_whom_it_was_made(
    app: Flask, maya: Visitor, zoe: Visitor, clock: MovedClock
) -> None:
    maya.get("/profile/second-factor")
    offer = maya.submit({"present": PASSWORD}, status=200)
    sealed = offer.page.forms[0].value("sealed")
    maya.submit({"code": "000000"}, status=422)
    confirmation = "/profile/second-factor/confirmation"
    zoe.post(confirmation, {"sealed": sealed, "code": "000000"}, status=303)
    clock.advance(minutes=15, seconds=1)
    maya.post(confirmation, {"sealed": sealed, "code": "000000"}, status=303)
    with app.app_context():
        assert db.session.get(AuthenticatorApp, accounts.row_of(MAYA).id) is None


def test_the_database_holds_neither_key_nor_codes(
    app: Flask, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        row = db.session.get_one(AuthenticatorApp, accounts.row_of(MAYA).id)
        stored = [row.sealed_key, *db.session.scalars(select(RecoveryCode.code_hash))]
    assert phone.totp.secret not in "".join(stored)
    assert not [code for code in phone.paper if code.replace("-", "") in "".join(stored)]
    visitor = enter_password(Visitor(app))
    with monkeypatch.context() as other_key:
        other_key.setattr(totp, "decrypt_stored_key", lambda _person_id, _encrypted: None)
        enter_code(visitor, phone.code(60), status=422)
        enter_code(visitor, phone.paper[0])


# Staff


@pytest.fixture
def rosa(app: Flask) -> Visitor:
    """A new administrator who has set up no codes yet, signed in."""
    new = Person("rosa", "Rosa Weber", "will administer")
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(
            session,
            email=new.email,
            name=new.full_name,
            roles=(Role.LEARNER, Role.ADMINISTRATOR),
            codes=False,
        )
    return accounts.let_in(Visitor(app, "rosa"), new)


def test_staff_are_led_to_set_codes_up_and_back_to_the_page(
    rosa: Visitor, html_validator: HtmlValidator
) -> None:
    home = rosa.get("/")
    assert "works only with codes" in home.text
    assert "/people" not in home.html  # nothing in the navigation
    asked = rosa.get(rosa.get("/people?page=1", status=303).location)
    assert "works only with codes from an app: Administrator. The page you wanted" in asked.text
    for page in (home, asked):
        html_validator.check(page.html)
    offer = rosa.submit({"present": PASSWORD}, status=200)
    key = re.search(r"<b>([A-Z2-7 ]+)</b>", offer.html)
    assert key is not None
    rosa.submit({"code": "000000"}, status=422)  # loses nothing of where it leads
    code = str(pyotp.TOTP(key[1].replace(" ", "")).at(NOW))
    kept = rosa.submit({"code": code}, status=200)
    assert 'href="/people?page=1">I have saved them' in kept.html
    assert "works only with codes" not in rosa.get("/").text
    rosa.get("/people?page=1")


def test_the_page_for_codes_leads_nowhere_else(rosa: Visitor, clock: MovedClock) -> None:
    assert "The page you wanted" not in rosa.get("/profile/second-factor?next=//x.example/").text
    path = "/profile/second-factor"
    sent = {"present": PASSWORD, "next": "//x.example/"}
    offer = rosa.post(path, sent, status=200)
    sealed = offer.page.forms[0].value("sealed")
    clock.advance(minutes=16)
    late = {"code": "000000", "sealed": sealed, "next": "//x.example/"}
    assert rosa.post(f"{path}/confirmation", late, status=303).location == path


def test_what_staff_do_without_codes_is_refused_with_the_reason(rosa: Visitor) -> None:
    assert "works only once" in rosa.post("/people", {}, status=403).text
    told = rosa.get("/people", status=403, headers={"Accept": "application/json"})
    assert "works only once" in told.response.get_json()["error"]["meaning"]


def test_turning_codes_off_says_before_what_it_costs_staff(
    ines: Visitor, phone: Phone, maya: Visitor
) -> None:
    said = "your role stops working until you set them up again: Administrator."
    assert said in ines.get("/profile/second-factor").text
    assert "works no more" not in maya.get("/profile/second-factor").text
    ines.get("/people")
    ines.post("/profile/second-factor/removal", {"present": PASSWORD})
    ines.get("/people", status=303)


def test_codes_turned_off_by_another_withhold_the_role(
    app: Flask, ines: Visitor, ada: Visitor
) -> None:
    with app.app_context():
        path = f"/people/{accounts.row_of(ADA).public_id}"
    ada.get("/remarks")
    assert "Without codes, only the learner role works." in ines.get(path).text
    ines.submit(action="/second-factor/removal")
    ada.get("/remarks", status=303)
    visitor = Visitor(app)
    visitor.get("/sign-in?next=/remarks")
    visitor.submit({"email": ADA.email, "password": PASSWORD}, status=302)
    visitor.get("/remarks", status=303)


def test_an_administrator_lets_somebody_back_in(
    app: Flask, post: PostOffice, phone: Phone, ines: Visitor
) -> None:
    post.collect(app)
    with app.app_context():
        path = f"/people/{accounts.row_of(MAYA).public_id}"
    ines.get(path)
    ines.submit(action="/second-factor/removal")
    assert post.collect_one(app).to == [MAYA.email]
    assert "Stop asking" not in ines.get(path).text
    visitor = Visitor(app)
    visitor.get("/sign-in")
    visitor.submit({"email": MAYA.email, "password": PASSWORD}, status=302)
