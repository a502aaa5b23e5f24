import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from cpd.web import reading
from tests.support.pages import check
from tests.web.conftest import MakeShell

Form = MultiDict[str, str]


def test_one_value() -> None:
    assert reading.one(MultiDict([("a", "1")]), "a") == "1"
    assert reading.one(MultiDict([("a", "")]), "a", "else") == ""
    assert reading.one(MultiDict(), "a", "else") == "else"


@pytest.mark.parametrize(
    "fields", [pytest.param([], id="absent"), pytest.param([("a", "1"), ("a", "1")], id="repeated")]
)
def test_not_one_value(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(BadRequest, match="“a”"):
        reading.one(MultiDict(fields), "a")


def test_many_values() -> None:
    form: Form = MultiDict([("a", "1"), ("a", "2")])
    assert reading.many(form, "a", at_most=2) == ["1", "2"]
    assert reading.many(form, "b", at_most=2) == []
    with pytest.raises(BadRequest, match="more than 1"):
        reading.many(form, "a", at_most=1)
    with pytest.raises(BadRequest, match="twice"):
        reading.many(MultiDict([("a", "1"), ("a", "1")]), "a", at_most=5)


def test_only_known_fields() -> None:
    reading.only(MultiDict([("a", "1"), ("csrf_token", "x")]), {"a", "b"})
    with pytest.raises(BadRequest, match="“is_admin”"):
        reading.only(MultiDict([("a", "1"), ("is_admin", "1")]), {"a"})


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
        pytest.param(b"{", "could not", id="broken"),
        (b'{"a": 1, "b": 2, "a": 3}', "names one field twice"),
        (b'{"a": [{"b": 1, "b": 1}]}', "names one field twice"),
    ],
)
def test_json_that_cannot_be_kept(bare: FlaskClient, body: bytes, says: str) -> None:
    answer = bare.post("/json", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert says in answer.text


def test_the_control_json_that_can(bare: FlaskClient) -> None:
    answer = bare.post("/json", json={"a": ["ß", {"b": None}], "c": 1})
    assert answer.get_json() == {"a": ["ß", {"b": None}], "c": 1}
