import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import BadRequest, NotFound

from cpd.web.reading import read_page_number, read_query_value
from tests.support.pages import check
from tests.web.conftest import MakeShell


def test_a_query_value_comes_once_or_not_at_all() -> None:
    app = Flask(__name__)
    for query, value in (("a=1", "1"), ("a=", ""), ("", "")):
        with app.test_request_context(f"/?{query}"):
            assert read_query_value("a") == value
    with app.test_request_context("/?a=1&a=1"), pytest.raises(BadRequest, match="“a”"):
        read_query_value("a")


def test_a_page_is_named_by_its_number() -> None:
    app = Flask(__name__)
    for query, number in (("", 1), ("page=1", 1), ("page=20", 20)):
        with app.test_request_context(f"/?{query}"):
            assert read_page_number() == number
    for written in ("", "x", "-1", "1.0", "²", "٣", "1000000"):
        with app.test_request_context(f"/?page={written}"), pytest.raises(NotFound):
            read_page_number()


@pytest.mark.parametrize(
    "path", ["/gallery/parts?q=a%00b", "/gallery/parts?a%00b=q", "/no%00where", "/static/%00.0.css"]
)
def test_a_nul_character_is_a_fault_of_the_request(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert "NUL character" in check(answer.text, path).text


def test_a_nul_character_in_a_form(client: FlaskClient) -> None:
    token = check(client.get("/gallery/form").text, "").token
    answer = client.post("/gallery/form", data={"name": "a\0b", "csrf_token": token})
    assert answer.status_code == 400
    assert "NUL character" in answer.text


@pytest.fixture
def bare(make_shell: MakeShell) -> FlaskClient:
    app = make_shell()
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"[1]", "one JSON object", id="a list"),
        pytest.param(b'{"a": "\\u0000"}', "NUL", id="NUL"),
        pytest.param(b'{"\\u0000": 1}', "NUL", id="NUL in a name"),
        pytest.param(b'{"a": ["\\ud800"]}', "half a character", id="half a character"),
        pytest.param(b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}", "too deeply", id="deep"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, "too deeply", id="very deep"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too deeply", id="very deep too"),
        pytest.param(b"[" * 500_000, "too deeply", id="very deep and broken"),
        pytest.param(b"{", "not JSON", id="broken"),
        pytest.param(b"\xff\xfe\xfd", "not JSON", id="no text"),
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b'{"a": 1' + b"0" * 10_000 + b"}", "a number", id="10,000 digits"),
        (b'{"a": 9223372036854775808}', "a number"),
        (b'{"a": [1e999999]}', "a number"),
        (b'{"a": -1e999999}', "a number"),
        (b'{"a": NaN}', "a number"),
        (b'{"a": {"b": -Infinity}}', "a number"),
        (b'{"a": 1, "b": 2, "a": 3}', "names one field twice"),
        (b'{"a": [{"b": 1, "b": 1}]}', "names one field twice"),
    ],
)
def test_json_that_cannot_be_kept(bare: FlaskClient, body: bytes, says: str) -> None:
    answer = bare.post("/json", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert says in answer.text


def test_the_control_json_that_can(bare: FlaskClient) -> None:
    kept = {"a": ["ß", {"b": None}], "c": 1, "d": -(10**17) + 1, "e": 0.5, "f": 1e300}
    assert bare.post("/json", json=kept).get_json() == kept
    deep = json.loads('{"a": ' + "[" * 11 + "]" * 11 + "}")
    assert bare.post("/json", json=deep).get_json() == deep


def test_a_body_that_does_not_say_that_it_is_json(bare: FlaskClient) -> None:
    answer = bare.post("/json", data=b"{}", content_type="text/plain")
    assert answer.status_code == 415
    assert "sent as application/json" in answer.text


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart"])
@pytest.mark.parametrize(("fields", "status"), [(500, 405), (501, 413), (100_000, 413)])
def test_a_form_of_very_many_fields(
    bare: FlaskClient, content_type: str, fields: int, status: int
) -> None:
    if content_type == "multipart":
        parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n\r\n'
                        for n in range(min(fields, 9000)))  # fmt: skip
        body, content_type = f"{parts}--x--", "multipart/form-data; boundary=x"
    else:
        body = "&".join(f"{n}=" for n in range(fields))
    answer = bare.post("/kept", data=body, content_type=content_type)
    assert answer.status_code == status
