"""What a demo learner does."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from cpd.access.permissions import Actor
from cpd.accounts.profile import actions as profiles
from cpd.accounts.profile.actions import CertificateDetails
from cpd.accounts.profile.queries import actor_has_certificate_details
from cpd.cases.front import Answer, CaseFront
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
from cpd.courses.outlines import load_outline
from cpd.courses.reading import actions as studying
from cpd.courses.rules.addresses import OWN
from cpd.courses.rules.fronts.course import CourseFront
from cpd.db import db
from cpd.evaluations import actions as evaluations
from cpd.evaluations.rules import questions
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.provider import current
from cpd.quizzes.answering import actions as answering
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.delivery import AttemptCase, ShownCase
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.statements import translated_statement_text
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.exams.eligibility import find_exam_eligibility
from cpd.quizzes.keys import find_stored_keys
from cpd.quizzes.practice import actions as practice_actions
from cpd.quizzes.practice import cases as practice_cases
from cpd.quizzes.practice.cases import CaseProgress
from cpd.quizzes.practice.models import Confidence
from cpd.quizzes.practice.queries import is_confidence_asked
from cpd.quizzes.rules.answers import EventType, IncomingEvent


class _NotDrawnError(Exception):
    """The drawn exam has no case that the story needs, so its start is rolled back."""


@dataclass(frozen=True)
class Habits:
    """How somebody answers practice cases."""

    slips_every: int = 0
    """Each so many answers, one is too cautious; 0 for none."""
    weak_on: frozenset[str] = frozenset()
    """The safety topics on which they choose something that could harm the client."""
    tells_confidence: bool = False


@dataclass(frozen=True)
class ExamPlan:
    """What becomes of a try at the exam."""

    careful_cases: int = 0
    """So many cases, from the first, are answered too cautiously."""
    is_critical: bool = False
    """Whether one decision could seriously harm the client."""
    topic: str = ""
    """The safety topic of that decision; empty for any."""
    leave_after: int | None = None
    """After how many cases the learner stops and leaves the try open."""


class Learner:
    """Does what a person would do on the pages, through the same actions, with the clock moved.

    Whoever calls it has opened a unit of work.
    """

    def __init__(
        self,
        actor: Actor,
        person: DemoPerson,
        begin: datetime,
        context: str = OWN,
        habits: Habits = Habits(),
        slug: str = SLUG,
    ) -> None:
        self.actor, self.person, self.now, self.context = actor, person, begin, context
        self.slug = slug
        self.habits, self.answer_count, self.is_asked_how_sure = habits, 0, False

    def pass_time(self, pause: timedelta) -> None:
        """Let time pass."""
        self.now += pause

    def enrol(self) -> None:
        """Start the course, with the disclosure as the page shows it."""
        with clock.freeze_at(self.now):  # an assignment may open and close
            course = find_demo_course(self.actor, self.context, self.slug)
        missing = credit.find_missing_for_credit(db.session(), [course])[course.revision.id]
        with current_app.test_request_context():  # the disclosure depends on the language
            lines = telling.build_disclosure(course, missing, current.current_provider())
        enrolling.enrol(
            *(db.session(), self.slug),
            actor=self.actor,
            now=self.now,
            disclosure=lines,
            context=self.context,
        )
        if self.habits.tells_confidence:
            self.ask_for_confidence()

    def find_enrolment(self) -> Enrolment:
        """Return the enrolment."""
        enrolment = courses.find_present_enrolment(
            db.session(), self.actor, self.slug, self.context
        )
        if enrolment is None:
            raise LookupError(self.slug)
        return enrolment

    def evaluate(self) -> None:
        """Give an evaluation of the course."""
        enrolment = self.find_enrolment()
        objectives = CourseFront.from_json(enrolment.course_revision.front).objectives
        ratings = {
            questions.objective_question_name(objective.id): 5 - number % 2
            for number, objective in enumerate(objectives)
        }
        evaluations.save_evaluation(
            *(db.session(), enrolment),
            ratings | {questions.CLEAR: 4, questions.USEFUL: 5, questions.UNBIASED: 1},
            "The cases are what I remember. I would like more of them about devices.",
            actor=self.actor,
            now=self.now,
        )

    def read_actively(self, minutes: int) -> None:
        """Be active in the first section for some minutes, as the page measures it."""
        enrolment = self.find_enrolment()
        first, *_ = load_outline(db.session(), enrolment.course_revision).required_sections
        for _ in range(minutes):
            self.pass_time(timedelta(minutes=1))
            studying.count_active_minute(
                *(db.session(), enrolment, first.document_id), idle=timedelta(0), now=self.now
            )

    def study(self, *, sections: int | None, begin: int = 0) -> None:
        """Finish sections, from the one at `begin`, and answer their practice cases."""
        enrolment = self.find_enrolment()
        self.is_asked_how_sure = is_confidence_asked(db.session(), enrolment)
        outline = load_outline(db.session(), enrolment.course_revision)
        for part in outline.required_sections[begin:sections]:
            self.pass_time(timedelta(minutes=7))
            revision = courses.find_revision_of_part(db.session(), part)
            studying.finish_section(db.session(), enrolment, revision, now=self.now)
            self._practice_section(enrolment, part.slug)

    def _practice_section(self, enrolment: Enrolment, section: str) -> None:
        cases = practice_cases.find_practice_cases(
            db.session(), enrolment, enrolment.course_revision_id, section=section
        )
        for case in cases:
            self._decide_practice_case(enrolment, case)

    def _decide_practice_case(self, enrolment: Enrolment, case: CaseProgress) -> None:
        is_weak = not self.habits.weak_on.isdisjoint(case.case.hazards)
        while case.current_step is not None:
            self.pass_time(timedelta(minutes=1))
            key = case.key.step_by_id(case.current_step.id)
            answer, confidence = self._choose_practice_answer(key, is_weak=is_weak)
            self._save_practice_answer(enrolment, case, answer, confidence)
            case = case.with_answer(answer)

    def _choose_practice_answer(self, key: StepKey, *, is_weak: bool) -> tuple[Answer, Confidence]:
        self.answer_count += 1
        if is_weak and (harmful := build_harmful_answer_or_none(key)):
            return harmful, Confidence.SURE
        if self.habits.slips_every and self.answer_count % self.habits.slips_every == 0:
            return build_overcautious_answer(key), Confidence.GUESSING
        return build_right_answer(key), Confidence.FAIRLY_SURE

    def _save_practice_answer(
        self, enrolment: Enrolment, case: CaseProgress, answer: Answer, confidence: Confidence
    ) -> None:
        """Save an answer, and how sure this person was if they are asked."""
        practice_actions.save_practice_answer(
            *(db.session(), enrolment, case, answer),
            confidence=confidence if self.is_asked_how_sure else None,
            now=self.now,
        )

    def ask_for_confidence(self) -> None:
        """Let this person be asked how sure they are."""
        enrolment = self.find_enrolment()
        practice_actions.set_confidence_request(db.session(), enrolment, is_wanted=True)
        self.is_asked_how_sure = True

    def practice_hastily(self) -> None:
        """Be sure, and wrong, in the first case of section 1 where the client could be harmed."""
        self.ask_for_confidence()
        enrolment = self.find_enrolment()
        for case in practice_cases.find_practice_cases(
            *(db.session(), enrolment, enrolment.course_revision_id),
            section=find_demo_course(self.actor).outline.sections[0].slug,
        ):
            key = case.key.step_by_id(case.case.first_step.id)
            if answer := build_harmful_answer_or_none(key):
                self._save_practice_answer(enrolment, case, answer, Confidence.SURE)
                return

    def take_exam(self, plan: ExamPlan) -> None:
        """Take the exam, or leave it open."""
        self.pass_time(timedelta(minutes=25))
        self._save_certificate_details()
        self._put_right()
        attempt, keys = self._start_exam(plan)
        cases = delivery.find_own_attempt_cases(db.session(), attempt.subject, attempt.public_id)
        seeks_critical = plan.is_critical
        for case in cases[: plan.leave_after]:
            key = keys[case.text.id]
            is_wanted = seeks_critical and is_about(case.front, plan.topic)
            worst = build_critical_answer_or_none(key.steps[0]) if is_wanted else None
            seeks_critical = seeks_critical and worst is None
            is_careful = case.position <= plan.careful_cases
            choose = build_overcautious_answer if is_careful else build_right_answer
            self._answer_case(case, key, choose, first=worst)
        if plan.leave_after is None:
            self.pass_time(timedelta(minutes=2))
            attempt_actions.submit_attempt(
                *(db.session(), attempt.id),
                actor=self.actor,
                now=self.now,
                printed_name=self.person.name,
                statement=translated_statement_text(),
            )

    def _put_right(self) -> None:
        """Read and practice again, with care, what an earlier try asks for."""
        session, enrolment = db.session(), self.find_enrolment()
        eligibility = find_exam_eligibility(session, enrolment, now=self.now)
        for todo in [todo for obstacle in eligibility.obstacles for todo in obstacle.todo]:
            self.habits = Habits()
            self.pass_time(timedelta(minutes=4))
            section, _, passage = todo.remedy.passage.removeprefix("section:").partition("#")
            studying.record_passage_reread(session, enrolment, section, passage, self.now)
            topics = set(todo.remedy.hazards) if todo.must_practice else set()
            cases = practice_cases.find_practice_cases(session, None, enrolment.course_revision_id)
            about = (case for case in cases if topics & set(case.case.hazards))
            if case := next(about, None):
                self._decide_practice_case(enrolment, case)
            self.pass_time(timedelta(minutes=1))

    def _save_certificate_details(self) -> None:
        """Save what the certificate will print, as the page requires before a first exam."""
        if actor_has_certificate_details(db.session(), self.actor):
            return
        details = CertificateDetails(legal_name=self.person.name, time_zone=self.person.zone)
        profiles.save_certificate_details(db.session(), details, actor=self.actor, now=self.now)

    def _start_exam(self, plan: ExamPlan) -> tuple[Attempt, Mapping[int, CaseKey]]:
        """Start the exam, retrying until a decision is drawn that the plan needs."""
        session = db.session()
        while True:
            with suppress(_NotDrawnError), session.begin_nested():
                attempt = exam_actions.start_attempt(
                    session, self.find_enrolment(), actor=self.actor, now=self.now
                )
                if not isinstance(attempt, Attempt):
                    raise TypeError(attempt)
                keys = find_stored_keys(session, [item.revision_id for item in attempt.items])
                if plan.is_critical and not _has_critical_decision(attempt, keys, plan.topic):
                    raise _NotDrawnError
                return attempt, keys

    def _answer_case(
        self,
        case: AttemptCase,
        key: CaseKey,
        choose: Callable[[StepKey], Answer],
        *,
        first: Answer | None,
    ) -> None:
        while True:
            shown = self._find_shown_case(case)
            step = shown.current_step.step.id
            answer = first or choose(key.step_by_id(step))
            first = None
            head = self._send_event(case, EventType.ANSWER, step, None, answer)
            if not shown.asks_before_locking:
                return
            self._send_event(case, EventType.REVEAL, step, head, None)
            if self._find_shown_case(case).current_step.is_locked:
                return

    def _find_shown_case(self, case: AttemptCase) -> ShownCase:
        rows = delivery.find_answer_event_rows(db.session(), case.attempt_id)
        return delivery.build_shown_case(
            case,
            [delivery.build_event_from_row(row) for row in rows],
            {row.event_id: row.received_at for row in rows},
            is_flagged=False,
        )

    def _send_event(
        self,
        case: AttemptCase,
        kind: EventType,
        step: str,
        after: str | None,
        answer: Answer | None,
    ) -> str:
        self.pass_time(timedelta(seconds=50))
        event = IncomingEvent(new_public_id("evt"), kind, case.front.id, step, after, answer)
        answering.save_answer_event(
            db.session(), case, event, actor=self.actor, received_at=self.now
        )
        return event.event_id


def is_about(case: CaseFront, topic: str) -> bool:
    """Tell whether a case is about a safety topic; every case is about an empty one."""
    return not topic or topic in case.hazards


def _has_critical_decision(attempt: Attempt, keys: Mapping[int, CaseKey], topic: str) -> bool:
    return any(
        build_critical_answer_or_none(keys[item.revision_id].steps[0]) is not None
        and is_about(CaseFront.from_json(item.revision.front), topic)
        for item in attempt.items
    )
