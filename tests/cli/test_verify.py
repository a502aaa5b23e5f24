"""`cpd verify`: with no server for files, and by code."""

import builtins
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from pypdf import PdfReader, PdfWriter

from cpd.certificates import queries, signing
from cpd.certificates.formats import pdf
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.rules.codes import show
from cpd.certificates.rules.record import Record, manifest
from cpd.certificates.words import label
from cpd.cli.keys import command as keys_command
from cpd.cli.main import Lazy, cli
from cpd.cli.verify import command
from cpd.db import unit_of_work
from cpd.kernel import canonical
from tests.factories import accounts, certificates
from tests.factories.certificates import facts
from tests.support.moved_clock import NOW
from tests.support.people import MAYA


def fails(*_: object, **__: object) -> None:
    raise AssertionError("a file is checked without the app")


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> signing.KeyRing:
    """An installation with a key, and no database at all."""
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setattr("cpd.cli.main.app_now", fails)
    return signing.make(tmp_path / "instance" / "keys", now=NOW)


def signed(ring: signing.KeyRing, **given: Any) -> Record:
    made = facts(**given) | {"key": ring.current}
    text = manifest(made)
    return Record(canonical.encode(made).decode(), text, ring.sign(text.encode()), ring.current)


def rendered(record: Record) -> bytes:
    made = pdf.render(record)
    assert isinstance(made, bytes)
    return made


def verify(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "certificate.pdf"
        path.write_bytes(content)
        return path

    return write


def test_a_genuine_file(installation: signing.KeyRing, file_of: Callable[[bytes], Path]) -> None:
    done = verify(file_of(rendered(signed(installation))))
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "Genuine."
    assert "  Name: Maya Chidinma Okafor" in lines
    assert "  Credit: For study; no CE credit" in lines
    assert "The page of the file says the same, word for word." in lines
    assert "only the issuer's page can say" in lines[-1]


def test_a_bare_record(installation: signing.KeyRing, file_of: Callable[[bytes], Path]) -> None:
    done = verify(file_of(signed(installation).to_json().encode()))
    assert done.exit_code == 0
    assert "word for word" not in done.output


def test_a_public_record_says_what_it_leaves_out(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    done = verify(file_of(signed(installation).public().to_json().encode()))
    assert done.exit_code == 0
    assert done.output.startswith("Genuine.")
    assert "Licence, as stated by the holder: not in this record" in done.output
    assert "MT 004711" not in done.output


@pytest.mark.parametrize("name", sorted(facts()))
def test_each_changed_fact_of_the_record_is_named(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path], name: str
) -> None:
    record = signed(installation)
    changed = canonical.encode(record.facts | {name: "something else"}).decode()
    forged = Record(changed, record.manifest, record.signature, record.key_id)
    done = verify(file_of(forged.to_json().encode()))
    assert done.exit_code == 1
    assert done.output.startswith("Not genuine: the record was changed after it was signed.")
    assert f"Not as it was signed: {label(name)}." in done.output


def test_a_page_that_says_otherwise_than_its_record_is_named(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    genuine, other = signed(installation), signed(installation, name="Zoë Marsh")
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(rendered(other))))
    writer.root_object.get("/Names", {}).pop("/EmbeddedFiles", None)
    writer.add_attachment(pdf.RECORD_NAME, genuine.to_json().encode())
    out = io.BytesIO()
    writer.write(out)
    done = verify(file_of(out.getvalue()))
    assert done.exit_code == 1
    said = "Not genuine: the page says otherwise than its record: Name, Checked at, Code.\n"
    assert done.output.startswith(said)


def test_a_forged_signature(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    record = signed(installation)
    forged = Record(record.snapshot, record.manifest, "A" * 86, record.key_id)
    done = verify(file_of(forged.to_json().encode()))
    assert done.exit_code == 1
    assert "the signature does not fit" in done.output


def test_the_key_of_somebody_else(
    installation: signing.KeyRing, tmp_path: Path, file_of: Callable[[bytes], Path]
) -> None:
    other = signing.make(tmp_path / "other", now=NOW)
    done = verify(file_of(signed(other).to_json().encode()))
    assert done.exit_code == 2
    assert "pass it with --keys" in done.output


def test_published_keys_pin_the_issuer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_of: Callable[[bytes], Path]
) -> None:
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path / "nothing"))
    issuer = signing.make(tmp_path / "issuer", now=NOW)
    keys = tmp_path / "keys.json"
    listed = [{"key_id": k, "public_key": p} for k, p in issuer.public_keys.items()]
    keys.write_text(json.dumps({"keys": listed}))
    path = file_of(rendered(signed(issuer)))
    assert verify(path, "--keys", keys).exit_code == 0
    assert verify(path).exit_code == 2


DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '"\\ud800"',
        DEEP,
        f'{{"keys": {DEEP}}}',
        f'{{"keys": [{{"key_id": "a", "public_key": {DEEP}}}]}}',
        '{"keys": [{"key_id": "a"}]}',
        '{"keys": ["a"]}',
        '{"keys": 1e999999}',
        f'{{"keys": 1{"0" * 10_000}}}',
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_list_of_keys(
    installation: signing.KeyRing, tmp_path: Path, file_of: Callable[[bytes], Path], text: str
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(text)
    done = verify(file_of(signed(installation).to_json().encode()), "--keys", keys)
    assert done.exit_code == 2
    assert done.output == "keys.json is no list of keys: get it anew from the issuer.\n"


@pytest.mark.parametrize("odd", ['"\\ud800"', "1e999999", "NaN", "1" + "0" * 10_000, DEEP, "{}"])
@pytest.mark.parametrize("name", ["code", "name", "score", "subjects", "issued_at"])
def test_no_fact_of_a_record_makes_the_check_fail(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path], name: str, odd: str
) -> None:
    record = signed(installation)
    snapshot = json.dumps({**record.facts, name: "odd"}).replace('"odd"', odd)
    forged = replace(record, snapshot=snapshot)
    done = verify(file_of(forged.to_json().encode()))
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert done.output.startswith("Not genuine: the record was changed after it was signed.")


@pytest.mark.parametrize(
    ("content", "said"), [(b"%PDF-1.7", "damaged"), (b"hello", "not JSON"), (b"", "not JSON")]
)
def test_a_file_that_is_none(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path], content: bytes, said: str
) -> None:
    done = verify(file_of(content))
    assert done.exit_code == 2
    assert said in done.output


def test_facts_that_make_no_sense(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    record = signed(installation)
    forged = Record("{}", record.manifest, record.signature, record.key_id)
    assert verify(file_of(forged.to_json().encode())).exit_code == 1


def test_without_the_extra_the_command_is_named(
    installation: signing.KeyRing,
    file_of: Callable[[bytes], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = file_of(rendered(signed(installation)))
    real = builtins.__import__

    def missing(name: str, *rest: object) -> object:
        if name == "pypdf":
            raise ModuleNotFoundError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)
    done = verify(path)
    assert done.exit_code == 2
    assert "pip install 'cpd[pdf]'" in done.output


# By code


@pytest.fixture
def issued(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """Maya's certificate, in the database that the command opens."""
    monkeypatch.setattr("cpd.cli.main.app_now", lambda: app)
    with app.app_context():
        maya = accounts.row_of(MAYA)
    return certificates.issue(app, maya)


def test_a_code(issued: Certificate) -> None:
    done = verify(show(issued.code).lower())
    assert done.exit_code == 0
    assert done.output.startswith("Genuine.\n  Name: Maya Chidinma Okafor\n")


def test_a_code_that_belongs_to_nothing(issued: Certificate) -> None:
    done = verify(facts()["code"])
    assert done.exit_code == 1
    assert "No certificate has this code." in done.output


def test_what_is_neither_file_nor_code(issued: Certificate) -> None:
    done = verify("certificate.pdf")
    assert done.exit_code == 2
    assert "neither a file nor a code" in done.output


def test_a_revoked_certificate_does_not_count(app: Flask, issued: Certificate) -> None:
    with app.app_context(), unit_of_work() as session:
        row = queries.by_code(session, issued.code)
        assert row is not None
        row.state, row.ended_at = CertificateState.REVOKED, row.issued_at
    done = verify(issued.code)
    assert done.exit_code == 1
    assert "It does not count any more: revoked on 2026-11-23." in done.output


# Keys


def test_keys_are_listed_and_made(installation: signing.KeyRing) -> None:
    run = CliRunner().invoke
    assert run(keys_command, ["list"]).output == f"{installation.current}\n"
    done = run(keys_command, ["new"])
    assert done.exit_code == 0
    assert "copy the key to every other host of the site" in done.output
    assert len(run(keys_command, ["list"]).output.splitlines()) == 2


def test_before_the_first_key_none_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path / "nothing"))
    assert CliRunner().invoke(keys_command, ["list"]).output == ""


def test_both_are_commands_of_cpd() -> None:
    assert {"keys", "verify"} <= set(Lazy.groups)
    assert "its file (PDF or record)" in CliRunner().invoke(cli, ["verify", "--help"]).output
