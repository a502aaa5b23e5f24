"""Learners who answer without a pause while web processes are killed, and the outcome."""

import json
import os
import random
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookiejar import CookieJar
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import (  # noqa: TID251 - asks the test's own server
    HTTPCookieProcessor,
    build_opener,
)

from flask import Flask
from sqlalchemy import select

from cpd.db import db, unit_of_work
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.models import AnswerEventRow
from cpd.quizzes.grading.replay import compare_results_with_regrading
from tests.factories.accounts import add_person
from tests.factories.quizzes import Learner
from tests.support.pages import Page
from tests.support.people import PASSWORD, Person
from tests.support.server import LiveServer

OK = 200
TIRED = 100
"""How often an answer is resent before the learner gives up."""


@dataclass
class Seat:
    """One question of a learner's exam in a browser: where answers go, and the possible choices."""

    cookies: str
    token: str
    address: str
    position: int
    step: str
    choices: Sequence[str]
    after: str | None = None

    def next_answer(self) -> dict[str, Any]:
        """Return the next answer to this question, with an id of its own."""
        return {
            "event_id": new_public_id("evt"),
            "position": self.position,
            "step": self.step,
            "after": self.after,
            "choices": [random.choice(self.choices)],  # noqa: S311 - no secret
        }


@dataclass
class Outcome:
    """What was sent, what was acknowledged, and how often processes were killed."""

    sent: int = 0
    again: int = 0
    kills: int = 0
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Receipts by event id: what the server promised to keep."""
    refused: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.receipts)} answers acknowledged of {self.sent} given, {self.again} sent "
            f"again, {self.kills} processes killed"
        )


def learners(app: Flask, count: int, slug: str) -> dict[str, str]:
    """Let new people study the course and start its exam; return attempts by email address."""
    people = [Person(f"hammer{n}", f"Hammer {n}", "answers without a pause") for n in range(count)]
    with app.app_context(), unit_of_work() as session:
        for person in people:
            add_person(session, email=person.email, name=person.full_name)
    return {person.email: Learner(app, person, slug).study().start() for person in people}


def sit_down(server: LiveServer, email: str, attempt: str, cases: int) -> list[Seat]:
    """Sign in as a browser would and open each case."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))

    def fetch(path: str, **fields: str) -> Page:
        data = urlencode(fields).encode() if fields else None
        with browser.open(server.url + path, data) as response:
            return Page(response.read().decode())

    token = fetch("/sign-in").token or ""
    fetch("/sign-in", email=email, password=PASSWORD, csrf_token=token)
    seats = []
    for position in range(1, cases + 1):
        page = fetch(f"/attempts/{attempt}/cases/{position}")
        line = next(e for e in page.all("span") if "data-events" in e.attrib)
        form = next(form for form in page.forms if "choice" in form.names)
        seats.append(
            Seat(
                cookies="; ".join(f"{cookie.name}={cookie.value}" for cookie in jar),
                token=line.attrib["data-token"],
                address=line.attrib["data-events"],
                position=position,
                step=form.value("step") or "",
                choices=[e.attrib["value"] for e in page.all("input") if e.get("name") == "choice"],
            )
        )
    return seats


@dataclass
class Hammer:
    """Sends answers from several browsers at once; what is not acknowledged is sent again."""

    server: LiveServer
    outcome: Outcome = field(default_factory=Outcome)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, tables: Sequence[Sequence[Seat]], *, answers: int, kills: int) -> Outcome:
        """Give this many answers, and kill every web process `kills` times meanwhile."""
        share = answers // len(tables)
        every = answers // (kills + 1)
        self._due = iter(range(every, answers, every)) if kills else iter(())
        self._next = next(self._due, None)
        with ThreadPoolExecutor(len(tables)) as pool:
            for done in [pool.submit(self._answer, seats, share) for seats in tables]:
                done.result()
        return self.outcome

    def _answer(self, seats: Sequence[Seat], count: int) -> None:
        address = urlsplit(self.server.url)
        connection = HTTPConnection(str(address.hostname), address.port, timeout=30)
        for seat, _ in zip(cycle(seats), range(count), strict=False):
            body = seat.next_answer()
            with self._lock:
                self.outcome.sent += 1
            for _try in range(TIRED):
                try:
                    status, told = _post(connection, seat, body)
                except (OSError, HTTPException):
                    connection.close()
                    with self._lock:
                        self.outcome.again += 1
                    continue
                break
            else:
                raise AssertionError(f"no reply to {body} after {TIRED} times")
            self._note(body["event_id"], status, told)
            seat.after = body["event_id"]
        connection.close()

    def _note(self, event_id: str, status: int, told: dict[str, Any]) -> None:
        with self._lock:
            if status == OK:
                self.outcome.receipts[event_id] = told
            else:
                self.outcome.refused.append(f"{status}: {told}")
            if self._next is not None and len(self.outcome.receipts) >= self._next:
                self._next = next(self._due, None)
                self.outcome.kills += kill_web_processes(self.server)


def _post(connection: HTTPConnection, seat: Seat, body: dict[str, Any]) -> tuple[int, Any]:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "X-CSRFToken": seat.token,
        "Cookie": seat.cookies,
    }
    connection.request("POST", seat.address, json.dumps(body), headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def kill_web_processes(server: LiveServer) -> int:
    """Kill all web processes at once, as a machine that runs out of memory would; count them."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for pid in children:
        with suppress(ProcessLookupError):  # the last kill already reached it
            os.kill(int(pid), signal.SIGKILL)
    return len(children)


def faults(app: Flask, outcome: Outcome) -> Iterator[str]:
    """Yield acknowledged answers that were lost, doubled or changed; use no app context."""
    with app.app_context():
        rows = db.session.scalars(select(AnswerEventRow)).all()
        kept = {row.event_id: row for row in rows}
        for event_id, told in outcome.receipts.items():
            row = kept.get(event_id)
            if row is None:
                yield f"lost: {event_id}, acknowledged as number {told['sequence']}"
            elif (row.receipt, row.sequence, row.outcome.value) != (
                told["receipt"],
                told["sequence"],
                told["outcome"],
            ):
                yield f"changed after it was acknowledged: {event_id}"
        if len(rows) > outcome.sent:
            yield f"doubled: {len(rows)} answers are kept of {outcome.sent} given"
        yield from (
            str(difference)
            for difference in compare_results_with_regrading(db.session()).differences
        )
    yield from (f"refused: {each}" for each in outcome.refused)
