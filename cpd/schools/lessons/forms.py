"""Forms of lessons: preparing one, showing its cases, joining it and answering in it."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from cpd.accounts.validators import Line
from cpd.quizzes.queries import CaseText
from cpd.schools.lessons.models import LONGEST_TITLE
from cpd.web.forms import AlwaysSentField, Form, build_choice

MOST_CASES = 20


class LessonForm(Form):
    """What a lesson is called, and which cases it shows."""

    course = AlwaysSentField()
    title = StringField(
        _l("What is the lesson called?"),
        [InputRequired(_l("Enter a name for the lesson.")), Line(longest=LONGEST_TITLE)],
        description=_l("Your class sees this name, such as “Week 3: when to stop”."),
        render_kw={"autocomplete": "off"},
    )
    cases = SelectMultipleField(
        _l("Which cases do you want to show?"),
        [
            InputRequired(_l("Choose at least one case.")),
            Length(max=MOST_CASES, message=_l("Choose at most %(max)s cases.")),
        ],
    )

    def __init__(self, *args: object, offered: Iterable[CaseText], **kwargs: object) -> None:
        """Offer the practice cases of a course."""
        super().__init__(*args, **kwargs)
        self.cases.choices = [build_choice(text.front.id, text.front.title) for text in offered]


class OrderForm(Form):
    """Which case of a lesson moves, and to which place."""

    case = AlwaysSentField()
    to = AlwaysSentField()


class CopyLessonForm(Form):
    """For which class a lesson is copied."""

    class_id = AlwaysSentField()


class PlaceForm(Form):
    """Which case the class is to see, and whether with its answer."""

    place = AlwaysSentField()
    phase = AlwaysSentField()


class LiveAnswerForm(Form):
    """What a phone decides in a case."""

    place = AlwaysSentField()
    choice = StringField()
