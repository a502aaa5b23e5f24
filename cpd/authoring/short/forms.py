"""The forms of the short way: a case, a twin, a source. Every label is a plain question."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from cpd.authoring.short.case_text import EXAM, PRACTICE
from cpd.cases.labels import DECISIONS
from cpd.web.forms import Form, ValuesField, build_choice, clean_multiline_text

LONGEST_ANSWER = 3000
LONGEST_LINE = 200
NO_CARD = "-"
"""What is chosen where no card fits."""
FIND, MAKE = "find", "make"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_DECISIONS = [build_choice(value, label.words) for value, label in DECISIONS.items()]
SOURCE_TYPES = {
    "guideline": _l("A guideline or an official page"),
    "charity": _l("A page from a charity"),
    "manufacturer": _l("A manufacturer’s leaflet"),
    "review": _l("A review of studies"),
    "meta-analysis": _l("A meta-analysis"),
    "trial": _l("A trial"),
    "pilot": _l("A pilot study"),
    "cohort": _l("A study that followed people over time"),
    "survey": _l("A survey"),
    "case-report": _l("A case report"),
    "expert": _l("An expert’s opinion"),
}


def _build_text_field(label: Any, missing: Any, hint: Any = "", *, rows: int = 2) -> TextAreaField:
    return TextAreaField(
        label,
        [InputRequired(missing), _at_most(LONGEST_ANSWER)],
        filters=[_clean_text],
        description=hint,
        render_kw={"rows": rows, "spellcheck": "true"},
    )


def _build_optional_field(label: Any, hint: Any = "") -> StringField:
    return StringField(
        label, [Optional(), _at_most(LONGEST_LINE)], filters=[_clean_line], description=hint
    )


def _build_line_field(label: Any) -> StringField:
    """Return a field that is needed only where no card fits, which the view decides."""
    return StringField(label, [_at_most(LONGEST_LINE)], filters=[_clean_line])


def _clean_text(text: str | None) -> str:
    """Return a text of several lines without what a file cannot hold."""
    return _CONTROL.sub("", clean_multiline_text(text))


def _clean_line(text: str | None) -> str:
    return " ".join(_clean_text(text).split())


def _at_most(count: int) -> Length:
    return Length(max=count, message=str(_l("This is too long; use at most %(max)d characters.")))


def _build_decision_field(label: Any, hint: Any = "") -> RadioField:
    return RadioField(
        label,
        [AnyOf(list(DECISIONS), _l("Choose one of the five answers."))],
        choices=_DECISIONS,
        validate_choice=False,  # AnyOf says it in other words
        description=hint,
    )


class ShortCaseForm(Form):
    """The six answers, the safety topic, and what is asked where no card fits."""

    client = _build_text_field(
        _l("Who comes, and why?"),
        _l("Say who comes."),
        _l("Begin with an invented first name: “Mina, 34, comes once a month.”"),
    )
    plan = _build_text_field(
        _l("What is today’s plan?"),
        _l("Say what was planned, so that going ahead means something."),
        _l("Minutes, area, pressure, position: “40 minutes, back and legs, light, face up.”"),
        rows=1,
    )
    found = _build_text_field(
        _l("What do you see, hear or measure today?"), _l("Say what is found today."), rows=3
    )
    decision = _build_decision_field(_l("Which decision is right?"))
    why = _build_text_field(
        _l("Why is it right?"),
        _l("Say why. The learner will read it after deciding."),
    )
    tempting = _build_decision_field(_l("Which wrong decision is tempting?"))
    why_it_tempts = _build_text_field(
        _l("Why is it tempting, and why is it wrong?"), _l("Say what makes it tempting.")
    )
    topic = StringField(
        _l("Which safety topic is it about?"),
        [InputRequired(_l("Write a word or two, such as “clot” or “numb skin”.")), _at_most(80)],
        filters=[_clean_line],
        description=_l("A word or two, such as “clot” or “numb skin”, to search the safety cards."),
    )
    card = StringField(_l("Which safety card fits?"))
    pool = RadioField(
        _l("Where will learners see it?"),
        choices=[
            build_choice(EXAM, _l("In the exam")),
            build_choice(PRACTICE, _l("In practice, at the end of the section on its topic")),
        ],
        default=EXAM,
    )
    source_words = _build_optional_field(
        _l("Which source supports your reason?"),
        _l("Words from the author’s name or the title, or the year, of a source in this course."),
    )
    sources = ValuesField(at_most=20)
    sign = _build_line_field(_l("Which sign should everyone know?"))
    rule = _build_line_field(_l("What is the rule?"))
    tell = _build_line_field(_l("Who must be told, and by when?"))
    passage = SelectField(_l("Which passage explains it?"), choices=[], validate_choice=False)
    number = _build_optional_field(
        _l("Where does the rule come from? A DOI, a PMID or a web address"),
        _l("Leave it empty if the rule comes from experience."),
    )
    source_title = _build_optional_field(_l("The title of that source"))
    source_where = _build_optional_field(_l("Who published it? A journal or an organization"))
    source_type = SelectField(
        _l("What kind of source is it?"),
        choices=[build_choice(value, text) for value, text in SOURCE_TYPES.items()],
        default="guideline",
    )
    idea = StringField()
    act = StringField()


class TwinForm(Form):
    """The one fact that changes, and what is right then."""

    old_words = StringField(
        _l("Which words change?"),
        [InputRequired(_l("Copy the words from the case.")), _at_most(LONGEST_LINE)],
        filters=[_clean_line],
        description=_l("Copy them from the case, such as “101.1 °F (38.4 °C)”."),
    )
    new_words = StringField(
        _l("What do they say instead?"),
        [InputRequired(_l("Write the words that replace them.")), _at_most(LONGEST_LINE)],
        filters=[_clean_line],
    )
    decision = _build_decision_field(_l("Which decision is right now?"))
    why = TextAreaField(
        _l("Why is it right?"),
        [Optional(), _at_most(LONGEST_ANSWER)],
        filters=[_clean_text],
        description=_l("Leave it empty to write it later."),
        render_kw={"rows": 2},
    )


class SourceForm(Form):
    """A source that the course does not have yet."""

    number = StringField(
        _l("DOI, PMID, PMCID or web address"),
        [InputRequired(_l("Paste the number or the address.")), _at_most(500)],
        filters=[_clean_line],
        description=_l("We check only how it is written and do not look it up."),
    )
    source_title = StringField(
        _l("Title"), [InputRequired(_l("Write the title as printed.")), _at_most(LONGEST_LINE)],
        filters=[_clean_line],
    )  # fmt: skip
    authors = _build_optional_field(
        _l("Authors"), _l("Write them as printed, such as “Brand JZ, Smith A”.")
    )
    where = StringField(
        _l("Who published it? A journal or an organization"),
        [InputRequired(_l("Name the journal or the organization.")), _at_most(LONGEST_LINE)],
        filters=[_clean_line],
    )
    year = IntegerField(_l("Year"), [Optional()])
    source_type = SelectField(
        _l("What kind of source is it?"),
        choices=[build_choice(value, text) for value, text in SOURCE_TYPES.items()],
    )
    note = StringField(
        _l("What does it say, and how is it used?"),
        [InputRequired(_l("Say in a sentence what it says.")), _at_most(500)],
        filters=[_clean_line],
    )


class IdeaInAddress(Form):
    """The idea in the address, from which a case is made."""

    idea = StringField()
