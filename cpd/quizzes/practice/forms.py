"""The shape of an answer to a practice case."""

from flask_babel import gettext as _
from wtforms import StringField

from cpd.cases.front import CaseFront
from cpd.cases.kinds.kind import InvalidAnswerError
from cpd.quizzes.practice.models import Confidence
from cpd.web.forms import AlwaysSentField, Form, ValuesField

MOST_CHOICES = 20


class PracticeForm(Form):
    """Answers a step of a practice case.

    `again` is set when the case was restarted, and `own_page` when it is not answered among the
    cases of its section. `opens` names the section that it opens.
    """

    step = AlwaysSentField()
    choice = ValuesField(at_most=MOST_CHOICES)
    again = StringField()
    own_page = StringField()
    opens = StringField()
    confidence = StringField()

    def parse_confidence(self) -> Confidence | None:
        """Return how sure the learner says they are; raises InvalidAnswerError for another word."""
        try:
            return Confidence(self.confidence.data) if self.confidence.data else None
        except ValueError as fault:
            message = _("Choose one of the three answers to “How sure are you?”, or none.")
            raise InvalidAnswerError(message) from fault


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
