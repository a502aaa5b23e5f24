"""The transcript of a learner, as CSV or PDF: each certificate that was ever issued."""

from collections.abc import Callable, Sequence
from datetime import datetime

import flask_babel

from cpd.audits.certificate_states import format_state
from cpd.audits.records.queries import StatedCertificate
from cpd.certificates.formats.extras import import_module_needing_extra
from cpd.certificates.rules.codes import format_code

_: Callable[..., str] = flask_babel.gettext


def build_transcript_rows(certificates: Sequence[StatedCertificate]) -> Sequence[Sequence[str]]:
    """Return the head, and a row for each certificate."""
    head = [
        _("Completed"),
        _("Course"),
        _("Name"),
        _("Issued for"),
        _("Credit"),
        _("State"),
        _("Code"),
    ]
    return [head, *map(_build_row, certificates)]


def _build_row(stated: StatedCertificate) -> Sequence[str]:
    facts = stated.facts
    return [
        facts["completed"],
        facts["course"],
        facts["name"],
        facts.get("issued_for", ""),
        facts["marker"],
        format_state(stated.certificate.state),
        format_code(stated.certificate.code),
    ]


def build_transcript_pdf(
    name: str, provider: str, rows: Sequence[Sequence[str]], now: datetime
) -> bytes:
    """Return a transcript as a PDF; raises MissingExtraError, and RuntimeError in a transaction."""
    module = import_module_needing_extra("cpd.certificates.formats.pdf.table")
    document = module.TableDocument(
        title=_("Transcript of %(name)s", name=name),
        sentences=[
            _("Issued by %(provider)s on %(day)s.", provider=provider, day=now.date().isoformat()),
            _("Anyone can check each certificate by its code on this provider’s site."),
        ],
        head=rows[0],
        rows=rows[1:],
        left_out_note=_("marks letters that this file cannot show. The CSV file has them."),
    )
    pdf: bytes = module.build_table_pdf(document, now)
    return pdf
