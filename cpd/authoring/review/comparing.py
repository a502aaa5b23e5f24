"""What a reviewer sees once the key is open: both answers, the sources, and what changed."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.authoring.blind.models import Review
from cpd.authoring.review import actions, queries
from cpd.authoring.review.places import list_places_of_case, list_places_of_text
from cpd.cases.front import Answer, CaseFront, StepFront
from cpd.cases.key import CaseKey, StepKey
from cpd.cases.kinds.registry import KINDS
from cpd.cases.path import steps_with_answers_on_path
from cpd.content.placeholders import fill_citations
from cpd.courses.rules.fronts.reference import ReferenceFront
from cpd.web.country import fill_token_of_reader


@dataclass(frozen=True)
class ComparedStep:
    """A question, the reviewer's answer, and the key."""

    step: StepFront
    answer: Answer
    key: StepKey
    is_alike: bool


@dataclass(frozen=True)
class ChangedLine:
    """A line of the file that was removed or added since the reviewer answered."""

    is_added: bool
    text: str


@dataclass(frozen=True)
class Comparison:
    """Everything that the page with the open key shows."""

    review: Review
    text: str
    stem_html: str
    steps: Sequence[ComparedStep]
    sources: Sequence[ReferenceFront]
    changes: Sequence[ChangedLine]
    may_sign: bool
    places: Sequence[tuple[str, str]]

    @property
    def is_other_key(self) -> bool:
        """Whether the key is not the one that the reviewer answered blind."""
        review = self.review
        answered = review.answered_text
        return answered is not None and answered.key_hash != review.sent_text.key_hash

    @property
    def is_alike(self) -> bool:
        """Whether the answers were the key's."""
        return all(step.is_alike for step in self.steps)


def find_comparison(session: Session, review: Review) -> Comparison | None:
    """Return what to show with the open key; None while the key is closed."""
    sent = review.sent_text
    opened = queries.find_opened_key(session, review)
    if opened is None:
        return None
    front = CaseFront.from_json(sent.front) if sent.has_key else None
    before = queries.find_answered_text(session, review)
    return Comparison(
        review=review,
        text=opened.text,
        stem_html=front.stem_html if front else "",
        steps=_compare_steps(review, front, opened.key) if front and opened.key else [],
        sources=opened.sources,
        changes=list_changed_lines(before, opened.text) if before is not None else [],
        may_sign=actions.may_sign(queries.find_reviews_of_file(session, review.draft), review),
        places=list_places_of_case(front) if front else list_places_of_text(opened.text),
    )


def _compare_steps(review: Review, front: CaseFront, key: CaseKey) -> list[ComparedStep]:
    """Return the questions that were answered; all of them where the key is another one now."""
    if review.answered_text is None or review.answered_text.key_hash != review.sent_text.key_hash:
        return [ComparedStep(s, {}, key.step_by_id(s.id), is_alike=False) for s in front.steps]
    return [
        _compare_step(step, answer, key.step_by_id(step.id))
        for step, answer in steps_with_answers_on_path(front, review.answers)
        if answer
    ]


def _compare_step(step: StepFront, answer: Answer, key: StepKey) -> ComparedStep:
    mark = KINDS[step.kind].mark_answer(key, answer)
    return ComparedStep(step, answer, key, is_alike=mark.earned == 1)


def list_changed_lines(before: str, after: str) -> list[ChangedLine]:
    """Return the lines of a file that were removed and added, in order."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [ChangedLine(line[0] == "+", line[2:]) for line in lines if line[0] in "+-"]


def build_citation_filler(sources: Sequence[ReferenceFront]) -> "CitationFiller":
    """Return what turns stored HTML into a page's, with the numbers of these sources."""
    return CitationFiller({source.key: n for n, source in enumerate(sources, start=1)})


@dataclass(frozen=True)
class CitationFiller:
    """Fills citations with the numbers of the sources listed below."""

    numbers: dict[str, int]

    def __call__(self, html: str) -> Markup:
        """Return stored HTML as the page shows it."""
        return fill_citations(html, self._format_number, local=fill_token_of_reader)[0]

    def _format_number(self, _number: int, key: str) -> str:
        number = self.numbers.get(key)
        return f" [{number}]" if number else ""
