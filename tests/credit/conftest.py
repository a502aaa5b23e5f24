"""An authority of our own, as a file and as an object."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cpd.credit.authority_loading import check_authority_file
from cpd.credit.rules.authorities import Authority

OASIS = """\
slug: oasis
name: Board of Oasis
short_name: Oasis
place: Oasis
role: regulator
counts: hours
checked: 2026-11-30
sources:
  rule: {title: Rule 1, page: "https://example.org/rule"}
rules:
  unit:
    - {text: An hour is 50 minutes., sources: [rule], label: hours, hours: 1, hour_minutes: 50}
  formula:
    - {text: It counts words., sources: [rule], formula: ncbtmb}
  rounding:
    - {text: It rounds down to half an hour., sources: [rule], step: 1/2}
  cycle:
    - {text: 24 hours are due in two years., sources: [rule], amount: 24, months: 24}
  wording:
    - {text: It is a certificate of achievement., sources: [rule], title: Certificate}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one authority."""
    (tmp_path / "oasis.yaml").write_text(OASIS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def authority(tmp_path: Path) -> Callable[..., Authority]:
    """Make the authority of Oasis, with one text in its file replaced by another."""

    def make(old: str = "", new: str = "") -> Authority:
        assert old in OASIS
        path = tmp_path / "oasis.yaml"
        path.write_text(OASIS.replace(old, new) if old else OASIS, encoding="utf-8")
        found, faults = check_authority_file(path)
        assert found is not None, faults
        return found

    return make
