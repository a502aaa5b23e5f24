"""What a result page shows: score, what happened, why the rule exists, and the next steps."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.cases.front import CaseFront
from cpd.cases.scales import Danger
from cpd.content.readability import build_reading_time, count_words
from cpd.courses import queries as courses
from cpd.courses.hooks import Link
from cpd.courses.queries import Course
from cpd.courses.rules.fronts.parts import Heading
from cpd.courses.rules.outline import Part
from cpd.quizzes.attempts.delivery import AttemptCase, find_own_attempt_cases
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.statements import attempt_lacks_statement
from cpd.quizzes.exams.eligibility import find_exam_eligibility
from cpd.quizzes.exams.way_back import group_practice_topics, pick_passages
from cpd.quizzes.grading.models import Result
from cpd.quizzes.practice.topics import PracticeTopic, find_practice_topics
from cpd.quizzes.results.critical_acts import CriticalAct, find_critical_acts
from cpd.quizzes.results.hooks import certificate_link, evaluation_link
from cpd.quizzes.results.review import ReviewAccess, find_review_access
from cpd.quizzes.rules.eligibility import Obstacle, StartTerms, Todo
from cpd.quizzes.rules.reviewing import Review


@dataclass(frozen=True)
class PracticeChoice:
    """Practice cases on one safety topic, of which one must be decided."""

    cases: tuple[PracticeTopic, ...]
    is_done: bool


@dataclass(frozen=True)
class Passage:
    """A passage to read again, with its minutes, and practice on its safety topics if required."""

    section: Part
    anchor: str
    heading: str
    minutes: int
    is_required: bool
    """Whether the next attempt requires it, because a client could have been harmed."""
    is_read: bool
    practice: tuple[PracticeChoice, ...]
    """One for each safety topic; none where reading is enough."""


class StepKind(StrEnum):
    """What a step on the way to the next attempt asks for."""

    READ = "read"
    PRACTICE = "practice"
    TRY = "try"


@dataclass(frozen=True)
class Step:
    """One step on the way to the next attempt."""

    kind: StepKind
    is_done: bool
    passage: Passage | None = None
    practice: PracticeChoice | None = None


@dataclass(frozen=True)
class ObjectiveLine:
    """What was earned for one objective.

    A case counts 1 for each of its objectives, so `earned` is at most `cases`.
    """

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
    """The cases with an unsafe decision: position and title, once they may be reviewed."""
    turned_away: int
    unanswered: int
    passages: tuple[Passage, ...]
    """What the next attempt requires."""
    advice: tuple[Passage, ...]
    """Passages about the other marks that were lost."""
    obstacles: tuple[Obstacle, ...]
    may_start: bool
    access: ReviewAccess
    """Whether this attempt may be reviewed, and if not, what that waits for."""
    certificate: Link | None
    evaluation: Link | None
    """Where to evaluate the course, until that is done."""
    lacks_statement: bool

    @property
    def may_review(self) -> bool:
        """Whether the answers to the cases are open."""
        return self.access.review is Review.OPEN

    @property
    def reached_pass_mark(self) -> bool:
        """Whether the score alone reached the pass mark."""
        return self.result.score >= self.result.pass_mark

    @property
    def steps(self) -> tuple[Step, ...]:
        """The way to the next attempt: each passage, its practice, and the attempt itself."""
        steps = []
        for passage in self.passages:
            steps.append(Step(StepKind.READ, passage.is_read, passage))
            steps += [
                Step(StepKind.PRACTICE, choice.is_done, passage, choice)
                for choice in passage.practice
            ]
        return (*steps, Step(StepKind.TRY, is_done=False))

    @property
    def present_step(self) -> int:
        """The number of the first step that is not done, from 1."""
        return next(n for n, step in enumerate(self.steps, start=1) if not step.is_done)

    def passage_of_act(self, act: CriticalAct) -> Passage | None:
        """Return the passage about a critical act; None where there is nothing to read again."""
        ids = {f"section:{one.section.slug}#{one.anchor}": one for one in self.passages}
        return ids.get(act.passage)

    @property
    def waiting_ends_at(self) -> datetime | None:
        """When waiting ends: for the pause after this attempt, or for the exam to open."""
        return max((obstacle.until for obstacle in self.obstacles if obstacle.until), default=None)


def find_report_of_attempt(
    session: Session,
    actor: Actor,
    course: Course,
    attempt: Attempt,
    result: Result,
    *,
    now: datetime,
) -> Report:
    """Return what the result page of a graded attempt shows."""
    cases = find_own_attempt_cases(session, attempt.subject, attempt.public_id)
    fronts = {case.front.id: case.front for case in cases}
    eligibility = find_exam_eligibility(session, attempt.enrolment, now=now)
    access = find_review_access(session, attempt, eligibility.attempts)
    passages = _find_passages_to_read(session, course, fronts, result, eligibility.obstacles)
    return Report(
        result=result,
        course=course,
        critical=find_critical_acts(
            session,
            attempt.enrolment.course_revision,
            cases,
            result,
            is_review_open=access.review is Review.OPEN,
        ),
        objectives=_build_objective_lines(course, result),
        dangers=result.detail["dangers"],
        unsafe=_pick_unsafe_cases(cases, result) if access.review is Review.OPEN else (),
        turned_away=result.detail["turned_away"],
        unanswered=result.detail["unanswered"],
        passages=tuple(passage for passage in passages if passage.is_required),
        advice=tuple(passage for passage in passages if not passage.is_required),
        obstacles=eligibility.obstacles,
        may_start=isinstance(eligibility.terms, StartTerms),
        access=access,
        certificate=certificate_link(session, actor, attempt) if result.passed else None,
        evaluation=evaluation_link(session, actor, attempt.enrolment_id) if result.passed else None,
        lacks_statement=result.passed and attempt_lacks_statement(session, attempt),
    )


def _pick_unsafe_cases(cases: Iterable[AttemptCase], result: Result) -> tuple[tuple[int, str], ...]:
    """Return each case whose worst act was unsafe, by its position and title."""
    worst = {mark["case"]: mark["danger"] for mark in result.detail["cases"]}
    return tuple(
        (case.position, case.front.title)
        for case in cases
        if worst.get(case.front.id) == Danger.UNSAFE
    )


def _build_objective_lines(course: Course, result: Result) -> tuple[ObjectiveLine, ...]:
    scores: Mapping[str, Any] = result.detail["objectives"]
    return tuple(
        ObjectiveLine(
            text=objective.text,
            earned=Fraction(scores[objective.id]["earned"]),
            cases=scores[objective.id]["cases"],
        )
        for objective in course.outline.course.front.objectives
        if objective.id in scores
    )


def _find_passages_to_read(
    session: Session,
    course: Course,
    fronts: Mapping[str, CaseFront],
    result: Result,
    obstacles: Sequence[Obstacle],
) -> tuple[Passage, ...]:
    """Return each passage to read after a failed attempt once, in the order of the course."""
    if result.passed:
        return ()
    remedies: dict[str, list[Mapping[str, Any]]] = {}
    for remedy in result.detail["remedies"]:
        remedies.setdefault(remedy["passage"], []).append(remedy)
    for mark in result.detail["cases"]:
        if Fraction(mark["score"]) < 1:
            remedies.setdefault(fronts[mark["case"]].passage, [])
    passages = [
        (section, heading, remedies[f"section:{section.slug}#{heading.anchor}"])
        for section, heading in pick_passages(course.outline.sections, remedies)
    ]
    texts = courses.find_html_of_parts(
        session, {section.revision_id: section for section, _, _ in passages}.values()
    )
    todos = {todo.remedy.case: todo for obstacle in obstacles for todo in obstacle.todo}
    topics = find_practice_topics(session, course.revision)
    return tuple(
        _build_passage_to_read(
            section, heading, texts[section.revision_id], of_passage, todos, topics
        )
        for section, heading, of_passage in passages
    )


def _build_passage_to_read(
    section: Part,
    heading: Heading,
    html: str,
    remedies: Sequence[Mapping[str, Any]],
    todos: Mapping[str, Todo],
    topics: Sequence[PracticeTopic],
) -> Passage:
    """Return one passage; `remedies`: those that name it, `todos`: what is still to do, by case."""
    own_todos = [todos[remedy["case"]] for remedy in remedies if remedy["case"] in todos]
    return Passage(
        section=section,
        anchor=heading.anchor,
        heading=heading.text,
        minutes=build_reading_time(count_words(cut_html_below_heading(html, heading))).minutes,
        is_required=bool(remedies),
        is_read=not any(todo.must_reread for todo in own_todos),
        practice=tuple(_build_practice_choices(remedies, own_todos, topics)),
    )


def _build_practice_choices(
    remedies: Sequence[Mapping[str, Any]], todos: Sequence[Todo], topics: Sequence[PracticeTopic]
) -> Iterator[PracticeChoice]:
    """Yield a choice for each safety topic, or for several where one case is enough for all."""
    undecided = [frozenset(todo.remedy.hazards) for todo in todos if todo.must_practice]
    decided = [frozenset(remedy["hazards"]) for remedy in remedies if remedy["hazards"]]
    wanted = dict.fromkeys([*undecided, *decided])
    for hazards, cases in group_practice_topics(topics, wanted).items():
        yield PracticeChoice(cases, is_done=hazards not in undecided)


def cut_html_below_heading(html: str, heading: Heading) -> str:
    """Return the HTML below a heading, up to the next heading of the same level or above."""
    anchor_at = html.find(f' id="{heading.anchor}"')
    if anchor_at < 0:
        return html  # an earlier renderer chose this anchor when the section was published
    begin = html.index("</h", anchor_at)
    following = re.compile(rf"<h[1-{heading.level}][ >]").search(html, begin)
    return html[begin : following.start() if following else len(html)]
