"""What is worth a second look: warnings with their reason; none of them blocks publishing.

The rules of item writing are those of the NBME guide as far as software can see them; a warning is
a hint to read again, not a verdict.
"""

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cpd.authoring.checks import numbers
from cpd.authoring.checks.faults import Rule, option_texts
from cpd.authoring.files.bundle import Bundle, Part
from cpd.authoring.files.case import step_files
from cpd.cases.kinds.step_file import LintRule
from cpd.content import measure
from cpd.content.boxes import MONDAY
from cpd.content.frontmatter import Fault

SECTION_GRADE, CASE_GRADE = 9, 8
"""US school grades that course prose, and stems and options, should not pass."""
SECTION_MINUTES = 8
UNSEEN_TRIES = 3
PRACTICE_CASES = 2
FEW_CASES = 8
"""Of fewer cases nobody can learn a pattern."""
_REVIEW_YEARS = timedelta(days=3 * 366)
_NEGATIVE = re.compile(r"\b(?:not|except|least likely|incorrect|false)\b|n['’]t\b", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"\b(?:always|never|completely|totally|impossible|guaranteed?|certainly|in every case)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:usually|rarely|often|frequently|occasionally|generally|typically)\b", re.IGNORECASE
)
_PRESUMES = re.compile(
    r"\b(?:on the phone|the call|call handler|crew|ambulance|until help|after the session)\b",
    re.IGNORECASE,
)


def plan_in_stem(bundle: Bundle) -> Iterator[Fault]:
    """Go ahead and change the plan differ only when there is a plan."""
    for case in bundle.cases:
        is_decision = case.file.steps[0].right_decision is not None
        last = case.source.body.strip().rpartition("\n\n")[2]
        if is_decision and "plan" not in last.casefold():
            yield case.fault(
                None,
                "The stem does not end with today's plan.",
                "End it with such as '**Plan:** 40 minutes, light pressure, cool room.'",
                last.partition("\n")[0],
            )


def no_negative_prompts(bundle: Bundle) -> Iterator[Fault]:
    """A question that asks for what is not so is misread under stress."""
    for case in bundle.cases:
        for position, step in enumerate(case.file.steps):
            if _NEGATIVE.search(step.prompt):
                yield case.fault(
                    ("steps", position, "prompt"),
                    "The prompt asks negatively.",
                    "Ask for what to do.",
                )


def no_absolutes(bundle: Bundle) -> Iterator[Fault]:
    """Options with "always" or "never" are known to be wrong without reading the case."""
    yield from _option_words(bundle, _ABSOLUTE, "is absolute, and so looks wrong")


def no_vague_frequency(bundle: Bundle) -> Iterator[Fault]:
    """Readers differ on what "usually" means."""
    yield from _option_words(bundle, _VAGUE, "means a different number to each reader")


def readable_sections(bundle: Bundle) -> Iterator[Fault]:
    """Course prose stays at grade 9 or below, what describes a figure too."""
    prose: tuple[Part[Any], ...] = (*bundle.sections, *bundle.figures)
    for part in prose:
        grade = measure.reading_grade(measure.plain_text(part.body.html))
        if grade is not None and grade > SECTION_GRADE:
            yield part.fault(
                None,
                f"The text reads at grade {grade}; {SECTION_GRADE} is the aim.",
                "Shorten sentences, and take shorter words where there are any.",
            )


def readable_cases(bundle: Bundle) -> Iterator[Fault]:
    """Stems and options stay at grade 8 or below."""
    for case in bundle.cases:
        grade = measure.reading_grade(numbers.case_text(case))
        if grade is not None and grade > CASE_GRADE:
            yield case.fault(
                None,
                f"Stem, facts and options read at grade {grade}; {CASE_GRADE} is the aim.",
                "Shorten sentences, and take shorter words where there are any.",
            )


def short_sections(bundle: Bundle) -> Iterator[Fault]:
    """A section is read between two clients: eight minutes at most."""
    for section in bundle.sections:
        time = measure.minutes(section.body.words)
        if time.exact > SECTION_MINUTES:
            yield section.fault(
                None, f"The section takes {time.arithmetic}.", "Split it into two sections."
            )


