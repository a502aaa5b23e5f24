"""The check of the files of countries."""

from datetime import date
from pathlib import Path

import pytest

from cpd.authoring.checks.countries import find_country_faults, find_stale_countries
from cpd.content.country_loading import FOLDER

TEXT = (FOLDER / "NZ.yaml").read_text("utf-8")


def test_the_shipped_files_have_no_faults() -> None:
    assert find_country_faults() == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("NZ.yaml", "code: NZ", "code: nz", "'nz' is not the code of a country."),
        ("AU.yaml", "code: NZ", "code: NZ", "The code is 'NZ', but the file is called 'AU.yaml'."),
        ("NZ.yaml", "crisis-line", "crisis-phone", "'crisis-phone' is not a known"),
        ("NZ.yaml", "source: https://www.govt.nz", "source: www.govt.nz", "is not the address"),
        ("NZ.yaml", "\n    source: https://www.govt.nz", "\n    #", "a number without a source"),
        ("NZ.yaml", "checked: 2026-11-30", "checked: lately", "'checked'"),
        ("NZ.yaml", "contacts:", "contacts: [", ""),
    ],
)
def test_each_fault_is_named(tmp_path: Path, name: str, old: str, new: str, says: str) -> None:
    assert old in TEXT
    (tmp_path / name).write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    (fault,) = find_country_faults(tmp_path)
    assert says in fault.message
    assert find_stale_countries(date(2030, 1, 1), tmp_path) == []


def test_numbers_are_due_for_another_look_after_a_year(tmp_path: Path) -> None:
    (tmp_path / "NZ.yaml").write_text(TEXT, encoding="utf-8")
    assert find_stale_countries(date(2027, 11, 30), tmp_path) == []
    (stale,) = find_stale_countries(date(2027, 12, 2), tmp_path)
    assert stale.message == "The numbers of New Zealand were last seen on 2026-11-30."
