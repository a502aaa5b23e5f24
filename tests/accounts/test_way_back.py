"""From wherever a visitor is asked to sign in, they come back to where they were."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.accounts.mfa.test_mfa import Phone
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, PASSWORD
from tests.support.post import Arrived, PostOffice
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

as_value = partial(quote, safe="/?")
"""As Flask writes a path into a query."""
HERE = "/profile/sessions?from=here"
ASKED = f"/sign-in?next={as_value(HERE)}"
NORA = "nora@example.org"
EXAMPLES = {
    "IntegerConverter": 1,
    "UnicodeConverter": "some",
    "CourseConverter": "some",
    "PathConverter": "some/file",
}


def guarded_paths(app: Flask, method: str) -> Iterator[str]:
    """Yield a path of every route that only people who are signed in may use."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint].__dict__
        is_guarded = view["permission"] is not None
        keeps_text = method == "POST" and "keeps_typed_text" in view  # answered with all of it
        if is_guarded and not keeps_text and method in (rule.methods or ()):
            yield path_of(app, rule)


def path_of(app: Flask, rule: Rule) -> str:
    values = {name: EXAMPLES[type(kind).__name__] for name, kind in rule._converters.items()}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def test_every_page_leads_back_to_itself(app: Flask, stranger: Visitor) -> None:
    paths = list(guarded_paths(app, "GET"))
    assert len(paths) > 20
    for path in paths:
        asked = stranger.get(f"{path}?a=1&b=2", status=302).location
        assert asked == f"/sign-in?next={as_value(f'{path}?a=1&b=2')}", path


def test_every_form_leads_back_to_its_page(app: Flask, stranger: Visitor) -> None:
    stranger.get("/sign-in")
    paths = list(guarded_paths(app, "POST"))
    assert len(paths) > 20
    for path in paths:
        headers = {"Referer": "http://localhost/profile/sessions?from=here"}
        for csrf in (True, False):
            asked = stranger.post(path, headers=headers, csrf=csrf, status=302)
            assert asked.location == ASKED, path


@pytest.mark.parametrize(
    "sender",
    [
        "http://elsewhere.example/profile",
        "http://localhost/profile/licences",  # it takes forms alone
        "http://localhost/nowhere",
        "http://[",
        "",
    ],
)
def test_a_form_leads_back_to_no_other_page(stranger: Visitor, sender: str) -> None:
    stranger.get("/sign-in")
    asked = stranger.post("/profile/sessions/ending", headers={"Referer": sender}, status=302)
    assert asked.location == "/sign-in"


def test_the_link_to_sign_in_leads_back_too(stranger: Visitor) -> None:
    page = stranger.get("/courses?from=here").page
    assert page.links()["Sign in"] == f"/sign-in?next={as_value('/courses?from=here')}"
    for path in ("/", "/sign-up", "/sign-in"):
        assert stranger.get(path).page.links()["Sign in"] == "/sign-in"


# Each way in


def follow_link(visitor: Visitor, words: str) -> None:
    visitor.get(visitor.page.links()[words])


def test_by_a_password(stranger: Visitor) -> None:
    stranger.get(HERE, status=302)
    stranger.follow()
    stranger.submit({"email": MAYA.email, "password": "wrong"}, action="/sign-in", status=422)
    back = stranger.submit({"email": MAYA.email, "password": PASSWORD}, action="/sign-in")
    assert back.location == HERE


def ask_for_account(visitor: Visitor, post: PostOffice) -> Arrived:
    visitor.get(HERE, status=302)
    visitor.follow()
    follow_link(visitor, "Open an account")
    visitor.submit({"email": NORA})
    return post.collect_one(visitor.app)


def open_account(visitor: Visitor) -> str:
    visitor.get("/sign-up/account")
    return visitor.submit({"name": "Nora", "password": PASSWORD, "again": PASSWORD}).location


def test_by_signing_up_with_the_code(app: Flask, stranger: Visitor, post: PostOffice) -> None:
    ask_for_account(stranger, post)
    stranger.get("/sign-up/code")
    follow_link(stranger, "Check the address and ask again")
    stranger.submit({"email": NORA})
    stranger.follow()
    stranger.submit({"code": post.collect_one(app).code})
    assert open_account(stranger) == HERE


def test_by_signing_up_with_the_link_in_another_browser(
    app: Flask, stranger: Visitor, post: PostOffice
) -> None:
    message = ask_for_account(stranger, post)
    other = Visitor(app)
    other.get(message.path)
    other.submit()
    assert open_account(other) == HERE


def test_by_signing_up_after_too_many_wrong_codes(stranger: Visitor, post: PostOffice) -> None:
    ask_for_account(stranger, post)
    for status in (422, 422, 422, 422, 303):
        stranger.get("/sign-up/code")
        stranger.submit({"code": "000000"}, status=status)
    assert stranger.follow().page.forms[0].value("next") == HERE


def test_by_a_new_password_in_another_browser(
    app: Flask, stranger: Visitor, post: PostOffice
) -> None:
    stranger.get(HERE, status=302)
    stranger.follow()
    follow_link(stranger, "Set a new one")
    stranger.submit({"email": MAYA.email})
    links = stranger.follow().page.links()
    assert links["check the address and ask again"].endswith(as_value(HERE))
    other = Visitor(app)
    other.get(post.collect_one(app).path)
    new = "five blue doors by the sea"
    assert other.submit({"password": new, "again": new}).location == ASKED


@pytest.mark.parametrize("email", [MAYA.email, NORA])
def test_by_the_email_that_says_which_account_there_is(
    stranger: Visitor, post: PostOffice, email: str
) -> None:
    page = "sign-up" if email == MAYA.email else "reset-password"
    stranger.get(f"/{page}?next={as_value(HERE)}")
    stranger.submit({"email": email})
    message = post.collect_one(stranger.app)
    assert f"?next={as_value(HERE)}" in message.text


def test_by_a_code_from_an_app_even_after_too_long(
    maya: Visitor, stranger: Visitor, clock: MovedClock
) -> None:
    phone = Phone(maya)
    stranger.get(ASKED)
    stranger.submit({"email": MAYA.email, "password": PASSWORD}, action="/sign-in")
    clock.advance(minutes=11)
    assert stranger.get("/sign-in/code", status=303).location == ASKED
    stranger.follow()
    stranger.submit({"email": MAYA.email, "password": PASSWORD}, action="/sign-in")
    stranger.follow()
    assert stranger.submit({"code": phone.code(660)}).location == HERE


def test_by_the_password_again_in_a_session_that_ended(ines: Visitor, clock: MovedClock) -> None:
    clock.advance(minutes=16)
    asked = ines.get("/people/new", status=303).location
    assert asked == "/sign-in/again?next=/people/new"
    clock.advance(hours=13)
    ines.get(asked, status=302)
    page = ines.follow()
    assert "You were signed out." in page.text
    assert page.page.forms[0].value("next") == asked
