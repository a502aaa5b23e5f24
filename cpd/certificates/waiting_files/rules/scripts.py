"""The scripts of letters, for those who install fonts."""

import unicodedata
from collections.abc import Iterable, Mapping

OTHER = "Other"
_NAMES = {"CJK": "Chinese characters"}


def group_letters_by_script(letters: Iterable[str]) -> Mapping[str, str]:
    """Return the letters of each script, sorted; what is no letter stands under `OTHER`."""
    groups: dict[str, set[str]] = {}
    for letter in letters:
        groups.setdefault(_name_of_script(letter), set()).add(letter)
    return {script: "".join(sorted(groups[script])) for script in sorted(groups)}


def _name_of_script(letter: str) -> str:
    """Return the first word of the letter's name in Unicode, which names its script."""
    if unicodedata.category(letter)[0] not in "LM":
        return OTHER
    word = unicodedata.name(letter, OTHER).split()[0].partition("-")[0]
    return _NAMES.get(word, word.capitalize())
