"""A person whose browser has no scripts: fetches pages, fills in forms, and checks every page."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask, has_app_context
from werkzeug.test import TestResponse

from tests.support import pages
from tests.support.pages import Form, Page

Data = Mapping[str, Any] | Iterable[tuple[str, Any]]
MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Answer:
    """A response, already checked if it is a page."""

    response: TestResponse
    path: str

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def body(self) -> bytes:
        """The bytes."""
        return self.response.get_data()

    @property
    def bare(self) -> bytes:
        """The bytes without the requested address, which a page may repeat."""
        return self.body.replace(self.path.encode(), b"")

    @property
    def html(self) -> str:
        """The body as text."""
        return self.response.get_data(as_text=True)

    @property
    def json(self) -> Any:
        """The body as JSON; fails if it is anything else."""
        return json.loads(self.body)

    @property
    def page(self) -> Page:
        """The page."""
        return Page(self.html)

    @property
    def text(self) -> str:
        """The text of the page."""
        return self.page.text

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path with its query."""
        target = urlsplit(urljoin(f"http://here{self.path}", self.response.headers["Location"]))
        return target.path + (f"?{target.query}" if target.query else "")

    def header(self, name: str) -> str:
        """Return a header, or an empty string."""
        return self.response.headers.get(name, "")


class Visitor:
    """One browser: keeps its cookies and its current page; forgery protection stays on.

    `get` and `post` take the status they expect and fail on any other. Do not use one inside
    `with app.app_context():`, which would make all its requests share one `g`.
    """

    def __init__(self, app: Flask, name: str = "visitor", *, cookies: bool = True) -> None:
        """Open a browser; without cookies, each request must carry what it needs."""
        self.app = app
        self.name = name
        self.client = app.test_client(use_cookies=cookies)
        self.answer: Answer | None = None
        self._token: str | None = None

    @property
    def page(self) -> Page:
        """The page that this visitor is on."""
        assert self.answer is not None, f"{self.name} has fetched no page yet"
        return self.answer.page

    def get(self, path: str, *, status: int = 200, **options: Any) -> Answer:
        """Fetch a path."""
        return self.send("GET", path, status=status, **options)

    def post(
        self,
        path: str,
        data: Data | None = None,
        *,
        status: int | tuple[int, ...] = MOVED,
        csrf: bool = True,
        **options: Any,
    ) -> Answer:
        """Send fields with the token of the last page that had one; `csrf=False` leaves it out.

        Fetch the form first, as people do.
        """
        if "json" in options:
            headers = dict(options.pop("headers", {}))
            if csrf:
                headers["X-CSRFToken"] = self.token
            return self.send("POST", path, status=status, headers=headers, **options)
        sent = _pairs(data)
        if csrf:
            sent.append(("csrf_token", self.token))
        options.setdefault("content_type", "application/x-www-form-urlencoded")
        return self.send("POST", path, status=status, data=urlencode(sent), **options)

    def submit(
        self,
        data: Data | None = None,
        *,
        action: str | None = None,
        status: int | tuple[int, ...] = MOVED,
    ) -> Answer:
        """Fill in the form of the page this visitor is on and send it, as a browser would.

        Untouched fields keep their values; a field that the form does not have fails. `action`
        picks one of several forms by the end of its address; otherwise the fields do.
        """
        given = _pairs(data)
        names = {name for name, _ in given}
        form = self._form(action, names)
        unknown = names - form.names
        assert not unknown, f"the form has no field {unknown}; it has {form.names}"
        sent = [(name, value) for name, value in form.fields if name not in names] + given
        assert self.answer is not None
        path = urljoin(self.answer.path, form.action) or self.answer.path
        if form.method == "get":
            assert isinstance(status, int), "a GET form needs the status of its page"
            return self.get(f"{path.partition('?')[0]}?{urlencode(sent)}", status=status)
        content_type = "application/x-www-form-urlencoded"
        return self.send(
            "POST", path, status=status, data=urlencode(sent), content_type=content_type
        )

    def follow(self, answer: Answer | None = None, *, status: int = 200) -> Answer:
        """Follow the redirect of the last response, or of this one."""
        answer = answer or self.answer
        assert answer is not None, f"{self.name} has nothing to follow yet"
        return self.get(answer.location, status=status)

    def believe(self, token: str) -> None:
        """Use a form token that was made for this visitor without fetching a page."""
        self._token = token

    @property
    def token(self) -> str:
        """The token from the pages that this visitor has seen."""
        assert self._token, f"{self.name} has seen no form yet: fetch the page with the form first"
        return self._token

    def send(
        self, method: str, path: str, *, status: int | tuple[int, ...], **options: Any
    ) -> Answer:
        """Send any request; the response must have this `status`."""
        assert not has_app_context(), (
            "leave `with app.app_context():` before a visitor sends a request"
        )
        response = self.client.open(path, method=method, **options)
        answer = Answer(response, response.request.full_path.rstrip("?"))
        expected = (status,) if isinstance(status, int) else status
        where = f"{self.name}: {method} {path}"
        assert answer.status in expected, (
            f"{where} answered {response.status}, not {' or '.join(map(str, expected))}"
            f"{_hint(answer)}"
        )
        if response.mimetype == "text/html" and answer.status not in MOVED and method != "HEAD":
            page = pages.check(answer.html, where)
            self._token = page.token or self._token
        self.answer = answer
        return answer

    def _form(self, action: str | None, names: set[str]) -> Form:
        forms = self.page.forms
        found = [form for form in forms if action is None or form.action.endswith(action)]
        if len(found) > 1 and any(names <= form.names for form in found):
            found = [form for form in found if names <= form.names]
        actions = [form.action for form in forms]
        assert len(found) == 1, f"{len(found)} forms fit {action!r}; the page has {actions}"
        return found[0]


def _pairs(data: Data | None) -> list[tuple[str, Any]]:
    if data is None:
        return []
    if not isinstance(data, Mapping):
        return list(data)
    return [
        (name, each)
        for name, value in data.items()
        for each in (value if isinstance(value, (list, tuple)) else [value])
    ]


def _hint(answer: Answer) -> str:
    if answer.status in MOVED:
        return f" (to {answer.location})"
    if answer.response.mimetype != "text/html":
        return f": {answer.html[:300]}"
    return f": {Page(answer.html).text[:300]}"