def objectives_covered(bundle: Bundle) -> Iterator[Fault]:
    """Each objective is taught, practised and examined."""
    for row in numbers.objectives(bundle):
        missing = [
            word
            for word, count in (
                ("section", row.sections),
                ("practice case", row.practice),
                ("exam case", row.exam),
            )
            if not count
        ]
        if missing:
            place = [one.id for one in bundle.course.file.objectives].index(row.id)
            yield bundle.course.fault(
                ("objectives", place, "id"),
                f"The objective '{row.id}' has no {' and no '.join(missing)}.",
                "Write one, or take the objective out.",
            )


def hazards_covered(bundle: Bundle) -> Iterator[Fault]:
    """Each card is met in a case, and what can be critical has a practice sibling."""
    cards = {card.slug: card for card in bundle.hazards}
    for row in numbers.hazards(bundle):
        card = cards[row.id]
        if not row.practice and not row.exam:
            yield card.fault(("id",), "No case is about this card.", "Write one.")
        elif row.critical and not row.practice:
            yield card.fault(
                ("id",),
                "An exam case on it can be critical, and there is no practice case to return to.",
                "Write a practice case on this hazard.",
            )


def emergencies_examined(bundle: Bundle) -> Iterator[Fault]:
    """A topic that is an emergency has an exam case in which calling is right."""
    cards = {card.slug: card for card in bundle.hazards}
    for row in numbers.hazards(bundle):
        if row.is_emergency and not row.calls:
            yield cards[row.id].fault(
                ("signs", "emergency"),
                "This is an emergency, and in no exam case on it calling is right.",
                "Write one.",
            )


def practice_in_sections(bundle: Bundle) -> Iterator[Fault]:
    """Each section has two practice cases at least."""
    for row, section in zip(numbers.reading(bundle), bundle.sections, strict=True):
        if row.practice < PRACTICE_CASES:
            yield section.fault(
                ("id",),
                f"Practice cases in this section: {row.practice}; {PRACTICE_CASES} is the aim.",
                "Write another.",
            )


def monday_in_sections(bundle: Bundle) -> Iterator[Fault]:
    """Each section says what to do on Monday."""
    for section in bundle.sections:
        if not any(heading.anchor == MONDAY for heading in section.body.headings):
            yield section.fault(
                None, "The section has no box for Monday.", "End it with '!!! monday' and a list."
            )


def follow_ups_fit_every_answer(bundle: Bundle) -> Iterator[Fault]:
    """What follows a question of the exam must not read as if one certain answer had been given."""
    for case in bundle.pool("exam"):
        for position, step in enumerate(case.file.steps[1:], 1):
            for key in ("when", "facts", "prompt"):
                found = _PRESUMES.search(getattr(step, key) or "")
                if found:
                    yield case.fault(
                        ("steps", position, key),
                        f"'{found.group()}' tells which answer to the question before was right.",
                        "Word it so that it fits every answer, such as 'After your decision'.",
                    )


def follow_ups_tell_no_key(bundle: Bundle) -> Iterator[Fault]:
    """Whether another question follows must not tell which decision is right."""
    for follows, keys in numbers.keys_by_follow_up(bundle).items():
        decision, count = keys.most_common(1)[0]
        if keys.total() >= FEW_CASES and count * 2 > keys.total():
            yield bundle.exam.fault(
                ("draw",),
                f"Where {'another' if follows else 'no other'} question follows, '{decision}' is "
                f"right in {count} of {keys.total()} exam cases: that alone gives it away.",
                "Add a second question to some cases, or take it from others.",
            )


def enough_unseen_tries(bundle: Bundle) -> Iterator[Fault]:
    """The pool is good for three tries in which nothing was seen before."""
    for cell, tries in numbers.tries(bundle).items():
        if tries < UNSEEN_TRIES:
            yield bundle.exam.fault(
                ("draw",),
                f"{cell}: the pool makes {tries} unseen tries; {UNSEEN_TRIES} is the aim.",
                "Add cases.",
            )


