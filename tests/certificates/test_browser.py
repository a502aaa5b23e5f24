"""In a real browser: printed on one page, and nothing for axe and the HTML checker to find."""

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import format_code
from tests.support.browser import PHONE
from tests.support.html_validate import HtmlValidator
from tests.support.people import MAYA, PASSWORD
from tests.support.server import LiveServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def phone_page(
    issued: Certificate, live_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> Page:
    return new_context(base_url=live_server.url, viewport=PHONE).new_page()


def test_the_certificate_prints_on_one_page(
    phone_page: Page,
    issued: Certificate,
    axe: Callable[[Page], None],
    html_validator: HtmlValidator,
) -> None:
    phone_page.goto(f"/certificates/{issued.public_id}")
    phone_page.get_by_label("address").fill(MAYA.email)
    phone_page.get_by_label("Password").fill(PASSWORD)
    phone_page.keyboard.press("Enter")
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("Record of study: passed")
    axe(phone_page)
    html_validator.check(phone_page.request.get(phone_page.url).text())
    assert phone_page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    phone_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone_page.get_by_role("button", name="Copy the link").click()
    expect(phone_page.get_by_text("The link has been copied.")).to_be_visible()
    copied = phone_page.evaluate("navigator.clipboard.readText()")
    assert copied == phone_page.get_by_label("Link for anyone").input_value()
    phone_page.context.clear_permissions()
    phone_page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    phone_page.get_by_role("button", name="Copy the link").click()
    expect(phone_page.get_by_text("copy it yourself")).to_be_visible()
    printed = PdfReader(io.BytesIO(phone_page.pdf(format="A4")))
    assert len(printed.pages) == 1
    assert "Maya Chidinma Okafor" in printed.pages[0].extract_text()


def test_a_stranger_checks_a_code_that_was_mistyped_first(
    phone_page: Page,
    issued: Certificate,
    axe: Callable[[Page], None],
    html_validator: HtmlValidator,
) -> None:
    code = format_code(issued.code)
    wrong = code[:3] + ("0" if code[3] != "0" else "1") + code[4:]
    phone_page.goto("/verify")
    phone_page.get_by_label("Code on the certificate").fill(wrong)
    phone_page.get_by_role("button", name="Verify").click()
    expect(phone_page.get_by_text("group does not fit: look at")).to_be_visible()
    axe(phone_page)
    phone_page.get_by_label("Code on the certificate").fill(f"  {code.lower()} ")
    phone_page.keyboard.press("Enter")
    expect(phone_page.get_by_text("Genuine.")).to_be_visible()
    html_validator.check(phone_page.content())
    phone_page.get_by_text("Technical proof").click()
    axe(phone_page)
    assert phone_page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    printed = PdfReader(io.BytesIO(phone_page.pdf(format="Letter")))
    assert len(printed.pages) == 1, printed.pages[1].extract_text()
    assert "Checked now, at" in printed.pages[0].extract_text()
