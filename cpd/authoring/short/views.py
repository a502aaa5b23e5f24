"""The short way: a case from six answers, a twin of a case, and a new source."""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, keeps_typed_text, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.models import Draft
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import CoursePart
from cpd.authoring.ideas.actions import note_case_of_idea
from cpd.authoring.ideas.queries import find_idea
from cpd.authoring.ideas.rules.stories import divide_story
from cpd.authoring.pages import (
    note_opened_keys,
    send_to_blind_answer_if_asked,
    written_course_or_404,
)
from cpd.authoring.short import actions, finding
from cpd.authoring.short.forms import (
    FIND,
    NO_CARD,
    IdeaInAddress,
    ShortCaseForm,
    SourceForm,
    TwinForm,
)
from cpd.authoring.short.labels import describe_places
from cpd.authoring.short.making import Shelf, asks_for_card, find_card, make_files
from cpd.authoring.short.pages import find_own_name, shelf_or_404
from cpd.authoring.short.source_numbers import (
    NewSource,
    build_reference_id,
    build_reference_text,
    is_year,
    parse_source_number,
)
from cpd.authoring.short.twins import Twin, TwinChanges, WordsNotFoundError, build_twin
from cpd.cases.scales import Decision
from cpd.courses.models import CourseRow
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.unsent import forget_typed_text

WRONG = 422


# A case


@bp.get("/courses/<string:course>/short")
@requires(Permission.DRAFT_WRITE)
def ask_for_short_case(course: str) -> ResponseReturnValue:
    """Ask for the six answers; an idea in the address fills in what its story says."""
    row, asked = written_course_or_404(course), IdeaInAddress.from_fields(request.args)
    form = ShortCaseForm()
    if asked.idea.data:
        idea = find_idea(db.session(), current_actor(), asked.idea.data) or abort(404)
        parts = divide_story(idea.story)
        form = ShortCaseForm(
            client=parts.client, plan=parts.plan, found=parts.found, idea=idea.public_id
        )
    return _render_short_case(row, form, shelf_or_404(row))


@bp.post("/courses/<string:course>/short")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def make_short_case(course: str) -> ResponseReturnValue:
    """Create the draft of a case, or search for a card and a source and ask again."""
    row, form = written_course_or_404(course), ShortCaseForm.from_request()
    shelf = shelf_or_404(row)
    if form.act.data == FIND:
        return _render_short_case(row, form, shelf)
    is_valid = form.validate()
    if not (_has_card_or_note_errors(form, shelf) and is_valid):
        return _render_short_case(row, form, shelf), WRONG
    made = _start_drafts(row, make_files(form, shelf, author=find_own_name()), form.idea.data or "")
    flash(
        _(
            "The draft is ready. The possible harm, the marks, the passage and the objectives come "
            "from the safety card. Reasons that are still standard texts are pointed out beside "
            "their questions."
        ),
        "good",
    )
    forget_typed_text(f"short:{course}")
    for draft in made[1:]:
        flash(
            _("A draft of %(path)s was created with it. Read that one too.", path=draft.path),
            "info",
        )
    return redirect(url_for(".edit_draft", public_id=made[0].public_id), 303)


def _has_card_or_note_errors(form: ShortCaseForm, shelf: Shelf) -> bool:
    """Tell whether the safety topic is clear; else say at the fields what is missing."""
    if form.decision.data and form.decision.data == form.tempting.data:
        form.tempting.errors = [_("This is the right decision. Choose a wrong one.")]
        return False
    if not asks_for_card(form):
        if find_card(shelf.course, form.card.data or ""):
            return True
        form.card.errors = [_("Choose a safety card, or say that none fits.")]
        return False
    if form.passage.data not in dict(finding.list_passages(shelf.course)):
        form.passage.errors = [_("Choose a passage of this course.")]
        return False
    missing = [field for field in (form.sign, form.rule, form.tell) if not field.data]
    for field in missing:
        field.errors = [_("This is needed for the new safety card.")]
    if form.number.data and parse_source_number(form.number.data) is None:
        form.number.errors = [_("This is not a DOI, a PMID or an address.")]
        return False
    named = (form.source_title, form.source_where) if form.number.data else ()
    for field in (unnamed := [field for field in named if not field.data]):
        field.errors = [_("This is needed for the new source.")]
    return not (missing or unnamed)


def _render_short_case(row: CourseRow, form: ShortCaseForm, shelf: Shelf) -> str:
    topic = form.topic.data or ""
    cards = finding.find_cards(shelf.course, topic)
    chosen = find_card(shelf.course, form.card.data or "")
    if chosen is not None and chosen not in cards:
        cards = [chosen, *cards]
    sources = list(finding.find_sources(shelf.course, form.source_words.data or ""))
    picked = {*form.sources.data, *(chosen.references if chosen else ())}
    known = [part.file for part in shelf.course.references if part.slug in picked]
    form.passage.choices = finding.list_passages(shelf.course)
    form.passage.data = form.passage.data or finding.find_passage(shelf.course, topic)
    return render_template(
        "authoring/short/case.html",
        course=row,
        form=form,
        cards=cards,
        has_searched=bool(topic),
        sources=[*known, *(source for source in sources if source.id not in picked)],
        asks_for_card=asks_for_card(form) or bool(topic and not cards),
        no_card=NO_CARD,
    )


