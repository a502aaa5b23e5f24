"""What a course discloses before the start; the lines shown are stored with the enrollment."""

from collections.abc import Callable, Sequence

import flask_babel

from cpd.content.languages import language_of_text, mark_text, mark_texts_within
from cpd.content.readability import ReadingTime
from cpd.courses.queries import Course
from cpd.courses.rules.disclosure import DisclosureLine
from cpd.courses.rules.fronts.course import CourseFront
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.courses.rules.outline import Outline
from cpd.courses.rules.reading import WORDS_PER_CE, Missing, build_reading_credit
from cpd.provider.rules.profile import Profile
from cpd.web.formatting import format_day, format_percent

gettext: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


def build_disclosure(
    course: Course, missing: Sequence[Missing], provider: Profile
) -> tuple[DisclosureLine, ...]:
    """Return everything disclosed before the start of this version of a course, in order."""
    front = course.outline.course.front
    return (
        *(course.assigned.lines if course.assigned else ()),
        *_build_content_lines(course),
        *_build_effort_lines(course.outline, missing),
        DisclosureLine(gettext("Credit"), _describe_credit_of_assigned(course, missing)),
        DisclosureLine(gettext("Clinical sign-off"), describe_sign_off(course)),
        DisclosureLine(gettext("Dates"), describe_course_dates(front)),
        _build_sources_line(course.outline),
        DisclosureLine(gettext("Before you begin"), front.level),
        *_build_terms_lines(provider),
        DisclosureLine(gettext("Provider"), _describe_provider(provider)),
    )


def mark_texts_of_course(
    lines: Sequence[DisclosureLine], course: Course
) -> tuple[DisclosureLine, ...]:
    """Return lines as the page shows them: what is in the language of the course is marked."""
    front = course.outline.course.front
    texts = [course.outline.course.title, front.disclosures, front.level, *front.subjects]
    texts += [part for author in front.authors for part in (author.credentials, author.role)]
    texts += [
        mark_text(objective.text.rstrip(".;"), language_of_text(objective.text))
        for objective in front.objectives
    ]
    return tuple(
        DisclosureLine(
            line.label,
            mark_texts_within(line.text, texts),
            tuple(mark_texts_within(item, texts) for item in line.items),
        )
        for line in lines
    )


def _build_content_lines(course: Course) -> tuple[DisclosureLine, ...]:
    """Say what the course is about, and who wrote it."""
    outline, front = course.outline, course.outline.course.front
    title = gettext(
        "%(title)s. Version of %(day)s.",
        title=outline.course.title,
        day=format_day(course.revision.published_at, "UTC"),
    )
    authors = (f"{author.name}, {author.credentials} ({author.role})" for author in front.authors)
    return (
        DisclosureLine(gettext("Course"), title),
        DisclosureLine(gettext("Subjects"), ", ".join(front.subjects)),
        _build_objectives_line(outline),
        DisclosureLine(gettext("Written by"), "; ".join(authors)),
        DisclosureLine(gettext("Financial interests"), front.disclosures),
    )


def _build_effort_lines(outline: Outline, missing: Sequence[Missing]) -> tuple[DisclosureLine, ...]:
    """Say what the learner will do, how long it takes, and what a pass needs."""
    return (
        DisclosureLine(gettext("How you take part"), _describe_how_to_take_part(outline)),
        DisclosureLine(gettext("Time"), describe_reading_time(outline)),
        DisclosureLine(gettext("Reading and credit"), describe_word_rule(outline, missing)),
        DisclosureLine(gettext("To pass"), describe_pass_rule(outline.exam.policy)),
    )


def _build_sources_line(outline: Outline) -> DisclosureLine:
    text = ngettext(
        "%(num)s source, listed with how far it was checked.",
        "%(num)s sources, each listed with how far it was checked.",
        len(outline.references),
    )
    return DisclosureLine(gettext("Sources"), text)


def _build_terms_lines(provider: Profile) -> tuple[DisclosureLine, ...]:
    """Say what a learner needs, what it costs, and what is kept."""
    return (
        DisclosureLine(
            gettext("You need"),
            gettext("A browser, on a phone or a computer. There is nothing to install."),
        ),
        DisclosureLine(
            gettext("Cost"),
            gettext("Nothing is charged on this site, neither for the course nor a certificate.")
            if provider.charges_nothing
            else gettext("As the page “Cost and refunds” at the foot of this site says."),
        ),
        DisclosureLine(
            gettext("What is kept"),
            gettext(
                "Your reading, answers, results and certificates stay with your account, because a "
                "certificate must be provable for at least seven years."
            ),
        ),
    )


def _build_objectives_line(outline: Outline) -> DisclosureLine:
    texts = [objective.text.rstrip(".;") for objective in outline.course.front.objectives]
    items = (*(f"{text};" for text in texts[:-1]), f"{texts[-1]}.")
    return DisclosureLine(gettext("You will be able to"), " ".join(items), items)


