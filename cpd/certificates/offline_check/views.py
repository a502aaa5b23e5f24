"""The download of the page that checks certificates without this site."""

from flask import make_response
from flask.typing import ResponseReturnValue

from cpd.access.guard import public
from cpd.certificates import signing
from cpd.certificates.blueprint import bp
from cpd.certificates.offline_check.checker_page import build_offline_check
from cpd.certificates.rules.printed_facts import format_day
from cpd.certificates.verification import find_trusted_public_keys
from cpd.db import db
from cpd.kernel import clock

FILE_NAME = "check-certificates.html"


@bp.get("/verify/offline.html")
@public
def download_offline_check() -> ResponseReturnValue:
    """Send the page as a file; a browser that opened it here would not run its script."""
    issuer = signing.current_issuer()
    page = build_offline_check(
        find_trusted_public_keys(db.session(), issuer.keys.public_keys),
        issuer=issuer.provider.name,
        made_on=format_day(clock.now().date()),
    )
    response = make_response(page)
    response.content_type = "application/octet-stream"
    response.headers.set("Content-Disposition", "attachment", filename=FILE_NAME)
    return response
