"""What the kinds of answer that choose options from a list have in common."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from cpd.cases.front import ANY_OPTION, Answer, StepFront
from cpd.cases.key import StepKey
from cpd.cases.kinds.kind import BLANK, InvalidAnswerError, Kind, StepMark
from cpd.cases.scales import Danger


def chosen_option_ids(answer: Answer | None) -> tuple[str, ...]:
    """Return the ids of the chosen options; a blank has none."""
    if not answer:
        return ()
    if "choice" in answer:
        return (answer["choice"],)
    return tuple(answer["choices"])


def refuse_unknown_options(step: StepFront, values: Sequence[str]) -> None:
    """Raise InvalidAnswerError unless all values are options; the message repeats no value."""
    if not set(values) <= set(step.option_ids):
        raise InvalidAnswerError(
            "That is not one of the answers to this question. Reload the page and choose again."
        )


class Choice(Kind):
    """A kind whose answer is chosen from a list."""

    def chosen_texts(self, step: StepFront, answer: Answer | None) -> list[str]:
        """Return the options' texts, in the author's order."""
        picked = set(chosen_option_ids(answer))
        for option_id in picked:
            step.option_by_id(option_id)
        return [option.text for option in step.options if option.id in picked]


class OneChoice(Choice):
    """A kind whose answer is exactly one option."""

    ask: ClassVar[str]
    """The error message when nothing was chosen."""

    def parse_answer(self, step: StepFront, values: Sequence[str]) -> Answer:
        """Parse exactly one option."""
        refuse_unknown_options(step, values)
        if not values:
            raise InvalidAnswerError(self.ask)
        if len(values) > 1:
            raise InvalidAnswerError(
                "This question takes one answer, but more than one was sent. Choose one."
            )
        return {"choice": values[0]}

    def mark_answer(self, key: StepKey, answer: Answer | None) -> StepMark:
        """Return the marks and danger of the one option that was chosen."""
        picked = chosen_option_ids(answer)
        if not picked:
            return BLANK
        (option_id,) = picked
        option = key.option_by_id(option_id)
        dangerous = () if option.danger is Danger.SAFE else picked
        return StepMark(
            earned=option.marks,
            danger=option.danger,
            chosen=picked,
            dangerous_options=dangerous,
        )

    def next_step_id_or_none(self, step: StepFront, answer: Answer | None) -> str | None:
        """Return the id of the step that the chosen option leads to, if any."""
        picked = chosen_option_ids(answer)
        if not picked:
            return None
        (option_id,) = picked
        return step.routes.get(option_id, step.routes.get(ANY_OPTION))

    def possible_answers_with_marks(self, key: StepKey) -> Iterable[tuple[Answer, StepMark]]:
        """Return every option with its mark."""
        answers: list[Answer] = [{"choice": option.id} for option in key.options]
        return [(answer, self.mark_answer(key, answer)) for answer in answers]
