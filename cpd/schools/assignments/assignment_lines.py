"""What a learner is told of an assignment before the first page; the lines are stored as told."""

from collections.abc import Callable

import flask_babel

from cpd.courses.rules.disclosure import DisclosureLine
from cpd.organisations.models import SchoolKind
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.seen_by_school import SeenBySchool, find_seen_by_school
from cpd.schools.assignments.rules.terms import AssignmentTerms, Purpose, ScorePolicy
from cpd.schools.assignments.rules.windows import Window
from cpd.web.formatting import format_instant, format_percent

gettext: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext


def build_assignment_lines(assignment: Assignment, window: Window) -> tuple[DisclosureLine, ...]:
    """Return the lines about an assignment with the window of one learner.

    A change of these sentences needs the next `DISCLOSURE_VERSION`.
    """
    cohort, terms = assignment.cohort, assignment.terms
    is_employer = cohort.school.kind is SchoolKind.CLINIC
    seen = find_seen_by_school(terms, is_employer=is_employer)
    assigned_by = gettext(
        "%(school)s, to the class %(cohort)s.", school=cohort.school.name, cohort=cohort.name
    )
    return (
        DisclosureLine(gettext("Assigned by"), assigned_by),
        DisclosureLine(gettext("When"), _describe_window(window)),
        DisclosureLine(gettext("What counts"), _describe_terms(terms, seen)),
        _build_line_of_sentences(
            gettext("What your school sees"), _describe_what_is_seen(seen, terms)
        ),
    )


def _build_line_of_sentences(label: str, sentences: list[str]) -> DisclosureLine:
    return DisclosureLine(label, " ".join(sentences), tuple(sentences))


def _describe_window(window: Window) -> str:
    due = format_instant(window.due.instant, window.due.zone)
    parts = [gettext("Due %(time)s.", time=due)]
    if window.opens is not None:
        opens = format_instant(window.opens.instant, window.opens.zone)
        parts.insert(0, gettext("Opens %(time)s.", time=opens))
    if window.closes is not None:
        closes = format_instant(window.closes.instant, window.closes.zone)
        parts.append(gettext("Closes %(time)s.", time=closes))
    else:
        parts.append(gettext("You can still do it after that, and it counts as late."))
    return " ".join(parts)


def _describe_terms(terms: AssignmentTerms, seen: SeenBySchool) -> str:
    if terms.purpose is Purpose.PRACTICE:
        practice_only = gettext("Reading and practice only. There is no exam.")
        return " ".join([practice_only, *_describe_practice(terms)])
    parts = [gettext("Reading, practice and the exam."), *_describe_practice(terms)]
    if terms.pass_mark is not None:
        parts.append(
            gettext("Your school requires %(mark)s to pass.", mark=format_percent(terms.pass_mark))
        )
    if terms.max_attempts is not None:
        parts.append(
            ngettext("You have %(num)s try.", "You have %(num)s tries.", terms.max_attempts)
        )
    if seen.has_exam:
        parts.append(_describe_score_policy(terms.score_policy))
    return " ".join(parts)


def _describe_practice(terms: AssignmentTerms) -> list[str]:
    sentences = []
    if terms.weak_spot_cases:
        sentences.append(
            ngettext(
                "Your school asks you to decide %(num)s practice case again, to practice your weak "
                "spots.",
                "Your school asks you to decide %(num)s practice cases again, to practice your "
                "weak spots.",
                terms.weak_spot_cases,
            )
        )
    if terms.asks_confidence:
        sentences.append(
            gettext(
                "Practice cases ask how sure you are. You do not have to answer, and only you see "
                "what you answer."
            )
        )
    return sentences


def _describe_score_policy(policy: ScorePolicy) -> str:
    match policy:
        case ScorePolicy.FIRST:
            return gettext(
                "If you take the exam more than once, your school counts the first score."
            )
        case ScorePolicy.LAST:
            return gettext(
                "If you take the exam more than once, your school counts the last score."
            )
        case ScorePolicy.BEST:
            return gettext(
                "If you take the exam more than once, your school counts the best score."
            )


def _describe_what_is_seen(seen: SeenBySchool, terms: AssignmentTerms) -> list[str]:
    sentences = [gettext("Whether you have completed this assignment, or not yet.")]
    if seen.has_reading:
        sentences.append(gettext("Which sections you have finished, and when."))
    if seen.has_exam and terms.purpose is Purpose.EXAM:
        sentences.append(
            gettext(
                "Each of your tries at the exam: when it was, whether you added time, the score, "
                "whether it was a pass, in which safety topics you decided in a way that could "
                "have harmed the client, and what you decided there."
            )
        )
    if seen.has_practice:
        sentences.append(gettext("Your first answers to practice cases, with your name."))
    elif seen.has_class_practice:
        sentences.append(
            gettext(
                "First answers to practice cases of the whole class together, without names, and "
                "only on topics that at least five people have met."
            )
        )
    if not seen.has_reading:
        sentences.append(
            gettext(
                "Nothing more, unless you agree to it. You can do so on the page “What your school "
                "sees” of this assignment, and stop it there at any time."
            )
        )
    if seen.has_reading and terms.weak_spot_cases:
        sentences.append(gettext("When you have practiced your weak spots as your school asks."))
    sentences.append(
        gettext("Nothing that you do in a course that you started yourself, or for another school.")
    )
    return sentences
