"""The words of pages for how an activity was taught, and for why something does not count."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

import flask_babel
from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.accounts.profile.actions import LicenseRefusal
from cpd.credit import labels
from cpd.credit.rules.activities import Activity, Manner
from cpd.credit.rules.cycles import CycleReport, Line, Outcome, Unsettled
from cpd.credit.rules.evidence import EvidenceFault
from cpd.web.formatting import format_day

gettext: Callable[..., str] = flask_babel.gettext
_OF_SEVERAL = re.compile(r"(?<=hour)s\b|(?<=point)s\b|(?<=unit)s\b")
"""What a unit loses after the number one."""

MANNERS: Mapping[Manner, LazyString] = {
    Manner.HANDS_ON: _l("In person, supervised and hands-on"),
    Manner.IN_PERSON: _l("In person, without hands-on work"),
    Manner.LIVE_ONLINE: _l("Live online"),
    Manner.SELF_PACED_ONLINE: _l("Online, at your own pace"),
    Manner.SELF_PACED: _l("At your own pace, not online"),
}
"""How an activity was taught."""

UNSETTLED: Mapping[Unsettled, LazyString] = {
    Unsettled.REFLECTION: _l("They count no hours. This is what they ask for:"),
    Unsettled.UNKNOWN: _l("None of the sources we read says how much is due."),
    Unsettled.GROUPS: _l(
        "How much is due depends on the kind of membership or license. Find yours:"
    ),
    Unsettled.CONFLICT: _l(
        "Sources disagree on how much is due, so we cannot say what is missing. Ask the authority "
        "which one holds:"
    ),
    Unsettled.ALWAYS: _l("The amount must be held at all times, so there is no cycle that ends:"),
    Unsettled.FIRST_CYCLE: _l(
        "This is your first cycle, which has a rule of its own, so we cannot say what is missing:"
    ),
}
"""Why it cannot be said what is missing, before the authority's rules."""

LICENSE_REFUSALS: Mapping[LicenseRefusal, LazyString] = {
    LicenseRefusal.KNOWN: _l("You have entered this license before."),
    LicenseRefusal.TOO_MANY: _l("A profile can hold at most 20 licenses. Remove one first."),
}
"""Why a license is not added."""

EVIDENCE_FAULTS: Mapping[EvidenceFault, LazyString] = {
    EvidenceFault.EMPTY: _l("Choose a file first."),
    EvidenceFault.TOO_LARGE: _l("The file is larger than 900 kB. Save it smaller, then try again."),
    EvidenceFault.TOO_MANY: _l("An activity can have at most 4 files. Remove one first."),
    EvidenceFault.BROKEN_PDF: _l("The PDF is not complete. Save it again, then try again."),
    EvidenceFault.ACTIVE_PDF: _l(
        "The PDF contains a script or another file. Print it to a new PDF, then try again."
    ),
    EvidenceFault.KNOWN: _l("The activity has this file already."),
}
"""Why a file is not taken."""


def format_number(number: Decimal) -> str:
    """Return a number without the zeros after its last decimal."""
    return f"{number.normalize():f}"


def format_units(number: Decimal, report: CycleReport) -> str:
    """Return a number with the authority's unit after it: 1 hour, 1.5 hours of CPD."""
    unit = report.unit.label if report.unit else gettext("units")
    return f"{format_number(number)} {_OF_SEVERAL.sub('', unit) if number == 1 else unit}"


def describe_missing(number: Decimal, report: CycleReport) -> str:
    """Say how much is missing, without a period at the end."""
    amount = format_units(number, report)
    if number == 1:
        return gettext("%(amount)s is missing", amount=amount)
    return gettext("%(amount)s are missing", amount=amount)


def describe_done(number: Decimal, due: Decimal, report: CycleReport) -> str:
    """Say how much is done of what is due, without a period at the end."""
    done, whole = format_number(number), format_units(due, report)
    if due == 1:
        return gettext("%(done)s of %(due)s is done", done=done, due=whole)
    return gettext("%(done)s of %(due)s are done", done=done, due=whole)


def describe_outcome(line: Line, report: CycleReport) -> str:
    """Say in a sentence what an activity adds to a cycle, and why not more."""
    match line.outcome:
        case Outcome.COUNTED:
            return gettext(
                "Counts as %(amount)s.", amount=format_units(line.counted_to_show, report)
            )
        case Outcome.LIMITED:
            return gettext(
                "Counts as %(counted)s instead of %(offered)s, because of this limit: %(rules)s",
                counted=format_units(line.counted_to_show, report),
                offered=format_units(line.offered_to_show, report),
                rules=" ".join(rule.text for rule in line.limits),
            )
        case Outcome.REPEATED if line.repeats is not None:
            return _describe_repeat(line, line.repeats)
        case Outcome.EARLIER:
            return gettext("Does not count: it was completed before this cycle began.")
        case Outcome.LATER:
            return gettext("Does not count: it was completed after this cycle ended.")
        case _:
            return gettext(
                "Adds nothing: enter how much its certificate states, if it is not there yet."
            )


def _describe_repeat(line: Line, counted: Activity) -> str:
    """Say why an activity does not count beside one that counts already."""
    day = format_day(counted.completed_on)
    if line.is_same_course:
        return gettext(
            "Does not count: you completed the same course on %(day)s, and it counts already.",
            day=day,
        )
    return gettext(
        "Does not count: the same title from the same organizer, completed on %(day)s, counts "
        "already.",
        day=day,
    )


def add_labels_to_templates(app: Flask) -> None:
    """Let the templates of this room use these labels and those of the room."""
    labels.add_labels_to_templates(app)
    app.jinja_env.globals.update(
        MANNERS=MANNERS,
        UNSETTLED=UNSETTLED,
        describe_done=describe_done,
        describe_missing=describe_missing,
        describe_outcome=describe_outcome,
        format_number=format_number,
        format_units=format_units,
    )