def describe_reading_time(outline: Outline) -> str:
    """Give the reading time with its arithmetic, and say what it leaves out."""
    credit = build_reading_credit(outline)
    return ngettext(
        "About %(num)s minute of required reading: sections %(sections)s words + practice cases "
        "%(practice)s words; %(sum)s. Thinking, the reasons after each answer and the exam are "
        "extra; how long they take has not been measured yet.",
        "About %(num)s minutes of required reading: sections %(sections)s words + practice cases "
        "%(practice)s words; %(sum)s. Thinking, the reasons after each answer and the exam are "
        "extra; how long they take has not been measured yet.",
        credit.total_time.minutes,
        sections=f"{credit.sections.words:,}",
        practice=f"{credit.practice.words:,}",
        sum=describe_reading_time_sum(credit.total_time),
    )


def describe_reading_time_sum(time: ReadingTime) -> str:
    """Write the sum of a reading time: words, speed, minutes."""
    return gettext(
        "%(words)s words ÷ %(speed)s words a minute = %(minutes)s minutes",
        words=f"{time.words:,}",
        speed=time.per_minute,
        minutes=time.minutes_to_one_decimal,
    )


def describe_word_rule(outline: Outline, missing: Sequence[Missing]) -> str:
    """Say what credit the word rule would give for the required reading; none is granted."""
    credit = build_reading_credit(outline)
    would: str = gettext(
        "By NCBTMB’s rule for home study %(rule)s words make 1 CE, so %(words)s words would be "
        "%(ce)s CE.",
        rule=f"{WORDS_PER_CE:,}",
        words=f"{credit.word_count:,}",
        ce=credit.ce_text,
    )
    return f"{would} {gettext('No credit is granted.')}" if missing else would


def describe_pass_rule(policy: ExamPolicy) -> str:
    """Say in one line what a pass needs."""
    return gettext(
        "%(mark)s of the marks in an exam of %(cases)s cases, and no critical decision, such as "
        "treating through the signs of an emergency. An unsafe decision earns nothing, and the "
        "result names it.",
        mark=format_percent(policy.pass_mark),
        cases=policy.draw.cases,
    )


def _describe_credit_of_assigned(course: Course, missing: Sequence[Missing]) -> str:
    """Say whether the course earns credit as it is assigned here."""
    if course.assigned is not None and course.assigned.is_for_study:
        return gettext("For study; no CE credit.")
    return describe_credit(missing)


def describe_credit(missing: Sequence[Missing]) -> str:
    """Say whether the course earns credit, or what is missing for that."""
    if not missing:
        return gettext("This course is approved for credit.")
    return gettext("For study; no CE credit.") + " " + describe_missing_for_credit(missing)


def describe_sign_off(course: Course) -> str:
    """Say which clinician signed exactly this version, or that none has."""
    by = course.ledger.signer(f"course:{course.slug}", course.revision.content_hash)
    if by:
        return gettext("This version is signed by %(name)s.", name=by)
    return gettext("Pending: no clinician has signed this version yet.")


def describe_missing_for_credit(missing: Sequence[Missing]) -> str:
    """Say what is not on file yet."""
    words = {
        Missing.APPROVAL: gettext("an accrediting body’s approval"),
        Missing.SIGN_OFF: gettext("a clinician’s signature"),
        Missing.REVIEW: gettext("a review by this provider’s own reviewers"),
    }
    return gettext(
        "Not on file yet: %(what)s.", what=", ".join(words[reason] for reason in missing)
    )


def describe_course_dates(front: CourseFront) -> str:
    """Say when the course was released and reviewed, and when it expires."""
    return " · ".join(
        (
            gettext("Released %(day)s", day=format_day(front.released)),
            gettext("reviewed %(day)s", day=format_day(front.reviewed))
            if front.reviewed
            else gettext("not reviewed yet"),
            gettext("next review by %(day)s", day=format_day(front.review_by)),
            gettext("expires %(day)s", day=format_day(front.expires)),
        )
    )


def _describe_how_to_take_part(outline: Outline) -> str:
    sections = ngettext("%(num)s section", "%(num)s sections", len(outline.sections))
    practice = ngettext(
        "%(num)s practice case", "%(num)s practice cases", outline.practice_case_count
    )
    return gettext(
        "Home study at your own pace: read %(sections)s, decide %(practice)s, then take the exam. "
        "You can stop and come back at any time.",
        sections=sections,
        practice=practice,
    )


def _describe_provider(provider: Profile) -> str:
    number = gettext("provider number %(number)s", number=provider.number)
    parts = (provider.name, number if provider.number else "", provider.contact)
    return ", ".join(part for part in parts if part)
