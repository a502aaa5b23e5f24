"""Validators for the forms of every room, and the sentences that say what to fix."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import StopValidation

from cpd.accounts.rules import addresses
from cpd.kernel import single_line
from cpd.kernel.single_line import LineFault
from cpd.web.forms import Form

_LINE_FAULTS: Mapping[LineFault, Any] = {
    LineFault.EMPTY: _l("Fill this in."),
    LineFault.TOO_LONG: _l("Use at most %(most)s characters; this has %(count)s."),
    LineFault.HIDDEN_SIGN: _l(
        "It contains a character that cannot be seen or printed (%(sign)s). "
        "Delete it, or type the line again by hand."
    ),
    LineFault.NO_LETTER: _l("Use at least one letter."),
    LineFault.PILED_MARKS: _l("There are more accents on one letter than can be printed."),
}


def describe_line_fault(line: single_line.CleanLine, *, longest: int = single_line.LONGEST) -> str:
    """Say what is wrong with a line; empty if nothing is."""
    if line.fault is None:
        return ""
    values = {"most": longest, "count": len(line.text), "sign": line.sign}
    return str(_LINE_FAULTS[line.fault]) % values


class Line:
    """Accepts one printable line, and puts it into the form in which it is stored."""

    def __init__(self, *, longest: int = single_line.LONGEST, needs_letter: bool = True) -> None:
        self.longest = longest
        self.needs_letter = needs_letter

    def __call__(self, _form: Form, field: Field) -> None:
        """Clean the line, or say what is wrong; an optional field may stay empty."""
        line = single_line.clean_line(
            field.data or "", longest=self.longest, needs_letter=self.needs_letter
        )
        fault = describe_line_fault(line, longest=self.longest)
        if fault and (line.fault is not LineFault.EMPTY or field.flags.required):
            raise StopValidation(fault)
        field.data = line.text


class Code:
    """Accepts a text in which a parser finds a code; any other text is no guess at one."""

    def __init__(self, parse: Callable[[str], str | None], message: Any) -> None:
        self.parse = parse
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        """Leave only the code in the field, or say what to type."""
        code = self.parse(field.data or "")
        if code is None:
            raise StopValidation(str(self.message))
        field.data = code


class Address:
    """Accepts an address to which an email can be sent, and normalizes it."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Normalize the address, or say what is wrong."""
        address = addresses.normalize_address(field.data or "")
        if len(address) > addresses.LONGEST:
            raise StopValidation(str(_l("An address has at most 254 characters.")))
        if not addresses.is_plausible_address(address):
            raise StopValidation(
                str(_l("Write the whole address, such as maya@clinic.example, without spaces."))
            )
        field.data = address
