"""The forms of the case bank: what to look for, and the cases that were chosen."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SearchField, SelectField

from cpd.authoring.bank.choices import WrittenCourse
from cpd.authoring.bank.labels import AGES, DANGERS, FLAGS, STATES, render_names_of_kinds
from cpd.cases.labels import DECISIONS
from cpd.web.forms import Form, ValuesField, build_choice

MOST_CHOSEN = 100
_TELLS_KEYS = _l(
    "If you filter by this, you see something of the right answers of the cases that are listed, "
    "and those cases will never come up in an exam that you take."
)


def _offer(words: Mapping[Any, Any]) -> list[Any]:
    return [build_choice("", _l("Any")), *(build_choice(str(v), w) for v, w in words.items())]


class FilterForm(Form):
    """What somebody looks for in the case bank."""

    words = SearchField(_l("Words in the case"))
    course = SelectField(_l("Course"), default="")
    state = SelectField(_l("State"), default="", choices=_offer(STATES))
    decision = SelectField(
        _l("Right decision"),
        default="",
        description=_TELLS_KEYS,
        choices=_offer({value: label.words for value, label in DECISIONS.items()}),
    )
    hazard = SelectField(_l("Safety topic"), default="")
    objective = SelectField(_l("Objective"), default="")
    danger = SelectField(
        _l("Has an answer that is"),
        default="",
        description=_TELLS_KEYS,
        choices=_offer(DANGERS),
    )
    kind = SelectField(_l("Asks for"), default="")
    source = SearchField(_l("Cites a source (author, title or year)"))
    age = SelectField(_l("Changed"), default="", choices=_offer(AGES))
    flag = SelectField(_l("Needs attention"), default="", choices=_offer(FLAGS))

    def offer_choices(self, courses: Sequence[WrittenCourse]) -> None:
        """Offer the kinds of answer, and the courses with their objectives and safety topics."""
        self.kind.choices = _offer(render_names_of_kinds())
        self.course.choices = _offer({course.row.slug: course.title for course in courses})
        self.hazard.choices = _offer_by_course(
            (course, id_, title) for course in courses for id_, title in course.hazards.items()
        )
        self.objective.choices = _offer_by_course(
            (course, one.id, one.text) for course in courses for one in course.objectives
        )


def _offer_by_course(values: Iterable[tuple[WrittenCourse, str, str]]) -> list[Any]:
    """Offer values below the title of the course that each belongs to."""
    return [
        build_choice("", _l("Any")),
        *(
            build_choice(f"{course.row.slug}/{id_}", words, group=str(course.title))
            for course, id_, words in values
        ),
    ]


class ChosenForm(Form):
    """The cases whose boxes are checked, by the public ids of documents and drafts."""

    document = ValuesField(at_most=MOST_CHOSEN)
