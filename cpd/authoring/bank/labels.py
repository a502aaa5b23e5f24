"""The words of the case bank for the values by which it finds cases."""

from collections.abc import Mapping

from flask import render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.authoring.bank.filters import Age, Flag
from cpd.authoring.indexing.models import CaseState
from cpd.cases.kinds.registry import KINDS

STATES: Mapping[CaseState, LazyString] = {
    CaseState.PUBLISHED: _l("Published"),
    CaseState.DRAFT: _l("Draft"),
    CaseState.RETIRED: _l("No longer in its course"),
}
DANGERS: Mapping[str, LazyString] = {
    "overcautious": _l("too cautious"),
    "suboptimal": _l("not the best for the client"),
    "unsafe": _l("unsafe for the client"),
    "critical": _l("dangerous enough to fail an exam"),
}
"""What an answer can be; every case has a safe one."""
AGES: Mapping[Age, LazyString] = {
    Age.NEW: _l("Within the last 30 days"),
    Age.HALF_A_YEAR: _l("More than six months ago"),
    Age.YEAR: _l("More than a year ago"),
    Age.TWO_YEARS: _l("More than two years ago"),
}
FLAGS: Mapping[Flag, LazyString] = {
    Flag.NOT_REVIEWED_HERE: _l("Not reviewed here"),
    Flag.REVIEW_IS_DUE: _l("The course is due for review"),
    Flag.WEAK_CUES: _l("The wording hints at the answer"),
}


def render_names_of_kinds() -> dict[str, str]:
    """Return what each kind of answer is called, which its folder says."""
    return {kind: render_template(f"kinds/{kind}/called.html").strip() for kind in KINDS}
