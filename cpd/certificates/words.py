"""What the pages and `cpd verify` call the facts of a certificate, and say of codes."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.certificates.rules.codes import LAST, LENGTH, CodeFault, FaultKind
from cpd.certificates.rules.record import WHOLE

LABELS: Mapping[str, LazyString] = {
    "name": _l("Name"),
    "licences": _l("Licence, as stated by the holder"),
    "title": _l("Kind"),
    "statement": _l("Statement"),
    "course": _l("Course"),
    "marker": _l("Credit"),
    "credit": _l("Why"),
    "completed": _l("Completed"),
    "score": _l("Score"),
    "pass_mark": _l("Pass mark"),
    "activity": _l("Activity"),
    "reading": _l("Reading"),
    "subjects": _l("Subjects"),
    "authors": _l("Written by"),
    "sign_off": _l("Clinical sign-off"),
    "version": _l("Course version"),
    "language": _l("Language"),
    "provider": _l("Provider"),
    "contact": _l("Provider’s contact"),
    "demonstration": _l("Note"),
    "issued_at": _l("Issued"),
    "code": _l("Code"),
    "verify_at": _l("Checked at"),
    "key": _l("Signed with key"),
    "authority": _l("Authority"),
    "schema": _l("Form of the record"),
    WHOLE: _l("The record as a whole"),
}
"""The facts in the order in which they are shown, by their names in the snapshot."""

_GROUPS = (
    _l("first"),
    _l("second"),
    _l("third"),
    _l("fourth"),
    _l("fifth"),
    _l("last"),
)


def label(name: str) -> str:
    """Return what a fact is called; a name that no certificate of ours has stands for itself."""
    return str(LABELS.get(name, name))


def in_order(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return printed facts with their labels, in the order of `LABELS`."""
    return [(label(name), facts[name]) for name in LABELS if name in facts]


def code_fault(fault: CodeFault) -> str:
    """Return the sentence that says what is wrong with a code and where to look."""
    typed = ", ".join(fault.typed)
    group = str(_GROUPS[fault.groups[0]]) if fault.groups else ""
    if fault.kind is FaultKind.CHECK:
        return _check_fault(fault, typed, group)
    said = {
        FaultKind.EMPTY: _l("Type the code that is printed on the certificate."),
        FaultKind.CHARACTER: _l(
            "No code has the sign “%(typed)s”: look at the %(group)s group.",
            typed=typed,
            group=group,
        ),
        FaultKind.GROUP_LENGTH: _l(
            "The %(group)s group is too long or too short: look at %(typed)s.",
            group=group,
            typed=typed,
        ),
        FaultKind.LENGTH: _l(
            "A code has %(length)s letters and digits, and this has %(count)s.",
            length=LENGTH,
            count=fault.count,
        ),
    }
    return str(said[fault.kind])


def _check_fault(fault: CodeFault, typed: str, group: str) -> str:
    if len(fault.groups) > 1:
        return str(_l("Several groups do not fit: look at %(typed)s.", typed=typed))
    if fault.groups[0] == LAST:
        return str(_l("The last group does not fit: look at %(typed)s.", typed=typed))
    said = _l(
        "The %(group)s group does not fit: look at %(typed)s, and at letter %(place)s of the last.",
        group=group,
        typed=typed,
        place=fault.groups[0] + 2,
    )
    return str(said)


def no_such() -> str:
    """Return what is said of a code that is well formed and belongs to no certificate."""
    return str(_l("No certificate has this code. Compare it with the paper, letter by letter."))


def too_many(seconds: int) -> str:
    """Return what is said to somebody who tries one wrong code after the other."""
    said = _l(
        "Too many codes without a certificate were tried from here. Wait %(seconds)s seconds.",
        seconds=seconds,
    )
    return str(said)
