"""The evaluation form as text, to show what learners are asked."""

from collections.abc import Iterable

from flask_babel import gettext as _
from wtforms import RadioField

from cpd.courses.rules.fronts.course import Objective
from cpd.evaluations.forms import build_form_class
from cpd.evaluations.rules.questions import SCALE, UNBIASED


def list_questions(objectives: Iterable[Objective]) -> list[tuple[str, str]]:
    """Return each question with its possible answers, for the objectives of a course version."""
    scale = _("%(low)s (not at all) to %(high)s (completely)", low=SCALE[0], high=SCALE[-1])
    own_words = _("in the learner’s own words")
    questions = []
    for field in build_form_class(objectives)():
        answers = own_words
        if isinstance(field, RadioField):
            chosen = " / ".join(str(option.label.text) for option in field)
            answers = chosen if field.name == UNBIASED else scale
        questions.append((str(field.label.text), answers))
    return questions
