"""The public page that checks up to 50 codes at once, and the file with its answers."""

from collections.abc import Sequence

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import public
from cpd.certificates import labels
from cpd.certificates.blueprint import bp
from cpd.certificates.code_lists.forms import CodeListForm
from cpd.certificates.code_lists.queries import ListedCode, find_listed_codes
from cpd.certificates.code_lists.rules.reading import (
    MAX_CODES,
    ListFault,
    parse_listed_codes,
)
from cpd.certificates.code_throttle import CODE_THROTTLE, CodeThrottle
from cpd.certificates.rules.codes import format_code
from cpd.db import db
from cpd.kernel import clock
from cpd.kernel.csv_writing import write_csv
from cpd.web.formatting import format_instant
from cpd.web.reading import read_uploaded_file

WRONG, TOO_MANY_REQUESTS = 422, 429
FACTS = ("name", "course", "completed", "marker", "credit", "issued_at", "provider")
"""What the result file states about each certificate."""


@bp.get("/verify/list")
@public
def ask_code_list() -> ResponseReturnValue:
    """Ask for a list of codes."""
    return _render_list_page(CodeListForm())


@bp.post("/verify/list")
@public
def verify_code_list() -> ResponseReturnValue:
    """Say of each code in a list whether its certificate is genuine and valid."""
    form, listed = _check_sent_list()
    if listed is None:
        return _render_list_page(form), WRONG
    unanswered = labels.wrong_code_unanswered_message()
    is_refused = all(one.words == unanswered for one in listed)
    page = _render_list_page(form, listed)
    return (page, TOO_MANY_REQUESTS) if is_refused else page


@bp.post("/verify/list.csv")
@public
def send_code_list_answers() -> ResponseReturnValue:
    """Send the answers about a list of codes as a file."""
    form, listed = _check_sent_list()
    if listed is None:
        return _render_list_page(form), WRONG
    titles = [_("Code"), _("Result"), *map(labels.label_of_fact, FACTS), _("Checked")]
    checked = format_instant(clock.now(), "UTC")
    rows = [
        [
            format_code(one.certificate.code) if one.certificate else one.typed,
            one.words,
            *[(one.printed or {}).get(fact, "") for fact in FACTS],
            checked,
        ]
        for one in listed
    ]
    response = make_response(write_csv([titles, *rows]).encode("utf-8-sig"))
    response.content_type = "text/csv"
    response.headers.set("Content-Disposition", "attachment", filename="certificates-checked.csv")
    return response


def _check_sent_list() -> tuple[CodeListForm, list[ListedCode] | None]:
    """Return the form and the answers; without answers, the form says what is wrong."""
    form = CodeListForm.from_request()
    pasted = (form.codes.data or "").encode(errors="replace")
    typed = parse_listed_codes(pasted if pasted.strip() else read_uploaded_file("file"))
    if isinstance(typed, ListFault):
        form.codes.errors = [_describe_list_fault(typed)]
        return form, None
    form.codes.data = "\n".join(typed)  # what the result file is made from
    return form, _withhold_beyond_limit(find_listed_codes(db.session(), typed))


def _withhold_beyond_limit(listed: Sequence[ListedCode]) -> list[ListedCode]:
    """Count each wrong code against its source, and answer none beyond the limit.

    A code that exists is always answered, as on the page for one code.
    """
    source, now = request.remote_addr or "", clock.now()
    throttle: CodeThrottle = current_app.extensions[CODE_THROTTLE]
    answered = []
    for one in listed:
        shown = one
        if one.is_wrong:
            if throttle.seconds_until_retry(source, now=now):
                shown = ListedCode(one.typed, labels.wrong_code_unanswered_message())
            else:
                throttle.count_wrong_code(source, now=now)
        answered.append(shown)
    return answered


def _describe_list_fault(fault: ListFault) -> str:
    messages = {
        ListFault.EMPTY: _("There is no code in this list. Paste the codes, or choose a file."),
        ListFault.NOT_TEXT: _(
            "This is not a text file. Save the list as CSV and choose that file."
        ),
        ListFault.TOO_LARGE: _("This file is too large for a list of codes."),
        ListFault.TOO_MANY: ngettext(
            "Only one code can be checked at once.",
            "At most %(num)s codes can be checked at once. Split the list.",
            MAX_CODES,
        ),
    }
    return str(messages[fault])


def _render_list_page(form: CodeListForm, listed: Sequence[ListedCode] = ()) -> str:
    return render_template(
        "certificates/code_list.html",
        form=form,
        listed=listed,
        now=clock.now(),
        valid_count=sum(
            one.is_genuine and one.certificate is not None and one.certificate.state == "valid"
            for one in listed
        ),
        format_code=format_code,
    )
