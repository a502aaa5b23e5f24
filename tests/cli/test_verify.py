"""`cpd verify`: with no server for files, and by code."""

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

from cpd.certificates import actions, queries, signing
from cpd.certificates.formats.registry import FORMATS, MAX_FILE_BYTES
from cpd.certificates.labels import label_of_fact
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.rules.codes import format_code
from cpd.certificates.rules.record import RECORD_FILE_NAME, Record, build_manifest
from cpd.cli.keys import command as keys_command
from cpd.cli.main import LazyGroup, cli
from cpd.cli.verify import command
from cpd.config import settings_of_app
from cpd.db import unit_of_work
from cpd.kernel import canonical
from tests.cli.conftest import without_site_line
from tests.factories import accounts, certificates
from tests.factories.certificates import facts
from tests.support.databases import Database
from tests.support.missing_packages import take_away
from tests.support.moved_clock import NOW
from tests.support.people import MAYA

PDF = FORMATS["pdf"]


def fails(*_: object, **__: object) -> None:
    raise AssertionError("a file is checked without the app")


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> signing.KeyRing:
    """An installation with a key, and no database at all."""
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setattr("cpd.cli.main.create_app_or_exit", fails)
    return signing.create_key_in_folder(tmp_path / "instance" / "keys", now=NOW)


def signed(ring: signing.KeyRing, **given: Any) -> Record:
    made = facts(**given) | {"key": ring.current_key_id}
    text = build_manifest(made)
    return Record(
        canonical.encode_json(made).decode(),
        text,
        ring.sign_message(text.encode()),
        ring.current_key_id,
    )


def rendered(record: Record) -> bytes:
    return PDF.build_file(record)


def verify(*arguments: object) -> Result:
    return without_site_line(CliRunner().invoke(command, [str(argument) for argument in arguments]))


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
    assert lines[0].startswith("Genuine. Printing the signed record again gives this very file")
    assert "  Name: Maya Chidinma Okafor" in lines
    assert "  Credit: For study; no CE credit" in lines
    assert "Only the issuer's page can say" in lines[-1]


