"""The forms for locking an answer, giving opinions, asking for a review and resolving disputes."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.web.forms import AlwaysSentField, Form, ValuesField, clean_multiline_text

LONGEST_TEXT = 4000
MOST_DRAFTS, MOST_REVIEWERS = 50, 20
_SHORT_ENOUGH = Length(max=LONGEST_TEXT, message=_l("Use at most 4,000 characters."))


VERDICTS_TO_GIVE: Mapping[Verdict, LazyString] = {
    Verdict.AGREE: _l("I agree and sign this text as it is"),
    Verdict.CHANGE_ANSWER: _l("I change my answer because the source convinces me"),
    Verdict.DISAGREE: _l("I disagree, for the reason below"),
}


class LockForm(Form):
    """The last answer of a case, and what decided it."""

    shown = AlwaysSentField()
    step = AlwaysSentField()
    choice = ValuesField(at_most=MOST_DRAFTS)
    decided_by = TextAreaField(filters=[clean_multiline_text], validators=[_SHORT_ENOUGH])


class OpinionForm(Form):
    """A verdict about the text that the page showed."""

    shown = AlwaysSentField()
    verdict = RadioField(_l("Do you agree?"), [InputRequired(_l("Choose one."))])
    text = TextAreaField(
        _l("Comment, or reason and source"),
        [_SHORT_ENOUGH],
        filters=[clean_multiline_text],
        description=_l(
            "If you disagree or change your answer, give the reason and name the source."
        ),
        render_kw={"rows": 4},
    )


class CommentForm(Form):
    """A comment on one sentence or one option."""

    path = SelectField(_l("About"))
    comment = TextAreaField(
        _l("Comment"),
        [InputRequired(_l("Write the comment.")), _SHORT_ENOUGH],
        filters=[clean_multiline_text],
        render_kw={"rows": 3},
    )


class InviteesForm(Form):
    """Whom to ask, and a note to them."""

    reviewers = ValuesField(at_most=MOST_REVIEWERS)
    addresses = TextAreaField(
        _l("Guests, by email address"),
        [_SHORT_ENOUGH],
        filters=[clean_multiline_text],
        description=_l("One address on each line. A guest sees these files and nothing else."),
        render_kw={"rows": 2, "autocomplete": "off"},
    )
    note = TextAreaField(
        _l("A note to the reviewers"),
        [_SHORT_ENOUGH],
        filters=[clean_multiline_text],
        render_kw={"rows": 3},
    )


class AskForm(InviteesForm):
    """Whom to ask about which drafts."""

    drafts = ValuesField(at_most=MOST_DRAFTS)


class PublishedAskForm(InviteesForm):
    """Whom to ask about which published texts."""

    texts = ValuesField(at_most=MOST_DRAFTS)


class ResolutionForm(Form):
    """The source with which an author changed what was disputed."""

    text = TextAreaField(
        _l("What you changed, and the source for it"),
        [InputRequired(_l("Name the source.")), _SHORT_ENOUGH],
        filters=[clean_multiline_text],
        render_kw={"rows": 3},
    )
