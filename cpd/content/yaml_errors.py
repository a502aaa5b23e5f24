"""What is wrong with keys that are not YAML, in words for authors.

The library says what its scanner expected. These rules look at the line on which it stopped, and
name what an author would recognize; what none of them knows is said in the library's words.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import yaml

_UNSEEN_SPACES = {
    "\u00a0": "a no-break space",
    "\u202f": "a narrow no-break space",
    "\u2007": "a figure space",
    "\u200b": "a zero-width space",
    "\u3000": "a wide space",
}
_UNSEEN = re.compile(rf"[ -]*(?:[\w-]+:)? *(?P<space>[{''.join(_UNSEEN_SPACES)}])")
"""In the text of a value such a space does no harm."""
_TAB = re.compile(r" *\t")
_GLUED_KEY = re.compile(r"(?:- +)?(?P<key>[a-z_]+):(?P<value>[^\s/].*)", re.ASCII)
_KEY_WITHOUT_ITEM = re.compile(r"[a-z_]+:(?: .*)?")
_VALUE = re.compile(r"\s*(?:- +)*(?:[^\s:'\"\[\]{}]+: +)?(?P<value>.*)")
_CANNOT_BEGIN = "@`%*&!|>{}[],?"
_CLOSES = {"[": "]", "{": "}"}
RETYPE = "Type the spaces of this line again."
_QUOTE = "Put the whole value in straight quotation marks."


class Explanation(NamedTuple):
    """What is wrong, on which line (from 0), and the remedy."""

    line: int
    message: str
    remedy: str


def explain_yaml_error(error: yaml.YAMLError, lines: list[str]) -> Explanation:
    """Return what is wrong with the keys on these lines."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or "it has a character that is not allowed here"
    line = min(int(mark.line), len(lines) - 1) if mark else 0
    begun = getattr(error, "context_mark", None) or mark
    start = min(int(begun.line), line) if begun else line
    for explain in _RULES:
        for number in dict.fromkeys((line, start, max(line - 1, 0))):
            told = problem if number == line or explain in _LATE_RULES else ""
            if (found := explain(lines[number], told)) is not None:
                return Explanation(number, *found)
    for number in range(line, -1, -1) if "did not find expected key" in problem else ():
        if (found := _explain_quotation(lines[number], problem)) is not None:
            return Explanation(number, *found)  # it ends at the beginning of a later value
    return Explanation(
        line,
        f"This is not YAML: {problem}.",
        "Look at the indentation, and put text that has ': ' or ' #' in quotation marks.",
    )


def describe_unseen_space(line: str) -> str | None:
    """Return the name of a space around a key that looks like an ordinary one and is not."""
    found = _UNSEEN.match(line)
    return _UNSEEN_SPACES[found["space"]] if found else None


def _explain_tab(line: str, _problem: str) -> tuple[str, str] | None:
    if not _TAB.match(line):
        return None
    return "The line is indented with a tab.", "Indent it with spaces."


def _explain_key_without_space(line: str, problem: str) -> tuple[str, str] | None:
    """Explain `level:easy`, which the library notices only at a later line."""
    found = _GLUED_KEY.fullmatch(line.strip())
    if "could not find expected ':'" not in problem or found is None:
        return None
    key, value = found["key"], found["value"]
    return f"There is no space after '{key}:'.", f"Write '{key}: {value}'."


def _explain_item_without_hyphen(line: str, problem: str) -> tuple[str, str] | None:
    if "expected '-' indicator" not in problem or not _KEY_WITHOUT_ITEM.fullmatch(line):
        return None
    return (
        "A new entry of the list does not begin with '- '.",
        "Begin its first line with '- ', and indent its other lines by two spaces.",
    )


def _explain_unseen_space(line: str, _problem: str) -> tuple[str, str] | None:
    name = describe_unseen_space(line)
    if name is None:
        return None
    return f"There is {name} where a plain space belongs.", RETYPE


def _explain_first_character(line: str, problem: str) -> tuple[str, str] | None:
    value = _value_on_line(line)
    first = value[:1]
    if first in _CLOSES:
        closing = _CLOSES[first]
        if value.count(first) > value.count(closing):
            return (
                f"The value begins with '{first}' and has no '{closing}' to match.",
                f"Close it with '{closing}'. {_QUOTE[:-1]} if it is text.",
            )
        listed = re.search(r"[\[{,]\s*([@`%*&!|>?])", value)
        first = listed[1] if listed else ""
    if problem and first and first in _CANNOT_BEGIN:
        remedy = f"Leave it out, or {_QUOTE[0].lower()}{_QUOTE[1:]}"
        return f"A value cannot begin with '{first}'.", remedy
    return None


def _explain_quotation(line: str, _problem: str) -> tuple[str, str] | None:
    value = _value_on_line(line)
    mark = value[:1]
    if mark not in ("'", '"') or not re.match(rf"{mark}[^{mark}]*(?:{mark}.|$)", value):
        return None
    return (
        f"The value begins with {mark}, and the next {mark} ends it too early, or there is none.",
        "Use the other straight quotation mark around the value, or “ and ” inside it.",
    )


def _explain_colon(line: str, problem: str) -> tuple[str, str] | None:
    if "mapping values are not allowed" not in problem:
        return None
    if ": " in _value_on_line(line) or _value_on_line(line).endswith(":"):
        return "The value contains ': ', which would begin another key.", _QUOTE
    return (
        "The line is indented more than the line above, which has a value already.",
        "Line it up with the other keys.",
    )


def _value_on_line(line: str) -> str:
    found = _VALUE.match(line)
    return found["value"].strip() if found else ""


_RULES: tuple[Callable[[str, str], tuple[str, str] | None], ...] = (
    _explain_tab,
    _explain_unseen_space,
    _explain_key_without_space,
    _explain_item_without_hyphen,
    _explain_quotation,
    _explain_colon,
    _explain_first_character,
)
_LATE_RULES = (_explain_key_without_space,)
"""What the library notices below the line on which it happened."""
