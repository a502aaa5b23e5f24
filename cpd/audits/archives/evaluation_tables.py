"""The evaluation forms of a period as tables: no names, no times, in random order."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import flask_babel
from sqlalchemy.orm import Session

from cpd.audits.archives.models import AuditArchive
from cpd.audits.archives.period_rows import find_courses_of_archive
from cpd.evaluations.queries import find_evaluated_objectives
from cpd.evaluations.rules.questions import CLEAR, UNBIASED, USEFUL, objective_question_name
from cpd.evaluations.summaries.queries import UnnamedForm, find_unnamed_forms

_: Callable[..., str] = flask_babel.gettext


def build_evaluation_tables(
    session: Session, archive: AuditArchive
) -> dict[str, Sequence[Sequence[str | int | None]]]:
    """Return a table for each course with forms to show, by its path."""
    return {
        f"evaluations/{slug}.csv": list(
            _build_rows(forms, find_evaluated_objectives(session, course_id))
        )
        for course_id, slug in find_courses_of_archive(session, archive)
        if (forms := find_unnamed_forms(session, course_id, archive.span))
    }


def _build_rows(
    forms: Sequence[UnnamedForm], objectives: Mapping[str, str]
) -> Iterator[Sequence[str | int | None]]:
    """Yield the head, and a row for each form."""
    asked = [
        *((objective_question_name(id_), text) for id_, text in objectives.items()),
        (CLEAR, _("The course was clear")),
        (USEFUL, _("It is useful for my work")),
        (UNBIASED, _("Free of commercial bias (1 is yes, 0 is no)")),
    ]
    yield [_("Versions"), *(text for _question, text in asked), _("What would you change?")]
    for form in forms:
        answers = [form.ratings.get(question) for question, _text in asked]
        yield [form.versions, *answers, form.comment]
