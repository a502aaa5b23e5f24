"""The words of pages for faults, states and answers."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.reporting.rules.receipts import MatchFaultKind, ReceiptFault
from cpd.reporting.rules.roster import RowFault
from cpd.reporting.rules.states import (
    BatchRefusal,
    BatchState,
    CorrectionKind,
    Owner,
    RowState,
)

ROW_FAULTS: Mapping[RowFault, LazyString] = {
    RowFault.NO_LICENSE: _l("The certificate states no license number for this authority."),
    RowFault.MALFORMED_LICENSE: _l(
        "The license number is not in a valid format. A number has capital letters and digits, at "
        "least one digit, and at most spaces, points, slashes and hyphens between them."
    ),
    RowFault.NO_COURSE_NUMBER: _l("The tracking number of the course is missing."),
    RowFault.STILL_REFUSED: _l(
        "CE Broker refused this license number before, and it has not been corrected."
    ),
}
"""Why a completion cannot be reported yet."""

NO_LETTERS = _l(
    "The number has no letters. CE Broker requires the full number as it appears in the state’s "
    "database."
)

BATCH_STATES: Mapping[BatchState, LazyString] = {
    BatchState.MADE: _l("Not sent yet"),
    BatchState.SENT: _l("Sent"),
    BatchState.ABANDONED: _l("Abandoned"),
}
BATCH_SIGNS: Mapping[BatchState, str] = {
    BatchState.MADE: "clock",
    BatchState.SENT: "done",
    BatchState.ABANDONED: "blocked",
}
"""The icon of each state of a file."""

ROW_STATES: Mapping[RowState, LazyString] = {
    RowState.CLAIMED: _l("No answer yet"),
    RowState.ACCEPTED: _l("Accepted"),
    RowState.REFUSED: _l("Refused"),
    RowState.RELEASED: _l("Not sent"),
    RowState.TAKEN_BACK: _l("Taken back"),
}
ROW_SIGNS: Mapping[RowState, str] = {
    RowState.CLAIMED: "clock",
    RowState.ACCEPTED: "done",
    RowState.REFUSED: "flag",
    RowState.RELEASED: "blocked",
    RowState.TAKEN_BACK: "blocked",
}
"""The icon of each state of a row."""

CORRECTIONS: Mapping[CorrectionKind, LazyString] = {
    CorrectionKind.NUMBER: _l(
        "The holder has since corrected the license number. CE Broker still has the old one."
    ),
    CorrectionKind.WITHDRAWN: _l(
        "The certificate has since been withdrawn. CE Broker still has the completion."
    ),
}
"""Why what CE Broker has is no longer right."""

OWNERS: Mapping[Owner, LazyString] = {
    Owner.HOLDER: _l(
        "Next step: the holder corrects the license number. They have been told by email."
    ),
    Owner.PROVIDER: _l(
        "Next step: you correct the numbers of the course or the provider, or ask CE Broker. Then "
        "report it again."
    ),
}
"""Who can put a refusal right."""

BATCH_REFUSALS: Mapping[BatchRefusal, LazyString] = {
    BatchRefusal.NO_NUMBERS: _l("Enter your CE Broker numbers first."),
    BatchRefusal.NOTHING: _l("Nothing can be reported now, so no file was made."),
    BatchRefusal.CLOSED: _l("Someone has marked this file in the meantime."),
    BatchRefusal.ANSWERED: _l("CE Broker has answered this file, so it cannot be abandoned."),
}
"""Why no file was made, or why it stays as it is."""

RECEIPT_FAULTS: Mapping[ReceiptFault, LazyString] = {
    ReceiptFault.EMPTY: _l("Choose the file first."),
    ReceiptFault.TOO_LARGE: _l("The file is too large to be an answer from CE Broker."),
    ReceiptFault.SPREADSHEET: _l("This is an Excel file. Save the list in it as CSV first."),
    ReceiptFault.BROKEN_XML: _l("The file is not complete. Download it from CE Broker again."),
    ReceiptFault.NO_COLUMNS: _l(
        "The first line must name the columns. There must be one for the license number, and one "
        "for the ID or the error message."
    ),
    ReceiptFault.NO_RECORDS: _l("The file has no record with a license number."),
}
"""Why a file cannot be read as an answer."""

MATCH_FAULTS: Mapping[MatchFaultKind, LazyString] = {
    MatchFaultKind.FOREIGN: _l(
        "Record %(number)s is about the license %(license)s, and this file has no such row. The "
        "answer seems to belong to another file. Nothing was changed."
    ),
    MatchFaultKind.AMBIGUOUS: _l(
        "Record %(number)s is about the license %(license)s, which has several rows in this file. "
        "The answer must also name the course or the day. Nothing was changed."
    ),
    MatchFaultKind.CONTRADICTS: _l(
        "Record %(number)s says something else about the license %(license)s than a record before "
        "it. Nothing was changed."
    ),
}
"""Why an answer does not fit a file."""


def add_labels_to_templates(app: Flask) -> None:
    """Let the templates of this room use these labels."""
    app.jinja_env.globals.update(
        BATCH_SIGNS=BATCH_SIGNS,
        BATCH_STATES=BATCH_STATES,
        REPORT_CORRECTIONS=CORRECTIONS,
        REPORT_NO_LETTERS=NO_LETTERS,
        REPORT_OWNERS=OWNERS,
        ROW_FAULTS=ROW_FAULTS,
        ROW_SIGNS=ROW_SIGNS,
        ROW_STATES=ROW_STATES,
    )
