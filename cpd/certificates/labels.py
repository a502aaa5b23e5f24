"""Labels for the facts of a certificate, and messages about codes and names."""

from collections.abc import Mapping, Sequence

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.certificates.models import CertificateState
from cpd.certificates.rules.codes import LAST_GROUP, LENGTH, CodeFault, FaultKind
from cpd.certificates.rules.record import WHOLE_SNAPSHOT, Finding, Verdict

LABELS: Mapping[str, LazyString] = {
    "name": _l("Name"),
    "licences": _l("License, as stated by the holder"),
    "title": _l("Kind"),
    "statement": _l("Statement"),
    "course": _l("Course"),
    "issued_for": _l("Issued for"),
    "marker": _l("Credit"),
    "credit": _l("Why"),
    "completed": _l("Completed"),
    "score": _l("Score"),
    "pass_mark": _l("Pass mark"),
    "activity": _l("Activity"),
    "place": _l("Place"),
    "reading": _l("Reading"),
    "subjects": _l("Subjects"),
    "authors": _l("Written by"),
    "instructor": _l("Instructor"),
    "sign_off": _l("Clinical sign-off"),
    "version": _l("Course version"),
    "language": _l("Language"),
    "provider": _l("Provider"),
    "contact": _l("Provider’s contact"),
    "provider_number": _l("Provider number"),
    "course_number": _l("Course number"),
    "signatories": _l("Signed for the provider by"),
    "demonstration": _l("Note"),
    "corrects": _l("Corrected"),
    "issued_at": _l("Issued"),
    "code": _l("Code"),
    "verify_at": _l("Checked at"),
    "key": _l("Signed with key"),
    "worksheet": _l("Worksheet"),
    "approvals": _l("Approvals on file"),
    "authority": _l("Authority"),
    "schema": _l("Record format"),
    WHOLE_SNAPSHOT: _l("The record as a whole"),
}
"""The labels in the order in which facts are shown, by the facts' names in the snapshot."""

TECHNICAL = frozenset({"version", "verify_at", "key", "worksheet", "approvals"})
"""Facts that pages fold away: they identify, and nobody reads them."""

FINDINGS: Mapping[Finding, LazyString] = {
    Finding.GENUINE: _l("Genuine."),
    Finding.CHANGED: _l("Not genuine: the record was changed after it was signed."),
    Finding.FORGED: _l("Not genuine: the signature does not match the record."),
    Finding.UNKNOWN_KEY: _l("Not checked: the key that signed it is not trusted here."),
}
"""What was found, in the words of both the page and `cpd verify`."""
FINDINGS_HERE: Mapping[Finding, LazyString] = {
    **FINDINGS,
    Finding.UNKNOWN_KEY: _l("Not genuine: it was not signed with a key of this site."),
}
"""The same about a code of this site, which knows all its keys."""

STATES: Mapping[CertificateState, LazyString] = {
    CertificateState.VALID: _l("Valid: neither replaced nor withdrawn."),
    CertificateState.SUPERSEDED: _l("Replaced by a corrected certificate."),
    CertificateState.REVOKED: _l("Withdrawn."),
}
"""What became of a certificate, in the same words everywhere."""

_GROUPS = (
    _l("first"),
    _l("second"),
    _l("third"),
    _l("fourth"),
    _l("fifth"),
    _l("last"),
)


def label_of_fact(name: str) -> str:
    """Return the label of a fact; an unknown name is its own label."""
    return str(LABELS.get(name, name))


def label_printed_facts(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return printed facts with their labels, in the order of `LABELS`."""
    return [(label_of_fact(name), facts[name]) for name in LABELS if name in facts]


def split_labeled_facts(
    facts: Mapping[str, str],
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return printed facts with their labels: those to compare, and the technical ones."""
    return (
        label_printed_facts({name: facts[name] for name in facts.keys() - TECHNICAL}),
        label_printed_facts({name: facts[name] for name in facts.keys() & TECHNICAL}),
    )


def code_fault_message(fault: CodeFault) -> str:
    """Return the sentence that says what is wrong with a code and where to look."""
    typed = ", ".join(fault.typed)
    group = str(_GROUPS[fault.groups[0]]) if fault.groups else ""
    if fault.kind is FaultKind.CHECK:
        return _wrong_group_message(fault, typed, group)
    messages = {
        FaultKind.EMPTY: _("Type the code that is printed on the certificate."),
        FaultKind.CHARACTER: _(
            "No code has the character “%(typed)s”: look at the %(group)s group.",
            typed=typed,
            group=group,
        ),
        FaultKind.GROUP_LENGTH: _(
            "The %(group)s group is too long or too short: look at %(typed)s.",
            group=group,
            typed=typed,
        ),
        FaultKind.LENGTH: _(
            "A code has %(length)s letters and digits, and this has %(count)s.",
            length=LENGTH,
            count=fault.count,
        ),
    }
    return str(messages[fault.kind])


def describe_verdict(verdict: Verdict, state: CertificateState) -> str:
    """Return the first words about a code of this site: what was found, or what became of it."""
    if verdict.is_genuine and state is not CertificateState.VALID:
        return str(STATES[state])
    return str(FINDINGS_HERE[verdict.finding])


def _wrong_group_message(fault: CodeFault, typed: str, group: str) -> str:
    if len(fault.groups) > 1:
        return str(_("Several groups do not fit: look at %(typed)s.", typed=typed))
    if fault.groups[0] == LAST_GROUP:
        return str(_("The last group does not fit: look at %(typed)s.", typed=typed))
    message = _(
        "The %(group)s group does not fit: look at %(typed)s, and at letter %(place)s of the last.",
        group=group,
        typed=typed,
        place=fault.groups[0] + 2,
    )
    return str(message)


def unknown_code_message() -> str:
    """Return the answer to a well-formed code that belongs to no certificate."""
    return str(_("No certificate has this code. Compare it with the paper, letter by letter."))


def wrong_code_unanswered_message() -> str:
    """Return what stands in a list for a wrong code beyond the limit."""
    return str(_("Not answered: too many wrong codes came from here. Try it again in a minute."))


def code_throttled_message(seconds: int) -> str:
    """Return the answer to a person who keeps trying wrong codes."""
    message = _(
        "Too many codes without a certificate were tried from here. Wait %(seconds)s seconds.",
        seconds=seconds,
    )
    return str(message)


def unsupported_characters_message(characters: Sequence[str]) -> str:
    """Return the warning about a text that no certificate file can show yet."""
    message = _(
        "The fonts of this site lack %(signs)s, so your certificate file will be available later. "
        "The certificate itself counts right away, and its page and the page that verifies it "
        "show every letter. If your license also has this in Latin letters, you can write it that "
        "way.",
        signs=" ".join(characters),
    )
    return str(message)
