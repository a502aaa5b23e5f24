import threading

import pytest
from flask import Flask

from cpd.accounts.sign_in import password_hashing
from cpd.accounts.sign_in.password_hashing import BusyError, Gate
from cpd.db import unit_of_work

OLDER = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21l$0Zq0mHIm0bqeYdTtvrUfBg"


def test_the_parameters_are_those_that_were_chosen() -> None:
    assert password_hashing.hash_password("tin lamp over green ferry").startswith(
        "$argon2id$v=19$m=19456,t=2,p=1$"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "tin lamp over green ferry",
        "  spaces at both ends  ",
        "日本語の長いパスワードを使います",
        "e\u0301 is not é here",
        "x" * 256,
    ],
)
def test_a_password_is_checked_exactly_as_typed(typed: str) -> None:
    stored = password_hashing.hash_password(typed)
    assert password_hashing.password_matches_hash(typed, stored)
    assert not password_hashing.password_matches_hash(typed + " ", stored)
    assert not password_hashing.password_matches_hash(
        typed.replace("e\u0301", "é").strip() + "!", stored
    )


def test_composed_and_decomposed_differ() -> None:
    assert not password_hashing.password_matches_hash(
        "é" * 15, password_hashing.hash_password("e\u0301" * 15)
    )


@pytest.mark.parametrize("stored", ["", "not a hash", password_hashing._DUMMY])
def test_nothing_matches_no_hash(stored: str) -> None:
    assert not password_hashing.password_matches_hash("tin lamp over green ferry", stored)
    assert not password_hashing.password_matches_hash("", stored)


def test_the_dummy_costs_the_same() -> None:
    """Same parameters, so the same work: the hasher itself finds nothing to improve."""
    assert not password_hashing.is_hash_outdated(password_hashing._DUMMY)


def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert password_hashing.is_hash_outdated(OLDER)
    assert not password_hashing.is_hash_outdated(
        password_hashing.hash_password("tin lamp over green ferry")
    )


def test_hashing_inside_a_write_is_refused(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        with pytest.raises(RuntimeError, match="before the write transaction"):
            password_hashing.hash_password("tin lamp over green ferry")
        with pytest.raises(RuntimeError, match="before the write transaction"):
            password_hashing.password_matches_hash("tin lamp over green ferry", "")


class Crowd:
    """Threads that hold a turn of a gate until they are let go."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.inside = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.threads: list[threading.Thread] = []

    def send(self) -> None:
        thread = threading.Thread(target=self._stay)
        self.threads.append(thread)
        thread.start()

    def _stay(self) -> None:
        with self.gate.hold_turn():
            self.inside.release()
            self.let_go.wait(10)

    def end(self) -> None:
        self.let_go.set()
        for thread in self.threads:
            thread.join(10)


def test_the_gate_turns_away_who_finds_no_place() -> None:
    gate = Gate(at_once=2, places=2, patience=10)
    crowd = Crowd(gate)
    crowd.send()
    crowd.send()
    assert crowd.inside.acquire(timeout=10)
    assert crowd.inside.acquire(timeout=10)
    with pytest.raises(BusyError), gate.hold_turn():
        pass
    crowd.end()
    with gate.hold_turn():
        pass  # places are given back


def test_the_gate_has_patience_but_not_without_end() -> None:
    gate = Gate(at_once=1, places=2, patience=0.01)
    crowd = Crowd(gate)
    crowd.send()
    assert crowd.inside.acquire(timeout=10)
    with pytest.raises(BusyError), gate.hold_turn():
        pass
    crowd.end()
    with gate.hold_turn():
        pass


def test_control_a_wider_gate_lets_everybody_in() -> None:
    gate = Gate(at_once=3, places=3, patience=10)
    crowd = Crowd(gate)
    for _ in range(3):
        crowd.send()
    assert all(crowd.inside.acquire(timeout=10) for _ in range(3))
    crowd.end()
