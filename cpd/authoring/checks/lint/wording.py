"""Wording of cases and sections that is hard to read, or easy to misread."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cpd.authoring.checks import numbers
from cpd.authoring.checks.faults.questions import worded_option_texts
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.part import CoursePart
from cpd.authoring.files.section import SectionFile
from cpd.content import readability
from cpd.content.boxes import MONDAY
from cpd.content.frontmatter import Fault
from cpd.content.languages import language_needs_mark
from cpd.kernel.percentages import format_percent

SECTION_GRADES = 6, 9
"""The lowest and the highest US school grade for the running text of a section."""
FIGURE_GRADE, CASE_GRADE = 9, 8
"""The highest grades for descriptions of figures, and for stems with options."""
SENTENCE_WORDS = 13, 17
"""The lowest and the highest mean number of words in a sentence of a section."""
SHORT_SHARE = Fraction(1, 4)
"""The share of short sentences stays below this."""
FEWEST_SENTENCES = 20
"""In a section with fewer, a few sentences would decide."""
SECTION_MINUTES = 8
_NEGATIVE = re.compile(r"\b(?:not|except|least likely|incorrect|false)\b|n['’]t\b", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"\b(?:always|never|completely|totally|impossible|guaranteed?|certainly|in every case)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:usually|rarely|often|frequently|occasionally|generally|typically)\b", re.IGNORECASE
)


_PHOTO = re.compile(r"!\[.*\]\(media:[^)]*\)\s*$", re.DOTALL)
"""A picture, which may stand below the plan."""


def stem_names_plan(bundle: Bundle) -> Iterator[Fault]:
    """Going ahead and changing the plan differ only if the stem names a plan."""
    for case in bundle.cases:
        is_decision = case.file.steps[0].right_decision is not None
        texts = [it for it in case.source.body.strip().split("\n\n") if not _PHOTO.match(it)]
        last = texts[-1] if texts else ""
        if is_decision and "plan" not in last.casefold():
            yield case.build_fault(
                None,
                "The stem does not end with today's plan.",
                "End it with a line such as '**Plan:** 40 minutes, light pressure, cool room.'",
                last.partition("\n")[0],
            )


def no_negative_prompts(bundle: Bundle) -> Iterator[Fault]:
    """A negative question is misread under stress."""
    for case in bundle.cases:
        for position, step in enumerate(case.file.steps):
            if _NEGATIVE.search(step.prompt):
                yield case.build_fault(
                    ("steps", position, "prompt"),
                    "The prompt is a negative question.",
                    "Ask for what to do.",
                )


def no_absolutes_in_options(bundle: Bundle) -> Iterator[Fault]:
    """Options with "always" or "never" look wrong without reading the case."""
    yield from _faults_in_option_texts(bundle, _ABSOLUTE, "is absolute, so the option looks wrong")


def no_vague_frequency_in_options(bundle: Bundle) -> Iterator[Fault]:
    """Readers differ on what "usually" means."""
    yield from _faults_in_option_texts(bundle, _VAGUE, "means a different number to each reader")


def readable_sections(bundle: Bundle) -> Iterator[Fault]:
    """English sections read at grade 6 to 9, which is neither hard nor choppy."""
    lowest, highest = SECTION_GRADES
    for section, text in _sections_with_running_text(bundle):
        grade = readability.estimate_reading_grade(text)
        if grade is not None and not lowest <= grade <= highest:
            yield section.build_fault(
                None,
                f"The running text reads at grade {grade}; the goal is {lowest} to {highest}.",
                "Use shorter sentences and words."
                if grade > highest
                else "Join sentences that belong together, and use the exact word.",
            )


def sentences_of_good_length(bundle: Bundle) -> Iterator[Fault]:
    """The sentences of an English section have 13 to 17 words on average."""
    lowest, highest = SENTENCE_WORDS
    for section, text in _sections_with_running_text(bundle):
        mean = readability.measure_sentences(text).mean
        if not lowest <= mean <= highest:
            yield section.build_fault(
                None,
                f"A sentence has {mean} words on average; the goal is {lowest} to {highest}.",
                "Split long sentences."
                if mean > highest
                else "Join sentences with words such as because, so or which.",
            )


def few_short_sentences(bundle: Bundle) -> Iterator[Fault]:
    """Fewer than a quarter of an English section's sentences have fewer than eight words."""
    for section, text in _sections_with_running_text(bundle):
        share = readability.measure_sentences(text).short_share
        if share >= SHORT_SHARE:
            yield section.build_fault(
                None,
                f"{format_percent(share)} of the sentences have fewer than "
                f"{readability.SHORT_SENTENCE} words; the goal is less than "
                f"{format_percent(SHORT_SHARE)}.",
                "Join sentences that belong together.",
            )


def readable_figures(bundle: Bundle) -> Iterator[Fault]:
    """English descriptions of figures stay at grade 9 or below."""
    for figure in bundle.figures if is_in_english(bundle) else ():
        text = readability.extract_plain_text(figure.body.html)
        yield from _hard_to_read_faults(figure, text, "The text reads", goal=FIGURE_GRADE)


def readable_cases(bundle: Bundle) -> Iterator[Fault]:
    """English stems and options stay at grade 8 or below."""
    for case in bundle.cases if is_in_english(bundle) else ():
        text = numbers.case_text_before_answering(case)
        yield from _hard_to_read_faults(case, text, "Stem, facts and options read", goal=CASE_GRADE)


def short_sections(bundle: Bundle) -> Iterator[Fault]:
    """A section is read between two clients: eight minutes at most."""
    for section in bundle.sections:
        time = readability.build_reading_time(section.body.words)
        if time.exact_minutes > SECTION_MINUTES:
            yield section.build_fault(
                None, f"The section takes {time.arithmetic}.", "Split it into two sections."
            )


def sections_say_what_to_do_monday(bundle: Bundle) -> Iterator[Fault]:
    """Each section says what to do on Monday."""
    for section in bundle.sections:
        if not any(heading.anchor == MONDAY for heading in section.body.headings):
            yield section.build_fault(
                None, "The section has no box for Monday.", "End it with '!!! monday' and a list."
            )


def is_in_english(bundle: Bundle) -> bool:
    """Return whether the measures of readability, which are for English, apply to a course."""
    return not language_needs_mark(bundle.course.file.language)


def _sections_with_running_text(bundle: Bundle) -> Iterator[tuple[CoursePart[SectionFile], str]]:
    """Yield the sections of an English course that are long enough to measure, with their text."""
    for section in bundle.sections if is_in_english(bundle) else ():
        text = readability.extract_running_text(section.body.html)
        if readability.count_sentences(text) >= FEWEST_SENTENCES:
            yield section, text


def _hard_to_read_faults(
    part: CoursePart[Any], text: str, what_reads: str, *, goal: int
) -> Iterator[Fault]:
    grade = readability.estimate_reading_grade(text)
    if grade is not None and grade > goal:
        yield part.build_fault(
            None,
            f"{what_reads} at grade {grade}; the goal is {goal}.",
            "Use shorter sentences and words.",
        )


def _faults_in_option_texts(bundle: Bundle, pattern: re.Pattern[str], why: str) -> Iterator[Fault]:
    for case, path, text in worded_option_texts(bundle):
        word = pattern.search(text)
        if word:
            yield case.build_fault(path, f"'{word.group()}' {why}.", "Say it another way.")
