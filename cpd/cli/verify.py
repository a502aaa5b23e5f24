"""`cpd verify`: whether a certificate is genuine, from its file with no server, or by its code."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from cpd.certificates import signing, words
from cpd.certificates.formats import reading
from cpd.certificates.formats.pdf import PdfExtraMissingError
from cpd.certificates.rules import codes
from cpd.certificates.rules.codes import CodeFault
from cpd.certificates.rules.record import Finding, Record, RecordFaultError, Verdict
from cpd.certificates.verifying import Checked, check_code, stated

NOT_GENUINE = 1
NOT_CHECKED = 2
"""Exit codes; 0 is genuine."""

SAID: Mapping[Finding, str] = {
    Finding.GENUINE: "Genuine.",
    Finding.CHANGED: "Not genuine: the record was changed after it was signed.",
    Finding.FORGED: "Not genuine: the signature does not fit the record.",
    Finding.UNKNOWN_KEY: (
        "Not checked: the key that signed it is not among the keys you trust. "
        "Get keys.json from the issuer, and pass it with --keys."
    ),
}


@click.command("verify")
@click.argument("what")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The issuer's public keys, as its page /verify/keys.json gave them. "
    "Without it, the keys of this installation count.",
)
def command(what: str, keys: Path | None) -> None:
    """Check a certificate: WHAT is its file (PDF or record), or a code of this installation.

    A file is checked without any server or database. Ends with 0 for a genuine certificate, 1 for
    another, 2 when it could not be checked.
    """
    if Path(what).is_file():
        _check_file(Path(what), _trusted(keys))
    else:
        _check_code(what)


def _check_file(path: Path, trusted: Mapping[str, str]) -> None:
    try:
        carried = reading.read(path.read_bytes())
    except (RecordFaultError, PdfExtraMissingError) as fault:
        _end(NOT_CHECKED, str(fault))
    verdict = signing.check(carried.record, trusted)
    facts, printed = stated(carried.record)
    differing = _differing(facts, carried.text)
    if differing:
        click.echo(f"Not genuine: the page says otherwise than its record: {_names(differing)}.")
        click.echo("The record within the file:")
    _tell(verdict, carried.record, printed)
    _finish(verdict)
    if differing:
        sys.exit(NOT_GENUINE)
    if carried.text is not None:
        click.echo("The page of the file says the same, word for word.")
    click.echo("Whether it was replaced or withdrawn since, only the issuer's page can say.")


def _differing(facts: Mapping[str, Any], text: str | None) -> tuple[str, ...]:
    return reading.differing(facts, text) if facts and text is not None else ()


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
        _tell_checked(found)


def _tell_checked(found: Checked) -> None:
    _tell(found.verdict, found.record, found.words)
    _finish(found.verdict)
    certificate = found.certificate
    if certificate.ended_at is not None:
        day = f"{certificate.ended_at:%Y-%m-%d}"
        _end(NOT_GENUINE, f"It does not count any more: {certificate.state.value} on {day}.")


def _tell(verdict: Verdict, record: Record, printed: Mapping[str, str]) -> None:
    click.echo(SAID[verdict.finding])
    if verdict.changed:
        click.echo(f"Not as it was signed: {_names(verdict.changed)}.")
    for name, value in words.in_order(printed):
        click.echo(f"  {name}: {value}")
    for name in sorted(record.withheld):
        click.echo(f"  {words.label(name)}: not in this record; the holder's PDF has it")


def _finish(verdict: Verdict) -> None:
    if verdict.finding is Finding.UNKNOWN_KEY:
        sys.exit(NOT_CHECKED)
    if not verdict.is_genuine:
        sys.exit(NOT_GENUINE)


def _names(facts: tuple[str, ...]) -> str:
    return ", ".join(words.label(name) for name in facts)


def _trusted(keys: Path | None) -> Mapping[str, str]:
    if keys is not None:
        return _published(keys)
    from cpd.cli.main import instance_now, told

    with _or_not_checked(), told():
        ring = signing.load(signing.key_folder(instance_now()))
    return {} if ring is None else ring.public_keys


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
    except (ValueError, KeyError, TypeError):
        _end(NOT_CHECKED, f"{path.name} is no list of keys: get it anew from the issuer.")


def _end(status: int, sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)
