"""What a result page says: score, what happened, why the rule exists, and the way back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.cases.kinds.registry import KINDS, asks_for_decision
from cpd.cases.model import Answer, CaseFront, Danger, StepFront, StepKey
from cpd.content.readability import count_words, reading_time
from cpd.courses import outlines
from cpd.courses import queries as courses
from cpd.courses.models import Revision
from cpd.courses.queries import Course
from cpd.courses.rules.fronts.parts import Heading
from cpd.courses.rules.outline import Part
from cpd.joints.questions import Question
from cpd.quizzes import delivery
from cpd.quizzes.delivery import Arrived, Drawn
from cpd.quizzes.grades import marks_of
from cpd.quizzes.keys import shown_keys_of
from cpd.quizzes.models import Attempt, Result
from cpd.quizzes.practice import PracticeCase, follow
from cpd.quizzes.queries import ReviewAccess, lacks_statement, review_access
from cpd.quizzes.rules import answers
from cpd.quizzes.rules.answers import EventType, Outcome, StepAt
from cpd.quizzes.rules.reviewing import Review
from cpd.quizzes.rules.starting import Obstacle, StartRefusal, StartTerms, Todo
from cpd.quizzes.standing import PracticeTopic, practice_cases, standing


@dataclass(frozen=True)
class Link:
    """Where a button leads, and what it says."""

    url: str
    label: str


certificate_link: Question[[Session, Actor, Attempt], Link | None] = Question(
    "quizzes.certificate_link"
)
"""The way to the actor's certificate that rests on an attempt."""

evaluation_link: Question[[Session, Actor, int], Link | None] = Question("quizzes.evaluation_link")
"""Where the actor can say what they think of their course, by enrolment; None once they have."""


@dataclass(frozen=True)
class Passage:
    """A passage to read again, with its minutes, and practice on its safety topic if asked for."""

    section: Part
    anchor: str
    heading: str
    minutes: int
    is_asked_for: bool
    """Whether the next try waits for it: a client could have come to harm. Else it is advice."""
    is_read: bool
    practice: tuple[PracticeTopic, ...]
    """Practice cases of which one is to be decided; none where reading is enough."""
    is_practised: bool


@dataclass(frozen=True)
class CriticalAct:
    """One critical decision, told without the key of its case."""

    title: str
    chosen: str
    """The decision, as the code names it; empty where the step asked something else."""
    words: tuple[str, ...]
    cards: tuple[Part, ...]
    """The cards of the case's safety topics: their rule says why."""


@dataclass(frozen=True)
class ObjectiveLine:
    """What was earned for one objective."""

    text: str
    earned: Fraction
    cases: int


@dataclass(frozen=True)
class Report:
    """Everything a result page shows."""

    result: Result
    course: Course
    critical: tuple[CriticalAct, ...]
    objectives: tuple[ObjectiveLine, ...]
    dangers: Mapping[str, int]
    unsafe: tuple[tuple[int, str], ...]
    """Where a decision was unsafe: position and title, once that may be reviewed."""
    turned_away: int
    unanswered: int
    passages: tuple[Passage, ...]
    """What the next try waits for."""
    advice: tuple[Passage, ...]
    """Passages behind the other marks that were lost."""
    obstacles: tuple[Obstacle, ...]
    may_start: bool
    access: ReviewAccess
    """Whether this try may be reviewed, and what that waits for."""
    certificate: Link | None
    evaluation: Link | None
    """Where to say what one thinks of the course, until it is said."""
    lacks_statement: bool

    @property
    def may_review(self) -> bool:
        """Whether the answers to the cases are open."""
        return self.access.review is Review.OPEN

    @property
    def score_is_enough(self) -> bool:
        """Whether the score alone reached the pass mark."""
        return self.result.score >= Fraction(self.result.pass_num, self.result.pass_den)

    @property
    def opens_at(self) -> datetime | None:
        """When waiting is over: for the pause after this try, or for the exam to open."""
        return max((one.until for one in self.obstacles if one.until), default=None)


