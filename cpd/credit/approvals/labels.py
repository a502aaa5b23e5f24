"""The words for the stages of approvals, and for why one is not put on file."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.credit.approvals.actions import EntryFault, Refused
from cpd.credit.rules.approvals import ApprovalFault, ApprovalStage, LetterFault
from cpd.credit.rules.claims import ClaimFault

STAGES: Mapping[ApprovalStage, LazyString] = {
    ApprovalStage.TO_COME: _l("Not in force yet"),
    ApprovalStage.IN_FORCE: _l("In force"),
    ApprovalStage.TO_RENEW: _l("Ends soon: renew it"),
    ApprovalStage.PAST: _l("Has ended"),
    ApprovalStage.WITHDRAWN: _l("Withdrawn"),
}

SIGNS: Mapping[ApprovalStage, str] = {
    ApprovalStage.TO_COME: "clock",
    ApprovalStage.IN_FORCE: "done",
    ApprovalStage.TO_RENEW: "flag",
    ApprovalStage.PAST: "blocked",
    ApprovalStage.WITHDRAWN: "blocked",
}
"""The icon of each stage."""

LETTER_FAULTS: Mapping[LetterFault, LazyString] = {
    LetterFault.EMPTY: _l("Choose the letter first."),
    LetterFault.NO_PDF: _l("This is not a PDF file. Save the letter as a PDF."),
    LetterFault.TOO_LARGE: _l(
        "The file is larger than 900 kB. Scan the letter at a lower quality."
    ),
}

REFUSALS: Mapping[Refused, tuple[str, LazyString]] = {
    ApprovalFault.ENDS_FIRST: ("last_day", _l("The last day lies before the first day.")),
    ApprovalFault.OVERLAPS: (
        "first_day",
        _l(
            "Another approval by them for the same holds on some of these days. Withdraw that "
            "one, or correct the days."
        ),
    ),
    EntryFault.NO_COURSE: ("covers", _l("This course has no published version.")),
    EntryFault.NO_REPORT: ("pilot", _l("This pilot group has no report.")),
    ClaimFault.NOT_POSITIVE: ("amount", _l("Enter a number above zero.")),
    ClaimFault.NOT_A_STEP: ("amount", _l("They count only in steps, and this is between two.")),
    ClaimFault.NOTHING_TO_COUNT: (
        "amount",
        _l("They count no time, or nobody knows how long their unit is, so no hours can be given."),
    ),
    ClaimFault.NOT_COMPUTED: (
        "pilot",
        _l("No formula applies here, so the report of a pilot group is needed."),
    ),
    ClaimFault.ABOVE_COMPUTED: (
        "amount",
        _l(
            "This is more than the credit worksheet computes for the newest version. Attach "
            "the report of a pilot group, or ask the authority to correct its letter."
        ),
    ),
    ClaimFault.ABOVE_PILOT: (
        "amount",
        _l("This is more than the median time of the pilot group gives."),
    ),
    ClaimFault.TOO_FEW: ("pilot", _l("The pilot group of this report is too small.")),
    ClaimFault.OTHER_VERSION: (
        "pilot",
        _l("The pilot group took another version of the course."),
    ),
}
"""The field and the sentence for each reason."""
