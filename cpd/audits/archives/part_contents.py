"""The files of one part of an archive, as bytes by path; reads the database.

Certificates and letters are spread over the parts. The first part also has the tables of the whole
period and a page that says what everything is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import flask_babel
from flask import render_template
from sqlalchemy.orm import Session

from cpd.audits.archives import period_rows
from cpd.audits.archives.actions import CERTIFICATES_PER_PART, LETTERS_PER_PART
from cpd.audits.archives.evaluation_tables import build_evaluation_tables
from cpd.audits.archives.models import AuditArchive
from cpd.audits.archives.period_rows import CertificateRow
from cpd.audits.certificate_states import format_state
from cpd.certificates.queries import build_record_of_certificate
from cpd.certificates.rules.codes import format_code
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.credit.approvals.models import Approval
from cpd.kernel.csv_writing import write_csv
from cpd.kernel.percentages import format_percent
from cpd.provider import current

_: Callable[..., str] = flask_babel.gettext
Cell = str | int | Decimal | None
Table = Sequence[Sequence[Cell]]


def build_part(session: Session, archive: AuditArchive, number: int) -> Mapping[str, bytes]:
    """Return the files of one part, from 1."""
    files = _build_certificate_files(session, archive, number)
    files |= _build_letters(session, archive, number)
    if number == 1:
        tables = _build_tables(session, archive)
        files |= {path: write_csv(rows).encode("utf-8-sig") for path, rows in tables.items()}
        files["index.html"] = _render_index(archive, tables)
    return files


def _build_certificate_files(
    session: Session, archive: AuditArchive, number: int
) -> dict[str, bytes]:
    found = period_rows.find_certificates(
        session,
        archive,
        after=(number - 1) * CERTIFICATES_PER_PART,
        at_most=CERTIFICATES_PER_PART,
    )
    rows = [row.certificate for row in found]
    codes = {row.id: format_code(row.code) for row in rows}
    files = {
        f"certificates/{codes[row.id]}.json": build_record_of_certificate(row).to_json().encode()
        for row in rows
    }
    for certificate, format_, content in period_rows.find_certificate_files(session, rows):
        files[f"certificates/{codes[certificate]}.{format_}"] = content
    return files


def _build_letters(session: Session, archive: AuditArchive, number: int) -> dict[str, bytes]:
    found = period_rows.find_approvals(
        session, archive, after=(number - 1) * LETTERS_PER_PART, at_most=LETTERS_PER_PART
    )
    return {_name_letter(approval): letter for approval, letter in found}


def _name_letter(approval: Approval) -> str:
    return f"approvals/{approval.authority}-{approval.first_day}-{approval.public_id}.pdf"


# The tables


def _build_tables(session: Session, archive: AuditArchive) -> Mapping[str, Table]:
    """Return all tables of the period, each with its head, by path."""
    found = _CertificateTable(session, archive)
    return {
        "roster.csv": _build_roster(session, archive, found.names),
        "completions.csv": _build_completions(session, archive, found),
        "certificate-list.csv": found.rows,
        "approvals.csv": _build_approval_table(session, archive),
        **build_evaluation_tables(session, archive),
    }


class _CertificateTable:
    """The table of certificates, with what other tables need; the certificates are let go of."""

    def __init__(self, session: Session, archive: AuditArchive) -> None:
        self.rows: list[Sequence[str]] = [
            [
                _("Code"),
                _("State"),
                _("Issued for"),
                _("Name"),
                _("Licenses"),
                _("Course"),
                _("Credit"),
                _("Completed"),
                _("Issued"),
                _("Ended (UTC)"),
                _("Why it ended"),
                _("Learner number"),
            ]
        ]
        self.names: dict[str, str] = {}
        """By learner number, as the newest certificate prints it."""
        self.codes: dict[int, list[str]] = {}
        """By attempt."""
        for first in range(0, archive.certificate_count, CERTIFICATES_PER_PART):
            for row in period_rows.find_certificates(
                session, archive, after=first, at_most=CERTIFICATES_PER_PART
            ):
                self._add_row(row)

    def _add_row(self, row: CertificateRow) -> None:
        one, ending = row.certificate, row.ending
        printed = printed_facts(build_record_of_certificate(one).parsed_facts)
        code = format_code(one.code)
        self.names[one.subject] = printed["name"]
        self.codes.setdefault(one.attempt_id, []).append(code)
        self.rows.append(
            [
                code,
                format_state(one.state),
                printed.get("issued_for", ""),
                printed["name"],
                printed.get("licences", ""),
                printed["course"],
                printed["marker"],
                printed["completed"],
                printed["issued_at"],
                _format_instant(ending.ended_at) if ending else "",
                ending.reason if ending else "",
                one.subject,
            ]
        )


def _format_instant(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant else ""


def _build_roster(session: Session, archive: AuditArchive, names: Mapping[str, str]) -> Table:
    head = [
        _("School"),
        _("Class"),
        _("Course"),
        _("Version"),
        _("Learner number"),
        _("Name"),
        _("Licenses"),
        _("Began (UTC)"),
        _("Ended (UTC)"),
    ]
    rows: list[list[Cell]] = [
        [
            row.school,
            row.class_,
            row.course,
            row.version,
            row.subject,
            row.name or names.get(row.subject, ""),
            row.licenses,
            _format_instant(row.began_at),
            _format_instant(row.ended_at),
        ]
        for row in period_rows.find_roster(session, archive)
    ]
    return [head, *rows]


def _build_completions(
    session: Session, archive: AuditArchive, certificates: _CertificateTable
) -> Table:
    head = [
        _("Completed (UTC)"),
        _("Course"),
        _("Version"),
        _("Learner number"),
        _("Name"),
        _("Score"),
        _("Pass mark"),
        _("Certificates"),
    ]
    rows: list[list[Cell]] = [
        [
            _format_instant(row.completed_at),
            row.course,
            row.version,
            row.subject,
            row.printed_name or certificates.names.get(row.subject, ""),
            format_percent(row.score),
            format_percent(row.pass_mark),
            " ".join(certificates.codes.get(row.attempt_id, ())),
        ]
        for row in period_rows.find_completions(session, archive)
    ]
    return [head, *rows]


def _build_approval_table(session: Session, archive: AuditArchive) -> Table:
    head = [
        _("Authority"),
        _("Course"),
        _("Number"),
        _("Title as approved"),
        _("Approved hours or units"),
        _("Category"),
        _("First day"),
        _("Last day"),
        _("Withdrawn (UTC)"),
        _("Letter"),
    ]
    rows: list[list[Cell]] = [
        [
            row.authority,
            row.course.slug if row.course else "",
            row.number,
            row.title,
            row.amount,
            row.category,
            row.first_day.isoformat(),
            row.last_day.isoformat() if row.last_day else "",
            _format_instant(row.withdrawn_at),
            _name_letter(row),
        ]
        for row in period_rows.find_all_approvals(session, archive)
    ]
    return [head, *rows]


def _render_index(archive: AuditArchive, tables: Mapping[str, Table]) -> bytes:
    return render_template(
        "audits/archive_index.html",
        archive=archive,
        provider=current.current_provider(),
        counts={path: len(rows) - 1 for path, rows in tables.items()},
    ).encode()
