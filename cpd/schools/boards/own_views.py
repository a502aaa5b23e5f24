"""What a learner's school sees of them under an assignment, as their own page."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses import outlines
from cpd.db import db
from cpd.kernel import clock
from cpd.organisations.models import SchoolKind
from cpd.schools.assignments.rules.seen_by_school import find_seen_by_school
from cpd.schools.assignments.rules.terms import Purpose
from cpd.schools.blueprint import bp
from cpd.schools.boards.harmful_choices import find_own_harmful_choices
from cpd.schools.boards.labels import label_of_work
from cpd.schools.boards.queries import (
    find_assignment_ever_own,
    find_newest_version,
    find_own_progress,
    find_own_tries,
    list_sections_to_finish,
)


@bp.get("/assigned/<string:public_id>/seen")
@requires(Permission.COURSE_STUDY)
def show_what_is_seen(public_id: str) -> ResponseReturnValue:
    """Show a learner exactly what their school sees of them under one assignment."""
    session, subject = db.session(), current_actor().subject
    assignment = find_assignment_ever_own(session, subject, public_id) or abort(404)
    newest = find_newest_version(session, assignment.course_id)
    outline = outlines.load_outline(session, newest)
    has_exam = assignment.purpose is Purpose.EXAM
    own = find_own_progress(session, subject, assignment, outline, now=clock.now())
    is_employer = assignment.cohort.school.kind is SchoolKind.CLINIC
    seen = find_seen_by_school(assignment.terms, is_employer=is_employer)
    return render_template(
        "schools/boards/own.html",
        assignment=assignment,
        course_title=newest.title,
        seen=seen,
        own=own,
        has_exam=has_exam,
        label=own and label_of_work(own.progress, has_exam=has_exam, is_employer=is_employer),
        section_count=len(list_sections_to_finish(assignment, outline)),
        tries=find_own_tries(session, subject, assignment) if seen.has_exam else (),
        choices=find_own_harmful_choices(session, subject, assignment) if seen.has_exam else (),
        titles={card.slug: card.title for card in outline.hazards},
        sections={section.slug: section.title for section in outline.sections},
    )
