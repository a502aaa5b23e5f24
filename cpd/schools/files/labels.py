"""The words for files: why one is refused, what is wrong in a row, and what stays as it is."""

from collections.abc import Mapping

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from cpd.schools.files.rules.changes import Note
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.layouts import PersonField
from cpd.schools.files.rules.matching import KeptReason, MatchedBy
from cpd.schools.files.rules.people import FaultyCell, RowFault
from cpd.schools.files.rules.tables import label_of_column

FILE_FAULTS: Mapping[FileFault, LazyString] = {
    FileFault.EMPTY: _l("There is nothing in this file. Choose the file with your table."),
    FileFault.TOO_LARGE: _l(
        "This file is too large. Remove pictures and sheets that are not needed, or save the sheet "
        "as CSV."
    ),
    FileFault.TOO_MANY_CELLS: _l(
        "This table has too many cells. Save only the rows and columns that are needed."
    ),
    FileFault.TOO_MANY_COLUMNS: _l(
        "This table has more than 1,000 columns. Save only the columns that are needed."
    ),
    FileFault.NO_TEXT: _l("This is not a table. Choose a CSV, TSV or XLSX file."),
    FileFault.UNKNOWN_ENCODING: _l(
        "The text in this file cannot be read. Save it again as “CSV UTF-8”."
    ),
    FileFault.MIXED_ENCODINGS: _l(
        "Some letters in this file are stored in one way and some in another, so names would be "
        "wrong. Save it again as “CSV UTF-8”."
    ),
    FileFault.OPEN_QUOTE: _l(
        "A cell begins with a quotation mark that is never closed. Close it, or remove it."
    ),
    FileFault.OLD_WORKBOOK: _l(
        "This is a workbook in the old XLS format. Save it as XLSX and choose that file."
    ),
    FileFault.BINARY_WORKBOOK: _l(
        "This is a binary workbook (XLSB). Save it as XLSX and choose that file."
    ),
    FileFault.OPEN_DOCUMENT: _l(
        "This is an OpenDocument file. Save it as XLSX or CSV and choose that file."
    ),
    FileFault.OTHER_FORMAT: _l("This is not a spreadsheet. Choose a CSV, TSV or XLSX file."),
    FileFault.LOCKED: _l(
        "This workbook is locked with a password. Save a copy without one and choose that copy."
    ),
    FileFault.MACROS: _l(
        "This workbook contains macros, which we do not open. Save it as XLSX without macros."
    ),
    FileFault.DAMAGED: _l(
        "This workbook is damaged or unusual. Open it in your spreadsheet program, save it again "
        "as XLSX and choose that file."
    ),
    FileFault.NO_SHEET: _l("There is no visible sheet of this name. Choose another sheet."),
    FileFault.SIGNED: _l(
        "This workbook has a digital signature, which would be invalid after any change. Save a "
        "copy without it."
    ),
    FileFault.PROTECTED_SHEET: _l(
        "This sheet is protected against changes. Remove the protection and choose the file again."
    ),
    FileFault.NO_SUCH_COLUMN: _l("The table does not have this column. Choose another one."),
    FileFault.WOULD_CHANGE_MORE: _l(
        "This file cannot be filled without changing something else in it, so nothing was done. "
        "Save it again in your spreadsheet program and choose that file."
    ),
}

ROW_FAULTS: Mapping[RowFault, LazyString] = {
    RowFault.NO_NAME: _l("The name is missing. Add it."),
    RowFault.BAD_NAME: _l("“%(text)s” cannot be used as a name. Type it again."),
    RowFault.NO_EMAIL: _l("The email address is missing. Add it."),
    RowFault.BAD_EMAIL: _l("“%(text)s” is not an email address. Correct it."),
    RowFault.BAD_NUMBER: _l("“%(text)s” cannot be used as a student number. Correct it."),
    RowFault.DOUBLE_EMAIL: _l(
        "“%(text)s” is also in row %(other)s. Remove one of the rows, or correct the address."
    ),
    RowFault.DOUBLE_NUMBER: _l(
        "The number “%(text)s” is also in row %(other)s. Remove one of the rows, or correct it."
    ),
}

KEPT_REASONS: Mapping[KeptReason, LazyString] = {
    KeptReason.BLANK: _l("This row is blank."),
    KeptReason.TOTALS: _l("This row says how many points are possible."),
    KeptReason.DOUBLE: _l("Another row is about the same learner. Delete one of them first."),
    KeptReason.SAME_NAME: _l("Two learners have this name. Choose the right one."),
    KeptReason.UNMATCHED: _l("Nobody in this class matches this row."),
    KeptReason.NO_GRADE: _l("This learner has not passed yet."),
    KeptReason.FORMULA: _l("The cell contains a formula, which is never overwritten."),
    KeptReason.MERGED: _l("The cell is merged with others."),
    KeptReason.RICH: _l("The cell contains more than a number or text."),
    KeptReason.UNWRITABLE: _l("The encoding of this file cannot represent what belongs here."),
}

NOTES: Mapping[Note, LazyString] = {
    Note.FORMULAS_STALE: _l(
        "This workbook has formulas. They are kept, but may show their old results until your "
        "spreadsheet program calculates them again: press Ctrl+Alt+F9 in Excel, or Ctrl+Shift+F9 "
        "in LibreOffice."
    ),
    Note.SHOWN_AS_PERCENT: _l(
        "The cells of this column show numbers as percentages, so 1 appears as 100%. Set the "
        "points possible to 1."
    ),
}

MATCHED_BY: Mapping[MatchedBy, LazyString] = {
    MatchedBy.CONFIRMED: _l("confirmed by you"),
    MatchedBy.NUMBER: _l("same student number"),
    MatchedBy.EMAIL: _l("same email address"),
    MatchedBy.NAME: _l("same name"),
}

PERSON_FIELDS: Mapping[PersonField, LazyString] = {
    PersonField.NAME: _l("Name"),
    PersonField.FIRST_NAME: _l("First name"),
    PersonField.LAST_NAME: _l("Last name"),
    PersonField.EMAIL: _l("Email address"),
    PersonField.NUMBER: _l("Student number"),
}


def describe_refusal(refused: FileRefusedError) -> str:
    """Return why a file is refused, and what to do."""
    words = str(FILE_FAULTS[refused.fault])
    if refused.line is not None:
        where: str = gettext("Row %(line)s", line=refused.line)
        return f"{where}: {words}"
    return words


def describe_faulty_cell(faulty: FaultyCell) -> str:
    """Return where a row has a fault, what it is, and what to do."""
    words = str(ROW_FAULTS[faulty.fault]) % {"text": faulty.text, "other": faulty.other_line}
    where: str = gettext("Row %(line)s", line=faulty.line)
    if faulty.column is not None:
        where = gettext(
            "Row %(line)s, column %(column)s",
            line=faulty.line,
            column=label_of_column(faulty.column),
        )
    return f"{where}: {words}"
