"""Every answer that applies, from a list: right choices add marks, wrong ones take them away."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from cpd.cases.front import ANY_OPTION, Answer, StepFront
from cpd.cases.key import OptionKey, StepKey
from cpd.cases.kinds.choices import Choice, chosen_option_ids, refuse_unknown_options
from cpd.cases.kinds.kind import BLANK, InvalidAnswerError, StepMark
from cpd.cases.kinds.multiple import sample
from cpd.cases.kinds.multiple.key import NAME
from cpd.cases.scales import Danger


class Multiple(Choice):
    """Every answer that applies, such as what to ask before the session."""

    name = NAME

    def build_example_step_and_key(self) -> tuple[StepFront, StepKey]:
        """Return the question what to ask before the session."""
        return sample.build_example_step_and_key()

    def parse_answer(self, step: StepFront, values: Sequence[str]) -> Answer | None:
        """Parse the selected options; none is a blank, which may be saved."""
        refuse_unknown_options(step, values)
        if len(set(values)) != len(values):
            raise InvalidAnswerError("One answer was sent twice. Select each answer at most once.")
        if not values:
            return None
        return {"choices": [option for option in step.option_ids if option in values]}

    def mark_answer(self, key: StepKey, answer: Answer | None) -> StepMark:
        """Add up the marks of the choices, never below 0; the worst mistake sets the danger."""
        picked = chosen_option_ids(answer)
        if not picked:
            return BLANK
        earned = sum((key.option_by_id(option_id).marks for option_id in picked), Fraction(0))
        dangers = {
            option.id: _danger_of_picking_or_leaving(option, picked=option.id in picked)
            for option in key.options
        }
        worst = max(dangers.values())
        at_worst = tuple(option_id for option_id, danger in dangers.items() if danger is worst)
        return StepMark(
            earned=max(earned, Fraction(0)),
            danger=worst,
            chosen=picked,
            dangerous_options=() if worst is Danger.SAFE else at_worst,
        )

    def next_step_id_or_none(self, step: StepFront, answer: Answer | None) -> str | None:
        """Return the one step that follows, whatever was chosen."""
        return step.routes.get(ANY_OPTION) if chosen_option_ids(answer) else None

    def possible_answers_with_marks(self, key: StepKey) -> Iterator[tuple[Answer, StepMark]]:
        """Yield the exact right answer, and those with one option too many or too few.

        These suffice: any further difference earns less, and all answers lead to the same step.
        """
        exact = set(key.correct_option_ids)
        for change in [set[str](), *({option.id} for option in key.options)]:
            picked = exact ^ change
            if picked:
                answer: Answer = {"choices": [o.id for o in key.options if o.id in picked]}
                yield answer, self.mark_answer(key, answer)


def _danger_of_picking_or_leaving(option: OptionKey, *, picked: bool) -> Danger:
    return option.danger if picked else option.danger_if_missed


multiple = Multiple()
