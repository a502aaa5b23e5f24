"""What a learner is told before starting; the same lines are shown, and kept with the enrolment."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import flask_babel

from cpd.content.readability import ReadingTime
from cpd.courses.queries import Course
from cpd.courses.rules.disclosure import Line
from cpd.courses.rules.exam import ExamRule
from cpd.courses.rules.outline import Outline
from cpd.courses.rules.reading import WORDS_PER_CE, Missing, reading_credit
from cpd.provider.rules.profile import Profile
from cpd.web.formatting import day, percent

gettext: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


def disclosure(course: Course, missing: Sequence[Missing], provider: Profile) -> tuple[Line, ...]:
    """Return everything told before the start of this version of a course, in order."""
    outline, front = course.outline, course.outline.course.front
    return (
        Line(
            gettext("Course"),
            gettext(
                "%(title)s. Version of %(day)s.",
                title=outline.course.title,
                day=day(course.revision.published_at, "UTC"),
            ),
        ),
        Line(gettext("Subjects"), ", ".join(front["subject"])),
        _objectives(outline),
        Line(
            gettext("Written by"),
            "; ".join(f"{a['name']}, {a['credentials']} ({a['role']})" for a in front["authors"]),
        ),
        Line(gettext("Financial interests"), front["disclosures"]),
        Line(gettext("How you take part"), _form(outline)),
        Line(gettext("Time"), time_told(outline)),
        Line(gettext("Reading and credit"), word_rule(outline, missing)),
        Line(gettext("To pass"), to_pass(ExamRule.from_front(outline.exam.front))),
        Line(gettext("Credit"), credit_told(missing)),
        Line(gettext("Clinical sign-off"), sign_off(course)),
        Line(gettext("Dates"), dates(front)),
        Line(
            gettext("Sources"),
            ngettext(
                "%(num)s source, listed with how far it was checked.",
                "%(num)s sources, each listed with how far it was checked.",
                len(outline.references),
            ),
        ),
        Line(gettext("Before you begin"), front["level"]),
        Line(
            gettext("You need"),
            gettext("A browser, on a phone or a computer. There is nothing to install."),
        ),
        Line(
            gettext("Cost"),
            gettext("Nothing is charged on this site, neither for the course nor a certificate."),
        ),
        Line(
            gettext("What is kept"),
            gettext(
                "Your reading, answers, results and certificates stay with your account, because a "
                "certificate must be provable for at least seven years."
            ),
        ),
        Line(gettext("Provider"), _provider(provider)),
    )


def _objectives(outline: Outline) -> Line:
    texts = [one["text"].rstrip(".;") for one in outline.course.front["objectives"]]
    items = (*(f"{text};" for text in texts[:-1]), f"{texts[-1]}.")
    return Line(gettext("You will be able to"), " ".join(items), items)


def time_told(outline: Outline) -> str:
    """Say the reading time with its arithmetic, and what it leaves out."""
    credit = reading_credit(outline)
    return ngettext(
        "About %(num)s minute of required reading: sections %(sections)s words + practice cases "
        "%(practice)s words; %(sum)s. Thinking, the reasons after each answer and the exam come "
        "on top; how long they take has not been measured yet.",
        "About %(num)s minutes of required reading: sections %(sections)s words + practice cases "
        "%(practice)s words; %(sum)s. Thinking, the reasons after each answer and the exam come "
        "on top; how long they take has not been measured yet.",
        credit.time.minutes,
        sections=f"{credit.sections.words:,}",
        practice=f"{credit.practice.words:,}",
        sum=time_sum(credit.time),
    )


def time_sum(time: ReadingTime) -> str:
    """Write the sum of a reading time: words, speed, minutes."""
    return gettext(
        "%(words)s words ÷ %(speed)s words a minute = %(minutes)s minutes",
        words=f"{time.words:,}",
        speed=time.per_minute,
        minutes=time.tenths,
    )


def word_rule(outline: Outline, missing: Sequence[Missing]) -> str:
    """Say what the word rule would make of the required reading, and that it grants nothing."""
    credit = reading_credit(outline)
    would: str = gettext(
        "By NCBTMB’s rule for home study %(rule)s words make 1 CE, so %(words)s words would be "
        "%(ce)s CE.",
        rule=f"{WORDS_PER_CE:,}",
        words=f"{credit.words:,}",
        ce=credit.ce,
    )
    return f"{would} {gettext('No credit is granted.')}" if missing else would


def to_pass(rule: ExamRule) -> str:
    """Say in one line what a pass needs."""
    return gettext(
        "%(mark)s of the marks in an exam of %(cases)s cases, and no critical decision, such as "
        "treating through the signs of an emergency. An unsafe decision earns nothing, and the "
        "result names it.",
        mark=percent(rule.pass_mark),
        cases=rule.cases,
    )


def credit_told(missing: Sequence[Missing]) -> str:
    """Say whether the course earns credit, and what keeps it from doing so."""
    if not missing:
        return gettext("This course is approved for credit.")
    return gettext("For study; no CE credit.") + " " + missing_told(missing)


def sign_off(course: Course) -> str:
    """Say which clinician signed exactly this version, or that none has."""
    by = course.ledger.signer(f"course:{course.slug}", course.revision.content_hash)
    if by:
        return gettext("This version is signed by %(name)s.", name=by)
    return gettext("Pending: no clinician has signed this version yet.")


def missing_told(missing: Sequence[Missing]) -> str:
    """Say what is not on file yet."""
    words = {
        Missing.APPROVAL: gettext("an accrediting body’s approval"),
        Missing.SIGN_OFF: gettext("a clinician’s signature"),
        Missing.REVIEW: gettext("a review of the content"),
    }
    return gettext("Not on file yet: %(what)s.", what=", ".join(words[one] for one in missing))


def dates(front: Mapping[str, Any]) -> str:
    """Say when the course was released and reviewed, and until when it holds."""
    reviewed = front["reviewed"]
    return " · ".join(
        (
            gettext("Released %(day)s", day=_day(front["released"])),
            gettext("reviewed %(day)s", day=_day(reviewed))
            if reviewed
            else gettext("not reviewed yet"),
            gettext("next review by %(day)s", day=_day(front["review_by"])),
            gettext("expires %(day)s", day=_day(front["expires"])),
        )
    )


def _day(text: str) -> str:
    return day(date.fromisoformat(text))


def _form(outline: Outline) -> str:
    sections = ngettext("%(num)s section", "%(num)s sections", len(outline.sections))
    practice = ngettext("%(num)s practice case", "%(num)s practice cases", outline.practice_count)
    return gettext(
        "Home study at your own pace: read %(sections)s, decide %(practice)s, then take the exam. "
        "You can stop and come back at any time.",
        sections=sections,
        practice=practice,
    )


def _provider(provider: Profile) -> str:
    number = gettext("provider number %(number)s", number=provider.number)
    told = (provider.name, number if provider.number else "", provider.contact)
    return ", ".join(one for one in told if one)
