"""`cpd verify`: whether a certificate is genuine, from its file with no server, or by its code."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.certificates import queries, signing, words
from cpd.certificates.formats import pdf, reading
from cpd.certificates.models import Certificate
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.certificates.rules.record import Finding, Record, RecordFaultError, Verdict
from cpd.certificates.verification import check_code, stated, trusted_keys
from cpd.config import Settings

NOT_GENUINE = 1
NOT_CHECKED = 2
NOT_COMPARED = 3
"""Exit codes; 0 is genuine."""

SAID: Mapping[Finding, str] = {
    Finding.GENUINE: "Genuine.",
    Finding.CHANGED: "Altered: the record was changed after it was signed.",
    Finding.FORGED: "Altered or forged: the signature does not fit the record.",
    Finding.UNKNOWN_KEY: (
        "Not checked: the key that signed it is not among the keys you trust. "
        "Get keys.json from the issuer, and pass it with --keys."
    ),
}
ISSUED = "Genuine. This is the file that was issued, byte for byte."
REMADE = "Genuine. Printing the signed record again gives this very file, byte for byte."
BARE = "The record is genuine."
RECORD_ALONE = (
    "The record inside is genuine. The page itself was not compared: "
    "compare these facts with the paper."
)
WHY_ALONE = (
    "Saving a certificate again makes another file of it, and so does altering its page. "
    "What counts are the facts above."
)
ONLY_THE_ISSUER = "Whether it was replaced or withdrawn since, only the issuer's page can say."


ENDS = """\b
Ends with
  0  genuine: a file as it was issued, a bare record, or a code that counts
  1  altered or forged; replaced or withdrawn; no certificate has the code
  2  not checked: unreadable, or signed with a key that you do not trust
  3  the record in the PDF is genuine, and its page was not compared
"""


@click.command("verify", epilog=ENDS)
@click.argument("what")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The issuer's public keys, as its page /verify/keys.json gave them. Nothing else is "
    "asked then. Without it, the keys and the database of this installation count.",
)
def command(what: str, keys: Path | None) -> None:
    """Check a certificate: WHAT is its file (PDF or record), or a code of this installation.

    A file is checked by the signed record in it, without any server or database. Where the
    database of this installation can be read, the file and its state are looked up there too.
    """
    if not Path(what).is_file():
        _check_code(what)
    elif keys is not None:
        _check_file(Path(what).read_bytes(), _published(keys), None)
    else:
        from cpd.cli.main import instance_now

        with _or_not_checked():
            settings = instance_now()
        with _database(settings) as session:
            _check_file(Path(what).read_bytes(), _trusted(settings, session), session)


def _check_file(content: bytes, trusted: Mapping[str, str], session: Session | None) -> None:
    issued = _issued(content, session)
    record = _carried(content) if issued is None else queries.record_of(issued)
    verdict = signing.check(record, trusted)
    facts, printed = stated(record)
    said = SAID[verdict.finding]
    if verdict.is_genuine:
        said = _proven(content, record, is_issued=issued is not None)
    _tell(said, verdict, record, printed)
    _finish(verdict)
    if issued is None and session is not None:
        issued = queries.by_code(session, str(facts.get("code", "")))
    _tell_state(issued)
    if said == RECORD_ALONE:
        click.echo(WHY_ALONE)
        sys.exit(NOT_COMPARED)


def _issued(content: bytes, session: Session | None) -> Certificate | None:
    if session is None:
        return None
    return queries.by_file(session, hashlib.sha256(content).hexdigest())


def _carried(content: bytes) -> Record:
    try:
        return reading.read(content)
    except (RecordFaultError, pdf.PdfExtraMissingError) as fault:
        _end(NOT_CHECKED, str(fault))


def _proven(content: bytes, record: Record, *, is_issued: bool) -> str:
    """Say how much of a file is proven, whose record is genuine."""
    if is_issued:
        return ISSUED
    if not reading.is_pdf(content):
        return BARE
    return REMADE if pdf.is_made_of(record, content) else RECORD_ALONE


def _tell_state(certificate: Certificate | None) -> None:
    if certificate is None:
        click.echo(ONLY_THE_ISSUER)
        return
    if certificate.ended_at is not None:
        day = f"{certificate.ended_at:%Y-%m-%d}"
        _end(NOT_GENUINE, f"It does not count any more: {certificate.state.value} on {day}.")
    click.echo("It counts: it was neither replaced nor withdrawn.")


def _check_code(typed: str) -> None:
    code = codes.parse(typed)
    if isinstance(code, CodeFault):
        _end(NOT_CHECKED, f"This is neither a file nor a code. {words.code_fault(code)}")
    from cpd.cli.main import app_now
    from cpd.db import db

    with _or_not_checked():
        app = app_now()
    with app.app_context():
        found = check_code(db.session(), code)
        if found is None:
            _end(NOT_GENUINE, words.no_such())
        _tell(SAID[found.verdict.finding], found.verdict, found.record, found.words)
        _finish(found.verdict)
        _tell_state(found.certificate)


def _tell(said: str, verdict: Verdict, record: Record, printed: Mapping[str, str]) -> None:
    click.echo(said)
    if verdict.changed:
        click.echo(f"Not as it was signed: {', '.join(map(words.label, verdict.changed))}.")
    for name, value in words.in_order(printed):
        click.echo(f"  {name}: {value}")
    for name in sorted(record.withheld):
        click.echo(f"  {words.label(name)}: not in this record; the holder's PDF has it")


def _finish(verdict: Verdict) -> None:
    if verdict.finding is Finding.UNKNOWN_KEY:
        sys.exit(NOT_CHECKED)
    if not verdict.is_genuine:
        sys.exit(NOT_GENUINE)


@contextmanager
def _database(settings: Settings) -> Iterator[Session | None]:
    """Open the database of this installation for reading; None where that cannot be done."""
    from cpd.db import readiness

    if settings.sqlite_file is not None and not settings.sqlite_file.is_file():
        yield None  # opening it would make one
        return
    engine = sa.create_engine(settings.database_url)
    try:
        fault = readiness(engine)
        if fault is not None:
            click.echo(f"The file is checked without the database. {fault}", err=True)
        with Session(engine) as session:
            yield session if fault is None else None
    finally:
        engine.dispose()


def _trusted(settings: Settings, session: Session | None) -> Mapping[str, str]:
    from cpd.cli.main import told

    with _or_not_checked(), told():
        ring = signing.load(signing.key_folder(settings))
    own = {} if ring is None else ring.public_keys
    return own if session is None else trusted_keys(session, own)


@contextmanager
def _or_not_checked() -> Iterator[None]:
    """Tell an installation that cannot be used from a certificate that is not genuine."""
    try:
        yield
    except SystemExit as end:
        _end(NOT_CHECKED, str(end))


def _published(path: Path) -> Mapping[str, str]:
    try:
        found = json.loads(path.read_text("utf-8"))["keys"]
        return {str(key["key_id"]): str(key["public_key"]) for key in found}
    except (ValueError, KeyError, TypeError, RecursionError):
        _end(NOT_CHECKED, f"{path.name} is no list of keys: get it anew from the issuer.")


def _end(status: int, sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)
