"""What a form that was not accepted says: its mistakes, in the order of the fields on the page.

Each page that a test fetches is checked for that order; here every form with several fields is sent
with all of them wrong.
"""

from collections.abc import Mapping

import pytest

from cpd.accounts.sign_up.forms import NewAccountForm
from cpd.web.forms import Form
from tests.support.pages import Page
from tests.support.post import PostOffice
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LONG = "x" * 300


def mistakes(page: Page) -> list[str]:
    (summary,) = [it for it in page.all("div") if it.get("class") == "summary"]
    return [link.get("href", "") for link in summary.iter("a")]


@pytest.mark.parametrize(
    ("path", "action", "wrong", "fields"),
    [
        ("/sign-in", "/sign-in", {}, ["email", "password"]),
        ("/profile", "/profile", {"name": "", "legal_name": LONG}, ["name", "legal_name"]),
        ("/profile", "/licences", {}, ["authority", "number"]),
        ("/profile/password", None, {}, ["present", "password", "again"]),
        ("/profile/address", None, {}, ["email", "present"]),
        (
            "/profile/printed",
            None,
            {},
            ["legal_name", "number", "time_zone"],
        ),
        ("/people/new", "/people", {}, ["name", "email"]),
        ("/remarks/new", None, {"email": "x"}, ["text", "email"]),
    ],
)
def test_mistakes_stand_in_the_order_of_the_page(
    stranger: Visitor,
    maya: Visitor,
    ines: Visitor,
    omar: Visitor,
    path: str,
    action: str | None,
    wrong: Mapping[str, object],
    fields: list[str],
) -> None:
    people = {
        "/people/new": ines,
        "/sign-in": stranger,
        "/remarks/new": stranger,
        "/profile/printed": omar,
    }
    visitor = people.get(path, maya)
    visitor.get(path)
    answer = visitor.submit(wrong, action=action, status=422)
    assert mistakes(answer.page) == [f"#{name}" for name in fields]


def test_mistakes_in_a_new_account(app: object, stranger: Visitor, post: PostOffice) -> None:
    stranger.get("/sign-up")
    stranger.submit({"email": "nora@example.org"})
    stranger.follow()
    stranger.submit({"code": post.collect_one(stranger.app).code})
    stranger.follow()
    answer = stranger.submit({}, status=422)
    assert mistakes(answer.page) == ["#name", "#password", "#again"]


def test_the_control(stranger: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the rule, the fields of the base class come first."""
    monkeypatch.delattr(Form, "__iter__")
    with stranger.app.test_request_context():
        assert [field.name for field in NewAccountForm()] == ["password", "again", "name"]


# Going back to such a page


def test_the_browser_may_keep_what_says_that_a_form_was_wrong(stranger: Visitor) -> None:
    stranger.get("/sign-in")
    answer = stranger.submit({}, action="/sign-in", status=422)
    assert answer.header("Cache-Control") == "private, no-cache"
    refused = stranger.post("/sign-in", {"other": "x"}, status=400)
    assert refused.header("Cache-Control") == "private, no-cache"
    assert stranger.get("/sign-in").header("Cache-Control") == "no-store"


def test_no_key_is_in_what_the_browser_may_keep(maya: Visitor) -> None:
    maya.get("/profile/second-factor")
    offer = maya.submit({"present": "a long walk before breakfast"}, status=200)
    assert offer.header("Cache-Control") == "no-store"
    key = next(word.text for word in offer.page.all("b") if word.text and len(word.text) > 30)
    wrong = maya.submit({"code": "000000"}, status=422)
    assert key not in wrong.html
    assert "data:image" not in wrong.html
    assert "Start again" in wrong.page.links()
