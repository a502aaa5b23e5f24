"""The files of authorities: the shipped ones are sound, and what is wrong with one is said."""

from datetime import date
from pathlib import Path

import pytest

from cpd.credit import authority_loading
from cpd.credit.authority_loading import (
    BrokenAuthorityError,
    check_authority_file,
    find_authority_faults,
    find_stale_authorities,
    load_authorities,
)
from tests.credit.conftest import OASIS


def test_the_shipped_files_are_sound() -> None:
    assert find_authority_faults() == []
    assert {"ncbtmb", "florida", "texas", "new-york", "georgia"} <= set(load_authorities())
    assert len(load_authorities()) == len(list(authority_loading.FOLDER.iterdir()))


def test_a_file_in_the_folder_is_all_that_an_authority_needs(folder: Path) -> None:
    assert list(load_authorities(folder)) == ["oasis"]


RULE = "{text: It counts words., sources: [rule], formula: ncbtmb}"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("slug: oasis", "slug: desert", 1, "the file is called 'oasis.yaml'"),
        ("https://example.org/rule", "rule 1", 9, "not the address of a page"),
        ("[rule], formula", "[], formula", 14, "a rule without a source"),
        ("[rule], formula", "[statute], formula", 1, "'statute' is not among the sources"),
        ("rules:", "  other: {title: O, page: 'https://o.org'}\nrules:", 1, "used by no rule"),
        ('/rule"}', '/rule", official: false}', 1, "Only others say this"),
        ("formula: ncbtmb", "formula: guess", 14, "'formula' is 'guess'"),
        ("role: regulator", "role: oracle", 5, "'role' is 'oracle'"),
        ("step: 1/2", "step: 0.5", 16, "not a fraction"),
        ("hour_minutes: 50", "hour_minutes: 0", 12, "hour_minutes"),
        (
            "  wording:",
            "  caps:\n    - {text: Some., sources: [rule], mode: online}\n  wording:",
            20,
            "a quota without a number",
        ),
        ("checked: 2026-11-30", "checked: 2026-13-30", 7, "not a calendar date"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    folder: Path, old: str, new: str, line: int, said: str
) -> None:
    assert old in OASIS
    path = folder / "oasis.yaml"
    path.write_text(OASIS.replace(old, new), encoding="utf-8")
    (fault, *_) = find_authority_faults(folder)
    assert said in fault.message
    assert fault.line == line
    with pytest.raises(BrokenAuthorityError, match=r"oasis\.yaml"):
        load_authorities(folder)


def test_a_file_that_is_no_text_is_a_fault(folder: Path) -> None:
    (folder / "oasis.yaml").write_bytes(b"\xff\xfe")
    assert check_authority_file(folder / "oasis.yaml")[0] is None


def test_a_file_read_long_ago_is_named(folder: Path) -> None:
    assert find_stale_authorities(date(2027, 12, 1), folder) == []
    (warning,) = find_stale_authorities(date(2027, 12, 2), folder)
    assert "The sources of Board of Oasis were last read on 2026-11-30." in warning.message
    (folder / "oasis.yaml").write_text("slug: oasis\n", encoding="utf-8")
    assert find_stale_authorities(date(2030, 1, 1), folder) == []
