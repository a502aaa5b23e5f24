"""The shape of an answer to a practice case."""

from wtforms import StringField

from cpd.cases.front import CaseFront
from cpd.web.forms import AlwaysSentField, Form, ValuesField

MOST_CHOICES = 20


class PracticeForm(Form):
    """Answers a step of a practice case; `again` is set when the case was restarted."""

    step = AlwaysSentField()
    choice = ValuesField(at_most=MOST_CHOICES)
    again = StringField()


class OpenCaseForm(Form):
    """Answers a step of the open case, and carries the earlier answers, which are not stored."""

    step = AlwaysSentField()
    choice = ValuesField(at_most=MOST_CHOICES)

    def chosen_at_earlier_step(self, step_id: str) -> list[str]:
        """Return what was chosen at an earlier step."""
        return list(self[_name_of_carried_field(step_id)].data)


def build_open_case_form_class(case: CaseFront) -> type[OpenCaseForm]:
    """Return the form of the open case, with a field for the answer to each of its steps."""
    fields = {
        _name_of_carried_field(step.id): ValuesField(at_most=MOST_CHOICES) for step in case.steps
    }
    return type("OpenCaseStepsForm", (OpenCaseForm,), fields)


def _name_of_carried_field(step_id: str) -> str:
    return f"given-{step_id}"
