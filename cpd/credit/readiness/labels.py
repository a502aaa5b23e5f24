"""Where administrators remove a reason against credit: the page, and the words of its link."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.credit.rules.issue_checks import Refusal

_APPROVE = ("credit.ask_approval", _l("Enter the approval"))
_APPROVALS = ("credit.list_approvals", _l("See the approvals on file"))
_PILOT = ("credit.list_pilots", _l("Start a pilot group, or see its report"))

_REMEDIES: Mapping[Refusal, tuple[str, LazyString]] = {
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


def list_remedies(*, is_piloted: bool) -> Mapping[Refusal, tuple[str, LazyString]]:
    """Return the endpoint and the words of a link by reason; the others are removed elsewhere.

    Once a report about this version exists, an approval that rests on it is what is missing.
    """
    return {**_REMEDIES, **({Refusal.NO_AMOUNT: _APPROVE} if is_piloted else {})}
