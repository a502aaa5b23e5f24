"""The checks in a real browser find what they look for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page

from tests.support.html_validate import HtmlValidator

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
<body><main><h1>Sign in</h1><p><label for="mail">Address</label> <input id="mail" name="mail"
type="email" autocomplete="email"></p></main></body></html>"""


@pytest.mark.browser
def test_axe_finds_what_is_wrong_and_passes_what_is_right(
    page: Page, axe: Callable[[Page], None]
) -> None:
    page.set_content(GOOD)
    axe(page)
    page.set_content(GOOD.replace("<label", "<span").replace("</label", "</span"))
    with pytest.raises(AssertionError, match=r"label \(critical\)"):
        axe(page)
    page.set_content(GOOD.replace("<h1>", "<p>A</p><style>p { color: #ccc }</style><h1>"))
    with pytest.raises(AssertionError, match="color-contrast"):
        axe(page)


@pytest.mark.browser
def test_the_browser_reaches_no_other_machine(page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_html_validate_finds_what_is_wrong_and_passes_what_is_right(
    html_validator: HtmlValidator,
) -> None:
    html_validator.check(GOOD)
    with pytest.raises(AssertionError, match="element-permitted-content"):
        html_validator.check(GOOD.replace("Address", "<p>Address</p>"))
    with pytest.raises(AssertionError, match="input-missing-label"):
        html_validator.check(GOOD.replace('for="mail"', ""))
    html_validator.check(GOOD)
