"""Learners of the shipped course, and the exams they take on the pages."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Flask

from cpd.cases.key import CaseKey
from cpd.db import unit_of_work
from cpd.kernel.ids import new_public_id
from scripts.bench.browser import Browser, Reply
from tests.factories.accounts import add_person, give_certificate_details, password_hash
from tests.factories.quizzes import Learner, right
from tests.support.people import Person

COURSE = "massage-and-ms"
EXAM = f"/courses/{COURSE}/exam"
_HIDDEN = re.compile(r'<input type="hidden" name="(step|after|event_id)" value="([^"]*)"')
_SHOWN = re.compile(r'name="shown" type="hidden" value="([^"]*)"')
_CHOICE = re.compile(r'name="choice"[^>]* value="([^"]+)"')
_GO = re.compile(r'name="go" value="(on|next)"')
_ONWARDS = re.compile(r'data-onwards="([^"]+)"')
_ASKS = '<dialog id="ask"'
_CASE = re.compile(r"/attempts/([^/]+)/cases/([0-9]+)")


def add_learners_ready_for_exam(app: Flask, first: int, people: int) -> list[Learner]:
    """Create people who have studied the course and may start its exam."""
    named = [Person(f"bench{n}", f"Bench {n}", "is measured") for n in range(first, first + people)]
    password_hash()  # before the write begins
    with app.app_context(), unit_of_work() as session:
        for person in named:
            row = add_person(session, email=person.email, name=person.full_name)
            give_certificate_details(row, person.full_name)
    return [Learner(app, person, COURSE).study() for person in named]


def pass_one_exam(app: Flask) -> None:
    """Let one learner pass the exam, without a browser."""
    (learner,) = add_learners_ready_for_exam(app, 0, 1)
    attempt = learner.start()
    learner.answer_all(attempt)
    learner.hand_in(attempt)


@dataclass
class Seat:
    """A question of an open exam in a browser, answered again and again."""

    browser: Browser
    attempt: str
    position: int
    step: str
    choices: Sequence[str]
    after: str | None = None

    def save_random_answer(self) -> Reply:
        """Change the answer, and return when it is saved."""
        event_id = new_public_id("evt")
        body = {
            "event_id": event_id,
            "position": self.position,
            "step": self.step,
            "after": self.after,
            "choices": [random.choice(self.choices)],  # noqa: S311 - no secret
        }
        reply = self.browser.post_json(f"/attempts/{self.attempt}/events", body)
        self.after = event_id
        return reply


def start_exam_and_open_cases(learner: Learner, url: str) -> list[Seat]:
    """Start the exam in a new browser, and open every case."""
    attempt = learner.start()
    browser = Browser(url).sign_in(learner.named.email)
    with learner.app.app_context():
        positions = [item.position for item in learner.attempt(attempt).items]
    seats = []
    for position in positions:
        page = browser.get(f"/attempts/{attempt}/cases/{position}").body_text
        step = dict(_HIDDEN.findall(page))["step"]
        seats.append(Seat(browser, attempt, position, step, _CHOICE.findall(page)))
    return seats


@dataclass
class Exam:
    """A learner's whole exam: start, a right answer to every question, submission, result."""

    learner: Learner
    browser: Browser
    with_script: bool
    """Whether the page's script saves each answer, so that the button only goes on."""
    keys: dict[int, CaseKey] = field(default_factory=dict)
    questions: int = 0

    def take_exam(self) -> list[Reply]:
        """Take it, and return every reply."""
        self.browser.replies.clear()
        page = self.browser.follow_redirects(self.browser.post(f"{EXAM}/attempts"))
        while case := _CASE.fullmatch(page.path):
            page = self._answer_and_move_on(page, case[1], int(case[2]))
        attempt = page.path.rpartition("/")[0]
        (shown,) = _SHOWN.findall(self.browser.get(f"{attempt}/submission").body_text)
        sent = ("name", self.learner.named.full_name), ("is_mine", "y"), ("shown", shown)
        self.browser.follow_redirects(self.browser.post(f"{attempt}/submission", *sent))
        return list(self.browser.replies)

    def _answer_and_move_on(self, page: Reply, attempt: str, position: int) -> Reply:
        hidden = dict(_HIDDEN.findall(page.body_text.partition(_ASKS)[0]))
        (go,) = set(_GO.findall(page.body_text))
        choices: list[str] = []
        if _CHOICE.search(page.body_text):  # otherwise the story ended with the last answer
            choices = self._right_choices(attempt, position, hidden["step"])
            self.questions += 1
        if choices and self.with_script:
            body = {**hidden, "after": hidden["after"] or None, "position": position}
            self.browser.post_json(f"/attempts/{attempt}/events", {**body, "choices": choices})
            if (
                _ASKS in page.body_text
            ):  # in a dialog, which sends the same as the page without scripts
                locking = {**hidden, "after": hidden["event_id"], "event_id": new_public_id("evt")}
                reply = self.browser.post(f"{page.path}/move-on", *locking.items())
                return self.browser.follow_redirects(reply)
            page = self.browser.get(_ONWARDS.findall(page.body_text)[0])
        else:
            sent = [*hidden.items(), *(("choice", choice) for choice in choices), ("go", go)]
            page = self.browser.follow_redirects(self.browser.post(page.path, *sent))
        if page.path.endswith("/move-on"):
            sent = _HIDDEN.findall(page.body_text)
            page = self.browser.follow_redirects(self.browser.post(page.path, *sent))
        return page

    def _right_choices(self, attempt: str, position: int, step: str) -> list[str]:
        if not self.keys:
            with self.learner.app.app_context():
                self.keys = self.learner.keys(self.learner.attempt(attempt))
        answer = right(self.keys[position].step_by_id(step))
        return answer.get("choices") or [answer["choice"]]
