"""A file whose letters no font has: it waits, its holder and the provider know, then it is made."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.certificates.formats import extras
from cpd.certificates.formats.pdf import typesetting
from cpd.certificates.formats.registry import FORMATS, parse_record_of_file
from cpd.certificates.models import Certificate, CertificateFile
from cpd.certificates.rules.codes import format_code
from cpd.certificates.waiting_files import jobs
from cpd.certificates.waiting_files.rules.scripts import group_letters_by_script
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.kernel import clock as clocks
from tests.support.moved_clock import MovedClock
from tests.support.visitor import Visitor

FOLLOWS = "The file of your certificate follows."
WAITS = "The file of one certificate waits for a font."


def test_scripts_are_named_and_their_letters_sorted() -> None:
    assert group_letters_by_script("明王ส😀Ạ") == {
        "Chinese characters": "明王",
        "Latin": "Ạ",
        "Other": "😀",
        "Thai": "ส",
    }


def test_the_packages_that_are_asked_for_are_those_that_are_used() -> None:
    assert set(extras.FONT_PACKAGES) == set(typesetting.MORE_FONTS)


def test_a_file_waits_for_fonts_and_is_made_once_they_are_there(
    app: Flask,
    clock: MovedClock,
    maya_in: Visitor,
    ines: Visitor,
    issue: Callable[..., Certificate],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert WAITS not in ines.get("/").text
    with app.app_context(), unit_of_work() as session:
        jobs.enqueue_next_sweep(session, clocks.now())
    with monkeypatch.context() as without:
        without.setattr(typesetting, "MORE_FONTS", {})
        without.setattr(extras, "FONT_PACKAGES", ("no_such_package",))
        certificate = issue(name="王小明")
        run_jobs(app)
        assert "'scripts': 'Chinese characters'" in caplog.text
        assert "王" not in caplog.text
        home = ines.get("/").text
        assert WAITS in home
        assert "Chinese characters: 小 明 王" in home
        assert "pip install 'cpd[fonts]'" in home
        page = maya_in.get(f"/certificates/{certificate.public_id}")
        assert FOLLOWS in page.text
        assert "王小明" in page.text
        for name in FORMATS:
            path = f"/certificates/{certificate.public_id}/certificate.{name}"
            assert path not in page.html
            said = maya_in.get(path, status=503).text
            assert FOLLOWS in said
            assert "its code are valid now" in said
        assert "Genuine." in maya_in.get(f"/verify/{format_code(certificate.code)}").text
        clock.advance(hours=1)
        run_jobs(app)
        assert files_of(app) == []
    clock.advance(hours=1)
    run_jobs(app)
    (made,) = files_of(app)
    assert parse_record_of_file(made).parsed_facts["name"] == "王小明"
    assert WAITS not in ines.get("/").text
    assert FOLLOWS not in maya_in.get(f"/certificates/{certificate.public_id}").text
    path = f"/certificates/{certificate.public_id}/certificate.pdf"
    assert maya_in.get(path).body == made


def run_jobs(app: Flask) -> None:
    with app.app_context():
        worker.run_all_due_jobs()


def files_of(app: Flask) -> list[bytes]:
    with app.app_context():
        return list(db.session.scalars(sa.select(CertificateFile.content)))
