"""A certificate after its template, name, course, authority, provider and key have all changed."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.accounts.models import License
from cpd.accounts.models import Person as PersonRow
from cpd.certificates import signing
from cpd.certificates.formats.pdf import page as sheet
from cpd.certificates.formats.registry import FORMATS, parse_record_of_file
from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import format_code
from cpd.certificates.rules.printed_facts import printed_facts
from cpd.config import settings_of_app
from cpd.courses.models import Document, DocumentType
from cpd.credit import authority_loading
from cpd.db import unit_of_work
from cpd.kernel import clock as clocks
from cpd.provider import current
from tests.factories import accounts, certificates, passes
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.visitor import Visitor


def change_name_course_and_provider(app: Flask, holder: PersonRow) -> None:
    """Store other names everywhere, and publish another version."""
    other = passes.Setting(contact="new@pier.example", signatories=(("Omar Haddad", "Director"),))
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(PersonRow, holder.id)
        row.legal_name = "Maya Rivera"
        for license_ in session.scalars(sa.select(License)):
            license_.number = "XX 1"
        course = session.scalars(
            sa.select(Document).where(
                Document.type == DocumentType.COURSE, Document.slug == passes.SLUG
            )
        ).one()
        certificates.add_revision(session, course, 2, title="Another course")
        passes.set_provider(session, app, other)
    with app.app_context():
        current.reload_provider()


def change_template_and_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out the page differently, label its facts differently, and rename every authority."""
    source = sheet.load_template_source(sheet.TEMPLATE)
    monkeypatch.setattr(sheet, "load_template_source", lambda *_: f"{source}\n#pagebreak()\nX")
    monkeypatch.setattr(sheet, "LABELS", dict.fromkeys(sheet.LABELS, "X"))
    renamed = {
        slug: replace(authority, file=authority.file.model_copy(update={"name": "X"}))
        for slug, authority in authority_loading.load_authorities().items()
    }
    monkeypatch.setattr(authority_loading, "load_authorities", lambda: renamed)


@pytest.mark.parametrize("licenses", [(), ("ncbtmb", "florida")], ids=["none", "two authorities"])
def test_it_verifies_as_it_was(
    make_app: Callable[..., Flask],
    database: Database,
    holder: PersonRow,
    clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
    licenses: Sequence[str],
) -> None:
    own = database.instance_dir / "own"
    before = make_app(instance_dir=own)
    setting = passes.Setting(licenses=licenses)
    issued = passes.issue_all(before, passes.prepare(before, holder, setting))
    assert sorted(issued) == sorted(licenses or ["none"])
    maya = accounts.let_in(Visitor(before, "maya"), MAYA)
    files = {
        (one.public_id, name): maya.get(path_of(one, name)).body
        for one in issued.values()
        for name in FORMATS
    }
    clock.advance(days=1)
    change_name_course_and_provider(before, holder)
    change_template_and_authorities(monkeypatch)
    after = make_app(instance_dir=replace_key(before))
    maya = accounts.let_in(Visitor(after, "maya"), MAYA)
    stranger = Visitor(after)
    keys = {
        key["key_id"]: key["public_key"] for key in stranger.get("/verify/keys.json").json["keys"]
    }
    assert len(keys) == 2
    for one in issued.values():
        for name in FORMATS:
            file = files[one.public_id, name]
            assert maya.get(path_of(one, name)).body == file
            assert signing.verify_record(parse_record_of_file(file), keys).is_genuine
        facts = json.loads(one.snapshot)
        page = stranger.get(f"/verify/{format_code(one.code)}").page
        assert "Genuine." in page.text
        for fact in ("name", "title", "course", "marker", "credit", "completed", "provider"):
            assert " ".join(printed_facts(facts)[fact].split()) in page.text, fact
        for new in ("Maya Rivera", "Another course", "new@pier.example", "Haddad"):
            assert new not in page.text
        assert "Version 2 was published on" in page.text
        public = stranger.get(f"/verify/{format_code(one.code)}/record.json").body
        assert signing.verify_record(parse_record_of_file(public), keys).is_genuine
    offline = stranger.get("/verify/offline.html").html
    assert all(key in offline for key in keys.values())
    record = parse_record_of_file(file)
    edited = replace(record, snapshot=record.snapshot.replace("Maya Chidinma", "Mallory"))
    assert not signing.verify_record(edited, keys).is_genuine, "the control"


def path_of(certificate: Certificate, name: str) -> str:
    return f"/certificates/{certificate.public_id}/certificate.{name}"


def replace_key(app: Flask) -> Path:
    """Lose the key that signed, let another be created, and return the instance folder."""
    folder = signing.key_folder_path(settings_of_app(app))
    (old,) = [path for path in folder.iterdir() if not path.suffix]
    signing.create_key_in_folder(folder, now=clocks.now() + timedelta(days=1), another=True)
    old.rename(old.with_name(f"{old.name}.gone"))
    old.with_name(f"{old.name}.lost").touch()
    return folder.parent
