"""`cpd verify`: whether a certificate is genuine, by its file (no server needed) or its code."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.certificates import labels, queries, signing
from cpd.certificates.formats.extras import MissingExtraError
from cpd.certificates.formats.registry import (
    MAX_FILE_BYTES,
    is_file_reproducible,
    parse_record_of_file,
    recognize_file_format,
)
from cpd.certificates.models import Certificate
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.certificates.rules.printed_facts import format_day
from cpd.certificates.rules.record import Finding, Record, RecordFaultError, Verdict
from cpd.certificates.verification import (
    find_and_check_certificate,
    find_trusted_public_keys,
    parse_readable_facts,
)
from cpd.config import Settings

NOT_GENUINE = 1
NOT_CHECKED = 2
NOT_COMPARED = 3
"""Exit codes; 0 is genuine."""

GET_KEYS = "Get keys.json from the issuer, and pass it with --keys."
ISSUED = "Genuine. This is the file that was issued, byte for byte."
REPRODUCED = "Genuine. Printing the signed record again gives this very file, byte for byte."
BARE_RECORD = "The record is genuine."
RECORD_ONLY = (
    "The record inside is genuine. The page itself was not compared: "
    "compare these facts with the paper."
)
WHY_RECORD_ONLY = (
    "Saving a certificate again changes its file, and so does altering its page. "
    "Rely on the facts above."
)
ASK_THE_ISSUER = "Only the issuer's page can say whether it has been replaced or withdrawn since."


EXIT_CODES = """\b
Exit codes
  0  genuine: a file as it was issued, a bare record, or a valid code
  1  altered or forged; replaced or withdrawn; no certificate has the code
  2  not checked: unreadable, or signed with a key that you do not trust
  3  the record in the file is genuine, but its page was not compared
