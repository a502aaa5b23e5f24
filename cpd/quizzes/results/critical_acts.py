"""The critical acts of an attempt: what was seen, decided and ruled, and, once open, why."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cpd.cases.kinds.registry import asks_for_decision
from cpd.cases.scales import Decision
from cpd.content.languages import language_of_text, mark_language
from cpd.courses import outlines
from cpd.courses.models import Revision
from cpd.courses.rules.fronts.parts import SignGroup
from cpd.courses.rules.outline import HazardPart
from cpd.quizzes.attempts.delivery import AttemptCase
from cpd.quizzes.grading.models import Result
from cpd.quizzes.keys import find_rendered_keys


@dataclass(frozen=True)
class CriticalAct:
    """One critical decision, described without the key of its case.

    The case may come up again, so this says what was done, and never what would have been right.
    What its key says about the decision is here only once the answers are open.
    """

    title: str
    decision: str
    """The decision, by its stored name; empty where the step asked something else."""
    words: tuple[str, ...]
    cards: tuple[HazardPart, ...]
    """The cards of the case's safety topics: their rule says why."""
    passage: str
    """Where the course explains it: `section:slug#anchor`."""
    reason_html: str
    """What the decision could have done; empty while the answers are closed."""

    def signs_asking_for_more(self, card: HazardPart) -> tuple[SignGroup, ...]:
        """Return the signs of a card that forbid treating, and ask for more care than was taken."""
        scale = list(Decision)
        taken = scale.index(Decision(self.decision or Decision.PROCEED))
        return tuple(
            group
            for group in card.front.signs
            if not group.decision.treats_client and scale.index(group.decision) > taken
        )


def find_critical_acts(
    session: Session,
    version: Revision,
    cases: Sequence[AttemptCase],
    result: Result,
    *,
    is_review_open: bool,
) -> tuple[CriticalAct, ...]:
    """Return every critical act; `version` is the course as it was when the attempt began."""
    cards = {card.slug: card for card in outlines.load_outline(session, version).hazards}
    fronts = {case.front.id: case.front for case in cases}
    reasons = _find_reasons(session, cases, result) if is_review_open else {}
    acts = []
    for breach in (breach for case in result.detail["cases"] for breach in case["breaches"]):
        front = fronts[breach["case"]]
        step = front.step_by_id(breach["step"])
        acts.append(
            CriticalAct(
                title=front.title,
                decision=breach["option"] if asks_for_decision(step) else "",
                words=(step.option_by_id(breach["option"]).text,),
                cards=tuple(cards[h] for h in breach["hazards"] if h in cards),
                passage=front.passage,
                reason_html=reasons.get((breach["case"], breach["step"], breach["option"]), ""),
            )
        )
    return tuple(acts)


def _find_reasons(
    session: Session, cases: Sequence[AttemptCase], result: Result
) -> dict[tuple[str, str, str], str]:
    """Return what the keys say about the options of critical acts, by case, step and option."""
    breached = {mark["case"] for mark in result.detail["cases"] if mark["breaches"]}
    texts = [case.text for case in cases if case.front.id in breached]
    keys = find_rendered_keys(session, [text.id for text in texts]) if texts else {}
    return {
        (text.front.id, step.id, option.id): option.rationale_html
        for text in texts
        for step in mark_language(keys[text.id], language_of_text(text.front.title)).steps
        for option in step.options
    }
