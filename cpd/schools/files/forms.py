"""The forms of filling a file."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, StringField

from cpd.schools.files.rules.reviewing import Choices, OpenFile, Review
from cpd.schools.files.rules.scaling import parse_most
from cpd.schools.files.table_forms import (
    TableForm,
    build_table_values,
    label_columns,
    parse_column,
    parse_pair,
)
from cpd.web.forms import AlwaysSentField, Form, ValuesField, build_choice

MOST_PAIRS = 400
"""Fewer than the fields that one form may carry."""


class UploadForm(Form):
    """The file."""

    file = FileField(_l("Which file?"))


class ReviewForm(TableForm):
    """The file again, and what was chosen instead of what was guessed."""

    name = AlwaysSentField()
    column = SelectField(
        _l("Which column should be filled?"),
        validate_choice=False,
        description=_l("Nothing else in your file changes."),
    )
    most = StringField(
        _l("How many points are possible?"),
        description=_l("A score of 100% becomes this number. Points are never rounded up."),
    )
    pair = ValuesField(name="pair[]", at_most=MOST_PAIRS)
    """Line and learner of each row that a person may decide about: `12:mem_...`.

    `12:` says that it is about nobody in the class, and `12` that nothing was decided.
    """

    def read_choices(self) -> Choices:
        """Return what was chosen; the form now says what is wrong, if anything."""
        if self.is_of_another_sheet:
            return Choices(sheet=self.sheet.data)
        most = parse_most(self.most.data or "")
        if self.most.data and most is None:
            self.most.errors = [_l("Type a number greater than 0, such as 100.")]
        return Choices(
            sheet=self.sheet.data or "",
            columns=self.read_columns(),
            column=parse_column(self.column.data) if self.column.data else None,
            most=most,
            pairs=dict(parse_pair(text) for text in self.pair.data if ":" in text),
        )


def build_review_form(opened: OpenFile, review: Review, name: str) -> ReviewForm:
    """Return the form with everything that was guessed or chosen."""
    form = ReviewForm(
        name=name,
        column="" if review.column is None else str(review.column),
        most=f"{review.most:f}",
        **build_table_values(opened.contents, opened.table, opened.layout),
    )
    form.offer_choices(opened.table, opened.layout)
    titles = label_columns(opened.table, opened.layout)
    form.column.choices = [build_choice("", _l("Choose a column")), *titles]
    return form
