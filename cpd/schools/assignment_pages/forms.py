"""Forms about an assignment; the words are those of people who teach."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cpd.courses.rules.outline import Outline
from cpd.schools.assignments.actions import AssignmentFaults
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import (
    AssignmentTerms,
    PracticeVisibility,
    Purpose,
    ScorePolicy,
    TermsFault,
)
from cpd.schools.assignments.rules.windows import Window, WindowFault
from cpd.schools.cohorts.models import Cohort
from cpd.schools.time_fields import WallTimeField, build_choice_field, resolve_time_field
from cpd.web.formatting import format_percent
from cpd.web.forms import Form, build_choice

LONGEST_SHIFT = 1830
"""Days; five years."""
MOST_TRIES = 100

TERMS = frozenset(
    {
        "purpose",
        "max_attempts",
        "pass_percent",
        "sections",
        "score_policy",
        "practice_visibility",
        "weak_spot_cases",
        "asks_confidence",
    }
)
"""The fields of what learners are told before they begin."""

_WINDOW_FAULTS: Mapping[WindowFault, tuple[str, Any]] = {
    WindowFault.DUE_BEFORE_OPENING: ("due", _l("This must be later than the opening date.")),
    WindowFault.CLOSES_BEFORE_DUE: ("closes", _l("It cannot close before it is due.")),
    WindowFault.CLOSES_BEFORE_OPENING: ("closes", _l("It cannot close before it opens.")),
}
_TERMS_FAULTS: Mapping[TermsFault, tuple[str, Any]] = {
    TermsFault.MORE_TRIES: ("max_attempts", _l("The course allows fewer tries.")),
    TermsFault.LOWER_MARK: ("pass_percent", _l("The course requires more.")),
    TermsFault.IMPOSSIBLE_MARK: ("pass_percent", _l("Nobody can score more than 100 percent.")),
    TermsFault.UNKNOWN_SECTION: ("sections", _l("The course has no such section.")),
    TermsFault.NO_SECTION: ("sections", _l("Choose at least one section.")),
    TermsFault.SECTION_LEFT_OUT: (
        "sections",
        _l("For credit, all sections that the course requires must be read. Choose them all."),
    ),
    TermsFault.FEWER_CASES: ("weak_spot_cases", _l("The course has fewer practice cases.")),
}


class AssignmentForm(Form):
    """When an assignment opens, is due and closes, and on what terms it is to be done."""

    opens = WallTimeField(
        _l("When does it open?"),
        [Optional()],
        description=_l("Leave this empty to open it right away."),
    )
    opens_choice = build_choice_field(_l("Which opening time do you mean?"))
    due = WallTimeField(_l("When is it due?"), [InputRequired(_l("Enter the date and the time."))])
    due_choice = build_choice_field(_l("Which due time do you mean?"))
    closes = WallTimeField(
        _l("When does it close?"),
        [Optional()],
        description=_l(
            "Work done between the due date and the closing date counts as late. Leave this empty "
            "to accept late work without an end."
        ),
    )
    closes_choice = build_choice_field(_l("Which closing time do you mean?"))
    purpose = RadioField(
        _l("What should the class do?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            build_choice(
                Purpose.EXAM.value, _l("Read, practice and take the exam, for a certificate")
            ),
            build_choice(Purpose.PRACTICE.value, _l("Read and practice only, without the exam")),
        ],
        default=Purpose.EXAM.value,
    )
    max_attempts = IntegerField(
        _l("How many tries at the exam does each person have?"),
        [Optional(), NumberRange(1, MOST_TRIES, _l("Enter a number from 1 to %(max)s."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    pass_percent = IntegerField(
        _l("What percentage is needed to pass?"),
        [Optional(), NumberRange(1, 100, _l("Enter a number from 1 to 100."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    sections = SelectMultipleField(
        _l("Which sections must they read?"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    score_policy = RadioField(
        _l("If somebody takes the exam more than once, which score counts?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            build_choice(ScorePolicy.BEST.value, _l("The best")),
            build_choice(ScorePolicy.FIRST.value, _l("The first")),
            build_choice(ScorePolicy.LAST.value, _l("The last")),
        ],
        default=ScorePolicy.BEST.value,
        description=_l("A certificate needs a pass, whichever score counts."),
    )
    practice_visibility = RadioField(
        _l("How do you want to see answers to practice cases?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            build_choice(
                PracticeVisibility.BY_CLASS.value, _l("For the whole class together, without names")
            ),
            build_choice(PracticeVisibility.BY_NAME.value, _l("For each person, with names")),
        ],
        default=PracticeVisibility.BY_CLASS.value,
        description=_l(
            "The people in the class are told before they begin, so this cannot be changed once "
            "the assignment has opened."
        ),
    )

    weak_spot_cases = IntegerField(
        _l("How many practice cases should each person decide again?"),
        [Optional(), NumberRange(0, MOST_TRIES, _l("Enter a number from 0 to %(max)s."))],
        description=_l(
            "The course offers each person the cases that they need most. Leave this empty to ask "
            "for none."
        ),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    asks_confidence = BooleanField(
        _l("Ask people in each practice case how sure they are"),
        description=_l(
            "People see for themselves where they were sure but wrong. They do not have to answer, "
            "and nobody else sees what they answer."
        ),
    )

    def __init__(self, *args: Any, outline: Outline, is_employer: bool, **kwargs: Any) -> None:
        """Offer what the course allows; an employer is not asked about practice."""
        super().__init__(*args, **kwargs)
        policy = outline.exam.policy
        self.sections.choices = [
            build_choice(section.slug, section.title) for section in outline.sections
        ]
        self.required_slugs = [section.slug for section in outline.required_sections]
        self.max_attempts.description = (
            _("Leave this empty to allow as many as the course does.")
            if policy.max_attempts is None
            else _(
                "The course allows %(num)s. Leave this empty for the same.", num=policy.max_attempts
            )
        )
        self.pass_percent.description = _(
            "The course requires %(mark)s. You can require more. Leave this empty for the same.",
            mark=format_percent(policy.pass_mark),
        )
        if is_employer:
            del self.practice_visibility

    def leave_out_terms(self) -> None:
        """Ask about the dates only, because the terms were told to those who have begun."""
        for name in TERMS:
            if name in self:
                del self[name]

    def read_window(self, zone: str) -> Window | None:
        """Return the dates; None if a person must be asked, which the form then says."""
        times = {name: resolve_time_field(self, name, zone) for name in ("opens", "due", "closes")}
        due = times["due"]
        if self.errors or due is None:
            return None
        return Window(due=due, opens=times["opens"], closes=times["closes"])

    def read_terms(self) -> AssignmentTerms:
        """Return the terms; what does not concern practice alone is left out of it."""
        purpose = Purpose(self.purpose.data)
        chosen = tuple(self.sections.data or ())
        is_exam = purpose is Purpose.EXAM
        percent = self.pass_percent.data if is_exam else None
        return AssignmentTerms(
            purpose=purpose,
            max_attempts=self.max_attempts.data if is_exam else None,
            pass_mark=None if percent is None else Fraction(percent, 100),
            required_sections=None if set(chosen) == set(self.required_slugs) else chosen,
            score_policy=ScorePolicy(self.score_policy.data),
            practice_visibility=PracticeVisibility(self.practice_visibility.data)
            if "practice_visibility" in self
            else PracticeVisibility.BY_CLASS,
            asks_confidence=self.asks_confidence.data,
            weak_spot_cases=self.weak_spot_cases.data or 0,
        )

    def add_faults(self, faults: AssignmentFaults) -> None:
        """Say beside the fields what is wrong."""
        for name, text in (
            *(_WINDOW_FAULTS[fault] for fault in faults.window),
            *(_TERMS_FAULTS[fault] for fault in faults.terms),
        ):
            if name in self:
                self[name].errors = [*self[name].errors, str(text)]


class NewAssignmentForm(AssignmentForm):
    """The same, for a course and a class that were chosen before."""

    course = HiddenField()
    class_id = HiddenField()


def build_values_of_assignment(assignment: Assignment, required: Sequence[str]) -> dict[str, Any]:
    """Return what the form shows of an assignment."""
    window, terms = assignment.window, assignment.terms
    mark = terms.pass_mark
    return {
        "opens": window.opens.wall if window.opens else None,
        "due": window.due.wall,
        "closes": window.closes.wall if window.closes else None,
        "opens_choice": build_stored_choice(window.opens.fold) if window.opens else None,
        "due_choice": build_stored_choice(window.due.fold),
        "closes_choice": build_stored_choice(window.closes.fold) if window.closes else None,
        "purpose": terms.purpose.value,
        "max_attempts": terms.max_attempts,
        "pass_percent": None if mark is None else int(mark * 100),
        "sections": list(required if terms.required_sections is None else terms.required_sections),
        "score_policy": terms.score_policy.value,
        "practice_visibility": terms.practice_visibility.value,
        "weak_spot_cases": terms.weak_spot_cases or None,
        "asks_confidence": terms.asks_confidence,
    }


def build_stored_choice(fold: int) -> str:
    """Return which of two times that look alike was chosen, as the form names it."""
    return "second" if fold else "first"


class CopyForm(Form):
    """For which class an assignment is copied, and how many days later."""

    class_id = SelectField(
        _l("For which class?"), [InputRequired(_l("Choose a class."))], validate_choice=False
    )
    days = IntegerField(
        _l("How many days later should the dates be?"),
        [
            InputRequired(_l("Enter a number of days.")),
            NumberRange(
                -LONGEST_SHIFT,
                LONGEST_SHIFT,
                _l("Enter a number of days from %(min)s to %(max)s."),
            ),
        ],
        description=_l(
            "With 364 days, the dates fall on the same days of the week a year later. A number "
            "below zero makes them earlier. You can change each date afterward."
        ),
        render_kw={"autocomplete": "off"},
    )
    opens_choice = build_choice_field(_l("Which opening time do you mean?"))
    due_choice = build_choice_field(_l("Which due time do you mean?"))
    closes_choice = build_choice_field(_l("Which closing time do you mean?"))

    def __init__(self, *args: Any, cohorts: Sequence[Cohort], **kwargs: Any) -> None:
        """Offer the classes in reach."""
        super().__init__(*args, **kwargs)
        self.class_id.choices = [
            build_choice("", _l("Choose one")),
            *(build_choice(cohort.public_id, cohort.name) for cohort in cohorts),
        ]