# A twin


@bp.get("/courses/<string:course>/twins/<string:case>")
@requires(Permission.DRAFT_WRITE)
def ask_for_twin(course: str, case: str) -> ResponseReturnValue:
    """Ask which fact of a case changes."""
    row = written_course_or_404(course)
    copied = _case_or_404(shelf_or_404(row), case)
    send_to_blind_answer_if_asked(row.id, copied.path)
    return _render_twin(row, TwinForm(), copied)


@bp.post("/courses/<string:course>/twins/<string:case>")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def make_twin(course: str, case: str) -> ResponseReturnValue:
    """Create the draft of a twin, and name what must be written by hand."""
    row, form = written_course_or_404(course), TwinForm.from_request()
    shelf = shelf_or_404(row)
    copied = _case_or_404(shelf, case)
    send_to_blind_answer_if_asked(row.id, copied.path)
    if not form.validate():
        return _render_twin(row, form, copied), WRONG
    try:
        twin = _build_twin(form, copied, shelf)
    except WordsNotFoundError:
        form.old_words.errors = [
            _("The case does not contain these words. Copy them from the case.")
        ]
        return _render_twin(row, form, copied), WRONG
    note_opened_keys(row.id, copied.path)  # the reasons of a twin are those of the case
    made = _start_drafts(row, {f"cases/{twin.id}.md": twin.text})
    flash(_("The twin was created in the same family."), "good")
    forget_typed_text(f"twin:{course}:{case}")
    if twin.leftovers:
        places = describe_places(twin.leftovers)
        flash(
            _("Read these again, and rewrite what no longer fits: %(places)s.", places=places),
            "info",
        )
    return redirect(url_for(".edit_draft", public_id=made[0].public_id), 303)


def _build_twin(form: TwinForm, case: CoursePart[CaseFile], shelf: Shelf) -> Twin:
    changes = TwinChanges(
        old_words=form.old_words.data or "",
        new_words=form.new_words.data or "",
        decision=Decision(form.decision.data),
        author=find_own_name(),
        why=form.why.data or "",
    )
    taken = shelf.ids_in("cases")
    return build_twin(case.text, case.file, changes, shelf.course, taken=taken)


def _case_or_404(shelf: Shelf, slug: str) -> CoursePart[CaseFile]:
    """Return a case of the course, published or a draft without faults in its keys."""
    return next((case for case in shelf.course.cases if case.slug == slug), None) or abort(404)


def _render_twin(row: CourseRow, form: TwinForm, case: CoursePart[CaseFile]) -> str:
    return render_template("authoring/short/twin.html", course=row, form=form, case=case)


# A source


@bp.get("/courses/<string:course>/sources")
@requires(Permission.DRAFT_WRITE)
def ask_for_source(course: str) -> ResponseReturnValue:
    """Ask for a source that the course does not have."""
    return _render_source(written_course_or_404(course), SourceForm())


@bp.post("/courses/<string:course>/sources")
@requires(Permission.DRAFT_WRITE)
@keeps_typed_text
def make_source(course: str) -> ResponseReturnValue:
    """Create the draft of a reference."""
    row, form = written_course_or_404(course), SourceForm.from_request()
    is_valid = form.validate()
    number = parse_source_number(form.number.data or "")
    if number is None and not form.number.errors:
        form.number.errors = [_("This is not a DOI, a PMID, a PMCID or an address.")]
    if form.year.data is not None and not is_year(form.year.data):
        form.year.errors = [_("Write the year with four digits.")]
    if not is_valid or number is None or form.year.errors:
        return _render_source(row, form), WRONG
    source = NewSource(
        number=number,
        title=form.source_title.data or "",
        where=form.where.data or "",
        type=form.source_type.data,
        note=form.note.data or "",
        authors=form.authors.data or "",
        year=form.year.data,
    )
    reference = build_reference_id(source, shelf_or_404(row).ids_in("references"))
    text = build_reference_text(reference, source)
    made = _start_drafts(row, {f"references/{reference}.md": text})
    forget_typed_text(f"source:{course}")
    flash(_("The draft is ready. Cite the source as %(mark)s.", mark=f"[@{reference}]"), "good")
    return redirect(url_for(".edit_draft", public_id=made[0].public_id), 303)


def _render_source(row: CourseRow, form: SourceForm) -> str:
    return render_template("authoring/short/source.html", course=row, form=form)


# What all three need


def _start_drafts(row: CourseRow, texts: Mapping[str, str], idea_id: str = "") -> list[Draft]:
    with unit_of_work() as session:
        made = actions.start_drafts(session, row, texts, actor=current_actor(), now=clock.now())
        idea = find_idea(session, current_actor(), idea_id) if idea_id else None
        if idea is not None:
            note_case_of_idea(session, idea, made[0])
    return made