def report(
    session: Session,
    actor: Actor,
    course: Course,
    attempt: Attempt,
    result: Result,
    *,
    now: datetime,
) -> Report:
    """Return what the result page of a graded attempt shows."""
    drawn = delivery.drawn(session, attempt.subject, attempt.public_id)
    fronts = {one.front.id: one.front for one in drawn}
    stands = standing(session, attempt.enrolment, now=now)
    terms = stands.terms
    obstacles = terms.obstacles if isinstance(terms, StartRefusal) else ()
    access = review_access(session, attempt, stands.tries)
    passages = _passages(session, course, fronts, result, obstacles)
    return Report(
        result=result,
        course=course,
        critical=_critical(session, attempt.enrolment.course_revision, fronts, result),
        objectives=_objectives(course, result),
        dangers=result.detail["dangers"],
        unsafe=_unsafe(drawn, result) if access.review is Review.OPEN else (),
        turned_away=result.detail["turned_away"],
        unanswered=result.detail["unanswered"],
        passages=tuple(one for one in passages if one.is_asked_for),
        advice=tuple(one for one in passages if not one.is_asked_for),
        obstacles=obstacles,
        may_start=isinstance(terms, StartTerms),
        access=access,
        certificate=certificate_link(session, actor, attempt) if result.passed else None,
        evaluation=evaluation_link(session, actor, attempt.enrolment_id) if result.passed else None,
        lacks_statement=result.passed and lacks_statement(session, attempt),
    )


def _critical(
    session: Session, version: Revision, fronts: Mapping[str, CaseFront], result: Result
) -> tuple[CriticalAct, ...]:
    """Return every critical act; `version` is the course as it was when the try began."""
    cards = {card.slug: card for card in outlines.outline(session, version).hazards}
    acts = []
    for breach in (breach for case in result.detail["cases"] for breach in case["breaches"]):
        front = fronts[breach["case"]]
        step = front.step(breach["step"])
        acts.append(
            CriticalAct(
                title=front.title,
                chosen=breach["option"] if asks_for_decision(step) else "",
                words=(step.option(breach["option"]).text,),
                cards=tuple(cards[h] for h in breach["hazards"] if h in cards),
            )
        )
    return tuple(acts)


def _unsafe(drawn: Iterable[Drawn], result: Result) -> tuple[tuple[int, str], ...]:
    """Return each case whose worst act was unsafe, by its position and title."""
    worst = {case["case"]: case["danger"] for case in result.detail["cases"]}
    return tuple(
        (one.position, one.front.title) for one in drawn if worst.get(one.front.id) == Danger.UNSAFE
    )


def _objectives(course: Course, result: Result) -> tuple[ObjectiveLine, ...]:
    found: Mapping[str, Any] = result.detail["objectives"]
    return tuple(
        ObjectiveLine(
            text=objective.text,
            earned=Fraction(found[objective.id]["earned"]),
            cases=found[objective.id]["cases"],
        )
        for objective in course.outline.course.front.objectives
        if objective.id in found
    )


def _passages(
    session: Session,
    course: Course,
    fronts: Mapping[str, CaseFront],
    result: Result,
    obstacles: Sequence[Obstacle],
) -> tuple[Passage, ...]:
    """Return each passage behind a failed try once, in the order of the course."""
    if result.passed:
        return ()
    remedies: dict[str, list[Mapping[str, Any]]] = {}
    for remedy in result.detail["remedies"]:
        remedies.setdefault(remedy["passage"], []).append(remedy)
    for case in result.detail["cases"]:
        if Fraction(case["score"]) < 1:
            remedies.setdefault(fronts[case["case"]].passage, [])
    found = [
        (section, heading, because)
        for section in course.outline.sections
        for heading in section.front.headings
        if (because := remedies.get(f"section:{section.slug}#{heading.anchor}")) is not None
    ]
    texts = courses.texts_of(session, {one.revision_id: one for one, _, _ in found}.values())
    left = {todo.remedy.case: todo for one in obstacles for todo in one.todo}
    practice = practice_cases(session, course.revision)
    return tuple(
        _passage(section, heading, texts[section.revision_id], because, left, practice)
        for section, heading, because in found
    )


