"""How many guesses are heard: for one account, from one network, in all; and who gets in anyway."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cpd.accounts import tokens
from cpd.accounts.sign_in import known_browsers
from cpd.accounts.sign_in.models import SignInAttempt
from cpd.accounts.sign_in.rules import throttling as limits
from cpd.accounts.sign_in.rules.throttling import LIMITS, CountedBy, ThrottleScope
from cpd.accounts.sign_in.throttle import (
    Throttled,
    ThrottleKey,
    clear_attempt,
    record_attempt_if_allowed,
)
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, PASSWORD, ZOE
from tests.support.visitor import Answer, Visitor

WRONG = "a wrong walk before breakfast"


def guess(visitor: Visitor, email: str = MAYA.email, password: str = WRONG, **more: str) -> Answer:
    visitor.send("GET", "/sign-in", status=(200, 302))
    return visitor.post(
        "/sign-in",
        {"email": email, "password": password},
        status=(302, 422, 429),
        environ_base={"REMOTE_ADDR": more.get("source", "192.0.2.1")},
    )


def sign_out(visitor: Visitor) -> None:
    visitor.get("/sign-out")
    visitor.submit(action="/sign-out")


def heard(app: Flask, count: int, **where: str) -> list[int | Throttled]:
    """Open tries as fast as the limits allow, without hashing."""
    facts = {"account": "maya", "source": "here", "device": ""} | where
    with app.app_context():
        made = []
        for _ in range(count):
            with unit_of_work() as session:
                made.append(
                    record_attempt_if_allowed(session, ThrottleKey(**facts), now=kernel_clock.now())
                )
        return made


def guessed(app: Flask, count: int, email: str = MAYA.email) -> None:
    """Guess so many times from a browser that nobody knows, without the cost of hashing."""
    with app.test_request_context("/"):
        account, source = (
            known_browsers.hash_account_address(email),
            tokens.hash_with_secret_key("source", "203.0.113.9"),
        )
    assert not any(
        isinstance(it, Throttled) for it in heard(app, count, account=account, source=source)
    )


def test_ten_guesses_for_one_account_then_a_wait(stranger: Visitor, clock: MovedClock) -> None:
    for _ in range(10):
        assert guess(stranger).status == 422
        clock.advance(seconds=1)
    answer = guess(stranger)
    assert answer.status == 429
    assert answer.header("Retry-After") == "290"
    assert "Try again in about 5 minutes." in answer.text
    assert answer.page.forms[0].value("email") == MAYA.email


def test_the_right_password_waits_as_well(app: Flask, stranger: Visitor) -> None:
    """Otherwise the answer would tell a guesser when the guess was right."""
    guessed(app, 10)
    assert guess(stranger, password=PASSWORD).status == 429


def test_an_unknown_address_waits_as_well(app: Flask, stranger: Visitor) -> None:
    guessed(app, 9, "nobody@example.org")
    assert guess(stranger, "nobody@example.org").status == 422
    assert guess(stranger, "nobody@example.org").status == 429


def test_guesses_from_many_networks_are_counted_together(app: Flask) -> None:
    guessed(app, 8)
    said = [guess(Visitor(app), source=f"198.51.100.{number}").status for number in range(3)]
    assert said == [422, 422, 429]


def test_after_five_minutes_one_more_is_heard(
    app: Flask, stranger: Visitor, clock: MovedClock
) -> None:
    guessed(app, 10)
    clock.advance(minutes=4, seconds=59)
    assert guess(stranger).status == 429
    clock.advance(seconds=1)
    assert guess(stranger).status == 422


def test_a_refused_guess_does_not_prolong_the_wait(
    app: Flask, stranger: Visitor, clock: MovedClock
) -> None:
    guessed(app, 10)
    clock.advance(minutes=4)
    guess(stranger)
    clock.advance(minutes=1)
    assert guess(stranger, password=PASSWORD).status == 302


def test_a_good_one_is_not_counted(app: Flask, stranger: Visitor) -> None:
    guessed(app, 9)
    assert guess(stranger, password=PASSWORD).status == 302
    assert guess(Visitor(app)).status == 422
    assert guess(Visitor(app)).status == 429


# The owner gets in


def test_the_owner_gets_in_from_a_known_browser(app: Flask) -> None:
    owner = Visitor(app, "owner")
    guess(owner, password=PASSWORD)
    sign_out(owner)
    guessed(app, 10)
    assert guess(Visitor(app), password=PASSWORD).status == 429  # the control: a new browser waits
    assert guess(owner, password=PASSWORD).status == 302


def test_the_owner_gets_in_while_the_whole_site_is_attacked(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = LIMITS[ThrottleScope.SIGN_IN]
    three = replace(usual, maximum={**usual.maximum, CountedBy.TOTAL: 3})
    monkeypatch.setattr(limits, "LIMITS", {**LIMITS, ThrottleScope.SIGN_IN: three})
    owner = Visitor(app, "owner")
    guess(owner, password=PASSWORD)
    sign_out(owner)
    for number in range(3):
        guess(Visitor(app), f"person-{number}@example.org", source=f"198.51.100.{number}")
    assert guess(Visitor(app), ZOE.email, PASSWORD, source="198.51.100.9").status == 429
    assert guess(owner, password=PASSWORD).status == 302


def test_a_known_browser_has_its_own_limit(app: Flask) -> None:
    owner = Visitor(app, "owner")
    guess(owner, password=PASSWORD)
    sign_out(owner)
    said = [guess(owner).status for _ in range(11)]
    assert said == [422] * 10 + [429]
    assert guess(owner, password=PASSWORD).status == 429


def test_a_browser_is_known_for_its_own_accounts_only(app: Flask) -> None:
    """Else anybody with an account could guess at all others past their limit."""
    attacker = Visitor(app, "attacker")
    guess(attacker, ZOE.email, PASSWORD)
    sign_out(attacker)
    guessed(app, 9)
    assert [guess(attacker).status for _ in range(2)] == [422, 429]


def test_a_browser_shared_by_two_is_known_for_both(app: Flask) -> None:
    shared = Visitor(app, "shared")
    for email in (MAYA.email, ZOE.email):
        guess(shared, email, PASSWORD)
        sign_out(shared)
    guessed(app, 10)
    assert guess(shared, password=PASSWORD).status == 302


@pytest.mark.parametrize("forged", ["", "x", "WyJ4IixbImEiXV0.aaaaaa.bbbbbbbbbbbbbbbbbbb"])
def test_a_forged_browser_is_not_known(app: Flask, forged: str) -> None:
    guessed(app, 10)
    attacker = Visitor(app, "attacker")
    attacker.client.set_cookie("cpd-device", forged)
    assert guess(attacker, password=PASSWORD).status == 429


# Networks and all


def test_fifty_guesses_from_one_network_over_many_accounts(app: Flask) -> None:
    heard(app, 3)
    made = [heard(app, 1, account=f"person {number}")[0] for number in range(47)]
    assert not any(isinstance(it, Throttled) for it in made)
    assert isinstance(heard(app, 1)[0], Throttled)
    assert not isinstance(heard(app, 1, source="elsewhere")[0], Throttled)


def test_who_guesses_behind_a_schools_address_does_not_lock_the_school_out(app: Flask) -> None:
    """Each account is heard three times though the network used its fifty up, and no more."""
    for number in range(5):
        heard(app, 10, account=f"guessed at {number}")
    assert isinstance(
        heard(app, 1, account="guessed at 0")[0], Throttled
    )  # the control: it is full
    for number in range(30):
        said = heard(app, 4, account=f"classmate {number}")
        assert [isinstance(it, Throttled) for it in said] == [False, False, False, True]


def test_a_network_of_version_six_is_one_network(app: Flask, stranger: Visitor) -> None:
    sources = set()
    for number in range(3):
        guess(stranger, f"p{number}@example.org", source=f"2001:db8:1:2:{number}::{number}")
    with app.app_context():
        sources = set(db.session.scalars(select(SignInAttempt.source)))
    assert len(sources) == 1


def test_a_thousand_guesses_in_all(app: Flask) -> None:
    now = kernel_clock.now()
    with app.app_context(), unit_of_work() as session:
        session.add_all(SignInAttempt(account=f"a{n}", source=f"s{n}", at=now) for n in range(999))
    assert not isinstance(heard(app, 1, account="x", source="x")[0], Throttled)
    waits = heard(app, 1, account="y", source="y")[0]
    assert waits == Throttled(now + timedelta(minutes=5), CountedBy.TOTAL)


def emails_asked(app: Flask, *networks: tuple[str, int]) -> list[int]:
    """Ask from networks in turn, for a new address each time; return how many each was granted."""
    now = kernel_clock.now()
    granted = []
    with app.app_context(), unit_of_work() as session:
        for source, count in networks:
            made = [
                record_attempt_if_allowed(
                    session,
                    ThrottleKey(f"{source} {n}", source),
                    now=now,
                    scope=ThrottleScope.EMAIL,
                )
                for n in range(count)
            ]
            granted.append(sum(isinstance(it, int) for it in made))
    return granted


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_handful_of_networks_does_not_use_up_everybodys_emails(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: MovedClock
) -> None:
    assert LIMITS[ThrottleScope.EMAIL].maximum[CountedBy.SOURCE] > 200, (
        "a school behind one address"
    )
    usual = LIMITS[ThrottleScope.EMAIL]  # the same with a tenth of the numbers: 25, then 3, of 100
    less = replace(
        usual,
        maximum={**usual.maximum, CountedBy.SOURCE: 25, CountedBy.TOTAL: 100},
        scarce_source_maximum=3,
    )
    monkeypatch.setattr(limits, "LIMITS", {**LIMITS, ThrottleScope.EMAIL: less})
    crowd = [(f"network {number}", 30) for number in range(10)]
    assert emails_asked(app, *crowd) == [25, 25, *[3] * 8]
    assert emails_asked(app, ("a class elsewhere", 3)) == [3]
    clock.advance(minutes=5)
    with app.app_context(), unit_of_work() as session:
        now = kernel_clock.now()
        last = record_attempt_if_allowed(
            session, ThrottleKey("new", "network 9"), now=now, scope=ThrottleScope.EMAIL
        )
    assert last == Throttled(now + timedelta(minutes=10), CountedBy.SOURCE)
    clock.advance(minutes=10)
    assert emails_asked(app, ("network 9", 25)) == [25], "in quiet times as ever"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_control_without_the_smaller_share_four_networks_use_all_up(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = LIMITS[ThrottleScope.EMAIL]
    less = replace(
        usual,
        maximum={**usual.maximum, CountedBy.SOURCE: 25, CountedBy.TOTAL: 100},
        scarce_source_maximum=None,
    )
    monkeypatch.setattr(limits, "LIMITS", {**LIMITS, ThrottleScope.EMAIL: less})
    assert emails_asked(app, *[(f"network {n}", 30) for n in range(5)]) == [25, 25, 25, 25, 0]


def test_the_longest_wait_is_named(app: Flask, clock: MovedClock) -> None:
    heard(app, 10, source="a")
    clock.advance(minutes=1)
    heard(app, 40, account="other", source="b")  # thirty of them refused: one account
    for number in range(40):
        heard(app, 1, account=f"more {number}", source="b")
    until = kernel_clock.now() + timedelta(minutes=5)
    assert heard(app, 1, source="b") == [Throttled(until, CountedBy.SOURCE)]


def test_each_door_counts_for_itself(app: Flask, clock: MovedClock) -> None:
    heard(app, 10)
    with app.app_context(), unit_of_work() as session:
        now = kernel_clock.now()
        opened = record_attempt_if_allowed(
            session, ThrottleKey("maya", "here"), now=now, scope=ThrottleScope.EMAIL
        )
    assert isinstance(opened, int)
    clock.advance(minutes=5)
    heard(app, 1)
    with app.app_context():
        doors = db.session.scalars(select(SignInAttempt.scope).order_by(SignInAttempt.id)).all()
    assert doors == [ThrottleScope.EMAIL, ThrottleScope.SIGN_IN], "and forgets for itself"


def test_old_tries_leave_the_table(app: Flask, clock: MovedClock) -> None:
    heard(app, 5)
    clock.advance(minutes=5)
    heard(app, 1)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_the_table_names_nobody(app: Flask, stranger: Visitor) -> None:
    guess(stranger)
    with app.app_context():
        row = db.session.scalars(select(SignInAttempt)).one()
    assert len(row.account) == len(row.source) == 64
    assert "maya" not in f"{row.account}{row.source}"


# Many at once


def _guess_at_once(app: Flask, count: int) -> int:
    """Open tries from many threads; return how many were heard."""

    def one(_number: int) -> bool:
        with app.app_context(), unit_of_work() as session:
            made = record_attempt_if_allowed(
                session, ThrottleKey("maya", "here"), now=kernel_clock.now()
            )
            return not isinstance(made, Throttled)

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(one, range(count)))


def test_guesses_at_once_do_not_slip_past_the_count(app: Flask) -> None:
    assert _guess_at_once(app, 40) == 10


def test_a_try_that_is_taken_back_leaves_its_place(app: Flask) -> None:
    made = heard(app, 10)
    assert isinstance(made[0], int)
    with app.app_context(), unit_of_work() as session:
        clear_attempt(session, made[0])
    assert [isinstance(it, Throttled) for it in heard(app, 2)] == [False, True]


def _two_for_one_place(app: Flask, *, first_commits_after_second: bool) -> int | Throttled:
    """Let two ask for the last place at the same moment; return what the second was told."""
    heard(app, 9)
    told: list[int | Throttled] = []

    def second() -> None:
        told.extend(heard(app, 1))

    with app.app_context(), unit_of_work() as session:
        first = record_attempt_if_allowed(
            session, ThrottleKey("maya", "here"), now=kernel_clock.now()
        )
        assert isinstance(first, int)
        thread = threading.Thread(target=second)
        thread.start()
        if first_commits_after_second:
            thread.join(30)
    thread.join(30)
    return told[0]


def test_the_second_waits_for_the_first_to_be_written(app: Flask) -> None:
    assert isinstance(_two_for_one_place(app, first_commits_after_second=False), Throttled)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_control_without_the_lock_both_are_heard(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite the write transaction itself is the lock; on PostgreSQL it has to be asked for."""
    monkeypatch.setattr(
        "cpd.accounts.sign_in.throttle.sa.func.pg_advisory_xact_lock", lambda key: key
    )
    assert isinstance(_two_for_one_place(app, first_commits_after_second=True), int)
