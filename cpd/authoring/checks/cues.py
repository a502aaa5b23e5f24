"""The cue audit: how often the right answer can be guessed from the wording of cases alone.

A naive Bayes classifier guesses each answer without having seen the family of its case. What it
finds, learners can find: a word that stands mostly where one answer is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cpd.authoring.checks.naive_bayes import LabeledText, Model, Words, models_without_each_group
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import CoursePart
from cpd.cases.mark_table import DECISION_WORDS
from cpd.content import readability
from cpd.content.frontmatter import Path

FEWEST_QUESTIONS = 30
"""With fewer questions, a share says nothing."""
LIMIT = Fraction(15, 100)
"""How far the guesses may pass the baseline."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[;?!]")
"""A word; three punctuation marks count as words, because a habit of using them is a cue, too."""
_RIGHT, _WRONG = "right", "wrong"


@dataclass(frozen=True)
class Wording:
    """A text in a case file: the words of a stem or a plan by their key, or those of an option."""

    case: CoursePart[CaseFile]
    path: Path | None
    source: str
    """As it is written in the file."""
    text: LabeledText

    @property
    def label(self) -> str:
        """The right decision, or whether the option is right."""
        return self.text.label

    def needle_of_word(self, word: str) -> str:
        """Return the line of the source from a word on, or an empty string."""
        for found in _WORD.finditer(self.source):
            if _normalize_word(found.group()) == word:
                return self.source[found.start() :].partition("\n")[0]
        return ""


@dataclass(frozen=True)
class Cue:
    """A word that points to an answer."""

    word: str
    answer: str
    with_answer: tuple[Wording, ...]
    """The texts with the word for which the answer is right."""
    count: int
    """All texts with the word."""

    @property
    def sentence(self) -> str:
        """What the word gives away."""
        words = DECISION_WORDS.get(self.answer)
        answer = f"“{words}”" if words else f"the {self.answer} options"
        return f"“{self.word}” points to {answer} in {len(self.with_answer)} of {self.count}"


@dataclass(frozen=True)
class CueAudit:
    """What the classifier guesses from one kind of text."""

    name: str
    guessed: tuple[CoursePart[CaseFile], ...]
    """The case of each question that is guessed."""
    questions: int
    baseline: Fraction
    """The share that is guessed by somebody who reads nothing."""
    baseline_name: str
    """How: always the commonest answer, or chance."""
    cues: tuple[Cue, ...]
    """Every word that points to an answer; the one that gives most away comes first."""

    @property
    def has_enough_questions(self) -> bool:
        """Whether the audit says anything."""
        return self.questions >= FEWEST_QUESTIONS

    @property
    def share(self) -> Fraction:
        """The share of questions that are guessed."""
        return Fraction(len(self.guessed), max(self.questions, 1))

    @property
    def margin(self) -> Fraction:
        """How far the guesses pass the baseline."""
        return self.share - self.baseline

    @property
    def most_guesses(self) -> int:
        """How many questions may be guessed."""
        return int((self.baseline + LIMIT) * self.questions)

    @property
    def passes_limit(self) -> bool:
        """Whether the wording gives too much away."""
        return self.has_enough_questions and len(self.guessed) > self.most_guesses


def audit_cues(bundle: Bundle) -> tuple[CueAudit, ...]:
    """Guess the first decision from the stem and from the plan, and right options from options."""
    stems_and_plans = list(_stem_and_plan_wordings(bundle))
    return (
        _audit_decisions("stem", [stem for stem, _ in stems_and_plans]),
        _audit_decisions("plan", [plan for _, plan in stems_and_plans]),
        _audit_options("options", list(_option_wordings_by_question(bundle))),
    )


def split_words(text: str) -> Words:
    """Return the words of a text in lowercase, and the punctuation marks that count as words."""
    return tuple(map(_normalize_word, _WORD.findall(text)))


def _normalize_word(word: str) -> str:
    return word.lower().replace("’", "'")


def _stem_and_plan_wordings(bundle: Bundle) -> Iterator[tuple[Wording, Wording]]:
    """Yield the stem and the plan, its last paragraph, of each case that begins with a decision."""
    for case in bundle.cases:
        key = case.file.steps[0].right_decision
        if key is not None:
            stem, _, plan = readability.extract_plain_text(case.body.html).rpartition("\n")
            stem_source, _, plan_source = case.source.body.strip().rpartition("\n\n")
            _, _, after_label = plan.partition(":")
            yield (
                _build_wording(case, None, stem_source, stem, key.value),
                _build_wording(case, None, plan_source, after_label or plan, key.value),
            )


