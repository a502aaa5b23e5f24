"""Patterns that give the answers of an exam away."""

import re
from collections.abc import Iterator

from cpd.authoring.checks import cues, numbers
from cpd.authoring.files.bundle import Bundle
from cpd.content.frontmatter import Fault
from cpd.kernel.percentages import format_percent

FEW_CASES = 8
"""With fewer cases there is no pattern to learn."""
CUES_SHOWN = 5
"""The warnings name so many words of each kind of text; the next check names the next ones."""
_PRESUMES = re.compile(
    r"\b(?:on the phone|the call|call handler|crew|ambulance|until help|after the session)\b",
    re.IGNORECASE,
)


def follow_ups_fit_every_answer(bundle: Bundle) -> Iterator[Fault]:
    """The text after a question of the exam must fit every answer to it."""
    for case in bundle.cases_in_pool("exam"):
        for position, step in enumerate(case.file.steps[1:], 1):
            for key in ("when", "facts", "prompt"):
                giveaway = _PRESUMES.search(getattr(step, key) or "")
                if giveaway:
                    yield case.build_fault(
                        ("steps", position, key),
                        f"'{giveaway.group()}' gives away the answer to the previous question.",
                        "Word it so that it fits every answer, such as 'After your decision'.",
                    )


def follow_ups_tell_no_key(bundle: Bundle) -> Iterator[Fault]:
    """Whether another question follows must not reveal which decision is right."""
    for follows, keys in numbers.right_decision_counts_by_follow_up(bundle).items():
        decision, count = keys.most_common(1)[0]
        if keys.total() >= FEW_CASES and count * 2 > keys.total():
            yield bundle.exam.build_fault(
                ("draw",),
                f"Where {'another' if follows else 'no other'} question follows, '{decision}' is "
                f"right in {count} of {keys.total()} exam cases: that alone gives it away.",
                "Add a second question to some cases, or take it from others.",
            )


def no_constant_answer_passes(bundle: Bundle) -> Iterator[Fault]:
    """Always giving the same answer fails, even the most cautious one."""
    for row in numbers.build_constant_answer_rows(bundle):
        if row.score >= bundle.exam.file.pass_mark and not row.critical:
            yield bundle.exam.build_fault(
                ("pass_mark",),
                f"Always answering '{row.answer}', with every other question right, scores "
                f"{format_percent(row.score)}: a pass.",
                "Add cases with a different right answer.",
            )


def wording_tells_no_key(bundle: Bundle) -> Iterator[Fault]:
    """The words of stems, plans and options must not tell which answer is right."""
    for audit in cues.audit_cues(bundle):
        for cue in audit.cues[:CUES_SHOWN] if audit.passes_limit else ():
            wording = cue.with_answer[0]
            yield wording.case.build_fault(
                wording.path,
                f"{cue.sentence} texts. From the {audit.name} alone, {len(audit.guessed)} of "
                f"{audit.questions} answers are guessed; the limit is {audit.most_guesses}.",
                "Use the word where other answers are right too, or say it another way here.",
                wording.needle_of_word(cue.word),
            )


def options_punctuated_alike(bundle: Bundle) -> Iterator[Fault]:
    """A semicolon in only some of a question's options sets them apart."""
    for case in bundle.cases:
        for position, step in enumerate(case.file.steps):
            places = [
                place for place, option in enumerate(step.worded_options) if ";" in option.text
            ]
            if 0 < len(places) < len(step.worded_options):
                yield case.build_fault(
                    ("steps", position, "options", places[0], "text"),
                    f"A semicolon is in {len(places)} of {len(step.worded_options)} options.",
                    "Punctuate all options of a question alike.",
                    ";",
                )
