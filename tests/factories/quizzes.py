"""Exams: learners who study, start, answer and hand in, through the real actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from cpd.access.permissions import Actor
from cpd.accounts.profile.queries import actor_has_certificate_details
from cpd.cases.front import Answer
from cpd.cases.key import CaseKey, StepKey
from cpd.cases.kinds.registry import KINDS
from cpd.cases.scales import Danger, Pool
from cpd.courses import outlines
from cpd.courses import queries as courses
from cpd.courses.models import Enrolment
from cpd.courses.reading import actions as studying
from cpd.courses.rules.addresses import OWN
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.quizzes.answering import actions as answering
from cpd.quizzes.answering.actions import Receipt
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts import queries as attempt_queries
from cpd.quizzes.attempts.models import Attempt, AttemptItem
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.keys import find_stored_keys
from cpd.quizzes.practice import actions as practice_actions
from cpd.quizzes.practice import cases
from cpd.quizzes.queries import find_cases_in_pool
from cpd.quizzes.rules.answers import EventType, IncomingEvent
from cpd.quizzes.rules.attempts import Deadline
from tests.factories import accounts
from tests.factories.courses import SLUG, actor_of, enrol
from tests.support.people import Person

STATEMENT = "I answered these cases myself, without help from anyone."
Choose = Callable[[StepKey], Answer | None]


def right(key: StepKey) -> Answer:
    """Choose what earns full marks."""
    if key.kind == "multiple":
        return {"choices": list(key.correct_option_ids)}
    return {"choice": key.correct_option_ids[0]}


def blank(key: StepKey) -> None:
    """Choose nothing."""
    del key


def worst(key: StepKey) -> Answer:
    """Choose what earns least, whatever it would do."""
    outcomes = list(KINDS[key.kind].possible_answers_with_marks(key))
    return min(outcomes, key=lambda pair: (pair[1].earned, -(pair[1].danger or Danger.SAFE).rank))[
        0
    ]


def harmless_and_wrong(key: StepKey) -> Answer | None:
    """Choose the least that endangers nobody; nothing where every wrong option does."""
    outcomes = [
        (mark.earned, number, answer)
        for number, (answer, mark) in enumerate(KINDS[key.kind].possible_answers_with_marks(key))
        if mark.danger is not None and not mark.danger.could_harm_client
    ]
    return min(outcomes)[2] if outcomes else None


def critical(key: StepKey) -> Answer | None:
    """Choose a critical act, where the step has one."""
    outcomes = KINDS[key.kind].possible_answers_with_marks(key)
    return next((answer for answer, mark in outcomes if mark.danger is Danger.CRITICAL), None)


@dataclass
class Learner:
    """Somebody who takes the course; every method acts inside an app context of its own."""

    app: Flask
    named: Person
    slug: str = SLUG
    context: str = OWN

    def actor(self) -> Actor:
        """Return whose eyes and hands the actions use."""
        return actor_of(self.named)

    def enrolment(self) -> Enrolment:
        """Return the enrolment; inside an app context."""
        found = courses.find_present_enrolment(db.session(), self.actor(), self.slug, self.context)
        assert found is not None
        return found

    def study(self) -> "Learner":
        """Enrol, end every section, and decide every practice case."""
        enrol(self.app, self.named, self.slug, self.context)
        with self.app.app_context():
            course = courses.find_course(db.session(), self.actor(), self.slug, self.context)
            assert course is not None
            for part in course.outline.sections:
                with unit_of_work() as session:
                    revision = courses.find_revision_of_part(session, part)
                    studying.finish_section(session, self.enrolment(), revision, now=clock.now())
        self.practice()
        return self

    def practice(self, *only: str) -> None:
        """Decide practice cases rightly, from their beginning: all, or the named ones."""
        with self.app.app_context():
            enrolment = self.enrolment()
            revision = enrolment.course_revision_id
            for found in cases.find_practice_cases(db.session(), None, revision):
                if only and found.case.id not in only:
                    continue
                key = find_stored_keys(db.session(), [found.text.id])[found.text.id]
                given: dict[str, Answer] = {}
                at = found
                while at.current_step is not None:
                    answer = right(key.step_by_id(at.current_step.id))
                    with unit_of_work() as session:
                        practice_actions.save_practice_answer(
                            session, enrolment, at, answer, now=clock.now()
                        )
                    given[at.current_step.id] = answer
                    at = cases.build_case_progress(found.text, key, given)

    def state_certificate_details(self) -> None:
        """Say what the certificate is to print, unless that was said before."""
        with self.app.app_context(), unit_of_work() as session:
            if not actor_has_certificate_details(session, self.actor()):
                accounts.give_certificate_details(accounts.row_of(self.named), self.named.full_name)

    def start(self) -> str:
        """Start an attempt, and return its public id."""
        self.state_certificate_details()
        with self.app.app_context():
            with unit_of_work() as session:
                started = exam_actions.start_attempt(
                    session, self.enrolment(), actor=self.actor(), now=clock.now()
                )
                assert isinstance(started, Attempt), started
            return started.public_id

    def start_with_every_case(self) -> str:
        """Open an attempt at all cases of the pool, which no draw would bring at once."""
        with self.app.app_context():
            enrolment = self.enrolment()
            exam = outlines.load_outline(db.session(), enrolment.course_revision).exam
            cases = find_cases_in_pool(db.session(), enrolment.course_revision_id, Pool.EXAM)
            deadline = Deadline(started_at=clock.now())
            with unit_of_work() as session:
                made = Attempt(
                    subject=enrolment.subject,
                    enrolment_id=enrolment.id,
                    exam_id=exam.document_id,
                    exam_revision_id=exam.revision_id,
                    number=1,
                    started_at=clock.now(),
                    deadline_inputs=deadline.to_json(),
                    gate={},
                    items=[
                        AttemptItem(
                            position=position,
                            case_id=case.document_id,
                            revision_id=case.id,
                            option_order={},
                        )
                        for position, case in enumerate(cases, 1)
                    ],
                )
                session.add(made)
                session.flush()
                return made.public_id

    def attempt(self, public_id: str) -> Attempt:
        """Return the attempt; inside an app context."""
        found = attempt_queries.find_own_attempt(db.session(), self.actor(), public_id)
        assert found is not None
        return found

    def keys(self, attempt: Attempt) -> dict[int, CaseKey]:
        """Return the keys of the attempt's cases, by position."""
        keys = find_stored_keys(db.session(), [item.revision_id for item in attempt.items])
        return {item.position: keys[item.revision_id] for item in attempt.items}

    def answer(self, public_id: str, position: int, choose: Choose = right) -> None:
        """Answer a case to its end, going on wherever its story does."""
        with self.app.app_context():
            attempt = self.attempt(public_id)
            key = self.keys(attempt)[position]
            while True:
                case = delivery.find_attempt_with_shown_cases(
                    db.session(), attempt, now=clock.now()
                ).cases[position - 1]
                shown = case.current_step
                given = choose(key.step_by_id(shown.step.id))
                if given is None or shown.is_locked:
                    return
                kept = self.send(
                    attempt, case.case.id, shown.step.id, given, after=shown.answer_event_id
                )
                if not case.asks_before_locking:
                    return
                self.send(
                    attempt, case.case.id, shown.step.id, None, after=kept.event_id,
                    kind=EventType.REVEAL,
                )  # fmt: skip

    def send(
        self,
        attempt: Attempt,
        case: str,
        step: str,
        answer: Answer | None,
        *,
        after: str | None = None,
        event_id: str | None = None,
        kind: EventType = EventType.ANSWER,
    ) -> Receipt:
        """Send one event, and return its receipt; inside an app context."""
        event = IncomingEvent(event_id or new_public_id("evt"), kind, case, step, after, answer)
        cases = delivery.find_own_attempt_cases(db.session(), attempt.subject, attempt.public_id)
        drawn = next(one for one in cases if one.front.id == case)
        with unit_of_work() as session:
            return answering.save_answer_event(
                session, drawn, event, actor=self.actor(), received_at=clock.now()
            )

    def answer_all(self, public_id: str, choose: Choose = right) -> None:
        """Answer every case."""
        with self.app.app_context():
            count = len(self.attempt(public_id).items)
        for position in range(1, count + 1):
            self.answer(public_id, position, choose)

    def hand_in(self, public_id: str) -> None:
        """Hand the attempt in."""
        with self.app.app_context():
            attempt = self.attempt(public_id)
            with unit_of_work() as session:
                attempt_actions.submit_attempt(
                    session, attempt.id, actor=self.actor(), now=clock.now(),
                    printed_name=self.named.full_name, statement=STATEMENT,
                )  # fmt: skip

    def pass_exam(self) -> str:
        """Study, answer everything rightly and hand in; return the attempt's public id."""
        public_id = self.study().start()
        self.answer_all(public_id)
        self.hand_in(public_id)
        return public_id

    def fail_critically(self) -> str:
        """Study, choose critically wherever a step allows it, and hand in."""
        public_id = self.study().start()
        self.answer_all(public_id, lambda key: critical(key) or right(key))
        self.hand_in(public_id)
        return public_id


A_DAY = timedelta(days=1)
