"""Pages of certificates: the holder's own with its files, and public ones for anybody to check."""

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
from cpd.certificates import actions, labels, queries, signing
from cpd.certificates.code_throttle import CodeThrottle
from cpd.certificates.formats.extras import MissingExtraError, load_optional
from cpd.certificates.formats.format import UnsupportedCharacters
from cpd.certificates.formats.registry import FORMATS
from cpd.certificates.models import Certificate
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import RECORD_FILE_NAME
from cpd.certificates.verification import CheckedCertificate, check_code
from cpd.courses.rules.fronts.course import CourseFront
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.results import hooks as result_hooks
from cpd.web.reading import query_value

bp = Blueprint("certificates", __name__, template_folder="templates")

_CODE_THROTTLE = "cpd.code_throttle"


@bp.record_once
def _add_throttle(state: BlueprintSetupState) -> None:
    cast("Flask", state.app).extensions[_CODE_THROTTLE] = CodeThrottle()


# For the holder


@bp.get("/certificates/<string:public_id>")
@requires(Permission.CERTIFICATE_READ)
def certificate(public_id: str) -> ResponseReturnValue:
    """Show a certificate to its holder."""
    own = _own_certificate_or_404(public_id)
    facts = queries.record_of(own).facts
    return render_template(
        "certificates/certificate.html",
        certificate=own,
        facts=printed_facts(facts),
        formats=FORMATS.values(),
        language=facts["language"]["tag"],
        qr=_qr_image(facts["verify_at"]),
        successor=queries.successor_of(db.session(), own),
        evaluation=result_hooks.evaluation_link(db.session(), current_actor(), own.enrolment_id),
        label=labels.label,
    )


@bp.get("/certificates/<string:public_id>/certificate.<string:extension>")
@requires(Permission.CERTIFICATE_READ)
def download(public_id: str, extension: str) -> ResponseReturnValue:
    """Send a certificate as a file, which is made at the first download and never changes."""
    own, format_ = _own_certificate_or_404(public_id), FORMATS.get(extension) or abort(404)
    content = queries.stored_file(db.session(), own.id, format_.name)
    if content is None:
        failure = {"certificate": own, "format": format_}
        try:
            file = format_.render(queries.record_of(own))
        except MissingExtraError as fault:
            return render_template("certificates/no_file.html", **failure, fault=fault), 503
        if isinstance(file, UnsupportedCharacters):
            return render_template("certificates/no_file.html", **failure, missing=file), 422
        with unit_of_work() as session:
            content = actions.store_file(session, own, format_.name, file, now=clock.now())
    name = printed_facts(queries.record_of(own).facts)["name"]
    file_name = f"{name}, {own.code[:5]}.{format_.name}"
    return _as_download(make_response(content), file_name, format_.media_type)


def _own_certificate_or_404(public_id: str) -> Certificate:
    return queries.certificate_of(db.session(), current_actor(), public_id) or abort(404)


def _qr_image(address: str) -> str:
    """Return a QR code as a `data:` URL; empty if the extra that draws it is missing."""
    try:
        image: str = load_optional("cpd.certificates.formats.qr_code").data_url(address)
    except MissingExtraError:
        return ""
    return image


# For anybody


@bp.get("/verify")
@public
def verify() -> ResponseReturnValue:
    """Ask for a code, and redirect to its page."""
    typed = query_value("code")
    if "code" not in request.args:
        return _code_form()
    code = codes.parse_code(typed)
    if isinstance(code, CodeFault):
        return _code_form(typed, labels.code_fault_message(code), status=422)
    return redirect(url_for(".verify_code", code=codes.format_code(code)), 303)


@bp.get("/verify/<string:code>")
@public
def verify_code(code: str) -> ResponseReturnValue:
    """Say whether the certificate with this code is genuine, and show everything it states."""
    checked = _check_typed_code(code)
    if not isinstance(checked, CheckedCertificate):
        return _code_form(code, checked, status=404)
    return _hide_from_search_engines(_verification_page(checked))


@bp.get("/verify/<string:code>/record.json")
@public
def verify_record(code: str) -> ResponseReturnValue:
    """Send the signed record, so that it can be checked without this site."""
    checked = _check_typed_code(code)
    if not isinstance(checked, CheckedCertificate):
        abort(404, checked)
    return _as_download(
        _hide_from_search_engines(checked.record.to_json()), RECORD_FILE_NAME, "application/json"
    )


@bp.get("/verify/keys.json")
@public
def verify_keys() -> ResponseReturnValue:
    """Publish every public key that ever signed here, and the one that signs next."""
    used = queries.signing_keys(db.session())
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


def _check_typed_code(typed: str) -> CheckedCertificate | str:
    """Return the certificate with a code, or a message if there is none.

    Raises TooManyRequests after too many wrong codes from one address. A code that exists always
    gets an answer, whatever was tried from there before: a whole office can share one address, and
    nobody finds one of 2^130 codes by guessing.
    """
    code = codes.parse_code(typed)
    checked = None if isinstance(code, CodeFault) else check_code(db.session(), code)
    if checked is not None:
        return checked
    source, now = request.remote_addr or "", clock.now()
    throttle: CodeThrottle = current_app.extensions[_CODE_THROTTLE]
    seconds = throttle.retry_after(source, now=now)
    if seconds:
        raise TooManyRequests(labels.throttled_message(seconds), retry_after=seconds)
    throttle.record_miss(source, now=now)
    return (
        labels.code_fault_message(code)
        if isinstance(code, CodeFault)
        else labels.unknown_code_message()
    )


def _verification_page(checked: CheckedCertificate) -> str:
    return render_template(
        "certificates/verified.html",
        checked=checked,
        language=CourseFront.from_json(
            checked.certificate.enrolment.course_revision.front
        ).language,
        label=labels.label,
        labeled_facts=labels.labeled_facts,
        format_code=codes.format_code,
    )


def _code_form(typed: str = "", fault: str = "", *, status: int = 200) -> ResponseReturnValue:
    page = render_template("certificates/verify.html", typed=typed, fault=fault)
    return _hide_from_search_engines(page, status=status)


def _as_download(response: Response, name: str, media_type: str) -> Response:
    """Send a response as a file: its name in full, and a plain one for old browsers (RFC 6266)."""
    name = name.replace("/", "-").replace("\\", "-")
    plain = name if name.isascii() else f"certificate.{name.rpartition('.')[2]}"
    exact = {"filename*": f"UTF-8''{quote(name, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", filename=plain, **exact)
    response.content_type = media_type
    return response


def _hide_from_search_engines(content: str, *, status: int = 200) -> Response:
    """Keep pages that show a person's certificate, or ask for a code, out of search engines."""
    response = make_response(content, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
