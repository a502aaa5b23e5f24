"""What forms of every room check of names and other single lines, and the sentences they say."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import StopValidation

from cpd.accounts.hooks import unprintable
from cpd.kernel import single_line
from cpd.kernel.single_line import LineFault
from cpd.web.forms import Form

_WORDS: Mapping[LineFault, Any] = {
    LineFault.EMPTY: _l("Fill this in."),
    LineFault.TOO_LONG: _l("Use at most %(most)s characters; this has %(count)s."),
    LineFault.HIDDEN_SIGN: _l(
        "There is a sign in it that cannot be seen or printed (%(sign)s). "
        "Leave it out, or type the line again by hand."
    ),
    LineFault.NO_LETTER: _l("Use at least one letter."),
    LineFault.PILED_MARKS: _l("There are more accents on one letter than can be printed."),
}


def fault_words(line: single_line.CleanLine, *, longest: int = single_line.LONGEST) -> str:
    """Say what is wrong with a line; empty where nothing is."""
    if line.fault is None:
        return ""
    facts = {"most": longest, "count": len(line.text), "sign": line.sign}
    return str(_WORDS[line.fault]) % facts


class Line:
    """Validator: one printable line, kept in the form in which it is stored."""

    def __init__(self, *, longest: int = single_line.LONGEST, needs_letter: bool = True) -> None:
        self.longest = longest
        self.needs_letter = needs_letter

    def __call__(self, _form: Form, field: Field) -> None:
        """Clean the line or say what is wrong; an optional field may stay empty."""
        read = single_line.clean(
            field.data or "", longest=self.longest, needs_letter=self.needs_letter
        )
        said = fault_words(read, longest=self.longest)
        if said and (read.fault is not LineFault.EMPTY or field.flags.required):
            raise StopValidation(said)
        field.data = read.text


class Printable:
    """Validator: what certificates can show in the letters of their fonts."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Say which signs cannot be shown."""
        fault = unprintable(field.data or "")
        if fault is not None:
            raise StopValidation(fault)
