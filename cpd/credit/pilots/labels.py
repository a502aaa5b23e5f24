"""The words for reports of pilot groups, and for why one cannot be started or finished."""

from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from cpd.credit.pilots.models import Pilot
from cpd.credit.rules.pilots import PilotFault
from cpd.web.formatting import format_day

FAULTS: Mapping[PilotFault, LazyString] = {
    PilotFault.NO_COURSE: _l("This course has no published version."),
    PilotFault.UNDER_WAY: _l(
        "A pilot group is taking the newest version of this course. Finish that one first."
    ),
    PilotFault.FINISHED: _l("This pilot group already has its report, which cannot be changed."),
    PilotFault.TOO_FEW: _l(
        "At least three learners must have read everything before a report can be made. No "
        "source about massage names a number; this is the one that AICPA and NASBA ask for."
    ),
}


def describe_report(pilot: Pilot) -> tuple[str, str]:
    """Return the public id of a pilot group that has a report, and the words for its choice."""
    if pilot.report is None:  # only those that have one are offered
        raise RuntimeError("a pilot group without a report")
    report = pilot.report.to_rule()
    words = gettext(
        "%(title)s, version of %(day)s: %(minutes)s minutes",
        title=pilot.course_revision.stored_title,
        day=format_day(pilot.course_revision.published_at, "UTC"),
        minutes=report.median_to_show,
    )
    return pilot.public_id, words
