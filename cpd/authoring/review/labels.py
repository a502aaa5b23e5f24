"""The words for what reviewers said, and for what a draft still lacks."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.review.rules.approving import Reason

VERDICTS: Mapping[Verdict, LazyString] = {
    Verdict.AGREE: _l("agrees and has signed"),
    Verdict.DISAGREE: _l("disagrees"),
    Verdict.CHANGE_ANSWER: _l("was convinced by the source and changed the answer"),
    Verdict.RESOLVE: _l("changed the text and named a source"),
}

TYPES: Mapping[str, LazyString] = {
    "case": _l("Case"),
    "hazard": _l("Safety card"),
    "list": _l("List of signs"),
    "marks": _l("Marks for decisions"),
    "section": _l("Section"),
    "exam": _l("Rules of the exam"),
    "tool": _l("Sheet"),
    "figure": _l("Figure"),
    "reference": _l("Source"),
    "glossary": _l("Glossary"),
}
"""What reviewers are asked about."""

GROUPS: Mapping[str, LazyString] = {
    "case": _l("Cases"),
    "hazard": _l("Safety cards"),
    "list": _l("Lists of signs"),
    "marks": _l("Marks for decisions"),
    "section": _l("Sections"),
    "exam": _l("Rules of the exam"),
    "tool": _l("Sheets"),
    "figure": _l("Figures"),
    "reference": _l("Sources"),
    "glossary": _l("Glossary"),
}
"""Several of them."""

REASONS: Mapping[Reason, LazyString] = {
    Reason.NOT_SENT: _l("Nobody has been asked to review this text yet."),
    Reason.NO_BLIND_ANSWER: _l(
        "Someone who has not seen your answer still has to decide this case, and to decide it as "
        "you did. Answers given before the right answer or the facts changed do not count."
    ),
    Reason.DISSENT: _l(
        "A reviewer answered differently or disagrees, and this is not settled yet."
    ),
    Reason.NOT_SIGNED: _l("No reviewer has signed this text yet."),
}
"""Why a draft is not approved, in the words of the page."""
