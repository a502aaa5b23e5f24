"""No file of the repository may contain a machine's own paths or the address of an index.

Every checkout has the same bytes, whatever git's settings for line endings.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.house import ROOT, name_of, tracked

FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work)/[\w.-]"),
    "a file address": re.compile(r"file:/{2,}[\w.]"),
    "an index setting": re.compile(
        r"--(?:extra-)?index-url|--find-links|^\s*registry\s*=", re.MULTILINE
    ),
    "a resolved address": re.compile(r'"resolved"\s*:\s*"http'),
}


def faults(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


def test_no_file_names_a_machine_or_an_index() -> None:
    found = {}
    for path in tracked():
        if name_of(path) == "tests/house/test_repository.py":
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found[name_of(path)] = faults(text)
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("see /home/zoe/notes", "a path of one machine"),
        ('open("/root/data.csv")', "a path of one machine"),
        ("file:///opt/wheels", "a file address"),
        ("--index-url https://example.org/simple", "an index setting"),
        ("--find-links wheels", "an index setting"),
        ("registry = https://example.org", "an index setting"),
        ('"resolved": "https://example.org/x.tgz"', "a resolved address"),
    ],
)
def test_each_is_found(text: str, what: str) -> None:
    assert what in faults(text)


def test_locks_hold_hashes() -> None:
    for path in tracked():
        if name_of(path) in {"requirements.txt", "requirements-dev.txt"}:
            pins = re.findall(r"^[a-z][\w.-]*==.*$", path.read_text(), re.MULTILINE)
            assert pins
            assert all(pin.endswith("\\") for pin in pins), "each pin is followed by its hashes"


def test_lines_end_in_lf_where_git_is_told_to_write_crlf(tmp_path: Path) -> None:
    """Otherwise no shell script runs, and no course can be read."""
    subprocess.run(
        ["git", "-c", "core.autocrlf=true", "checkout-index", "--all", f"--prefix={tmp_path}/"],
        cwd=ROOT, check=True,
    )  # fmt: skip
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert tmp_path / "scripts/ensure-chromium" in written
    texts = {path: content for path, content in written.items() if b"\0" not in content}
    assert [path.name for path, content in texts.items() if b"\r\n" in content] == []
