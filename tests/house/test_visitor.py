"""A visitor does only what a browser does, and refuses what a test should not do."""

import pytest
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import HTTPException

from tests.support.visitor import Visitor

PAGE = """<!doctype html><html lang="en"><head><title>Form</title></head><body><main><h1>Form</h1>
<form method="post" action="/form"><input type="hidden" name="csrf_token" value="{token}">
<label>Name<input name="name" value="as before"></label>
<label>Size<input name="size" value="3"></label><button>Go</button></form></main></body></html>"""


@pytest.fixture
def small() -> Visitor:
    app = Flask("small")
    app.config.update(SECRET_KEY="not a secret", TESTING=True)
    CSRFProtect(app)

    @app.get("/form")
    def form() -> str:
        return PAGE.format(token=generate_csrf())

    @app.post("/form")
    def send() -> ResponseReturnValue:
        sent = request.form
        return redirect(f"/done?name={sent['name']}&size={sent.get('size', 'none')}")

    @app.get("/done")
    def done() -> dict[str, str]:
        return dict(request.args)

    @app.get("/bad")
    def bad() -> str:
        return PAGE.format(token="").replace("<h1>", '<h1 style="">')

    @app.errorhandler(HTTPException)
    def error(fault: HTTPException) -> ResponseReturnValue:
        return {"fault": fault.name}, fault.code or 500

    return Visitor(app, "zoe")


def test_untouched_fields_are_sent_as_they_stand(small: Visitor) -> None:
    small.get("/form")
    small.submit({"name": "new"})
    assert small.follow().json == {"name": "new", "size": "3"}


def test_a_field_that_the_form_lacks_cannot_be_filled_in(small: Visitor) -> None:
    small.get("/form")
    with pytest.raises(AssertionError, match=r"no field .'colour'"):
        small.submit({"colour": "red"})


def test_forgery_protection_is_on(small: Visitor) -> None:
    small.get("/form")
    small.post("/form", {"name": "x"}, csrf=False, status=400)
    small.post("/form", {"name": "x"})
    assert small.follow().json == {"name": "x", "size": "none"}


def test_the_token_comes_from_a_page_that_was_fetched(small: Visitor) -> None:
    with pytest.raises(AssertionError, match="fetch the page with the form first"):
        small.post("/form", {"name": "x"})


def test_another_status_than_expected_fails(small: Visitor) -> None:
    with pytest.raises(AssertionError, match="zoe: GET /nowhere answered 404"):
        small.get("/nowhere")
    with pytest.raises(AssertionError, match="answered 200 OK, not 404"):
        small.get("/form", status=404)


def test_every_page_is_checked(small: Visitor) -> None:
    with pytest.raises(AssertionError, match="zoe: GET /bad:\n- a h1 has the attribute style"):
        small.get("/bad")


def test_a_visitor_refuses_to_ask_inside_an_app_context(small: Visitor) -> None:
    with small.app.app_context(), pytest.raises(AssertionError, match="leave"):
        small.get("/form")
