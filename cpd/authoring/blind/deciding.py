"""A case as its reviewer sees it before their answer is locked: the front, and their answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from cpd.authoring.blind.models import Review
from cpd.cases.front import Answer, CaseFront, StepFront
from cpd.cases.path import steps_with_answers_on_path


@dataclass(frozen=True)
class BlindStep:
    """A step that is answered, and the answer in words."""

    step: StepFront
    answer: Answer


@dataclass(frozen=True)
class BlindCase:
    """A case without its key, as far as its reviewer has come."""

    front: CaseFront
    answered: tuple[BlindStep, ...]
    current_step: StepFront | None
    """The step to answer next; None at the end."""

    @property
    def ends_here(self) -> bool:
        """Whether the current question is the last one, whatever is answered."""
        step = self.current_step
        return step is None or not any(step.routes.values())


def build_blind_case(review: Review) -> BlindCase:
    """Return the case that a review is about, from the front alone."""
    return follow_answers(CaseFront.from_json(review.sent_text.front), review.answers)


def follow_answers(front: CaseFront, answers: Mapping[str, Answer]) -> BlindCase:
    """Follow a case along the answers given so far, by step."""
    walked = steps_with_answers_on_path(front, answers)
    return BlindCase(
        front=front,
        answered=tuple(BlindStep(step, answer) for step, answer in walked if answer),
        current_step=next((step for step, answer in walked if not answer), None),
    )