def _option_wordings_by_question(bundle: Bundle) -> Iterator[list[Wording]]:
    """Yield the options of each question with exactly one right option in the author's words."""
    for case in bundle.cases:
        for position, step in enumerate(case.file.steps):
            if step.right_option is not None:
                yield [
                    _build_wording(
                        case,
                        ("steps", position, "options", place, "text"),
                        option.text,
                        option.text,
                        _RIGHT if option is step.right_option else _WRONG,
                    )
                    for place, option in enumerate(step.worded_options)
                ]


def _build_wording(
    case: CoursePart[CaseFile], path: Path | None, source: str, text: str, label: str
) -> Wording:
    return Wording(case, path, source, LabeledText(label, split_words(text), case.file.family))


def _audit_decisions(name: str, wordings: Sequence[Wording]) -> CueAudit:
    models = dict(models_without_each_group([wording.text for wording in wordings]))
    labels = Counter(wording.label for wording in wordings)
    commonest = min(labels, key=lambda label: (-labels[label], label), default="")
    return CueAudit(
        name,
        guessed=tuple(
            wording.case
            for wording in wordings
            if _guess_label(models[wording.text.group], wording) == wording.label
        ),
        questions=len(wordings),
        baseline=Fraction(labels[commonest], max(len(wordings), 1)),
        baseline_name=f"always “{DECISION_WORDS[commonest]}”" if labels else "nothing",
        cues=tuple(find_cues(wordings)),
    )


def _audit_options(name: str, questions: Sequence[Sequence[Wording]]) -> CueAudit:
    wordings = [option for options in questions for option in options]
    models = dict(models_without_each_group([option.text for option in wordings]))
    chances = sum((Fraction(1, len(options)) for options in questions), Fraction(0))
    return CueAudit(
        name,
        guessed=tuple(
            options[0].case
            for options in questions
            if _guess_option(models[options[0].text.group], options).label == _RIGHT
        ),
        questions=len(questions),
        baseline=chances / max(len(questions), 1),
        baseline_name="by chance",
        cues=tuple(find_cues(wordings)),
    )


def _guess_label(model: Model, wording: Wording) -> str | None:
    """Return the label with the most weight; None if no other group has taught the model any."""
    weights = model.weigh_labels(wording.text.words)
    return max(weights, key=weights.__getitem__, default=None)


def _guess_option(model: Model, options: Sequence[Wording]) -> Wording:
    """Return the option that looks most like a right one.

    Learners see the options shuffled, so their place in the file must not decide between two.
    """

    def weigh_option(option: Wording) -> Fraction:
        weights = model.weigh_labels(option.text.words)
        return weights.get(_RIGHT, Fraction(0)) / weights.get(_WRONG, Fraction(1))

    return max(sorted(options, key=lambda option: option.source), key=weigh_option)


def find_cues(wordings: Sequence[Wording]) -> list[Cue]:
    """Return each word with an answer to which it points, the one that gives most away first."""
    labels = Counter(wording.label for wording in wordings)
    by_word: dict[str, list[Wording]] = {}
    for wording in wordings:
        for word in sorted(set(wording.text.words)):
            by_word.setdefault(word, []).append(wording)
    weighed: list[tuple[Fraction, Cue]] = []
    for word, with_word in by_word.items():
        for label, count in labels.items():
            with_both = tuple(wording for wording in with_word if wording.label == label)
            expected = Fraction(len(with_word) * count, len(wordings))
            if len(with_both) > expected:
                cue = Cue(word, label, with_both, len(with_word))
                weighed.append((_weigh_surplus(len(with_both), expected, len(with_word)), cue))
    weighed.sort(key=lambda pair: (-pair[0], pair[1].word, pair[1].answer))
    return [cue for _, cue in weighed]


def _weigh_surplus(found: int, expected: Fraction, count: int) -> Fraction:
    """Return chi-squared of a count, with one added to what is expected: few texts prove little."""
    return (found - expected) ** 2 * (1 / (expected + 1) + 1 / (count - expected + 1))
