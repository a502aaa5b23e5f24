"""What the cases of a course cover, and what they leave out."""

from collections.abc import Iterator

from cpd.authoring.checks import numbers
from cpd.authoring.files.bundle import Bundle
from cpd.content.frontmatter import Fault

UNSEEN_ATTEMPTS = 3
PRACTICE_CASES = 2


def objectives_covered(bundle: Bundle) -> Iterator[Fault]:
    """Each objective is taught, practiced and examined."""
    for row in numbers.build_objective_rows(bundle):
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
            place = [objective.id for objective in bundle.course.file.objectives].index(row.id)
            yield bundle.course.build_fault(
                ("objectives", place, "id"),
                f"The objective '{row.id}' has no {' and no '.join(missing)}.",
                "Write one, or remove the objective.",
            )


def hazards_covered(bundle: Bundle) -> Iterator[Fault]:
    """Each card has a case, and one with critical exam cases has a practice case, too."""
    cards = {card.slug: card for card in bundle.hazards}
    for row in numbers.build_hazard_rows(bundle):
        card = cards[row.id]
        if not row.practice and not row.exam:
            yield card.build_fault(("id",), "No case is about this card.", "Write one.")
        elif row.critical and not row.practice:
            yield card.build_fault(
                ("id",),
                "An exam case on it can be critical, but there is no practice case to return to.",
                "Write a practice case on this hazard.",
            )


def emergencies_examined(bundle: Bundle) -> Iterator[Fault]:
    """An emergency topic has an exam case in which calling for help is right."""
    cards = {card.slug: card for card in bundle.hazards}
    for row in numbers.build_hazard_rows(bundle):
        if row.is_emergency and not row.calls:
            yield cards[row.id].build_fault(
                ("signs", "emergency"),
                "This is an emergency, but in no exam case on it is calling the right answer.",
                "Write one.",
            )


def sections_have_practice_cases(bundle: Bundle) -> Iterator[Fault]:
    """Each section has at least two practice cases."""
    for row, section in zip(numbers.build_reading_rows(bundle), bundle.sections, strict=True):
        if row.practice < PRACTICE_CASES:
            yield section.build_fault(
                ("id",),
                f"Practice cases in this section: {row.practice}; the goal is {PRACTICE_CASES}.",
                "Write another.",
            )


def enough_unseen_attempts(bundle: Bundle) -> Iterator[Fault]:
    """The pool is large enough for three attempts without repeated cases."""
    for part, count in numbers.unseen_attempt_counts(bundle).items():
        if count < UNSEEN_ATTEMPTS:
            yield bundle.exam.build_fault(
                ("draw",),
                f"Unseen tries ({part}): the pool allows {count}; the goal is {UNSEEN_ATTEMPTS}.",
                "Add cases.",
            )