def test_several_files_are_checked_at_once_and_the_worst_decides(
    installation: signing.KeyRing, tmp_path: Path
) -> None:
    record = signed(installation)
    forged = replace(record, snapshot=record.snapshot.replace("Maya", "Mara"))
    contents = {
        **{format_.name: format_.build_file(record) for format_ in FORMATS.values()},
        "forged": forged.to_json().encode(),
        "no record": b"hello",
        "huge": b" " * (MAX_FILE_BYTES + 1),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    good = [tmp_path / name for name in FORMATS]
    done = verify(*good)
    assert done.exit_code == 0
    assert done.output.count("Genuine. Printing the signed record again") == len(FORMATS)
    assert f"{good[0]}:\n" in done.output
    assert done.output.endswith("3 of 3 are genuine.\n")
    unread = [*good, tmp_path / "no record", tmp_path / "huge"]
    assert verify(*unread).exit_code == 2
    done = verify(*unread, tmp_path / "forged")
    assert done.exit_code == 1
    assert done.output.endswith("3 of 6 are genuine.\n")


def test_a_bare_record(installation: signing.KeyRing, file_of: Callable[[bytes], Path]) -> None:
    done = verify(file_of(signed(installation).to_json().encode()))
    assert done.exit_code == 0
    assert done.output.startswith("The record is genuine.\n")
    assert "page itself" not in done.output


def test_a_public_record_says_what_it_leaves_out(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    done = verify(file_of(signed(installation).without_holder_facts().to_json().encode()))
    assert done.exit_code == 0
    assert done.output.startswith("The record is genuine.")
    assert "License, as stated by the holder: not in this record" in done.output
    assert "MT 004711" not in done.output


@pytest.mark.parametrize("name", sorted(facts()))
def test_each_changed_fact_of_the_record_is_named(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path], name: str
) -> None:
    record = signed(installation)
    changed = canonical.encode_json(record.parsed_facts | {name: "something else"}).decode()
    forged = Record(changed, record.manifest, record.signature, record.key_id)
    done = verify(file_of(forged.to_json().encode()))
    assert done.exit_code == 1
    assert done.output.startswith("Not genuine: the record was changed after it was signed.")
    assert f"Not as it was signed: {label_of_fact(name)}." in done.output


NAMES = [
    "Tọ́pẹ́",
    "Gbénró Ọ̀pẹ́yẹmí",
    "Be̱e",
    "Łukasz J́anek",
    "Nguyễn Thị Hồng",
    "Ἀχιλλεύς Πηλεΐδης",
    "Өмірбек Ғаниұлы Ә́лия",
    "Արամ Խաչատրյան",
    "ნინო ჩხეიძე",
    "דוד בן־גוריון",
    "ייִדיש",
    "בֶּן־גּוּרְיוֹן",
    "ײַנגל וואָלף פֿײַגע",
    "דוד 3 כהן",
    "W" * 120,
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_wrongly_accused(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path], name: str
) -> None:
    content = rendered(signed(installation, name=name))
    assert verify(file_of(content)).exit_code == 0
    saved = verify(file_of(saved_again(content)))
    assert saved.exit_code == 3
    assert "genuine" in saved.output.splitlines()[0]
    assert f"  Name: {name}" in saved.output.splitlines()


def saved_again(content: bytes, record: Record | None = None) -> bytes:
    """Return a file as another program writes it, with another record if one is given."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    if record is not None:
        names: Any = writer.root_object["/Names"].get_object()
        names.pop("/EmbeddedFiles")
        writer.add_attachment(RECORD_FILE_NAME, record.to_json().encode())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_page_put_around_a_genuine_record_is_not_called_genuine(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    genuine, other = signed(installation), signed(installation, name="Zoë Marsh")
    done = verify(file_of(saved_again(rendered(other), genuine)))
    assert done.exit_code == 3
    assert done.output.startswith(
        "The record inside is genuine. The page itself was not compared: "
        "compare these facts with the paper.\n  Name: Maya Chidinma Okafor\n"
    )
    assert "Saving a certificate again changes its file, and so does altering" in done.output
    assert "\nGenuine" not in done.output


def test_a_changed_record_in_a_file_is_altered(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    record = signed(installation)
    changed = canonical.encode_json(record.parsed_facts | {"name": "Zoë Marsh"}).decode()
    forged = Record(changed, record.manifest, record.signature, record.key_id)
    done = verify(file_of(rendered(forged)))  # page and record agree, and neither was signed
    assert done.exit_code == 1
    assert done.output.startswith("Not genuine: the record was changed after it was signed.\n")
    assert "Not as it was signed: Name." in done.output


def test_where_no_pdf_can_be_made_the_page_is_not_compared(
    installation: signing.KeyRing,
    file_of: Callable[[bytes], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = file_of(rendered(signed(installation)))
    assert verify(path).exit_code == 0
    take_away(monkeypatch, "typst")
    assert verify(path).exit_code == 3


def test_a_forged_signature(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path]
) -> None:
    record = signed(installation)
    forged = Record(record.snapshot, record.manifest, "A" * 86, record.key_id)
    done = verify(file_of(forged.to_json().encode()))
    assert done.exit_code == 1
    assert "the signature does not match" in done.output


def test_the_key_of_somebody_else(
    installation: signing.KeyRing, tmp_path: Path, file_of: Callable[[bytes], Path]
) -> None:
    other = signing.create_key_in_folder(tmp_path / "other", now=NOW)
    done = verify(file_of(signed(other).to_json().encode()))
    assert done.exit_code == 2
    assert "pass it with --keys" in done.output


def test_published_keys_pin_the_issuer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_of: Callable[[bytes], Path]
) -> None:
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path / "nothing"))
    issuer = signing.create_key_in_folder(tmp_path / "issuer", now=NOW)
    keys = tmp_path / "keys.json"
    listed = [{"key_id": k, "public_key": p} for k, p in issuer.public_keys.items()]
    keys.write_text(json.dumps({"keys": listed}))
    path = file_of(rendered(signed(issuer)))
    assert verify(path, "--keys", keys).exit_code == 0
    without = verify(path)
    assert without.exit_code == 2, "1 would say that it is not genuine"
    assert f"There is no folder {tmp_path}/nothing." in without.output
    keys.write_text("{}")
    assert "not a list of keys" in verify(path, "--keys", keys).output


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
    assert done.output == "keys.json is not a list of keys: download it again from the issuer.\n"


@pytest.mark.parametrize("odd", ['"\\ud800"', "1e999999", "NaN", "1" + "0" * 10_000, DEEP, "{}"])
@pytest.mark.parametrize("name", ["code", "name", "score", "subjects", "issued_at"])
def test_no_fact_of_a_record_makes_the_check_fail(
    installation: signing.KeyRing, file_of: Callable[[bytes], Path], name: str, odd: str
) -> None:
    record = signed(installation)
    snapshot = json.dumps({**record.parsed_facts, name: "odd"}).replace('"odd"', odd)
    forged = replace(record, snapshot=snapshot)
    done = verify(file_of(forged.to_json().encode()))
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert "Not genuine: the record was changed after it was signed." in done.output


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
    take_away(monkeypatch, "pypdf")
    done = verify(path)
    assert done.exit_code == 2
    assert "pip install 'cpd[pdf]'" in done.output


# A file, with the database of the installation at hand


@pytest.fixture
def stored(app: Flask, issued: Certificate, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The PDF of Maya's certificate as it was handed out, in the installation of the command."""
    monkeypatch.setattr("cpd.cli.main.create_app_or_exit", fails)
    monkeypatch.setenv("CPD_INSTANCE", str(settings_of_app(app).instance_dir))
    monkeypatch.setenv("DATABASE_URL", settings_of_app(app).database_url)
    content = rendered(queries.build_record_of_certificate(issued))
    with app.app_context(), unit_of_work() as session:
        return actions.add_certificate_file_if_absent(session, issued, PDF.name, content, now=NOW)


def revoke(app: Flask, certificate: Certificate) -> None:
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(Certificate, certificate.id)
        row.state, row.ended_at = CertificateState.REVOKED, row.issued_at


def test_a_file_that_was_issued_here_is_known(
    stored: bytes, file_of: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "pypdf", "typst", "segno")
    done = verify(file_of(stored))
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "Genuine. This is the file that was issued, byte for byte."
    assert "  Name: Maya Chidinma Okafor" in lines
    assert lines[-1] == "Valid: neither replaced nor withdrawn."


def test_a_file_that_differs_by_a_byte_is_not_known(
    stored: bytes, file_of: Callable[[bytes], Path]
) -> None:
    done = verify(file_of(stored + b"\n"))
    assert done.exit_code == 3
    assert done.output.startswith("The record inside is genuine.")
    assert "Valid: neither replaced nor withdrawn." in done.output


@pytest.mark.parametrize("added", [b"", b"\n"], ids=["known", "saved again"])
def test_a_file_of_a_revoked_certificate_does_not_count(
    app: Flask, issued: Certificate, stored: bytes, file_of: Callable[[bytes], Path], added: bytes
) -> None:
    revoke(app, issued)
    done = verify(file_of(stored + added))
    assert done.exit_code == 1
    assert done.output.startswith("Withdrawn.\n  Name: Maya Chidinma Okafor\n")
    assert "That was on 23 November 2026 (UTC). It no longer counts." in done.output


def test_with_keys_the_database_is_not_asked(
    app: Flask,
    issued: Certificate,
    stored: bytes,
    tmp_path: Path,
    file_of: Callable[[bytes], Path],
) -> None:
    revoke(app, issued)
    with app.app_context():
        public = signing.current_issuer().keys.public_keys
    keys = tmp_path / "keys.json"
    listed = [{"key_id": k, "public_key": p} for k, p in public.items()]
    keys.write_text(json.dumps({"keys": listed}))
    done = verify(file_of(stored), "--keys", keys)
    assert done.exit_code == 0
    assert done.output.splitlines()[-1].startswith("Only the issuer's page can say")


def test_the_database_knows_keys_that_are_lost(
    stored: bytes,
    tmp_path: Path,
    file_of: Callable[[bytes], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_keys = tmp_path / "without keys"
    without_keys.mkdir(mode=0o700)
    monkeypatch.setenv("CPD_INSTANCE", str(without_keys))
    assert verify(file_of(stored)).exit_code == 0
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert verify(file_of(stored)).exit_code == 2


def test_no_database_is_made_by_asking(
    installation: signing.KeyRing,
    tmp_path: Path,
    file_of: Callable[[bytes], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert verify(file_of(rendered(signed(installation)))).exit_code == 0
    assert not (tmp_path / "none.sqlite").exists()


def test_a_database_that_is_not_ready_is_said_and_done_without(
    installation: signing.KeyRing,
    empty_database: Database,
    file_of: Callable[[bytes], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = file_of(rendered(signed(installation)))
    monkeypatch.setenv("DATABASE_URL", empty_database.url)
    if empty_database.engine == "sqlite":
        Path(empty_database.url.removeprefix("sqlite:///")).touch()
    done = verify(path)
    assert done.exit_code == 0
    assert "checked without the database. The database has no tables yet" in done.output


# By code


@pytest.fixture
def issued(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """Maya's certificate, in the database that the command opens."""
    monkeypatch.setattr("cpd.cli.main.create_app_or_exit", lambda: app)
    with app.app_context():
        maya = accounts.row_of(MAYA)
    return certificates.issue(app, maya)


def test_a_code(issued: Certificate) -> None:
    done = verify(format_code(issued.code).lower())
    assert done.exit_code == 0
    assert done.output.startswith("Genuine.\n  Name: Maya Chidinma Okafor\n")
    assert "Valid: neither replaced nor withdrawn." in done.output


def test_a_code_that_belongs_to_nothing(issued: Certificate) -> None:
    done = verify(facts()["code"])
    assert done.exit_code == 1
    assert "No certificate has this code." in done.output


def test_what_is_neither_file_nor_code(issued: Certificate) -> None:
    done = verify("certificate.pdf")
    assert done.exit_code == 2
    assert "neither a file nor a code" in done.output


def test_a_revoked_certificate_does_not_count(app: Flask, issued: Certificate) -> None:
    revoke(app, issued)
    done = verify(issued.code)
    assert done.exit_code == 1
    assert done.output.startswith("Withdrawn.\n  Name: Maya Chidinma Okafor\n")
    assert "That was on 23 November 2026 (UTC). It no longer counts." in done.output


# Keys


def test_keys_are_listed_and_made(installation: signing.KeyRing) -> None:
    run = CliRunner().invoke
    assert run(keys_command, ["list"]).stdout == f"{installation.current_key_id}\n"
    done = run(keys_command, ["new"])
    assert done.exit_code == 0
    assert "copy the key to every other host of the site" in done.output
    assert len(run(keys_command, ["list"]).stdout.splitlines()) == 2


def test_before_the_first_key_none_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPD_INSTANCE", str(tmp_path))
    done = CliRunner().invoke(keys_command, ["list"])
    assert (done.exit_code, done.stdout) == (0, "")
    refused = CliRunner().invoke(keys_command, ["new"])
    assert refused.exit_code == 1
    assert "the first key is created when the site starts (cpd serve)" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_both_are_commands_of_cpd() -> None:
    assert {"keys", "verify"} <= set(LazyGroup.groups)
    said = CliRunner().invoke(cli, ["verify", "--help"]).output
    assert "their files (PDF, PNG or record)" in said
    for status in range(4):
        assert f"\n    {status}  " in said, said
