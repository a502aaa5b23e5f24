"""No request from elsewhere changes anything: every route that may do so asks for a token."""

from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from tests.access.asking import on_sqlite, written
from tests.access.matrix import mutating, routes_of
from tests.access.objects import World
from tests.factories import accounts
from tests.support.pages import Page
from tests.support.people import INES, MAYA
from tests.support.visitor import Visitor

pytestmark = on_sqlite
"""The check comes before any database is asked."""

REFUSED = "This form could not be matched to you."
NAMED = (None, MAYA, INES)
FOR_PROGRAMS = ("/schools/emails/stop/",)
"""What a program asks with a link that nobody else has, and without a token."""

COUNTS_GUESSES = "sign_in_tries"
"""The table that counts guesses, also those at a code in an address."""


def refused_everywhere(app: Flask, send: Callable[[Visitor, str, str], int]) -> list[str]:
    """Send to every route that may change something, as everybody; return who got past."""
    passed = []
    for named in NAMED:
        visitor = Visitor(app, named.name if named else "visitor")
        if named:
            accounts.let_in(visitor, named)
        for method, path in mutating(app):
            if path.startswith(FOR_PROGRAMS):
                continue
            with written(app) as found:
                status = send(visitor, method, path)
            if status != 400 or found:
                passed.append(f"{visitor.name}: {method} {path} answered {status}, wrote {found}")
    return passed


def test_there_is_something_to_protect(world: World) -> None:
    assert len(list(mutating(world.app))) >= 20


def test_without_a_token_nothing_is_changed(world: World) -> None:
    def send(visitor: Visitor, method: str, path: str) -> int:
        answer = visitor.client.open(path, method=method, data={"name": "x"})
        assert answer.status_code != 400 or REFUSED in answer.get_data(as_text=True)
        return answer.status_code

    assert refused_everywhere(world.app, send) == []


def test_json_and_plain_text_need_a_token_as_well(world: World) -> None:
    def send(visitor: Visitor, method: str, path: str) -> int:
        json = visitor.client.open(path, method=method, json={"position": 1}).status_code
        text = visitor.client.open(
            path, method=method, data='{"position": 1}', content_type="text/plain"
        ).status_code
        return json if json == text else 0

    assert refused_everywhere(world.app, send) == []


@pytest.mark.parametrize("token", ["", "x", "IjAwIg.aaaaaa.bbbbbbbbbbbbbbbbbbb"])
def test_a_made_up_token_is_none(world: World, token: str) -> None:
    def send(visitor: Visitor, method: str, path: str) -> int:
        return visitor.client.open(path, method=method, data={"csrf_token": token}).status_code

    assert refused_everywhere(world.app, send) == []


def test_somebody_elses_token_is_none(world: World) -> None:
    """A token is good with the cookie that it was made for, and with no other."""
    theirs = accounts.csrf_token(world.app, "another secret altogether")

    def send(visitor: Visitor, method: str, path: str) -> int:
        return visitor.client.open(path, method=method, data={"csrf_token": theirs}).status_code

    assert refused_everywhere(world.app, send) == []


def test_the_token_of_before_signing_in_is_none_afterwards(world: World) -> None:
    stranger = Visitor(world.app, "stranger")
    stranger.get("/sign-in")
    before = stranger.token
    accounts.let_in(stranger, MAYA)
    stranger.client.post("/profile", data={"csrf_token": before})
    answer = stranger.client.post("/sign-out", data={"csrf_token": before})
    assert answer.status_code == 400


def test_an_address_that_only_takes_posts_does_nothing_by_get(world: World) -> None:
    """Neither does a method that a header or a field claims."""
    app = world.app
    visitor = accounts.let_in(Visitor(app), INES)
    claims = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    readable = {route.partition(" ")[2] for route in routes_of(app) if route.startswith("GET ")}
    for method, path in mutating(app):
        with written(app) as found:
            status = visitor.client.get(f"{path}?_method={method}", headers=claims).status_code
        assert [each for each in found if COUNTS_GUESSES not in each] == [], path
        assert status in {200, 302, 303, 403, 404, 405}, path
        assert status != 200 or path in readable, path


def test_control_without_the_check_requests_get_past(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.app.config, "WTF_CSRF_ENABLED", False)

    def send(visitor: Visitor, method: str, path: str) -> int:
        return visitor.client.open(path, method=method).status_code

    past = refused_everywhere(world.app, send)
    assert any("POST /sign-out" in line for line in past)
    assert len(past) > len(list(mutating(world.app)))


OWN = "https://cpd.example.org"


FROM_THIS_SITE: Sequence[dict[str, str]] = (
    {"Origin": OWN},
    {"Referer": f"{OWN}/sign-in"},
    {"Origin": OWN, "Referer": "https://evil.example/"},
)
FROM_ELSEWHERE: Sequence[dict[str, str]] = (
    {},
    {"Origin": "null", "Referer": f"{OWN}/sign-in"},
    {"Origin": "https://evil.example", "Referer": f"{OWN}/sign-in"},
    {"Origin": "http://cpd.example.org"},
    {"Origin": f"{OWN}:8443"},
    {"Origin": f"{OWN}.evil.example"},
    {"Referer": "https://cpd.example.org.evil.example/"},
    {"Referer": "https://[evil.example/"},
)


def test_over_tls_a_right_origin_is_enough_and_nothing_is_not(
    world: World, make_app: Callable[..., Flask]
) -> None:
    client = make_app(public_url=OWN).test_client()
    for base_url in (OWN, f"{OWN}:443"):
        form = {"csrf_token": Page(client.get("/sign-in", base_url=base_url).text).token}
        for headers in FROM_THIS_SITE:
            answer = client.post("/sign-in", base_url=base_url, data=form, headers=headers)
            assert answer.status_code == 422, headers  # past the check: nothing was filled in
        for headers in FROM_ELSEWHERE:
            answer = client.post("/sign-in", base_url=base_url, data=form, headers=headers)
            assert (answer.status_code, REFUSED in answer.text) == (400, True), headers
