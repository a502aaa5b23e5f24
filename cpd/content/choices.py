"""Boxes to tick and choices of one, which the reader of a tool marks: `☐ Words` and `○ Words`."""

import re
from xml.etree import ElementTree as ET

from markdown.util import AtomicString

from cpd.content.blocks import TreeReader

KINDS = {"☐": "tick", "○": "pick"}
"""The signs, each with the class of what is stored: a box to tick, or one choice of several."""
_BLOCKS = ("p", "li", "td")
_SIGN = re.compile(f"([{''.join(KINDS)}])")


class Choices(TreeReader):
    """Turns each sign and the plain words after it into the placeholder of a field.

    The words end at the next sign, at anything that is not plain text, and at the end of the
    paragraph. Signs right after bold words form a group, which the bold words name.
    """

    def run(self, root: ET.Element) -> None:
        """Change the tree in place and note problems."""
        for element in root.iter():
            if element.tag in _BLOCKS:
                self._shape_block(element)

    def _shape_block(self, block: ET.Element) -> None:
        """Find the signs in the text at the beginning of a block, and after each of its parts."""
        for part in (None, *list(block)):
            text = (block.text if part is None else part.tail) or ""
            start, *pieces = _SIGN.split(text)
            signs, words = pieces[::2], pieces[1::2]
            is_named = part is not None and part.tag == "strong" and not start.strip()
            if not signs or not self._are_well_written(signs, words, is_named=is_named):
                continue
            self.findings.blanks.extend(signs)
            choices = list(map(_make_choice, signs, words))
            if part is None:
                block.text = start
                block[0:0] = choices
                continue
            part.tail = start
            place = list(block).index(part)
            if is_named:
                block[place] = group = ET.Element("span", {"class": f"{KINDS[signs[0]]}s"})
                group.extend([part, *choices])
            else:
                block[place + 1 : place + 1] = choices

    def _are_well_written(self, signs: list[str], words: list[str], *, is_named: bool) -> bool:
        needle = f"{signs[0]}{words[0].rstrip()}"
        if not all(text.strip() for text in words):
            self.findings.note_problem(
                "There is a checkbox without words.",
                "Write plain words after it: ☐ Told by phone.",
                needle,
            )
        elif len(set(signs)) > 1:
            self.findings.note_problem(
                "☐ and ○ are mixed.",
                "Use ☐ where several may be checked, and ○ where only one may be chosen.",
                needle,
            )
        elif "○" in signs and (not is_named or len(signs) == 1):
            self.findings.note_problem(
                "This does not make a choice of one.",
                "Write the question in bold right before two or more choices: "
                "**How soon?** ○ Today ○ Tomorrow",
                needle,
            )
        else:
            return True
        return False


def _make_choice(sign: str, words: str) -> ET.Element:
    choice = ET.Element("span", {"class": KINDS[sign]})
    choice.text = AtomicString(words.strip())
    choice.tail = " "
    return choice