def _passage(
    section: Part,
    heading: Heading,
    html: str,
    because: Sequence[Mapping[str, Any]],
    left: Mapping[str, Todo],
    practice: Sequence[PracticeTopic],
) -> Passage:
    """Return one passage; `because`: the remedies that name it, `left`: what is still to do."""
    todo = [left[remedy["case"]] for remedy in because if remedy["case"] in left]
    undecided = [one.remedy.hazards for one in todo if one.practise]
    topics = [*undecided, *(remedy["hazards"] for remedy in because if remedy["hazards"])]
    asked = set(topics[0]) if topics else set()
    return Passage(
        section=section,
        anchor=heading.anchor,
        heading=heading.text,
        minutes=reading_time(count_words(passage_of(html, heading))).minutes,
        is_asked_for=bool(because),
        is_read=not any(one.reread for one in todo),
        practice=tuple(case for case in practice if asked & set(case.hazards)),
        is_practised=not undecided,
    )


def passage_of(html: str, heading: Heading) -> str:
    """Return the text below a heading, up to the next heading of its rank or above."""
    named = html.find(f' id="{heading.anchor}"')
    if named < 0:
        return html  # it was named when the section was published, by a renderer before this one
    begin = html.index("</h", named)
    following = re.compile(rf"<h[1-{heading.level}][ >]").search(html, begin)
    return html[begin : following.start() if following else len(html)]


@dataclass(frozen=True)
class Given:
    """An answer that was accepted, and when it arrived; a blank took an earlier one back."""

    answer: Answer | None
    at: datetime


@dataclass(frozen=True)
class ReviewedStep:
    """A step with its key, the answer that counted if any did, and all that was answered to it."""

    step: StepFront
    key: StepKey
    answer: Answer | None
    given: tuple[Given, ...] = ()
    """First to last; the last one counted. Empty for a step that was left out."""

    def words_of(self, answer: Answer | None) -> list[str]:
        """Return an answer to this step in the learner's words."""
        return KINDS[self.step.kind].words(self.step, answer)


@dataclass(frozen=True)
class ReviewedCase:
    """A case of a graded attempt with its key, reasons and what the learner chose."""

    position: int
    case: CaseFront
    steps: tuple[ReviewedStep, ...]
    """Up to the first that was left out."""
    mark: Mapping[str, Any]


def reviewed(session: Session, attempt: Attempt, result: Result) -> list[ReviewedCase]:
    """Return every case of a graded attempt with its key; only call it once that is released."""
    drawn = delivery.drawn(session, attempt.subject, attempt.public_id)
    keys = shown_keys_of(session, [one.text.id for one in drawn])
    rows = delivery.rows_of(session, attempt.id)
    current = answers.current_answers(delivery.as_event(row) for row in rows)
    given = _given(rows)
    marks = {case["case"]: case for case in marks_of(result.detail)}
    found = []
    for one in drawn:
        front = one.front
        walked = follow(one.text, front, keys[one.text.id], current.get(front.id, {}))
        found.append(
            ReviewedCase(
                position=one.position,
                case=front,
                steps=_steps(walked, given),
                mark=marks[front.id],
            )
        )
    return found


def _steps(walked: PracticeCase, given: Mapping[StepAt, list[Given]]) -> tuple[ReviewedStep, ...]:
    steps = [
        ReviewedStep(at.step, at.key, at.answer, tuple(given[walked.case.id, at.step.id]))
        for at in walked.answered
    ]
    if walked.now is not None:
        steps.append(ReviewedStep(walked.now, walked.key.step(walked.now.id), None))
    return tuple(steps)


def _given(rows: Iterable[Arrived]) -> Mapping[StepAt, list[Given]]:
    """Return what was accepted for each step, in the order of its arrival."""
    given: dict[StepAt, list[Given]] = {}
    for row in rows:
        if row.outcome is Outcome.ACCEPTED and row.type is EventType.ANSWER:
            answer = Given(row.answer or None, row.received_at)
            given.setdefault((row.case, row.step), []).append(answer)
    return given
