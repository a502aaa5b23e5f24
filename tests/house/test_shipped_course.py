"""The site works for any course: outside its folder and the demo, nothing names the shipped one."""

import re

import pytest

from cpd.authoring.sources.disk import LIBRARY, shipped_course_folders
from tests.support.house import CPD, name_of

DEMO = CPD / "cli/demo"
"""Demo people take the shipped course."""
READ = {".py", ".html", ".txt", ".md", ".js", ".css", ".svg", ".typ"}
SUBJECT = re.compile(r"\bMS\b|multiple sclerosis|\bneurolog", re.IGNORECASE)
MILLISECONDS = re.compile(r"\d ms\b")


def mentions(text: str) -> list[str]:
    """Return what a text says of the shipped course."""
    named = "|".join(re.escape(folder.name) for folder in shipped_course_folders())
    text = MILLISECONDS.sub("", text)
    return re.findall(named, text) + [found[0] for found in SUBJECT.finditer(text)]


def test_nothing_names_the_shipped_course() -> None:
    files = [
        path
        for path in CPD.rglob("*")
        if path.suffix in READ and LIBRARY not in path.parents and DEMO not in path.parents
    ]
    found = {name_of(path): named for path in files if (named := mentions(path.read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize("text", ["Her MS team", "massage-and-ms", "Neurology"])
def test_control_a_mention_is_found(text: str) -> None:
    assert mentions(text)
    assert not mentions("about 24 ms of one core")
