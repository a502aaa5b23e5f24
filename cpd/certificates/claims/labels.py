"""The words of pages about credit: why a reason stands, and what becomes of a report."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.certificates.claims.rules.overriding import Bar
from cpd.credit.rules.reporting import Report, ReportState
from cpd.web.formatting import format_day

BARS: Mapping[Bar, LazyString] = {
    Bar.TOLD_BEFORE: _l(
        "It cannot be set aside: everyone in a pilot group agreed beforehand to earn no credit."
    ),
    Bar.NOTHING_TO_CLAIM: _l("It cannot be set aside, because there is no amount to claim."),
    Bar.NO_LETTER: _l(
        "It cannot be set aside. If they approved it in a letter, enter that approval first."
    ),
    Bar.NOT_REVIEWED: _l("It cannot be set aside: every version needs its clinical review."),
    Bar.ABOVE_COMPUTED: _l(
        "It cannot be set aside, because more would be claimed than the course is worth."
    ),
    Bar.PUT_RIGHT: _l("It cannot be set aside, because it can be corrected."),
}
"""Why an administrator cannot set a reason aside."""
MAY_BE_SET_ASIDE = _l("You can set it aside for this license.")


REPORTS: Mapping[ReportState, LazyString] = {
    ReportState.TO_REPORT: _l("We must report it and have not done so yet."),
    ReportState.REPORTED: _l("We reported it on %(day)s."),
    ReportState.ACCEPTED: _l("The report was accepted on %(day)s."),
    ReportState.REFUSED: _l("The report was refused on %(day)s: %(reason)s"),
    ReportState.YOURSELF: _l("You report it yourself."),
    ReportState.UNKNOWN: _l(
        "None of the sources we read says who reports it. Keep your certificate."
    ),
}
"""What becomes of a certificate that claims credit."""
_ACCEPTED_AS = _l("The report was accepted on %(day)s. Its number is %(reference)s.")
_DUE = _l("We must report it by %(day)s and have not done so yet.")


def describe_report(report: Report) -> str:
    """Return the sentence about the report of a certificate to its authority."""
    is_due = report.state is ReportState.TO_REPORT and report.day is not None
    words = _ACCEPTED_AS if report.reference else _DUE if is_due else REPORTS[report.state]
    return str(words) % {
        "day": "" if report.day is None else format_day(report.day),
        "reason": report.reason,
        "reference": report.reference,
    }


def add_labels_to_templates(app: Flask) -> None:
    """Let the templates of this room use these labels."""
    app.jinja_env.globals.update(
        OVERRIDE_BARS=BARS, MAY_BE_SET_ASIDE=MAY_BE_SET_ASIDE, describe_report=describe_report
    )
