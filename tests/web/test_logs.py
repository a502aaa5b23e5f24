import io
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from cpd.db import DatabaseMark, unit_of_work
from cpd.web import logs

Lines = Callable[[], list[dict[str, Any]]]


def test_one_line_for_each_request(client: FlaskClient, lines: Lines) -> None:
    answer = client.get("/error/404?email=maya@clinic.example")
    [line] = [line for line in lines() if line["event"] == "request"]
    assert line["route"] == "/error/<int:code>"
    assert line["status"] == 404
    assert line["method"] == "GET"
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["timestamp"].endswith("Z")
    assert "maya" not in str(line)


def test_an_unknown_address_is_not_written(client: FlaskClient, lines: Lines) -> None:
    client.get("/maya@clinic.example")
    [line] = lines()
    assert line["route"] is None
    assert "clinic" not in str(line)


def test_a_method_of_the_senders_own_is_not_written(client: FlaskClient, lines: Lines) -> None:
    client.open("/healthz", method="EVIL\r\nline")
    assert lines()[-1]["method"] == "other"


def test_each_request_has_a_new_id_whatever_the_client_sends(client: FlaskClient) -> None:
    sent = {"X-Request-Id": "AAAA-AAAA"}
    first = client.get("/healthz", headers=sent).headers["X-Request-Id"]
    second = client.get("/healthz", headers=sent).headers["X-Request-Id"]
    assert first != second
    assert "AAAA-AAAA" not in {first, second}


@pytest.mark.usefixtures("client")
def test_personal_fields_are_left_out(lines: Lines) -> None:
    logs.log.info("sign-in refused", email="m@x.org", password="p", Code="K7", reason="for m@x.org")
    [line] = lines()
    assert line["reason"] == "for [address]"
    assert not {"email", "password", "Code"} & set(line)


@pytest.mark.usefixtures("client")
def test_no_text_can_begin_a_line_of_its_own(lines: Lines, written: io.StringIO) -> None:
    logs.log.warning("odd", told='a\r\n{"event": "forged"}\x1b[31m\u2028')
    assert written.getvalue().count("\n") == 1
    [line] = lines()
    assert line["told"] == 'a  {"event": "forged"} [31m '


@pytest.mark.usefixtures("client")
def test_long_texts_are_cut(lines: Lines) -> None:
    logs.log.info("long", told="x" * 9000, number=3)
    assert len(lines()[0]["told"]) == 500


@pytest.mark.usefixtures("client")
def test_libraries_write_the_same_lines(lines: Lines) -> None:
    logging.getLogger("alembic").warning("at %s", "head", extra={"email": "m@x.org", "step": 1})
    [line] = lines()
    assert (line["event"], line["step"], line["level"]) == ("at head", 1, "warning")
    assert "email" not in line


@pytest.mark.usefixtures("client")
def test_exceptions_tell_places_not_values(lines: Lines) -> None:
    try:
        int("maya@clinic.example")
    except ValueError as fault:
        logs.log.exception("first")
        logs.log.error("second", exc_info=fault)
    logs.log.error("third", exc_info=(None, None, None))
    first, second, third = lines()
    assert first["exception"] == second["exception"] == "ValueError"
    assert "'[address]'" in first["detail"]
    assert "test_logs.py" in first["places"][0]
    assert "exception" not in third


def test_what_a_database_refuses_is_not_told(app: Flask) -> None:
    """Neither the values that were sent, nor those that PostgreSQL repeats in its error."""
    with app.app_context(), unit_of_work() as session:
        session.add(DatabaseMark(name="Nora Field\n[twice]"))
    with app.app_context(), pytest.raises(IntegrityError) as refused, unit_of_work() as session:
        session.add(DatabaseMark(name="Nora Field\n[twice]"))
    detail = logs.describe_exception(None, "", {"exc_info": refused.value})["detail"]
    assert "INSERT INTO marks" in detail
    assert "Nora" not in detail
    assert "twice" not in detail


def test_without_a_stream_it_writes_to_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    logs.configure_logging()
    caught = io.StringIO()
    monkeypatch.setattr(sys, "stderr", caught)
    logs.log.info("hello")
    assert '"event": "hello"' in caught.getvalue()
    own = [h for h in logging.getLogger().handlers if h.get_name() == "cpd"]
    assert len(own) == 1
