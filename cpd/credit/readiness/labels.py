"""Where administrators remove a reason against credit: the page, and the words of its link."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.credit.rules.issue_checks import Refusal

_APPROVE = ("credit.ask_approval", _l("Enter the approval"))
_APPROVALS = ("credit.list_approvals", _l("See the approvals on file"))
_PILOT = ("credit.list_pilots", _l("Start a pilot group, or see its report"))

REMEDIES: Mapping[Refusal, tuple[str, LazyString]] = {
    Refusal.UNKNOWN_APPROVAL: _APPROVE,
    Refusal.PROVIDER_NOT_APPROVED: _APPROVE,
    Refusal.COURSE_NOT_APPROVED: _APPROVE,
    Refusal.NOT_YET: _APPROVALS,
    Refusal.ENDED: _APPROVE,
    Refusal.TITLE_DIFFERS: _APPROVALS,
    Refusal.HOURS_DIFFER: _PILOT,
    Refusal.NO_AMOUNT: _PILOT,
    Refusal.WRONG_CATEGORY: _APPROVALS,
}
"""The endpoint and the words of a link; the other reasons are not removed on a page."""
