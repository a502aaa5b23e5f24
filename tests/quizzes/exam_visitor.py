"""Somebody at an exam, through its pages: what the tests of this room say in one line."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from cpd.db import db
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt
from tests.factories import accounts
from tests.factories.quizzes import Learner
from tests.support.courses import CourseFolder
from tests.support.pages import Page
from tests.support.people import MAYA, Person
from tests.support.visitor import MOVED, Answer, Visitor

POCKET = "pocket-course"
TIMED = "timed-course"
"""The pocket course with a time limit of 30 minutes and the usual minute of grace."""

TWO_STEPS, RAISED, WELL, SINGLE, MULTIPLE, MODIFY = EXAM = (
    "bela-hot-dry",
    "cleo-vomits",
    "gina-warm",
    "nico-room",
    "olga-offers",
    "ida-warm-room",
)
"""The exam cases of the pocket course: every exam of it has all of them."""

RIGHT = {
    TWO_STEPS: "emergency",
    RAISED: "same_day",
    WELL: "proceed",
    SINGLE: "window",
    MODIFY: "modify",
}
"""The right answers of those with one; the second question of the first wants “right”."""


def pocket(parent: Path, slug: str = POCKET) -> Path:
    """Make the small course with an exam of six cases."""
    folder = CourseFolder(parent, slug)
    for path in (folder.path / "cases").glob("*.md"):
        if path.stem not in EXAM and "pool: exam" in path.read_text():
            path.unlink()
    folder.edit("exam.md", "per_objective: {notice: 2, adapt: 2}", "per_objective: {}")
    if slug == TIMED:
        folder.edit("exam.md", "time_limit_minutes: null", "time_limit_minutes: 30")
    return folder.path


@dataclass
class Exam:
    """A learner at their attempt, with one browser."""

    app: Flask
    visitor: Visitor
    learner: Learner
    public_id: str

    @property
    def base(self) -> str:
        """The attempt's address."""
        return f"/attempts/{self.public_id}"

    @property
    def course(self) -> str:
        """The course's address."""
        return f"/courses/{self.learner.slug}"

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each case stands in this attempt."""
        with self.app.app_context():
            items = self.learner.attempt(self.public_id).items
            return {item.revision.front["id"]: item.position for item in items}

    def path(self, case: str) -> str:
        """Return the address of a case."""
        return f"{self.base}/cases/{self.positions[case]}"

    def open(self, case: str) -> Page:
        """Open the page of a case."""
        return self.visitor.get(self.path(case)).page

    def choose(
        self, case: str, *choices: str, go: str = "next", status: int | tuple[int, ...] = MOVED
    ) -> Answer:
        """Open a case, choose and press a button; without choices what was chosen is left."""
        self.open(case)
        return self.press(case, *choices, go=go, status=status)

    def press(
        self, case: str, *choices: str, go: str = "next", status: int | tuple[int, ...] = MOVED
    ) -> Answer:
        """Do so on the page that is open already."""
        sent = [*(("choice", choice) for choice in choices), ("go", go)]
        return self.visitor.submit(sent, action=self.path(case), status=status)

    def go_on(self, case: str, choice: str) -> Page:
        """Answer a case whose story goes on, lock the answer, and see what comes."""
        self.choose(case, choice, go="on")
        self.visitor.follow()
        self.visitor.submit()
        return self.visitor.follow().page

    def event(
        self, case: str, *choices: str, status: int = 200, step: str | None = None, **changed: Any
    ) -> Answer:
        """Send an answer as the page's script does; `changed`: other fields of its body."""
        body = {
            "event_id": f"evt-auto-{self.count()}",
            "position": self.positions[case],
            "step": step or self.step(case),
            "after": None,
            "choices": list(choices),
        } | changed
        return self.post_event(body, status=status)

    def post_event(self, body: Any, *, status: int = 200) -> Answer:
        """Send any body to the address for answers."""
        return self.visitor.post(f"{self.base}/events", json=body, status=status)

    def step(self, case: str) -> str:
        """Return the first step of a case."""
        with self.app.app_context():
            items = self.learner.attempt(self.public_id).items
            fronts = {item.revision.front["id"]: item.revision.front for item in items}
            first: str = fronts[case]["steps"][0]["id"]
            return first

    def answer_right(self, *but: str) -> None:
        """Answer every case rightly, but for those named."""
        for case in EXAM:
            if case not in but:
                self.learner.answer(self.public_id, self.positions[case])

    def close(self) -> Answer:
        """Press the button of a try whose time is over."""
        self.visitor.get("/record")
        return self.visitor.post(f"{self.base}/closing")

    def hand_in(self, status: int | tuple[int, ...] = MOVED, **changed: Any) -> Answer:
        """Fill in the last page and send it."""
        self.visitor.get(f"{self.base}/submission")
        return self.visitor.submit({"is_mine": "y"} | changed, status=status)

    def result(self) -> Page:
        """Open the result."""
        return self.visitor.get(f"{self.base}/result").page

    def events(self) -> list[AnswerEventRow]:
        """Return everything that arrived, in order."""
        with self.app.app_context():
            attempt_id = self.learner.attempt(self.public_id).id
            rows = select(AnswerEventRow).where(AnswerEventRow.attempt_id == attempt_id)
            return list(db.session.scalars(rows.order_by(AnswerEventRow.sequence)))

    def count(self) -> int:
        """Count them."""
        return len(self.events())

    def kept(self) -> list[tuple[str, str, list[str], str]]:
        """Return them in short: case, step, choices, outcome."""
        return [
            (row.case, row.step, _choices(row.answer), row.outcome.value) for row in self.events()
        ]

    def attempt(self) -> Attempt:
        """Return the attempt's row, for its columns."""
        with self.app.app_context():
            return self.learner.attempt(self.public_id)


def _choices(answer: dict[str, Any]) -> list[str]:
    found: list[str] = answer.get("choices") or [answer["choice"]] if answer else []
    return found


def begin(app: Flask, slug: str, named: Person = MAYA) -> Exam:
    """Let somebody study a course and start its exam, in a browser of their own."""
    learner = Learner(app, named, slug).study()
    visitor = accounts.let_in(Visitor(app, named.name), named)
    return Exam(app, visitor, learner, learner.start())


def count_of(app: Flask, table: type) -> int:
    """Count the rows of a table."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def in_order(text: str, *parts: str) -> bool:
    """Say whether all parts stand in a text, one after the other; fails with the first absent."""
    at = 0
    for part in parts:
        found = text.find(part, at)
        assert found >= 0, f"{part!r} does not come after the others in: {text[at:]}"
        at = found + len(part)
    return True
