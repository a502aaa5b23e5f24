"""Statistics of a course: coverage, unseen attempts, constant answers, reading, sources."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.case import CaseFile, step_file_schemas
from cpd.authoring.files.part import BuiltCase, CoursePart
from cpd.cases.front import Answer
from cpd.cases.key import CaseKey
from cpd.cases.kinds.kind import Kind
from cpd.cases.kinds.registry import KINDS, best_answer_to_step
from cpd.cases.kinds.step_file import END
from cpd.cases.scales import Danger, Decision
from cpd.content import readability
from cpd.courses.rules.fronts.exam import DrawRule
from cpd.courses.rules.reading import ReadingCredit
from cpd.quizzes.rules.draw import build_pool_case, count_unseen_attempts_by_part
from cpd.quizzes.rules.marking import mark_case


@dataclass(frozen=True)
class ObjectiveRow:
    """How often an objective is taught, practiced and examined."""

    id: str
    sections: int
    practice: int
    exam: int
    red_flags: int


def build_objective_rows(bundle: Bundle) -> list[ObjectiveRow]:
    """Count what covers each objective."""
    return [
        ObjectiveRow(
            id=objective.id,
            sections=sum(objective.id in section.file.objectives for section in bundle.sections),
            practice=sum(
                objective.id in case.file.objectives for case in bundle.cases_in_pool("practice")
            ),
            exam=sum(objective.id in case.file.objectives for case in bundle.cases_in_pool("exam")),
            red_flags=sum(
                objective.id in case.file.objectives and case.file.red_flag
                for case in bundle.cases_in_pool("exam")
            ),
        )
        for objective in bundle.course.file.objectives
    ]


@dataclass(frozen=True)
class HazardRow:
    """How often a hazard appears, and whether a case on it can be critical."""

    id: str
    decisions: tuple[str, ...]
    """What its signs call for, most urgent first."""
    practice: int
    exam: int
    critical: int
    """Exam cases in which some answer is critical."""
    is_emergency: bool
    """Whether all its signs, or a practice case that names it first, call for help now."""
    calls: int
    """Exam cases whose right answer is to call."""


def build_hazard_rows(bundle: Bundle) -> list[HazardRow]:
    """Count what covers each hazard card."""
    rows = []
    for card in bundle.hazards:
        exam = [case for case in bundle.cases_in_pool("exam") if card.slug in case.file.hazards]
        practice = [
            case for case in bundle.cases_in_pool("practice") if card.slug in case.file.hazards
        ]
        critical = sum(can_case_be_critical(bundle, case) for case in exam)
        rows.append(
            HazardRow(
                id=card.slug,
                decisions=tuple(word for word in reversed(Decision) if word in card.file.signs),
                practice=len(practice),
                exam=len(exam),
                critical=critical,
                is_emergency=set(card.file.signs) == {Decision.EMERGENCY.value}
                or any(
                    _does_case_ask_to_call_now(case) and case.file.hazards[0] == card.slug
                    for case in practice
                ),
                calls=sum(_does_case_ask_to_call_now(case) for case in exam),
            )
        )
    return rows


def _does_case_ask_to_call_now(case: CoursePart[CaseFile]) -> bool:
    """Return whether the right answer of some step is to call now."""
    return any(step.right_decision is Decision.EMERGENCY for step in case.file.steps)


@dataclass(frozen=True)
class PoolRow:
    """How many cases a pool holds; twins are cases of one family."""

    pool: str
    cases: int
    families: int
    red_flags: int


def build_pool_rows(bundle: Bundle) -> list[PoolRow]:
    """Count the cases of both pools."""
    return [
        PoolRow(
            pool,
            len(cases := bundle.cases_in_pool(pool)),
            len({case.file.family for case in cases}),
            sum(case.file.red_flag for case in cases),
        )
        for pool in ("practice", "exam")
    ]


def can_case_be_critical(bundle: Bundle, case: CoursePart[CaseFile]) -> bool:
    """Return whether some answer to a case is critical, so that it fails an exam."""
    built = bundle.built.get(case.slug)
    return built is not None and any(
        Danger.CRITICAL in (option.danger, option.danger_if_missed)
        for step in built.key.steps
        for option in step.options
    )


def unseen_attempt_counts(bundle: Bundle) -> dict[str, int]:
    """Return how many attempts with only unseen cases each part of the blueprint allows."""
    draw = bundle.exam.file.draw
    rule = DrawRule(draw.cases, draw.red_flags, dict(draw.per_objective))
    built = _built_exam_cases(bundle)
    pool = [build_pool_case(case.front, case.key) for case in built]
    return dict(count_unseen_attempts_by_part(pool, rule))


def _built_exam_cases(bundle: Bundle) -> list[BuiltCase]:
    return [
        bundle.built[case.slug]
        for case in bundle.cases_in_pool("exam")
        if case.slug in bundle.built
    ]


@dataclass(frozen=True)
class ConstantAnswerRow:
    """What always giving one answer would score over the whole pool."""

    answer: str
    """Its name, such as a decision."""
    score: Fraction
    """With a right answer to every other question."""
    right: int
    """Steps for which it is right."""
    critical: int
    """Cases in which it is a critical act: one of them fails an exam."""


def build_constant_answer_rows(bundle: Bundle) -> list[ConstantAnswerRow]:
    """Grade the exam pool as if the same answer were always given."""
    return [
        _build_constant_answer_row(bundle, kind, name)
        for kind in KINDS.values()
        for name in kind.constant_answers
    ]


def _build_constant_answer_row(bundle: Bundle, kind: Kind, name: str) -> ConstantAnswerRow:
    built = _built_exam_cases(bundle)
    constant = kind.constant_answers[name]
    marks = [
        mark_case(case.front, case.key, _build_answers_if_always_same(case.key, kind, constant))
        for case in built
    ]
    total = sum((mark.score for mark in marks), Fraction(0))
    steps = [step for case in built for step in case.key.steps if step.kind == kind.name]
    return ConstantAnswerRow(
        answer=name,
        score=total / len(marks) if marks else Fraction(0),
        right=sum(kind.mark_answer(step, constant).earned == 1 for step in steps),
        critical=sum(bool(mark.breaches) for mark in marks),
    )


def _build_answers_if_always_same(
    key: CaseKey, kind: Kind, constant: Answer
) -> dict[str, Answer | None]:
    """Give each step of one kind the same answer, and every other step a right one."""
    return {
        step.id: constant if step.kind == kind.name else best_answer_to_step(step)
        for step in key.steps
    }


def right_decision_counts(bundle: Bundle, pool: str) -> dict[str, int]:
    """Count how often each decision is the right one, over the decision steps of a pool."""
    right = Counter(
        step.right_decision for case in bundle.cases_in_pool(pool) for step in case.file.steps
    )
    return {decision.value: right[decision] for decision in Decision}


def right_decision_counts_by_follow_up(bundle: Bundle) -> dict[bool, Counter[str]]:
    """Count the right first decisions of the exam pool, with and without a question that follows.

    Learners see which of the two it is before they answer, because the answer may lock.
    """
    counts: dict[bool, Counter[str]] = {}
    for case in bundle.cases_in_pool("exam"):
        first = case.file.steps[0]
        if first.right_decision is not None:
            follows = any(leads_to != END for _, leads_to in first.answer_paths_and_targets)
            counts.setdefault(follows, Counter())[first.right_decision.value] += 1
    return counts


def case_text_before_answering(case: CoursePart[CaseFile]) -> str:
    """Return the text of a case that a learner reads before answering, one line for each part."""
    lines = [readability.extract_plain_text(case.body.html)]
    for position, step in enumerate(case.file.steps):
        facts = case.texts.get(("steps", position, "facts"))
        lines.extend([readability.extract_plain_text(facts.html)] if facts else [])
        lines.append(step.prompt)
        lines.extend(option.text for option in step.worded_options)
    return "\n".join(lines)


@dataclass(frozen=True)
class ReadingRow:
    """The words of a section, and separately those of its practice cases."""

    id: str
    is_required: bool
    words: int
    practice: int
    practice_words: int


def build_reading_rows(bundle: Bundle) -> list[ReadingRow]:
    """Count the words of each section and of its practice cases."""
    built: dict[str, list[BuiltCase]] = {section.slug: [] for section in bundle.sections}
    for case in bundle.cases_in_pool("practice"):
        if case.file.section in built and case.slug in bundle.built:
            built[case.file.section].append(bundle.built[case.slug])
    return [
        ReadingRow(
            id=section.slug,
            is_required=section.file.required,
            words=section.body.words,
            practice=len(built[section.slug]),
            practice_words=sum(case.words for case in built[section.slug]),
        )
        for section in bundle.sections
    ]


def compute_reading_credit(bundle: Bundle) -> ReadingCredit:
    """Return the credit for required reading, as the page of the course will show it."""
    required = [row for row in build_reading_rows(bundle) if row.is_required]
    return ReadingCredit(
        readability.build_reading_time(sum(row.words for row in required)),
        readability.build_reading_time(sum(row.practice_words for row in required)),
    )


def citing_file_names_by_reference(bundle: Bundle) -> dict[str, list[str]]:
    """Return the names of the files that cite each reference."""
    citing: dict[str, list[str]] = {}
    for part in bundle.course_and_parts:
        keys = {key for _, document in part.paths_and_rendered_texts for key in document.cites}
        keys.update(part.file.references if part.type == "hazard" else ())
        for key in sorted(keys):
            citing.setdefault(key, []).append(part.name)
    return citing


def citing_cases_by_reference(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """Return the practice cases that cite each reference, and how many exam cases do."""
    exam = {case.name for case in bundle.cases_in_pool("exam")}
    practice = {case.name: case.slug for case in bundle.cases_in_pool("practice")}
    return {
        key: {
            "practice": [practice[name] for name in names if name in practice],
            "exam": sum(name in exam for name in names),
        }
        for key, names in citing_file_names_by_reference(bundle).items()
    }


def build_statistics_of_kinds(bundle: Bundle) -> list[str]:
    """Return the sentences with statistics that each kind of answer has for its steps."""
    steps = [step for case in bundle.cases for step in case.file.steps]
    return [
        sentence
        for kind in step_file_schemas()
        for sentence in kind.build_statistics_sentences(steps)
    ]
