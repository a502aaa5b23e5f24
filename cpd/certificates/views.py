"""Pages of certificates: the holder's own with its files, and public ones for anybody to check."""

import unicodedata
from collections.abc import Sequence
from typing import cast
from urllib.parse import quote

import structlog
from flask import (
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
from cpd.accounts.profile.queries import find_own_legal_name
from cpd.certificates import actions, labels, queries, signing
from cpd.certificates.blueprint import bp
from cpd.certificates.claims.queries import find_own_refusals, find_reports
from cpd.certificates.code_throttle import CODE_THROTTLE, CodeThrottle
from cpd.certificates.formats.extras import MissingExtraError, import_module_needing_extra
from cpd.certificates.formats.format import CertificateFormat
from cpd.certificates.formats.registry import FORMATS, unsupported_characters
from cpd.certificates.models import Certificate
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.certificates.rules.record import RECORD_FILE_NAME
from cpd.certificates.verification import CheckedCertificate, find_and_check_certificate
from cpd.credit.publication import name_authority
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.results import hooks as result_hooks
from cpd.web.reading import read_query_value

log = structlog.get_logger(__name__)


@bp.record_once
def _add_code_throttle_to_app(state: BlueprintSetupState) -> None:
    cast("Flask", state.app).extensions[CODE_THROTTLE] = CodeThrottle()


# For the holder


@bp.get("/certificates/<string:public_id>")
@requires(Permission.CERTIFICATE_READ)
def certificate(public_id: str) -> ResponseReturnValue:
    """Show a certificate to its holder."""
    own = _find_own_certificate_or_404(public_id)
    facts = queries.build_record_of_certificate(own).parsed_facts
    printed = printed_facts(facts)
    return render_template(
        "certificates/certificate.html",
        certificate=own,
        facts=printed,
        left_out=unsupported_characters("".join(printed.values())),
        profile_name=find_own_legal_name(db.session(), current_actor()),
        formats=_find_formats_to_offer(own),
        qr=_qr_code_data_url_or_empty(facts["verify_at"]),
        successor=queries.find_successor_of_certificate(db.session(), own),
        replaced=queries.find_certificate_replaced_by(db.session(), own),
        ending=queries.find_ending_of_certificate(db.session(), own),
        newer=queries.find_newer_course_versions(db.session(), [own]).get(own.id),
        report=find_reports(db.session(), [own]).get(own.id),
        others=[
            other
            for other in queries.find_valid_certificates(db.session(), own.enrolment_id)
            if other.id != own.id
        ],
        refused=find_own_refusals(db.session(), current_actor(), attempt_id=own.attempt_id),
        name_authority=name_authority,
        evaluation=result_hooks.evaluation_link(db.session(), current_actor(), own.enrolment_id),
        label=labels.label_of_fact,
    )


@bp.get("/certificates/<string:public_id>/certificate.<string:extension>")
@requires(Permission.CERTIFICATE_READ)
def download(public_id: str, extension: str) -> ResponseReturnValue:
    """Send a certificate as a file, which is made at the first download and never changes."""
    own, format_ = _find_own_certificate_or_404(public_id), FORMATS.get(extension) or abort(404)
    content = queries.find_stored_file_content(db.session(), own.id, format_.name)
    if content is None:
        try:
            file = format_.build_file(queries.build_record_of_certificate(own))
            _log_characters_left_out(own, format_)
        except MissingExtraError as fault:
            log.warning("no certificate file", certificate=own.public_id, reason=str(fault))
            page = render_template("certificates/no_file.html", certificate=own, format=format_)
            return page, 503
        with unit_of_work() as session:
            content = actions.add_certificate_file_if_absent(
                session, own, format_.name, file, now=clock.now()
            )
    name = printed_facts(queries.build_record_of_certificate(own).parsed_facts)["name"]
    file_name = f"{name}, {own.code[:5]}.{format_.name}"
    return _mark_response_as_download(make_response(content), file_name, format_.media_type)


def _find_formats_to_offer(certificate: Certificate) -> Sequence[CertificateFormat]:
    """Return the formats of which there is a file, or in which one can be made."""
    return [
        format_
        for format_ in FORMATS.values()
        if format_.can_build_files()
        or queries.find_stored_file_content(db.session(), certificate.id, format_.name) is not None
    ]


def _log_characters_left_out(certificate: Certificate, format_: CertificateFormat) -> None:
    """Tell the operator which scripts a new file lacks, without a letter of anybody's name."""
    facts = printed_facts(queries.build_record_of_certificate(certificate).parsed_facts)
    characters = format_.unsupported_characters(" ".join(facts.values()))
    if characters:
        log.warning(
            "certificate file lacks letters",
            certificate=certificate.public_id,
            format=format_.name,
            scripts=", ".join(sorted({unicodedata.name(it, "?").split()[0] for it in characters})),
        )


def _find_own_certificate_or_404(public_id: str) -> Certificate:
    return queries.find_own_certificate(db.session(), current_actor(), public_id) or abort(404)


def _qr_code_data_url_or_empty(address: str) -> str:
    """Return a QR code as a `data:` URL; empty if the extra that draws it is missing."""
    try:
        image: str = import_module_needing_extra(
            "cpd.certificates.formats.qr_code"
        ).build_qr_code_data_url(address)
    except MissingExtraError:
        return ""
    return image


# For anybody


@bp.get("/verify")
@public
def verify() -> ResponseReturnValue:
    """Ask for a code, and redirect to its page."""
    typed = read_query_value("code")
    if "code" not in request.args:
        return _respond_with_code_form()
    code = codes.parse_code(typed)
    if isinstance(code, CodeFault):
        return _respond_with_code_form(typed, labels.code_fault_message(code), status=422)
    return redirect(url_for(".verify_code", code=codes.format_code(code)), 303)


@bp.get("/verify/<string:code>")
@public
def verify_code(code: str) -> ResponseReturnValue:
    """Say whether the certificate with this code is genuine, and show everything it states."""
    checked = _find_and_check_certificate_or_message(code)
    if not isinstance(checked, CheckedCertificate):
        return _respond_with_code_form(code, checked, status=404)
    return _respond_hidden_from_search_engines(_render_verification_page(checked))


@bp.get("/verify/<string:code>/record.json")
@public
def send_public_record(code: str) -> ResponseReturnValue:
    """Send the signed record, so that it can be checked without this site."""
    checked = _find_and_check_certificate_or_message(code)
    if not isinstance(checked, CheckedCertificate):
        abort(404, checked)
    return _mark_response_as_download(
        _respond_hidden_from_search_engines(checked.record.to_json()),
        RECORD_FILE_NAME,
        "application/json",
    )


@bp.get("/verify/keys.json")
@public
def publish_public_keys() -> ResponseReturnValue:
    """Publish every public key that ever signed here, and the one that signs next."""
    used = queries.find_signing_keys(db.session())
    known = {key.key_id: key.public_key for key in used}
    first_used = {key.key_id: key.first_used_at.isoformat() for key in used}
    current = signing.current_issuer().keys.public_keys
    return jsonify(
        issuer=signing.current_issuer().provider.name,
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


def _find_and_check_certificate_or_message(typed: str) -> CheckedCertificate | str:
    """Return the certificate with a code, or a message if there is none.

    Raises TooManyRequests after too many wrong codes from one address. A code that exists always
    gets an answer, whatever was tried from there before: a whole office can share one address, and
    nobody finds one of 2^130 codes by guessing.
    """
    code = codes.parse_code(typed)
    checked = (
        None if isinstance(code, CodeFault) else find_and_check_certificate(db.session(), code)
    )
    if checked is not None:
        return checked
    source, now = request.remote_addr or "", clock.now()
    throttle: CodeThrottle = current_app.extensions[CODE_THROTTLE]
    seconds = throttle.seconds_until_retry(source, now=now)
    if seconds:
        raise TooManyRequests(labels.code_throttled_message(seconds), retry_after=seconds)
    throttle.count_wrong_code(source, now=now)
    return (
        labels.code_fault_message(code)
        if isinstance(code, CodeFault)
        else labels.unknown_code_message()
    )


def _render_verification_page(checked: CheckedCertificate) -> str:
    to_compare, technical = labels.split_labeled_facts(checked.printed)
    return render_template(
        "certificates/verified.html",
        checked=checked,
        now=clock.now(),
        may_revoke=current_actor().may(Permission.CERTIFICATE_REVOKE),
        words=labels.describe_verdict(checked.verdict, checked.certificate.state),
        label=labels.label_of_fact,
        facts_to_compare=to_compare,
        technical_facts=technical,
        format_code=codes.format_code,
    )


def _respond_with_code_form(
    typed: str = "", fault: str = "", *, status: int = 200
) -> ResponseReturnValue:
    page = render_template("certificates/verify.html", typed=typed, fault=fault)
    return _respond_hidden_from_search_engines(page, status=status)


def _mark_response_as_download(response: Response, name: str, media_type: str) -> Response:
    """Send a response as a file: its name in full, and a plain one for old browsers (RFC 6266)."""
    name = name.replace("/", "-").replace("\\", "-")
    plain = name if name.isascii() else f"certificate.{name.rpartition('.')[2]}"
    exact = {"filename*": f"UTF-8''{quote(name, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", filename=plain, **exact)
    response.content_type = media_type
    return response


def _respond_hidden_from_search_engines(content: str, *, status: int = 200) -> Response:
    """Keep pages that show a person's certificate, or ask for a code, out of search engines."""
    response = make_response(content, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
