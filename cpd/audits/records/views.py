"""The pages on which administrators find a learner, say why, and read the learner's record."""

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import Actor, Permission
from cpd.accounts.models import Person
from cpd.accounts.people.queries import find_page_of_people
from cpd.audits.blueprint import bp
from cpd.audits.records import actions, queries
from cpd.audits.records.forms import PurposeForm
from cpd.audits.records.queries import Learner, OpenRecord
from cpd.audits.records.transcript import build_transcript_pdf, build_transcript_rows
from cpd.certificates.formats.extras import MissingExtraError
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.csv_writing import write_csv
from cpd.provider import current
from cpd.web.markup import render_markup
from cpd.web.reading import read_page_number

WRONG = 422


@bp.get("/records")
@requires(Permission.RECORD_READ)
def find_learner() -> ResponseReturnValue:
    """Find learners by name or address, or the holder of a certificate by its code."""
    session, actor = db.session(), current_actor()
    wanted, page = request.args.get("q", "").strip(), read_page_number()
    certificate = queries.find_certificate_by_typed_code(session, actor, wanted)
    people = find_page_of_people(session, actor, page=page, wanted=wanted) if wanted else None
    if wanted and certificate is None and people is None:
        abort(404)
    return render_template(
        "audits/find_learner.html", wanted=wanted, certificate=certificate, people=people
    )


@bp.get("/records/of/<string:key>")
@requires(Permission.RECORD_READ)
@requires_recent_login()
def ask_purpose(key: str) -> ResponseReturnValue:
    """Ask why a record is opened."""
    return _render_form(key, _learner_or_404(key), PurposeForm())


@bp.post("/records/of/<string:key>")
@requires(Permission.RECORD_READ)
@requires_recent_login(lambda key: url_for("audits.ask_purpose", key=key))
def open_record(key: str) -> ResponseReturnValue:
    """Write down who opens whose record and why, and show it."""
    learner, form = _learner_or_404(key), PurposeForm.from_request()
    if not form.validate():
        return _render_form(key, learner, form), WRONG
    with unit_of_work() as session:
        public_id = actions.open_record(
            session,
            learner.subject,
            form.purpose.data or "",
            actor=current_actor(),
            now=clock.now(),
        )
    return redirect(url_for(".show_record", public_id=public_id), 303)


def _learner_or_404(key: str) -> Learner:
    return queries.find_learner(db.session(), current_actor(), key) or abort(404)


def _render_form(key: str, learner: Learner, form: PurposeForm) -> str:
    return render_template("audits/purpose.html", key=key, learner=learner, form=form)


@bp.get("/records/<string:public_id>")
@requires(Permission.RECORD_READ)
@requires_recent_login()
def show_record(public_id: str) -> ResponseReturnValue:
    """Show the record that was opened."""
    opened = _open_record_or_404(public_id)
    record = queries.find_record(
        db.session(), opened.learner, page=read_page_number(), now=clock.now()
    )
    return render_template("audits/record.html", opened=opened, record=record or abort(404))


@bp.get("/records/<string:public_id>/transcript.csv")
@requires(Permission.RECORD_READ)
@requires_recent_login()
def download_transcript_as_csv(public_id: str) -> ResponseReturnValue:
    """Send the learner's transcript as a CSV file."""
    opened = _open_record_or_404(public_id)
    rows = build_transcript_rows(queries.find_all_certificates(db.session(), opened.learner))
    return _build_file("transcript.csv", write_csv(rows).encode("utf-8-sig"), "text/csv")


@bp.get("/records/<string:public_id>/transcript.pdf")
@requires(Permission.RECORD_READ)
@requires_recent_login()
def download_transcript_as_pdf(public_id: str) -> ResponseReturnValue:
    """Send the same as a PDF."""
    opened, provider = _open_record_or_404(public_id), current.current_provider()
    rows = build_transcript_rows(queries.find_all_certificates(db.session(), opened.learner))
    try:
        pdf = build_transcript_pdf(opened.learner.name, provider.name, rows, clock.now())
    except MissingExtraError:
        return render_template("audits/no_pdf.html", public_id=public_id), 503
    return _build_file("transcript.pdf", pdf, "application/pdf")


def _open_record_or_404(public_id: str) -> OpenRecord:
    return queries.find_open_record(
        db.session(), current_actor(), public_id, now=clock.now()
    ) or abort(404)


def _build_file(name: str, content: bytes, media_type: str) -> Response:
    response = make_response(content)
    response.content_type = media_type
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


# What the page of a person shows


def render_link_to_record(_session: Session, actor: Actor, person: Person) -> Markup:
    """Return the link to a person's record, for those who may open it."""
    if not actor.may(Permission.RECORD_READ):
        return Markup("")
    return render_markup("audits/_person.html", person=person)
