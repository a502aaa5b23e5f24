"""Every fault and reason has a sentence, which says where it is."""

from collections.abc import Mapping
from enum import StrEnum

import pytest
from flask import Flask

from cpd.schools.files import labels
from cpd.schools.files.rules.changes import Note
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.layouts import PersonField
from cpd.schools.files.rules.matching import KeptReason, MatchedBy
from cpd.schools.files.rules.people import FaultyCell, RowFault


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FileFault, labels.FILE_FAULTS), (RowFault, labels.ROW_FAULTS), (Note, labels.NOTES),
        (KeptReason, labels.KEPT_REASONS), (MatchedBy, labels.MATCHED_BY),
        (PersonField, labels.PERSON_FIELDS),
    ],
)  # fmt: skip
def test_all_have_words(kind: type[StrEnum], words: Mapping[StrEnum, object]) -> None:
    assert list(words) == list(kind)


def test_sentences_say_where(app: Flask) -> None:
    with app.test_request_context():
        quote = labels.describe_refusal(FileRefusedError(FileFault.OPEN_QUOTE, line=3))
        assert quote.startswith("Row 3: A cell begins with a quotation mark")
        assert "old XLS" in labels.describe_refusal(FileRefusedError(FileFault.OLD_WORKBOOK))
        double = FaultyCell(7, 27, RowFault.DOUBLE_EMAIL, "100%@a.example", 2)
        assert labels.describe_faulty_cell(double) == (
            "Row 7, column AB: “100%@a.example” is also in row 2. "
            "Remove one of the rows, or correct the address."
        )
        missing = FaultyCell(2, None, RowFault.NO_EMAIL)
        assert labels.describe_faulty_cell(missing) == (
            "Row 2: The email address is missing. Add it."
        )
