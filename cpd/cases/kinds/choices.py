"""Functions shared by the kinds of answer that choose options from a list."""

from collections.abc import Sequence

from cpd.cases.front import ANY_OPTION, Answer, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import BLANK, InvalidAnswerError, StepMark
from cpd.cases.scales import Danger


def chosen(answer: Answer | None) -> tuple[str, ...]:
    """Return the ids of the chosen options; a blank has none."""
    if not answer:
        return ()
    if "choice" in answer:
        return (answer["choice"],)
    return tuple(answer["choices"])


def chosen_texts(step: StepFront, answer: Answer | None) -> list[str]:
    """Return the options' texts, in the author's order."""
    picked = set(chosen(answer))
    for option_id in picked:
        step.option(option_id)
    return [option.text for option in step.options if option.id in picked]


def refuse_unknown_options(step: StepFront, values: Sequence[str]) -> None:
    """Raise InvalidAnswerError unless all values are options; the message repeats no value."""
    if not set(values) <= set(step.option_ids):
        raise InvalidAnswerError(
            "That is not one of the answers to this question. Reload the page and choose again."
        )


def parse_one(step: StepFront, values: Sequence[str], *, ask: str) -> Answer:
    """Parse exactly one option; `ask` is the error message when there is none."""
    refuse_unknown_options(step, values)
    if not values:
        raise InvalidAnswerError(ask)
    if len(values) > 1:
        raise InvalidAnswerError(
            "This question takes one answer, but more than one was sent. Choose one."
        )
    return {"choice": values[0]}


def mark_one(key: StepKey, answer: Answer | None) -> StepMark:
    """Return the marks and danger of the one option that was chosen."""
    picked = chosen(answer)
    if not picked:
        return BLANK
    (option_id,) = picked
    option = key.option(option_id)
    dangerous = () if option.danger is Danger.SAFE else picked
    return StepMark(
        earned=option.marks,
        danger=option.danger,
        chosen=picked,
        dangerous_options=dangerous,
    )


def next_after_one(step: StepFront, answer: Answer | None) -> str | None:
    """Return the id of the step that the chosen option leads to, if any."""
    picked = chosen(answer)
    if not picked:
        return None
    (option_id,) = picked
    return step.routes.get(option_id, step.routes.get(ANY_OPTION))


def outcomes_of_one(key: StepKey) -> list[tuple[Answer, StepMark]]:
    """Return every option with its mark."""
    answers: list[Answer] = [{"choice": option.id} for option in key.options]
    return [(answer, mark_one(key, answer)) for answer in answers]


def never_turned_away(key: StepKey, mark: StepMark) -> bool:
    """Return False: this kind of question does not ask whether to treat the client."""
    del key, mark
    return False
