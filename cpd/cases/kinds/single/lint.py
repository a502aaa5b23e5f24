"""Rules of item writing for a question with one answer: what gives the right option away."""

import re
from collections.abc import Iterator

from cpd.cases.kinds.kind import Mistake
from cpd.cases.kinds.step_file import WordedOption, WordedStep

LONGER = 3, 2
"""A right option 3/2 as long as the longest wrong one gives itself away."""
_CUE = re.compile(r"[^\W\d_]{6,}")


def right_option_not_longest(step: WordedStep, _stem: str) -> Iterator[Mistake]:
    """A right option much longer than the others gives itself away."""
    numerator, denominator = LONGER
    right, wrong = _split_right_and_wrong_options(step)
    length, longest = len(right.text), max(len(option.text) for option in wrong)
    if length * denominator >= longest * numerator:
        yield Mistake(
            f"The right option has {length} characters, and the longest other has {longest}.",
            "Shorten it, or give the others as much detail.",
            ("options", right.id, "text"),
        )


def no_cue_shared_with_right_option(step: WordedStep, stem: str) -> Iterator[Mistake]:
    """A word that only the stem and the right option share points to it."""
    right, wrong = _split_right_and_wrong_options(step)
    elsewhere = set[str]().union(*(_cue_words(option.text) for option in wrong))
    shared = sorted((_cue_words(right.text) & _cue_words(stem)) - elsewhere)
    if shared:
        yield Mistake(
            f"'{shared[0]}' is only in the stem and in the right option.",
            "Use another word, or use it in a wrong option too.",
            ("options", right.id, "text"),
        )


def _split_right_and_wrong_options(step: WordedStep) -> tuple[WordedOption, list[WordedOption]]:
    right = next(option for option in step.options if option.correct)
    return right, [option for option in step.options if not option.correct]


def _cue_words(text: str) -> set[str]:
    return {word.casefold() for word in _CUE.findall(text)}


LINT_RULES = (right_option_not_longest, no_cue_shared_with_right_option)
