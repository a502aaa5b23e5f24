"""A person's cycles, activities and certificates as a table, for the files that they download."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import flask_babel
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates.formats.extras import import_module_needing_extra
from cpd.credit.cycles.labels import MANNERS, describe_done, describe_missing, describe_outcome
from cpd.credit.cycles.queries import LicenseReport, OwnRecord, find_own_record
from cpd.dashboard.queries import find_certificates_with_facts

_: Callable[..., str] = flask_babel.gettext
MOST_CERTIFICATES = 500

Cell = str | int | Decimal | None


@dataclass(frozen=True)
class CycleTable:
    """The rows of a file, and a sentence for each license."""

    sentences: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def load_cycle_table(session: Session, actor: Actor, *, today: date) -> CycleTable:
    """Return everything that the actor's own files show."""
    record = find_own_record(session, actor, today=today)
    certificates = {
        certificate.public_id: facts
        for certificate, facts in find_certificates_with_facts(
            session, actor, at_most=MOST_CERTIFICATES, is_valid=True
        )
    }
    return CycleTable(
        [_describe_license(one) for one in record.licenses],
        [
            _("License"),
            _("Activity"),
            _("Organizer"),
            _("Completed"),
            _("Minutes"),
            _("How it was taught"),
            _("Subject"),
            _("Counts"),
            _("Files"),
        ],
        [*_build_activity_rows(record), *_build_certificate_rows(record, certificates)],
    )


def _name_license(one: LicenseReport) -> str:
    authority = one.own.authority
    issuer = authority.file.short_name if authority else one.own.license.authority
    return f"{issuer}, {one.own.license.number}"


def _describe_license(one: LicenseReport) -> str:
    """Say where the cycle of a license stands."""
    report, name = one.report, _name_license(one)
    if report is None or report.due_to_show is None or report.missing_to_show is None:
        return _("%(license)s: we cannot say what is missing.", license=name)
    until = report.period.last.isoformat() if report.period else _("a day that is not known")
    said = _(
        "%(license)s: %(done)s, %(missing)s, until %(day)s.",
        license=name,
        done=describe_done(report.done_to_show, report.due_to_show, report),
        missing=describe_missing(report.missing_to_show, report),
        day=until,
    )
    lacking = [one.rule.text for one in report.requirements if one.done < one.needed]
    return " ".join([said, _("Not reached yet:"), *lacking]) if lacking else said


def _build_activity_rows(record: OwnRecord) -> Iterator[Sequence[Cell]]:
    """Yield a row for each activity and license, and one for an activity without a license."""
    outcomes = {
        (line.activity.id, one.own.license.id): (_name_license(one), line, one.report)
        for one in record.licenses
        if one.report is not None
        for line in one.report.lines
    }
    for row in record.activities:
        shared = (row.title, row.organizer, row.completed_on.isoformat(), row.minutes)
        manner, files = str(MANNERS[row.manner]), len(row.evidence)
        keys = [(row.public_id, claim.licence_id) for claim in row.claims]
        found = [key for key in keys if key in outcomes]
        for key in found:
            name, line, report = outcomes[key]
            said = describe_outcome(line, report)
            yield (name, *shared, manner, line.activity.category, said, files)
        if not found:
            yield ("", *shared, manner, "", "", files)


def _build_certificate_rows(
    record: OwnRecord, certificates: Mapping[str, Mapping[str, str]]
) -> Iterator[Sequence[Cell]]:
    """Yield a row for each certificate of this site and license for which it claims credit."""
    for public_id, printed in certificates.items():
        counted = [
            (_name_license(one), describe_outcome(line, one.report))
            for one in record.licenses
            if one.report is not None
            for line in one.report.lines
            if line.activity.id == public_id
        ]
        for name, said in counted or [("", printed["marker"])]:
            yield (
                name,
                printed["course"],
                printed["provider"],
                printed["completed"],
                None,
                printed["activity"],
                "",
                said,
                None,
            )


def build_cycle_pdf(table: CycleTable, now: datetime) -> bytes:
    """Return a table as a PDF; raises MissingExtraError, and RuntimeError in a unit of work."""
    module = import_module_needing_extra("cpd.certificates.formats.pdf.table")
    document = module.TableDocument(
        title=_("My cycles on %(day)s", day=now.date().isoformat()),
        sentences=[
            *table.sentences,
            _(
                "This is our arithmetic with the rules that we found. Only the board or "
                "association decides what it accepts."
            ),
        ],
        head=table.head,
        rows=[["" if cell is None else str(cell) for cell in row] for row in table.rows],
        left_out_note=_("marks letters that this file cannot show. The CSV file has them."),
    )
    pdf: bytes = module.build_table_pdf(document, now)
    return pdf
