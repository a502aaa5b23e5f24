"""Pages of certificates: one's own with its file, and the public ones that anybody can check."""

from typing import cast
from urllib.parse import quote

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.certificates import actions, queries, signing, words
from cpd.certificates.formats import pdf
from cpd.certificates.limits import Misses
from cpd.certificates.models import Certificate
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.certificates.rules.snapshot import printed
from cpd.certificates.verifying import Checked, check_code
from cpd.courses.rules.fronts.course import CourseFront
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes import reports
from cpd.web.reading import one

bp = Blueprint("certificates", __name__, template_folder="templates")

_MISSES = "cpd.verify_misses"


@bp.record_once
def _join(state: BlueprintSetupState) -> None:
    cast("Flask", state.app).extensions[_MISSES] = Misses()


# One's own


@bp.get("/certificates/<string:public_id>")
@requires(Permission.CERTIFICATE_READ)
def certificate(public_id: str) -> ResponseReturnValue:
    """Show a certificate to its holder."""
    own = _own(public_id)
    facts = queries.record_of(own).facts
    return render_template(
        "certificates/certificate.html",
        certificate=own,
        facts=printed(facts),
        language=facts["language"]["tag"],
        qr=pdf.qr_image(facts["verify_at"]),
        successor=queries.successor_of(db.session(), own),
        evaluation=reports.evaluation_link(db.session(), current_actor(), own.enrolment_id),
        label=words.label,
    )


@bp.get("/certificates/<string:public_id>/certificate.pdf")
@requires(Permission.CERTIFICATE_READ)
def certificate_pdf(public_id: str) -> ResponseReturnValue:
    """Hand out the PDF: made at the first download, the same bytes ever after."""
    own = _own(public_id)
    content = queries.stored_file(db.session(), own.id, pdf.FORMAT)
    if content is None:
        try:
            made = pdf.render(queries.record_of(own))
        except pdf.PdfExtraMissingError as fault:
            return render_template("certificates/no_pdf.html", certificate=own, fault=fault), 503
        if isinstance(made, pdf.Unprintable):
            page = render_template("certificates/no_pdf.html", certificate=own, missing=made)
            return page, 422
        with unit_of_work() as session:
            content = actions.keep_file(session, own, pdf.FORMAT, made, now=clock.now())
    name = printed(queries.record_of(own).facts)["name"]
    return _as_file(make_response(content), f"{name}, {own.code[:5]}.pdf", pdf.MEDIA_TYPE)


def _own(public_id: str) -> Certificate:
    return queries.certificate_of(db.session(), current_actor(), public_id) or abort(404)


# Anybody


@bp.get("/verify")
@public
def verify() -> ResponseReturnValue:
    """Ask for a code, and lead to its page."""
    typed = one(request.args, "code", "")
    if "code" not in request.args:
        return _form()
    code = codes.parse(typed)
    if isinstance(code, CodeFault):
        return _form(typed, words.code_fault(code), status=422)
    return redirect(url_for(".verify_code", code=codes.show(code)), 303)


@bp.get("/verify/<string:code>")
@public
def verify_code(code: str) -> ResponseReturnValue:
    """Say whether the certificate with this code is genuine, and everything that it states."""
    found = _found(code)
    if not isinstance(found, Checked):
        return _form(code, found, status=404)
    return _unlisted(_verified(found))


@bp.get("/verify/<string:code>/record.json")
@public
def verify_record(code: str) -> ResponseReturnValue:
    """Hand out the signed record, for checking without this site."""
    found = _found(code)
    if not isinstance(found, Checked):
        abort(404, found)
    return _as_file(_unlisted(found.record.to_json()), pdf.RECORD_NAME, "application/json")


@bp.get("/verify/keys.json")
@public
def verify_keys() -> ResponseReturnValue:
    """Publish every public key that ever signed here, and the one that signs next."""
    used = queries.used_keys(db.session())
    known = {key.key_id: key.public_key for key in used}
    first_used = {key.key_id: key.first_used_at.isoformat() for key in used}
    current = signing.issuer().keys.public_keys
    return jsonify(
        issuer=signing.issuer().provider.name,
        keys=[
            {
                "key_id": key_id,
                "algorithm": "Ed25519",
                "public_key": public_key,
                "first_used_at": first_used.get(key_id),
            }
            for key_id, public_key in sorted((known | current).items())
        ],
    )


def _found(typed: str) -> Checked | str:
    """Look a code up; a sentence where there is none. Raises TooManyRequests for who guesses.

    A code that exists is answered whatever was tried from its address before: a whole office can
    stand behind one, and nobody finds one of 2^130 codes by trying.
    """
    code = codes.parse(typed)
    found = None if isinstance(code, CodeFault) else check_code(db.session(), code)
    if found is not None:
        return found
    source, now = request.remote_addr or "", clock.now()
    misses: Misses = current_app.extensions[_MISSES]
    seconds = misses.wait(source, now=now)
    if seconds:
        raise TooManyRequests(words.too_many(seconds), retry_after=seconds)
    misses.add(source, now=now)
    return words.code_fault(code) if isinstance(code, CodeFault) else words.no_such()


def _verified(found: Checked) -> str:
    return render_template(
        "certificates/verified.html",
        it=found,
        language=CourseFront.from_json(found.certificate.enrolment.course_revision.front).language,
        label=words.label,
        labelled=words.in_order,
        grouped=codes.show,
    )


def _form(typed: str = "", fault: str = "", *, status: int = 200) -> ResponseReturnValue:
    page = render_template("certificates/verify.html", typed=typed, fault=fault)
    return _unlisted(page, status=status)


def _as_file(response: Response, name: str, media_type: str) -> Response:
    """Send a response as a file: its name in full, and a plain one for old browsers (RFC 6266)."""
    name = name.replace("/", "-").replace("\\", "-")
    plain = name if name.isascii() else f"certificate.{name.rpartition('.')[2]}"
    exact = {"filename*": f"UTF-8''{quote(name, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", filename=plain, **exact)
    response.content_type = media_type
    return response


def _unlisted(content: str, *, status: int = 200) -> Response:
    """Keep what shows a person's certificate, or asks for one, out of search engines."""
    response = make_response(content, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
