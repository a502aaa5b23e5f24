"""Other spellings of a public address lead to the usual one; tokens and forms are left alone."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from cpd.web.redirects import LOWER_CASE
from tests.factories.courses import SLUG
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

COURSE = f"/courses/{SLUG}"


SPELLINGS = {
    "/courses/": "/courses",
    "/Courses//?page=1&q=%C3%A9": "/courses?page=1&q=%C3%A9",
    f"{COURSE}/".upper(): COURSE,
    f"{COURSE}/Sections/Noticing?resume=1": f"{COURSE}/sections/noticing?resume=1",
    f"{COURSE}/tools/Heat-Card": f"{COURSE}/tools/heat-card",
    "/Verify/": "/verify",
    "/provider/Contact/": "/provider/contact",
    "/Sign-In/?next=/A/": "/sign-in?next=/A/",
}


def test_another_spelling_leads_to_the_usual_one(stranger: Visitor) -> None:
    for typed, usual in SPELLINGS.items():
        assert stranger.get(typed, status=308).location == usual
        assert stranger.get(usual).status == 200, "and no further"


def test_what_is_no_page_stays_as_it_is(app: Flask) -> None:
    client = app.test_client()
    paths = ("/nothing/", "/NOTHING", f"{COURSE}/enrolment/", "/%2Fevil.example/", "/%C3%89/")
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)


def test_below_a_path_it_stays_below_it(app: Flask) -> None:
    answer = app.test_client().get("/Courses/", base_url="http://localhost/below")
    assert answer.location == "/below/courses"


def test_a_form_is_never_sent_elsewhere(stranger: Visitor) -> None:
    stranger.get("/sign-in")
    stranger.post("/Sign-In/", {}, status=404)


def value(rule: Rule, name: str) -> str:
    of_few = re.search(rf"<any\((\w+)[^>]*:{name}>", rule.rule)
    return of_few[1] if of_few else "1" if f"<int:{name}>" in rule.rule else "AbC"


def test_no_address_with_a_token_or_an_id_is_redirected(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    kept = [rule for rule in rules if not rule.arguments <= LOWER_CASE]
    asked = {
        rule.endpoint: app.url_map.bind("localhost").build(
            rule.endpoint, {name: value(rule, name) for name in rule.arguments}
        )
        for rule in kept
    }
    assert {"accounts.password.ask_new_password", "certificates.verify_code"} <= asked.keys()
    client = app.test_client()
    answers = {name: client.get(f"{path}/").status_code for name, path in asked.items()}
    assert [name for name, status in answers.items() if status == 308] == []
