"""The path that answers take through a case, and the steps that a learner may see."""

from collections.abc import Collection, Mapping

from cpd.cases.front import Answer, CaseFront, StepFront
from cpd.cases.kinds.registry import KINDS


def steps_with_answers_on_path(
    front: CaseFront, answers: Mapping[str, Answer | None]
) -> list[tuple[StepFront, Answer | None]]:
    """Return the steps that the answers reach, in order, up to a blank or the end of the case."""
    walked: list[tuple[StepFront, Answer | None]] = []
    step: StepFront | None = front.first_step
    while step is not None and len(walked) < len(front.steps):
        answer = answers.get(step.id) or None
        walked.append((step, answer))
        step = step_after_answer_or_none(front, step.id, answer)
    return walked


def step_after_answer_or_none(
    front: CaseFront, step_id: str, answer: Answer | None
) -> StepFront | None:
    """Return the step that an answer leads to; None at the end of the case and after a blank."""
    step = front.step_by_id(step_id)
    following = KINDS[step.kind].next_step_id_or_none(step, answer)
    return front.step_by_id(following) if following is not None else None


def steps_shown_to_learner(
    front: CaseFront, answers: Mapping[str, Answer | None], *, locked: Collection[str]
) -> list[StepFront]:
    """Return the steps a learner may see: the first, and what follows each locked one."""
    shown = []
    for step, _ in steps_with_answers_on_path(front, answers):
        shown.append(step)
        if step.id not in locked:
            break
    return shown


def step_locks_its_answer(step: StepFront) -> bool:
    """Return whether moving on from a step locks its answer, so that the page asks first.

    It is the same for all options of the step, so as not to reveal which of them lead on.
    """
    return any(following is not None for following in step.routes.values())
