from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from cpd.web import errors
from tests.support.html_validate import HtmlValidator
from tests.support.pages import check
from tests.web.conftest import MakeShell

CODES = [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503]
JSON = {"Accept": "application/json"}
Lines = Callable[[], list[dict[str, Any]]]


@pytest.mark.parametrize("code", CODES)
def test_each_error_has_a_page_of_its_own(client: FlaskClient, code: int) -> None:
    answer = client.get(f"/error/{code}")
    assert answer.status_code == code
    page = check(answer.text, f"error {code}")
    words = errors.TEXTS[code]
    assert page.h1 == str(words.title)
    assert str(words.meaning) in page.text
    assert str(words.remedy) in page.text
    assert f"Error {code}" in page.text


@pytest.mark.parametrize("code", [404, 503])
def test_the_html_checker_finds_nothing(
    client: FlaskClient, html_validator: HtmlValidator, code: int
) -> None:
    html_validator.check(client.get(f"/error/{code}").text)


@pytest.mark.parametrize("code", CODES)
def test_each_error_speaks_json_to_json(client: FlaskClient, code: int) -> None:
    answer = client.get(f"/error/{code}", headers=JSON)
    assert answer.status_code == code
    told = answer.get_json()["error"]
    assert told["status"] == code
    assert told["title"] == str(errors.TEXTS[code].title)
    assert ("request" in told) is (code >= 500)


@pytest.mark.parametrize("words", [*errors.TEXTS.values(), errors.CSRF_TEXT, errors.MFA_TEXT])
def test_the_voice(words: errors.ErrorText) -> None:
    said = f"{words.title} {words.meaning} {words.remedy}"
    assert not any(word in said for word in ("!", "Oops", "nvalid", "uccessfully", "imply"))
    assert all(str(part).endswith(".") for part in (words.title, words.meaning, words.remedy))


@pytest.mark.parametrize(("code", "like"), [(418, 400), (501, 500)])
def test_other_errors_borrow_the_words_of_their_sort(
    client: FlaskClient, code: int, like: int
) -> None:
    assert check(client.get(f"/error/{code}").text, "").h1 == str(errors.TEXTS[like].title)


def test_what_the_code_says_stands_on_the_page(client: FlaskClient) -> None:
    page = check(client.get("/said").text, "")
    assert "Ada saved this draft at 14:08. Nothing of yours was lost." in page.text
    assert page.h1 == str(errors.TEXTS[409].title)


def test_a_missing_page_is_always_the_same_to_the_byte(client: FlaskClient) -> None:
    assert client.get("/nowhere").data == client.get("/error/404").data


def test_a_raised_redirect_is_followed(client: FlaskClient) -> None:
    answer = client.get("/moved")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/healthz"


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.open("/said", method="TRACE")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert check(answer.text, "").h1 == str(errors.TEXTS[405].title)


def test_a_crash_shows_a_request_id_and_no_trace(client: FlaskClient, lines: Lines) -> None:
    answer = client.get("/crash")
    assert answer.status_code == 500
    page = check(answer.text, "")
    assert answer.headers["X-Request-Id"] in page.text
    for secret in ("Traceback", "RuntimeError", "pulse", "maya", ".py"):
        assert secret not in answer.text
    [crash] = [line for line in lines() if line["event"] == "crashed"]
    assert crash["request_id"] == answer.headers["X-Request-Id"]
    assert crash["exception"] == "RuntimeError"
    assert crash["detail"] == "[address]  has no pulse"
    assert any("conftest.py" in place for place in crash["places"])


@pytest.mark.parametrize("how", ["locked", "pool"])
def test_a_database_that_does_not_answer_is_503(client: FlaskClient, how: str) -> None:
    answer = client.get(f"/busy/{how}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    check(answer.text, "")


def test_a_forged_form_is_refused_with_what_to_do(client: FlaskClient) -> None:
    answer = client.post("/gallery/form", data={"name": "x"})
    assert answer.status_code == 400
    assert check(answer.text, "").h1 == str(errors.CSRF_TEXT.title)


def test_the_control_a_form_with_its_token_is_read(client: FlaskClient) -> None:
    token = check(client.get("/gallery/form").text, "").token
    answer = client.post("/gallery/form", data={"name": "x", "csrf_token": token})
    assert answer.status_code == 422


def test_a_foreign_host_is_refused_with_a_page(client: FlaskClient) -> None:
    answer = client.get("/gallery/parts", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert check(answer.text, "").h1 == str(errors.HOST_TEXT.title)


def test_when_even_the_error_page_fails_there_is_a_plain_one(
    client: FlaskClient, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        msg = "no template"
        raise RuntimeError(msg)

    monkeypatch.setattr(errors, "render_template", fail)
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert check(answer.text, "").h1 == "Something failed on our side."
    assert "error page failed" in {line["event"] for line in lines()}


def test_a_body_beyond_the_limit_is_413(client: FlaskClient) -> None:
    answer = client.post("/gallery/form", data={"about": "x" * 1_100_000})
    assert answer.status_code == 413
    check(answer.text, "")


def test_the_page_of_a_failing_database_links_to_no_page_that_needs_it(
    make_shell: MakeShell,
) -> None:
    text = make_shell().test_client().get("/busy/locked").text
    assert "Maya Okafor" not in text
