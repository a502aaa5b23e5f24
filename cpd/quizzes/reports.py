"""What a result page says: score, what happened, why the rule exists, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.content.measure import minutes, words
from cpd.courses import queries as courses
from cpd.courses.models import DocumentType, Revision
from cpd.courses.queries import Course
from cpd.courses.rules.outline import Part
from cpd.kernel.hooks import Hook
from cpd.quizzes import delivery
from cpd.quizzes.keys import keys_of
from cpd.quizzes.models import Attempt, Result, Statement
from cpd.quizzes.practice import AnsweredStep, follow
from cpd.quizzes.queries import cases_in, exam_of, parts_of
from cpd.quizzes.rules import answers
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.case import CaseFront, Pool
from cpd.quizzes.rules.starting import Hurdle, Obstacle, StartRefusal, StartTerms
from cpd.quizzes.standing import standing


@dataclass(frozen=True)
class Link:
    """Where a button leads, and what it says."""

    url: str
    label: str


def _no_link(session: Session, attempt: Attempt) -> Link | None:
    del session, attempt
    return None


certificate_link: Hook[[Session, Attempt], Link | None] = Hook(_no_link)
"""The certificate that rests on an attempt; the certificates room answers."""


@dataclass(frozen=True)
class Passage:
    """A passage to read again, with its minutes, and practice on its safety topic if asked for."""

    section: Part
    anchor: str
    heading: str
    minutes: int
    is_read: bool
    practice: tuple[Revision, ...]
    """Practice cases of which one is to be decided; none where reading is enough."""
    is_practised: bool


@dataclass(frozen=True)
class CriticalAct:
    """One decision that could have harmed the client, told without the key of its case."""

    title: str
    chosen: str
    """The decision, as the code names it; empty where the step asked something else."""
    words: tuple[str, ...]
    cards: tuple[Revision, ...]
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
    turned_away: int
    unanswered: int
    passages: tuple[Passage, ...]
    obstacles: tuple[Obstacle, ...]
    may_start: bool
    certificate: Link | None
    lacks_statement: bool

    @property
    def score_is_enough(self) -> bool:
        """Whether the score alone reached the pass mark."""
        return self.result.score >= Fraction(self.result.pass_num, self.result.pass_den)

    @property
    def opens_at(self) -> datetime | None:
        """When the pause after this try is over, if it is not yet."""
        paused = (one.until for one in self.obstacles if one.hurdle is Hurdle.PAUSE)
        return next(paused, None)


def report(
    session: Session, course: Course, attempt: Attempt, result: Result, *, now: datetime
) -> Report:
    """Return what the result page of a graded attempt shows."""
    enrolment = attempt.enrolment
    exam = exam_of(session, enrolment.course_revision_id)
    terms: StartTerms | StartRefusal | None = None
    if exam is not None:
        terms = standing(session, enrolment, exam, now=now).terms
    obstacles = terms.obstacles if isinstance(terms, StartRefusal) else ()
    return Report(
        result=result,
        course=course,
        critical=_critical(session, attempt, result),
        objectives=_objectives(course.revision, result),
        dangers=result.detail["dangers"],
        turned_away=result.detail["turned_away"],
        unanswered=result.detail["unanswered"],
        passages=_passages(session, course, result, obstacles),
        obstacles=obstacles,
        may_start=isinstance(terms, StartTerms),
        certificate=certificate_link(session, attempt) if result.passed else None,
        lacks_statement=lacks_statement(session, attempt),
    )


def lacks_statement(session: Session, attempt: Attempt) -> bool:
    """Tell whether a graded attempt was closed by its deadline, with nothing stated yet."""
    if attempt.state is not AttemptState.GRADED:
        return False
    found = session.scalar(select(Statement.id).where(Statement.attempt_id == attempt.id).limit(1))
    return found is None


def _critical(session: Session, attempt: Attempt, result: Result) -> tuple[CriticalAct, ...]:
    breached = {
        breach["case"]: breach for case in result.detail["cases"] for breach in case["breaches"]
    }
    if not breached:
        return ()
    fronts = {
        front.id: front
        for front in (CaseFront.from_json(item.revision.front) for item in attempt.items)
    }
    cards = {
        card.document.slug: card
        for card in parts_of(session, attempt.enrolment.course_revision_id, DocumentType.HAZARD)
    }
    acts = []
    for case_id, breach in breached.items():
        front = fronts[case_id]
        step = front.step(breach["step"])
        acts.append(
            CriticalAct(
                title=front.title,
                chosen=breach["option"] if step.kind == "decision" else "",
                words=(step.option(breach["option"]).text,),
                cards=tuple(cards[h] for h in breach["hazards"] if h in cards),
            )
        )
    return tuple(acts)


def _objectives(course: Revision, result: Result) -> tuple[ObjectiveLine, ...]:
    found: Mapping[str, Any] = result.detail["objectives"]
    return tuple(
        ObjectiveLine(
            text=objective["text"],
            earned=Fraction(found[objective["id"]]["earned"]),
            cases=found[objective["id"]]["cases"],
        )
        for objective in course.front["objectives"]
        if objective["id"] in found
    )


def _passages(
    session: Session, course: Course, result: Result, obstacles: Sequence[Obstacle]
) -> tuple[Passage, ...]:
    todo = {todo.remedy.case: todo for one in obstacles for todo in one.todo}
    practice = cases_in(session, course.revision.id, Pool.PRACTICE)
    found: dict[str, Passage] = {}
    for remedy in result.detail["remedies"]:
        slug, _, anchor = remedy["passage"].removeprefix("section:").partition("#")
        section = course.outline.section(slug)
        if section is None:
            continue
        left = todo.get(remedy["case"])
        html = courses.revision_of(session, section).html
        heading, text = passage_of(html, anchor)
        before = found.get(remedy["passage"])
        siblings = tuple(
            case for case in practice if set(remedy["hazards"]) & set(case.front["hazards"])
        )
        found[remedy["passage"]] = Passage(
            section=section,
            anchor=anchor,
            heading=heading or section.title,
            minutes=minutes(words(text)).minutes,
            is_read=left is None or not left.reread,
            practice=siblings or (before.practice if before else ()),
            is_practised=(left is None or not left.practise)
            and (before is None or before.is_practised),
        )
    return tuple(found.values())


def passage_of(html: str, anchor: str) -> tuple[str, str]:
    """Return a passage's heading and text, up to the next heading of its rank."""
    start = html.find(f' id="{anchor}"')
    if start < 0:
        return "", html
    begin = html.rfind("<h", 0, start)
    rank = html[begin + 1 : begin + 3]
    close = html.find(f"</{rank}>", start)
    heading = Markup(html[html.find(">", start) + 1 : close]).striptags()  # noqa: S704 - stored
    end = html.find(f"<{rank} ", close)
    return heading, html[close : end if end > 0 else len(html)]


@dataclass(frozen=True)
class ReviewedCase:
    """A case of a passed attempt with its key, reasons and what the learner chose."""

    position: int
    case: CaseFront
    steps: tuple[AnsweredStep, ...]
    missed: str | None
    """The prompt of the step that was left blank, if one was."""
    mark: Mapping[str, Any]


def reviewed(session: Session, attempt: Attempt, result: Result) -> list[ReviewedCase]:
    """Return every case of a passed attempt with its key; only call it once that is released."""
    keys = keys_of(session, [item.revision_id for item in attempt.items])
    current = answers.current_answers(delivery.events_of(session, attempt.id))
    marks = {case["case"]: case for case in result.detail["cases"]}
    found = []
    for item in attempt.items:
        front = CaseFront.from_json(item.revision.front)
        walked = follow(item.revision, front, keys[item.revision_id], current.get(front.id, {}))
        found.append(
            ReviewedCase(
                position=item.position,
                case=front,
                steps=walked.answered,
                missed=walked.now.prompt if walked.now else None,
                mark=marks[front.id],
            )
        )
    return found
