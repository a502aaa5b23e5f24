"""The form of an evaluation; its fields follow the objectives of the course version."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import AnyOf, Length, Optional

from cpd.courses.rules.fronts.course import Objective
from cpd.evaluations.models import LONGEST_COMMENT
from cpd.evaluations.rules.questions import (
    CLEAR,
    NO,
    SCALE,
    UNBIASED,
    USEFUL,
    YES,
    objective_question_name,
)
from cpd.web.forms import Form, build_choice, clean_multiline_text


def _make_rating_field(
    question: str, label: Any, words: Mapping[int, Any] | None = None
) -> RadioField:
    texts = words or {value: str(value) for value in SCALE}
    return RadioField(
        label,
        [Optional(), AnyOf([str(value) for value in texts], _l("Choose one of the answers."))],
        choices=[build_choice(str(value), text) for value, text in texts.items()],
        validate_choice=False,  # choosing nothing is allowed; AnyOf checks the rest
        name=question,
        id=question.replace(":", "-"),
    )


class EvaluationForm(Form):
    """The questions for every course; build_form_class adds those for the objectives."""

    clear = _make_rating_field(CLEAR, _l("The course was clear."))
    useful = _make_rating_field(USEFUL, _l("It is useful for my work."))
    unbiased = _make_rating_field(
        UNBIASED,
        _l("Was the course free of commercial bias?"),
        {YES: _l("Yes"), NO: _l("No, it seemed to sell something")},
    )
    comment = TextAreaField(
        _l("What would you change?"),
        [Length(max=LONGEST_COMMENT, message=_l("Use at most 2,000 characters."))],
        filters=[clean_multiline_text],
        description=_l("Do not name a client or mention anyone’s health."),
        render_kw={"rows": 5},
    )

    @property
    def ratings(self) -> dict[str, int]:
        """The questions that were answered, each with its value."""
        return {
            field.name: int(field.data)
            for field in self
            if isinstance(field, RadioField) and field.data
        }


def build_form_class(objectives: Iterable[Objective]) -> type[EvaluationForm]:
    """Return the form for the objectives of a course version, one question each."""
    questions = {
        f"objective_{number}": _make_rating_field(
            objective_question_name(objective.id), objective.text
        )
        for number, objective in enumerate(objectives)
    }
    return type("CourseEvaluationForm", (EvaluationForm,), questions)
