"""A browser fast enough not to distort what it measures."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from scripts.bench.bare import QUERIES
from tests.support.people import PASSWORD

TOKEN = re.compile(r'(?:name="csrf_token"[^>]* value|data-token)="([^"]+)"')
IDLE_SECONDS = 1
"""Gunicorn closes a connection that was idle for twice as long."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Reply:
    """A response, and how long it took."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def query_count(self) -> int:
        """The number of database queries."""
        return int(self.headers.get(QUERIES, "0"))

    @property
    def body_text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def redirect_target(self) -> str:
        """Where a redirect leads."""
        target = urlsplit(self.headers["Location"])
        return target.path + (f"?{target.query}" if target.query else "")


class UnexpectedError(RuntimeError):
    """The site did not respond as expected, so there is nothing to measure."""


@dataclass
class Browser:
    """Keeps its cookies, its connection, and the form token of the last page."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    replies: list[Reply] = field(default_factory=list)
    """All replies since this was last emptied."""

    def __post_init__(self) -> None:
        """Open the connection."""
        parts = urlsplit(self.url)
        self._connection = HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        self._used = time.perf_counter()

    def request_without_body(self, method: str, path: str) -> Reply:
        """Request a path without a body."""
        return self._request_and_read_reply(method, path, None, {}, 200)

    def get(self, path: str, *, status: int = 200, **headers: str) -> Reply:
        """Fetch a path; header names have underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._request_and_read_reply("GET", path, None, named, status)

    def post(self, path: str, *fields: tuple[str, str]) -> Reply:
        """Send a form with the last page's token; it must be accepted and redirect."""
        body = urlencode([*fields, ("csrf_token", self.token)])
        return self._request_and_read_reply("POST", path, body, {"Content-Type": FORM}, 302, 303)

    def post_form(self, path: str, *fields: tuple[str, str]) -> Reply:
        """Send a form as the pages' scripts do, which are answered with JSON."""
        body = urlencode([*fields, ("csrf_token", self.token)])
        return self._request_and_read_reply("POST", path, body, {"Content-Type": FORM}, 200)

    def post_json(self, path: str, body: Mapping[str, Any]) -> Reply:
        """Send JSON as the pages' scripts do."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-CSRFToken": self.token,
        }
        return self._request_and_read_reply("POST", path, json.dumps(body), headers, 200)

    def follow_redirects(self, reply: Reply) -> Reply:
        """Follow redirects."""
        while "Location" in reply.headers:
            reply = self._request_and_read_reply(
                "GET", reply.redirect_target, None, {}, 200, 302, 303
            )
        return reply

    def sign_in(self, email: str) -> "Browser":
        """Sign in through the form."""
        self.get("/sign-in")
        self.post("/sign-in", ("email", email), ("password", PASSWORD))
        return self

    def _request_and_read_reply(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str], *statuses: int
    ) -> Reply:
        sent = dict(headers)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.perf_counter()
        if began - self._used > IDLE_SECONDS:
            self._connection.close()  # it reopens automatically
        self._connection.request(method, path, body, sent)
        response = self._connection.getresponse()
        content = response.read()
        self._used = time.perf_counter()
        taken = self._used - began
        reply = Reply(path, response.status, dict(response.getheaders()), content, taken)
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: each.value for name, each in SimpleCookie(line).items()})
        if reply.status not in statuses:
            raise UnexpectedError(f"{method} {path} answered {reply.status}: {content[:400]!r}")
        if found := TOKEN.search(
            reply.body_text if "html" in reply.headers.get("Content-Type", "") else ""
        ):
            self.token = unescape(found[1])
        self.replies.append(reply)
        return reply
