import re

import pytest
from flask.testing import FlaskClient

from cpd.web.static import CACHE_FOREVER, build_asset_url
from tests.web.conftest import MakeShell

ADDRESSES = [
    pytest.param("/gallery/parts", 200, id="a page"),
    pytest.param("/gallery/form?bad", 422, id="a form with mistakes"),
    pytest.param("/healthz", 200, id="for machines"),
    pytest.param("/nowhere", 404, id="no such page"),
    pytest.param("/error/403", 403, id="refused"),
    pytest.param("/crash", 500, id="a crash"),
    pytest.param("/busy/locked", 503, id="busy"),
    pytest.param("/moved", 302, id="moved"),
    pytest.param("/static/cpd.0.css", 200, id="a file"),
    pytest.param("/static/no.0.css", 404, id="no such file"),
]


@pytest.mark.parametrize(("path", "status"), ADDRESSES)
def test_every_answer_carries_the_security_headers(
    client: FlaskClient, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    policy = dict(
        part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_the_policy_allows_nothing_unsafe(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert not re.search(r"unsafe|\*|http|blob|strict-dynamic", policy)


def test_a_picture_opened_by_itself_may_bring_its_style_and_nothing_else(
    client: FlaskClient,
) -> None:
    answer = client.get("/static/icons.0.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; sandbox"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_over_tls_browsers_are_told_to_stay_there(make_shell: MakeShell) -> None:
    client = make_shell(public_url="https://cpd.example").test_client()
    answer = client.get("/healthz", base_url="https://cpd.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param("/gallery/parts", "no-store", id="pages are not kept"),
        pytest.param("/kept", "private, max-age=300", id="unless they say so"),
        pytest.param("/kept?write", "no-store", id="not when it writes to the session"),
        pytest.param("/kept?missing", "no-store", id="not when it fails"),
        pytest.param("/nowhere", "no-store", id="errors are not kept"),
    ],
)
def test_what_browsers_may_keep(client: FlaskClient, path: str, rule: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == rule
    assert "Cookie" in answer.headers["Vary"]


def test_hashed_files_are_kept_for_good(make_shell: MakeShell) -> None:
    app = make_shell()
    with app.app_context():
        address = build_asset_url("cpd.css")
    answer = app.test_client().get(address)
    assert answer.headers["Cache-Control"] == CACHE_FOREVER
    assert answer.headers["Vary"] == "Accept-Encoding"
