"""The factory: which hosts and proxies are believed, the session cookie, and joining once."""

from collections.abc import Callable

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from cpd.app import create_app
from cpd.config import Settings, SettingsError
from tests.support.databases import Database
from tests.support.prepared import settings_for

HTTPS = "https://cpd.example.org"
MakeApp = Callable[..., Flask]

# Hosts


@pytest.mark.parametrize(
    ("public_url", "host", "status"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", 200),
        ("http://127.0.0.1:8000", "localhost:8000", 200),
        ("http://127.0.0.1:8000", "127.0.0.1.evil.example", 400),
        ("http://127.0.0.1:8000", "evil.example", 400),
        (HTTPS, "cpd.example.org", 200),
        (HTTPS, "cpd.example.org:443", 200),
        (HTTPS, "evil.example", 400),
        (HTTPS, "evil.cpd.example.org", 400),
        (HTTPS, "cpd.example.org.evil.example", 400),
        (HTTPS, "localhost", 400),
    ],
)
def test_requests_for_another_host_are_refused(
    make_app: MakeApp, public_url: str, host: str, status: int
) -> None:
    client = make_app(public_url=public_url).test_client()
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == status
    text = answer.get_data(as_text=True)
    assert ("The site does not use this name." in text) is (status == 400)
    assert "evil" not in text


def test_control_without_the_list_any_host_is_served(make_app: MakeApp) -> None:
    app = make_app(public_url=HTTPS)
    app.config["TRUSTED_HOSTS"] = None
    answer = app.test_client().get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 200


# Proxies

FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7, 192.0.2.1",
    "X-Forwarded-Proto": "http, https, http",
    "X-Forwarded-Host": "evil.example, cpd.example.org, inner.example",
}


def seen_by(app: Flask, headers: dict[str, str]) -> tuple[str | None, str, str]:
    """Return who asked, how, and for which host, as the app believes it."""
    found: list[tuple[str | None, str, str]] = []

    @app.before_request
    def note() -> None:
        found.append((request.remote_addr, request.scheme, request.host))

    app.test_client().get("/sign-in", headers=headers, base_url="http://cpd.example.org")
    return found[0]


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, ("127.0.0.1", "http", "cpd.example.org")),
        (1, ("192.0.2.1", "http", "inner.example")),
        (2, ("198.51.100.7", "https", "cpd.example.org")),
        (3, ("203.0.113.9", "http", "evil.example")),
    ],
)
def test_as_many_proxies_are_believed_as_stand_there(
    make_app: MakeApp, proxies: int, seen: tuple[str, str, str]
) -> None:
    """More than there are would let a visitor choose: that is why the number is a setting."""
    app = make_app(public_url=HTTPS, proxies=proxies)
    app.config["TRUSTED_HOSTS"] = None
    assert seen_by(app, FORWARDED) == seen


def test_a_host_that_a_proxy_passes_on_is_checked_too(make_app: MakeApp) -> None:
    client = make_app(public_url=HTTPS, proxies=1).test_client()
    wanted = {"X-Forwarded-Host": "cpd.example.org", "X-Forwarded-Proto": "https"}
    assert client.get("/sign-in", headers=wanted).status_code == 200
    foreign = {**wanted, "X-Forwarded-Host": "evil.example"}
    assert client.get("/sign-in", headers=foreign).status_code == 400


def test_without_proxies_a_forwarded_host_changes_nothing(make_app: MakeApp) -> None:
    client = make_app(public_url=HTTPS).test_client()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "cpd.example.org"}
    assert client.get("/sign-in", headers=headers).status_code == 400


# The session cookie


def cookie_of(answer: TestResponse) -> tuple[str, set[str]]:
    """Return the name of the cookie that an answer sets, and what is said of it."""
    (set_cookie,) = answer.headers.getlist("Set-Cookie")
    first, *rest = set_cookie.split("; ")
    return first.partition("=")[0], {each for each in rest if not each.startswith("Expires")}


def test_over_tls_the_cookie_is_bound_to_host_and_tls(make_app: MakeApp) -> None:
    app = make_app(public_url=HTTPS)
    name, flags = cookie_of(app.test_client().get("/sign-in", base_url=HTTPS))
    assert name == "__Host-cpd"
    assert flags == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}, "and no Domain"


def test_on_this_machine_the_cookie_does_without_tls(app: Flask) -> None:
    name, flags = cookie_of(app.test_client().get("/sign-in"))
    assert name == "cpd"
    assert flags == {"HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.parametrize(
    ("public_url", "name"),
    [
        ("http://127.0.0.1:8001", "cpd-8001"),
        ("http://127.0.0.1:8002", "cpd-8002"),
        (f"{HTTPS}:8443", "__Host-cpd-8443"),
    ],
)
def test_two_sites_on_one_host_do_not_share_a_cookie(
    make_app: MakeApp, public_url: str, name: str
) -> None:
    """Browsers send a cookie to every port of a host."""
    client = make_app(public_url=public_url).test_client()
    assert cookie_of(client.get("/sign-in", base_url=public_url))[0] == name


# Being made


def test_settings_that_must_not_be_served_make_no_app(database: Database) -> None:
    wrong = vars(settings_for(database)) | {"demo": True, "public_url": HTTPS}
    with pytest.raises(SettingsError, match="CPD_DEMO"):
        create_app(Settings(**wrong))