Of several, the exit code is that of the worst: 1 before 2 before 3.
"""


WORST_FIRST = (NOT_GENUINE, NOT_CHECKED, NOT_COMPARED)
"""Of several certificates, the exit code is that of the worst."""


@dataclass(frozen=True)
class Trust:
    """What files are checked with: public keys, and the database where there is one."""

    keys: Mapping[str, str]
    session: Session | None


@click.command("verify", epilog=EXIT_CODES)
@click.argument("what", nargs=-1, required=True)
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The issuer's public keys, as downloaded from its page /verify/keys.json. Nothing else "
    "is used then. Without it, the keys and the database of this installation are used.",
)
def command(what: tuple[str, ...], keys: Path | None) -> None:
    """Check certificates: WHAT are their files (PDF, PNG or record), or codes of this installation.

    A file is checked by the signed record in it, without any server or database. If the database
    of this installation can be read, the file and its state are also looked up there.
    """
    has_files = any(Path(one).is_file() for one in what)
    with _open_trust(keys) if has_files else nullcontext(Trust({}, None)) as trust:
        statuses = [_check_and_return_status(one, trust, is_named=len(what) > 1) for one in what]
    if len(what) > 1:
        click.echo(f"{statuses.count(0)} of {len(what)} are genuine.")
    sys.exit(next((status for status in WORST_FIRST if status in statuses), 0))


def _check_and_return_status(what: str, trust: Trust, *, is_named: bool) -> int:
    """Check one file or code, and say what was found; return the exit code for it alone."""
    if is_named:
        click.echo(f"{what}:")
    try:
        if Path(what).is_file():
            _check_file_and_exit_with_finding(Path(what), trust)
        else:
            _check_code_and_exit_with_finding(what)
    except SystemExit as end:
        return NOT_CHECKED if not isinstance(end.code, int) else end.code
    finally:
        if is_named:
            click.echo()
    return 0


@contextmanager
def _open_trust(keys: Path | None) -> Iterator[Trust]:
    if keys is not None:
        yield Trust(_read_downloaded_keys_or_exit(keys), None)
        return
    from cpd.cli.main import read_instance_settings_or_exit

    with _exit_as_not_checked_on_failure():
        settings = read_instance_settings_or_exit()
    with _database_session_or_none(settings) as session:
        yield Trust(_read_trusted_keys_of_installation(settings, session), session)


def _check_file_and_exit_with_finding(file: Path, trust: Trust) -> None:
    if file.stat().st_size > MAX_FILE_BYTES:
        _exit_with_message(NOT_CHECKED, "The file is larger than any certificate.")
    content, session = file.read_bytes(), trust.session
    issued = _find_certificate_with_this_file(content, session)
    record = (
        _parse_record_of_file_or_exit(content)
        if issued is None
        else queries.build_record_of_certificate(issued)
    )
    verdict = signing.verify_record(record, trust.keys)
    facts, printed = parse_readable_facts(record)
    if not verdict.is_genuine:
        _print_finding(str(labels.FINDINGS[verdict.finding]), verdict, record, printed)
        _exit_as_not_genuine(verdict)
    finding = _finding_of_genuine_record(content, record, is_issued=issued is not None)
    if issued is None and session is not None:
        issued = queries.find_certificate_by_code(session, str(facts.get("code", "")))
    _print_finding(
        str(labels.STATES[issued.state]) if issued and issued.ended_at else finding,
        verdict,
        record,
        printed,
    )
    _print_state_or_exit_if_ended(issued)
    if finding == RECORD_ONLY:
        click.echo(WHY_RECORD_ONLY)
        sys.exit(NOT_COMPARED)


def _find_certificate_with_this_file(content: bytes, session: Session | None) -> Certificate | None:
    """Return the certificate that was downloaded here as exactly this file."""
    if session is None:
        return None
    return queries.find_certificate_by_file_hash(session, hashlib.sha256(content).hexdigest())


def _parse_record_of_file_or_exit(content: bytes) -> Record:
    try:
        return parse_record_of_file(content)
    except (RecordFaultError, MissingExtraError) as fault:
        _exit_with_message(NOT_CHECKED, str(fault))


def _finding_of_genuine_record(content: bytes, record: Record, *, is_issued: bool) -> str:
    """Return what is proven about a file whose record is genuine."""
    if is_issued:
        return ISSUED
    if recognize_file_format(content) is None:
        return BARE_RECORD
    return REPRODUCED if is_file_reproducible(record, content) else RECORD_ONLY


def _print_state_or_exit_if_ended(certificate: Certificate | None) -> None:
    if certificate is None:
        click.echo(ASK_THE_ISSUER)
        return
    if certificate.ended_at is not None:
        day = format_day(certificate.ended_at.date())
        _exit_with_message(NOT_GENUINE, f"That was on {day} (UTC). It no longer counts.")
    click.echo(str(labels.STATES[certificate.state]))


def _check_code_and_exit_with_finding(typed: str) -> None:
    code = codes.parse_code(typed)
    if isinstance(code, CodeFault):
        message = labels.code_fault_message(code)
        _exit_with_message(NOT_CHECKED, f"This is neither a file nor a code. {message}")
    from cpd.cli.main import create_app_or_exit
    from cpd.db import db

    with _exit_as_not_checked_on_failure():
        app = create_app_or_exit()
    with app.app_context():
        checked = find_and_check_certificate(db.session(), code)
        if checked is None:
            _exit_with_message(NOT_GENUINE, labels.unknown_code_message())
        words = labels.describe_verdict(checked.verdict, checked.certificate.state)
        _print_finding(words, checked.verdict, checked.record, checked.printed)
        if not checked.verdict.is_genuine:
            sys.exit(NOT_GENUINE)
        _print_state_or_exit_if_ended(checked.certificate)


def _print_finding(
    finding: str, verdict: Verdict, record: Record, printed: Mapping[str, str]
) -> None:
    click.echo(finding)
    if verdict.changed:
        click.echo(
            f"Not as it was signed: {', '.join(map(labels.label_of_fact, verdict.changed))}."
        )
    for name, value in labels.label_printed_facts(printed):
        click.echo(f"  {name}: {value}")
    for name in sorted(record.withheld_facts):
        click.echo(f"  {labels.label_of_fact(name)}: not in this record; the holder's file has it")


def _exit_as_not_genuine(verdict: Verdict) -> NoReturn:
    if verdict.finding is Finding.UNKNOWN_KEY:
        _exit_with_message(NOT_CHECKED, GET_KEYS)
    sys.exit(NOT_GENUINE)


@contextmanager
def _database_session_or_none(settings: Settings) -> Iterator[Session | None]:
    """Open this installation's database for reading, or yield None if that is impossible."""
    from cpd.schema import find_database_fault

    if settings.sqlite_file is not None and not settings.sqlite_file.is_file():
        yield None  # opening it would create one
        return
    engine = sa.create_engine(settings.database_url)
    try:
        fault = find_database_fault(engine)
        if fault is not None:
            click.echo(f"The file is checked without the database. {fault}", err=True)
        with Session(engine) as session:
            yield session if fault is None else None
    finally:
        engine.dispose()


def _read_trusted_keys_of_installation(
    settings: Settings, session: Session | None
) -> Mapping[str, str]:
    from cpd.cli.main import exit_on_unusable_installation

    with _exit_as_not_checked_on_failure(), exit_on_unusable_installation():
        ring = signing.load_keys_from_folder(signing.key_folder_path(settings))
    own = {} if ring is None else ring.public_keys
    return own if session is None else find_trusted_public_keys(session, own)


@contextmanager
def _exit_as_not_checked_on_failure() -> Iterator[None]:
    """Exit with NOT_CHECKED if the installation is unusable: that says nothing about the file."""
    try:
        yield
    except SystemExit as end:
        _exit_with_message(NOT_CHECKED, str(end))


def _read_downloaded_keys_or_exit(path: Path) -> Mapping[str, str]:
    try:
        keys = json.loads(path.read_text("utf-8"))["keys"]
        return {str(key["key_id"]): str(key["public_key"]) for key in keys}
    except (ValueError, KeyError, TypeError, RecursionError):
        _exit_with_message(
            NOT_CHECKED, f"{path.name} is not a list of keys: download it again from the issuer."
        )


def _exit_with_message(status: int, message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)
