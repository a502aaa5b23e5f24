"""Keys: made once, kept private, never missed in silence, and replaced without losing anything."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask

from cpd.accounts.models import Person
from cpd.app import create_app
from cpd.certificates import queries, signing
from cpd.certificates.models import Certificate, SigningKey
from cpd.certificates.rules.record import Finding, Record, build_manifest
from cpd.certificates.signing import KeyRing, SigningKeyMissingError
from cpd.certificates.verification import find_trusted_public_keys
from cpd.config import settings_of_app
from cpd.db import db, unit_of_work
from cpd.kernel import canonical
from tests.factories import certificates
from tests.factories.certificates import facts
from tests.support.databases import Database
from tests.support.moved_clock import NOW
from tests.support.prepared import settings_for

LATER = NOW + timedelta(days=30)


def signed(ring: KeyRing) -> Record:
    made = facts()
    return Record(
        canonical.encode_json(made).decode(),
        build_manifest(made),
        ring.sign_message(build_manifest(made).encode()),
        ring.current_key_id,
    )


def test_the_first_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    ring = signing.create_key_in_folder(tmp_path / "keys", now=NOW)
    (path,) = (tmp_path / "keys").iterdir()
    assert path.name == ring.current_key_id
    assert path.name.startswith("20261123T100000Z-")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----")


def test_it_is_made_once(tmp_path: Path) -> None:
    first = signing.create_key_in_folder(tmp_path, now=NOW)
    again = signing.create_key_in_folder(tmp_path, now=LATER)
    loaded = signing.load_keys_from_folder(tmp_path)
    assert loaded is not None
    assert first.public_keys == again.public_keys == loaded.public_keys


def _make(folder: Path) -> str:
    return signing.create_key_in_folder(folder, now=datetime(2026, 1, 1, tzinfo=UTC)).current_key_id


def test_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(_make, [tmp_path / "keys"] * 8))
    assert len(made) == len(list((tmp_path / "keys").iterdir())) == 1


def test_there_is_no_key_before_the_first(tmp_path: Path) -> None:
    assert signing.load_keys_from_folder(tmp_path / "nowhere") is None
    assert signing.load_keys_from_folder(tmp_path) is None
    (tmp_path / "20260101T000000Z-0badbeef.new").write_text("half a key")
    assert signing.load_keys_from_folder(tmp_path) is None


def test_a_file_that_is_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    other = generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "20260101T000000Z-0badbeef").write_bytes(other)
    with pytest.raises(SigningKeyMissingError, match="not an Ed25519 key"):
        signing.load_keys_from_folder(tmp_path)


def test_a_signature_fits_its_record_and_no_other(tmp_path: Path) -> None:
    ring = signing.create_key_in_folder(tmp_path, now=NOW)
    record = signed(ring)
    assert signing.verify_record(record, ring.public_keys).finding is Finding.GENUINE
    forged = Record(record.snapshot, record.manifest + "x y\n", record.signature, record.key_id)
    assert signing.verify_record(forged, ring.public_keys).finding is Finding.FORGED


def test_the_signature_of_another_certificate_does_not_fit(tmp_path: Path) -> None:
    ring = signing.create_key_in_folder(tmp_path, now=NOW)
    one, other = signed(ring), signed(ring)
    mixed = Record(one.snapshot, one.manifest, other.signature, one.key_id)
    assert signing.verify_record(mixed, ring.public_keys).finding is Finding.FORGED


@pytest.mark.parametrize("signature", ["", "x", "ä", "AAAA", "A" * 86, "*" * 86])
def test_nonsense_is_no_signature(tmp_path: Path, signature: str) -> None:
    ring = signing.create_key_in_folder(tmp_path, now=NOW)
    record = signed(ring)
    forged = Record(record.snapshot, record.manifest, signature, record.key_id)
    assert signing.verify_record(forged, ring.public_keys).finding is Finding.FORGED


@pytest.mark.parametrize("public_key", ["", "AAAA", "ä", "*" * 43])
def test_nonsense_is_no_public_key(tmp_path: Path, public_key: str) -> None:
    record = signed(signing.create_key_in_folder(tmp_path, now=NOW))
    assert signing.verify_record(record, {record.key_id: public_key}).finding is Finding.FORGED


def test_the_key_of_somebody_else_is_unknown_whatever_it_is_called(tmp_path: Path) -> None:
    ours = signing.create_key_in_folder(tmp_path / "ours", now=NOW)
    theirs = signed(signing.create_key_in_folder(tmp_path / "theirs", now=NOW))
    assert signing.verify_record(theirs, ours.public_keys).finding is Finding.UNKNOWN_KEY
    named_ours = Record(theirs.snapshot, theirs.manifest, theirs.signature, ours.current_key_id)
    assert signing.verify_record(named_ours, ours.public_keys).finding is Finding.FORGED


def test_a_new_key_signs_and_the_old_one_still_counts(tmp_path: Path) -> None:
    old = signing.create_key_in_folder(tmp_path, now=NOW)
    before = signed(old)
    new = signing.create_key_in_folder(tmp_path, now=LATER, another=True)
    assert new.current_key_id != old.current_key_id
    assert signed(new).key_id == new.current_key_id
    assert signing.verify_record(before, new.public_keys).is_genuine
    reloaded = signing.load_keys_from_folder(tmp_path)
    assert reloaded is not None
    assert reloaded.public_keys == new.public_keys


# In the app


def test_the_public_half_is_kept_with_the_first_certificate(
    app: Flask, issue: Callable[..., Certificate]
) -> None:
    with app.app_context():
        ring = signing.current_issuer().keys
        assert db.session.scalars(sa.select(SigningKey)).all() == []
    made = issue()
    with app.app_context():
        (kept,) = db.session.scalars(sa.select(SigningKey))
        assert (kept.key_id, kept.first_used_at) == (made.key_id, NOW)
        assert ring.public_keys == {kept.key_id: kept.public_key}


def _key_file(app: Flask, certificate: Certificate) -> Path:
    return signing.key_folder_path(settings_of_app(app)) / certificate.key_id


@pytest.fixture
def other_app(make_app: Callable[..., Flask], database: Database) -> Flask:
    return make_app(instance_dir=database.instance_dir / "own")


def test_without_a_key_that_issued_the_app_does_not_start(
    other_app: Flask, holder: Person, database: Database
) -> None:
    certificate = certificates.issue(other_app, holder)
    settings = settings_of_app(other_app)
    path = _key_file(other_app, certificate)
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(SigningKeyMissingError) as refused:
        create_app(settings)
    assert certificate.key_id in str(refused.value)
    assert "from your backup" in str(refused.value)
    path.write_bytes(content)
    create_app(settings)


def test_a_key_known_to_be_lost_lets_the_app_start_and_its_certificates_count(
    other_app: Flask, holder: Person, make_app: Callable[..., Flask]
) -> None:
    certificate = certificates.issue(other_app, holder)
    path = _key_file(other_app, certificate)
    path.unlink()
    path.with_name(f"{path.name}.lost").touch()
    again = make_app(instance_dir=path.parent.parent)
    with again.app_context():
        assert signing.current_issuer().keys.current_key_id != certificate.key_id
        found = queries.find_certificate_by_code(db.session(), certificate.code)
        assert found is not None
        record = queries.build_record_of_certificate(found)
        assert signing.verify_record(
            record,
            find_trusted_public_keys(db.session(), signing.current_issuer().keys.public_keys),
        ).is_genuine


def test_certificates_of_an_old_key_stay_valid_when_a_new_one_signs(
    other_app: Flask, holder: Person, make_app: Callable[..., Flask]
) -> None:
    old = certificates.issue(other_app, holder)
    folder = signing.key_folder_path(settings_of_app(other_app))
    signing.create_key_in_folder(folder, now=LATER, another=True)
    again = make_app(instance_dir=folder.parent)
    with again.app_context():
        assert signing.current_issuer().keys.current_key_id != old.key_id
        trusted = find_trusted_public_keys(db.session(), signing.current_issuer().keys.public_keys)
        assert set(trusted) == {old.key_id, signing.current_issuer().keys.current_key_id}
        found = queries.find_certificate_by_code(db.session(), old.code)
        assert found is not None
        assert signing.verify_record(queries.build_record_of_certificate(found), trusted).is_genuine


def test_a_key_on_disk_outranks_one_put_into_the_database(app: Flask) -> None:
    with app.app_context():
        ring = signing.current_issuer().keys
        with unit_of_work() as session:
            session.add(
                SigningKey(key_id=ring.current_key_id, public_key="A" * 43, first_used_at=NOW)
            )
        assert (
            find_trusted_public_keys(db.session(), signing.current_issuer().keys.public_keys)
            == ring.public_keys
        )


def test_the_app_starts_on_a_database_without_tables(empty_database: Database) -> None:
    app = create_app(settings_for(empty_database))
    with app.app_context():
        assert signing.current_issuer().keys.current_key_id
        db.engine.dispose()
