"""The forms of updating a class from a list."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from wtforms import FileField, TextAreaField

from cpd.schools.files.rules.layouts import Layout
from cpd.schools.files.rules.reviewing import Choices
from cpd.schools.files.rules.tables import Table
from cpd.schools.files.table_forms import TableForm, build_table_values, parse_pair
from cpd.web.forms import AlwaysSentField, Form, ValuesField

MOST_PAIRS = 100
MOST_TICKS = 150
"""Together with the pairs, fewer than the fields that one form may carry."""


class ListForm(Form):
    """A list, pasted or as a file."""

    text = TextAreaField(
        _l("Paste the list here"),
        description=_l(
            "Copy the rows from your spreadsheet together with the column titles. The columns can "
            "be in any order: name, email address, and your own student number if you have one."
        ),
        render_kw={"rows": 10, "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(_l("Or choose a file"))


class ListReviewForm(TableForm):
    """The list again, with what was chosen and ticked."""

    digest = AlwaysSentField()
    """Names what the page shows; something else is never done."""
    pair = ValuesField(name="pair[]", at_most=MOST_PAIRS)
    """Line and person of each row that can be about somebody who has joined: `12:mem_...`."""
    leave = ValuesField(name="leave[]", at_most=MOST_TICKS)
    move = ValuesField(name="move[]", at_most=MOST_TICKS)

    @property
    def ticked(self) -> Collection[str]:
        """Whoever was ticked, in either list."""
        return {*self.leave.data, *self.move.data}

    def read_choices(self) -> Choices:
        """Return what was chosen."""
        if self.is_of_another_sheet:
            return Choices(sheet=self.sheet.data)
        return Choices(
            sheet=self.sheet.data or "",
            columns=self.read_columns(),
            pairs=dict(parse_pair(text) for text in self.pair.data if text),
        )


def build_list_review_form(
    contents: bytes, table: Table, layout: Layout, digest: str
) -> ListReviewForm:
    """Return the form with everything that was guessed or chosen."""
    form = ListReviewForm(digest=digest, **build_table_values(contents, table, layout))
    form.offer_choices(table, layout)
    return form