def no_constant_answer_passes(bundle: Bundle) -> Iterator[Fault]:
    """Whoever always gives one answer fails, the ever cautious included."""
    for row in numbers.constant_answers(bundle):
        if row.score >= bundle.exam.file.pass_mark and not row.critical:
            yield bundle.exam.fault(
                ("pass_mark",),
                f"Always answering '{row.answer}' scores {numbers.percent(row.score)}: a pass.",
                "Add cases whose right answer is another.",
            )


def retracted_marked(bundle: Bundle) -> Iterator[Fault]:
    """A retracted source in a section is shown struck through; it should be meant."""
    for section in bundle.sections:
        for key in section.body.cites:
            if bundle.status(key) == "retracted":
                yield section.fault(
                    None,
                    f"'{key}' is retracted and cited.",
                    "Say in the text that it was, or take it out.",
                    f"@{key}",
                )


def references_used(bundle: Bundle) -> Iterator[Fault]:
    """A reference that nothing cites is dead weight."""
    cited = numbers.cited_by(bundle)
    for reference in bundle.references:
        if not cited.get(reference.slug):
            yield reference.fault(("id",), "Nothing cites this reference.", "Cite or remove it.")


def figures_used(bundle: Bundle) -> Iterator[Fault]:
    """A figure that no page shows is seen by nobody."""
    shown = {str(link) for part in bundle.parts for link in part.body.links}
    for figure in bundle.figures:
        if figure.name not in shown:
            yield figure.fault(
                ("id",), "No page shows this figure.", f"Write ![]({figure.name}) or remove it."
            )


def ledger_in_order(bundle: Bundle) -> Iterator[Fault]:
    """The newest entry of a ledger holds, wherever it stands: a day out of order may be a slip."""
    for part in bundle.ledgers.values():
        for place, (before, entry) in enumerate(itertools.pairwise(part.entries), 1):
            if entry.on < before.on:
                yield Fault(
                    part.source.places.file,
                    part.source.places.line(("entries", place, "on")),
                    "The entry is older than the one before it.",
                    "Look at its day: the newest entry holds, wherever it stands.",
                )


def review_in_time(bundle: Bundle) -> Iterator[Fault]:
    """Accreditors ask for a review every three years at least."""
    file = bundle.course.file
    if file.expires - (file.reviewed or file.released) > _REVIEW_YEARS:
        yield bundle.course.fault(
            ("expires",),
            "The course runs more than three years without a review.",
            "Let it expire earlier.",
        )


WARNINGS: tuple[Rule, ...] = (
    plan_in_stem,
    no_negative_prompts,
    no_absolutes,
    no_vague_frequency,
    readable_sections,
    readable_cases,
    short_sections,
    objectives_covered,
    hazards_covered,
    emergencies_examined,
    practice_in_sections,
    monday_in_sections,
    follow_ups_fit_every_answer,
    follow_ups_tell_no_key,
    enough_unseen_tries,
    no_constant_answer_passes,
    retracted_marked,
    references_used,
    figures_used,
    ledger_in_order,
    review_in_time,
)
"""Every rule that warns; docs/users/writing-a-course.md lists them, and a test compares."""


KIND_WARNINGS: tuple[LintRule, ...] = tuple(
    rule for kind in step_files() for rule in kind.lint_rules
)
"""The rules that kinds of answer have for their own steps; the same page lists them."""


def warnings_of(bundle: Bundle) -> list[Fault]:
    """Apply every rule; sorted by file and line."""
    about_course = {warning for rule in WARNINGS for warning in rule(bundle)}
    return sorted(about_course | set(_warnings_of_kinds(bundle)))


def _warnings_of_kinds(bundle: Bundle) -> Iterator[Fault]:
    for case in bundle.cases:
        stem = measure.plain_text(case.body.html)
        for position, step in enumerate(case.file.steps):
            for mistake in (hint for rule in step.lint_rules for hint in rule(step, stem)):
                place = ("steps", position, *step.place_of(mistake))
                yield case.fault(place, mistake.message, mistake.remedy)


def _option_words(bundle: Bundle, pattern: re.Pattern[str], why: str) -> Iterator[Fault]:
    for case, path, text in option_texts(bundle):
        found = pattern.search(text)
        if found:
            yield case.fault(path, f"'{found.group()}' {why}.", "Say it another way.")
