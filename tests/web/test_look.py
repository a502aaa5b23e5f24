"""The gallery in a real browser: what axe finds, what the policy refuses, what overflows."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from tests.support.browser import DESKTOP, PHONE, axe_faults
from tests.web import gallery
from tests.web.conftest import MakeShell

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 700}
NewContext = Callable[..., BrowserContext]


@dataclass
class Seen:
    """A page in a browser, and what its console said."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def address(make_shell: MakeShell) -> Iterator[str]:
    app: Flask = make_shell(public_url="http://127.0.0.1")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/gallery"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def look(address: str, new_context: NewContext) -> Callable[..., Seen]:
    """Opens a page of the gallery."""

    def open_page(name: str, **context: object) -> Seen:
        page = new_context(**context).new_page()
        seen = Seen(page)
        page.on("console", lambda told: seen.complaints.append(told.text))
        page.on("pageerror", lambda fault: seen.complaints.append(str(fault)))
        answer = page.goto(f"{address}/{name}")
        assert answer is not None
        assert answer.status in {200, 422}
        return seen

    return open_page


@pytest.mark.parametrize(
    ("size", "scheme"),
    [pytest.param(PHONE, "light", id="phone"), pytest.param(DESKTOP, "dark", id="desktop, dark")],
)
def test_axe_and_the_policy_find_nothing(
    look: Callable[..., Seen], size: dict[str, int], scheme: str
) -> None:
    for name in gallery.PAGES:
        seen = look(name, viewport=size, color_scheme=scheme)
        only = ["color-contrast"] if scheme == "dark" else []  # nothing else differs in the dark
        assert axe_faults(seen.page, only=only) == [], name
        assert [c for c in seen.complaints if "Content Security Policy" in c] == []
        seen.page.context.close()


def test_a_form_with_mistakes_too(look: Callable[..., Seen]) -> None:
    seen = look("form?bad", viewport=PHONE)
    assert axe_faults(seen.page) == []
    assert seen.page.evaluate("document.activeElement.className") == "summary"


def test_nothing_is_wider_than_a_small_phone(look: Callable[..., Seen]) -> None:
    for name in (*gallery.PAGES, "form?bad"):
        seen = look(name, viewport=NARROW)
        over = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{name} is {over} px too wide"
        seen.page.context.close()


def test_signs_are_drawn_under_the_policy(look: Callable[..., Seen]) -> None:
    seen = look("parts", viewport=PHONE)
    sizes = seen.page.evaluate(
        "[...document.querySelectorAll('use')].filter(u => !u.closest('[popover]'))"
        ".map(u => u.getBBox().width + u.getBBox().height)"
    )
    assert sizes
    assert min(sizes) > 0


def test_targets_are_large_enough_to_tap(look: Callable[..., Seen]) -> None:
    seen = look("exam", viewport=PHONE)
    heights = seen.page.evaluate(
        "[...document.querySelectorAll('.decisions label, .btn, .map a, .top nav a, .check')]"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    rows = seen.page.evaluate(
        "[...document.querySelectorAll('.decisions label')]"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert len(rows) == 5
    assert min(rows) >= 48


def test_a_citation_opens_and_closes_without_a_script(look: Callable[..., Seen]) -> None:
    page = look("reader", viewport=PHONE).page
    note = page.locator("#c-nice-ng220")
    assert not note.is_visible()
    page.get_by_role("button", name="Source 1: Record seen").first.click()
    assert note.is_visible()
    page.keyboard.press("Escape")
    assert not note.is_visible()
