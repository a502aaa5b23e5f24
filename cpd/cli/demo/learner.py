"""What a demo learner does."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from flask import current_app

from cpd.access.permissions import Actor
from cpd.accounts.profile import actions as profiles
from cpd.accounts.profile.actions import CertificateDetails
from cpd.accounts.profile.queries import actor_has_certificate_details
from cpd.cases.front import Answer
from cpd.cases.key import CaseKey, StepKey
from cpd.cli.demo.answers import (
    build_critical_answer_or_none,
    build_harmful_answer_or_none,
    build_overcautious_answer,
    build_right_answer,
)
from cpd.cli.demo.course import SLUG, find_demo_course
from cpd.cli.demo.people import DemoPerson
from cpd.courses import credit
from cpd.courses import queries as courses
from cpd.courses.enrolment import actions as enrolling
from cpd.courses.enrolment import disclosure as telling
from cpd.courses.models import Enrolment
from cpd.courses.reading import actions as studying
from cpd.courses.rules.addresses import OWN
from cpd.courses.rules.fronts.course import CourseFront
from cpd.db import db, unit_of_work
from cpd.evaluations import actions as evaluations
from cpd.evaluations.rules import questions
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.provider import current
from cpd.quizzes.answering import actions as answering
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.statements import translated_statement_text
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.keys import find_stored_keys
from cpd.quizzes.practice import actions as practice_actions
from cpd.quizzes.practice import cases as practice_cases
from cpd.quizzes.practice.cases import CaseProgress
from cpd.quizzes.practice.models import Confidence
from cpd.quizzes.practice.queries import is_confidence_asked
from cpd.quizzes.rules.answers import EventType, IncomingEvent


class _NoCriticalDecisionError(Exception):
    """The drawn exam has no critical decision, so its start is rolled back."""


class Learner:
    """Does what a person would do on the pages, through the same actions, with the clock moved."""

    def __init__(
        self, actor: Actor, person: DemoPerson, begin: datetime, context: str = OWN
    ) -> None:
        self.actor, self.person, self.now, self.context = actor, person, begin, context

    def pass_time(self, pause: timedelta) -> None:
        """Let time pass."""
        self.now += pause

    def enrol(self) -> None:
        """Start the course, with the disclosure as the page shows it."""
        with clock.freeze_at(self.now):  # an assignment may open and close
            course = find_demo_course(self.actor, self.context)
        missing = credit.find_missing_for_credit(db.session(), [course])[course.revision.id]
        with current_app.test_request_context():  # the disclosure depends on the language
            lines = telling.build_disclosure(course, missing, current.current_provider())
        with unit_of_work() as session:
            enrolling.enrol(
                session,
                SLUG,
                actor=self.actor,
                now=self.now,
                disclosure=lines,
                context=self.context,
            )

    def find_enrolment(self) -> Enrolment:
        """Return the enrolment."""
        enrolment = courses.find_present_enrolment(db.session(), self.actor, SLUG, self.context)
        if enrolment is None:
            raise LookupError(SLUG)
        return enrolment

    def evaluate(self) -> None:
        """Give an evaluation of the course."""
        enrolment = self.find_enrolment()
        objectives = CourseFront.from_json(enrolment.course_revision.front).objectives
        ratings = {
            questions.objective_question_name(objective.id): 5 - number % 2
            for number, objective in enumerate(objectives)
        }
        with unit_of_work() as session:
            evaluations.save_evaluation(
                session,
                enrolment,
                ratings | {questions.CLEAR: 4, questions.USEFUL: 5, questions.UNBIASED: 1},
                "The cases are what I remember. I would like more of them about devices.",
                actor=self.actor,
                now=self.now,
            )

    def study(self, *, sections: int | None) -> None:
        """Finish sections and answer their practice cases."""
        course = find_demo_course(self.actor, self.context)
        for part in course.outline.required_sections[:sections]:
            self.pass_time(timedelta(minutes=7))
            with unit_of_work() as session:
                revision = courses.find_revision_of_part(session, part)
                studying.finish_section(session, self.find_enrolment(), revision, now=self.now)
            self._practice_section(part.slug)

    def _practice_section(self, section: str) -> None:
        enrolment = self.find_enrolment()
        revision_id = enrolment.course_revision_id
        cases = practice_cases.find_practice_cases(
            db.session(), enrolment, revision_id, section=section
        )
        for case in cases:
            self._decide_practice_case(enrolment, case)

    def _decide_practice_case(self, enrolment: Enrolment, case: CaseProgress) -> None:
        while case.current_step is not None:
            self.pass_time(timedelta(minutes=1))
            answer = build_right_answer(case.key.step_by_id(case.current_step.id))
            self._save_practice_answer(enrolment, case, answer, Confidence.FAIRLY_SURE)
            case = case.with_answer(answer)

    def _save_practice_answer(
        self, enrolment: Enrolment, case: CaseProgress, answer: Answer, confidence: Confidence
    ) -> None:
        """Save an answer, and how sure this person was if they are asked."""
        is_asked = is_confidence_asked(db.session(), enrolment)
        with unit_of_work() as session:
            practice_actions.save_practice_answer(
                *(session, enrolment, case, answer),
                confidence=confidence if is_asked else None,
                now=self.now,
            )

    def practice_hastily(self) -> None:
        """Be sure, and wrong, in the first case of section 1 where the client could be harmed."""
        enrolment = self.find_enrolment()
        with unit_of_work() as session:
            practice_actions.set_confidence_request(session, enrolment, is_wanted=True)
        for case in practice_cases.find_practice_cases(
            *(db.session(), enrolment, enrolment.course_revision_id),
            section=find_demo_course(self.actor).outline.sections[0].slug,
        ):
            key = case.key.step_by_id(case.case.first_step.id)
            if answer := build_harmful_answer_or_none(key):
                self._save_practice_answer(enrolment, case, answer, Confidence.SURE)
                return

    def take_exam(
        self,
        *,
        careful_cases: int = 0,
        is_critical: bool = False,
        leave_after: int | None = None,
    ) -> None:
        """Take the exam.

        The first `careful_cases` are answered too cautiously, one decision is critical if
        `is_critical`, and the attempt stays open after `leave_after` cases.
        """
        self.pass_time(timedelta(minutes=25))
        self._save_certificate_details()
        attempt, keys = self._start_exam(is_critical=is_critical)
        seeks_critical = is_critical
        for item in attempt.items[:leave_after]:
            key = keys[item.revision_id]
            worst = build_critical_answer_or_none(key.steps[0]) if seeks_critical else None
            seeks_critical = seeks_critical and worst is None
            choose = (
                build_overcautious_answer if item.position <= careful_cases else build_right_answer
            )
            self._answer_case(attempt, item.position, key, choose, first=worst)
        if leave_after is None:
            self.pass_time(timedelta(minutes=2))
            with unit_of_work() as session:
                attempt_actions.submit_attempt(
                    session,
                    attempt.id,
                    actor=self.actor,
                    now=self.now,
                    printed_name=self.person.name,
                    statement=translated_statement_text(),
                )

    def _save_certificate_details(self) -> None:
        """Save what the certificate will print, as the page requires before a first exam."""
        if actor_has_certificate_details(db.session(), self.actor):
            return
        details = CertificateDetails(legal_name=self.person.name, time_zone=self.person.zone)
        with unit_of_work() as session:
            profiles.save_certificate_details(session, details, actor=self.actor, now=self.now)

    def _start_exam(self, *, is_critical: bool) -> tuple[Attempt, Mapping[int, CaseKey]]:
        """Start the exam, retrying until a critical decision is drawn if one is needed."""
        while True:
            with suppress(_NoCriticalDecisionError), unit_of_work() as session:
                attempt = exam_actions.start_attempt(
                    session, self.find_enrolment(), actor=self.actor, now=self.now
                )
                if not isinstance(attempt, Attempt):
                    raise TypeError(attempt)
                keys = find_stored_keys(session, [item.revision_id for item in attempt.items])
                if is_critical and not any(
                    build_critical_answer_or_none(key.steps[0]) for key in keys.values()
                ):
                    raise _NoCriticalDecisionError
                return attempt, keys

    def _answer_case(
        self,
        attempt: Attempt,
        position: int,
        key: CaseKey,
        choose: Callable[[StepKey], Answer],
        *,
        first: Answer | None,
    ) -> None:
        while True:
            open_attempt = delivery.find_attempt_with_shown_cases(
                db.session(), attempt, now=self.now
            )
            case = open_attempt.cases[position - 1]
            shown = case.current_step
            answer = first or choose(key.step_by_id(shown.step.id))
            first = None
            head = self._send_event(
                attempt, EventType.ANSWER, case.case.id, shown.step.id, None, answer
            )
            if not case.asks_before_locking:
                return
            self._send_event(attempt, EventType.REVEAL, case.case.id, shown.step.id, head, None)
            after = delivery.find_attempt_with_shown_cases(
                db.session(), attempt, now=self.now
            ).cases[position - 1]
            if after.current_step.is_locked:
                return

    def _send_event(
        self,
        attempt: Attempt,
        kind: EventType,
        case: str,
        step: str,
        after: str | None,
        answer: Answer | None,
    ) -> str:
        self.pass_time(timedelta(seconds=50))
        event = IncomingEvent(new_public_id("evt"), kind, case, step, after, answer)
        cases = delivery.find_own_attempt_cases(db.session(), attempt.subject, attempt.public_id)
        attempt_case = next(it for it in cases if it.front.id == case)
        with unit_of_work() as session:
            answering.save_answer_event(
                session, attempt_case, event, actor=self.actor, received_at=self.now
            )
        return event.event_id
