"""Why a file cannot be read, or cannot be returned unharmed."""

from enum import StrEnum


class FileFault(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_MANY_COLUMNS = "too_many_columns"
    NO_TEXT = "no_text"
    UNKNOWN_ENCODING = "unknown_encoding"
    MIXED_ENCODINGS = "mixed_encodings"
    OPEN_QUOTE = "open_quote"
    OLD_WORKBOOK = "old_workbook"
    BINARY_WORKBOOK = "binary_workbook"
    OPEN_DOCUMENT = "open_document"
    OTHER_FORMAT = "other_format"
    LOCKED = "locked"
    MACROS = "macros"
    DAMAGED = "damaged"
    NO_SHEET = "no_sheet"
    SIGNED = "signed"
    PROTECTED_SHEET = "protected_sheet"
    NO_SUCH_COLUMN = "no_such_column"
    WOULD_CHANGE_MORE = "would_change_more"


class FileRefusedError(Exception):
    """A file is refused, for a reason that a person can be told."""

    def __init__(self, fault: FileFault, *, line: int | None = None) -> None:
        super().__init__(fault, line)
        self.fault = fault
        self.line = line
        """The line of the text file where the fault is, if it is in one place."""
