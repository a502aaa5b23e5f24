"""How many bytes a page transfers: the first one with everything it needs, and later ones."""

import re
from gzip import compress
from urllib.parse import urljoin

from scripts.bench.browser import Browser
from scripts.bench.measuring import AS_A_PROXY, Line

REQUESTS, FIRST, LATER = 6, 60_000, 20_000
"""The limits of a first visit and of a later page."""
_NEEDED = re.compile(r'<(?:link|script|img|use)\b[^>]* (?:href|src)="(/[^"#]+)')
_IN_STYLES = re.compile(r"url\(['\"]?([^'\")]+)")


def measure_first_visit(url: str, path: str) -> Line:
    """Fetch a page and everything that it needs, with an empty browser cache."""
    browser = Browser(url)
    page = browser.get(path)
    taken = {path: len(compress(page.body, AS_A_PROXY))}
    waiting = _NEEDED.findall(page.body_text)
    while waiting:
        address = waiting.pop()
        if address in taken:
            continue
        plain = browser.get(address)
        taken[address] = len(browser.get(address, Accept_Encoding="gzip").body)
        if address.endswith(".css"):
            urls = _IN_STYLES.findall(plain.body_text)
            waiting += [urljoin(address, link) for link in urls if not link.startswith("data:")]
    return Line(
        "first visit of a section",
        requests=len(taken),
        gzip=sum(taken.values()),
        says=", ".join(f"{name.rpartition('/')[2]} {size}" for name, size in taken.items()),
        limits={"requests": REQUESTS, "gzip": FIRST},
    )


def measure_later_pages(browser: Browser, paths: list[str]) -> Line:
    """Fetch pages whose styles and icons are cached, and return the heaviest."""
    sizes = {path: len(compress(browser.get(path).body, AS_A_PROXY)) for path in paths}
    heaviest = max(sizes, key=lambda path: sizes[path])
    over = sum(size > LATER for size in sizes.values())
    return Line(
        "a later page, the heaviest",
        gzip=sizes[heaviest],
        says=f"{heaviest}; {over} of {len(paths)} over the limit",
        limits={"gzip": LATER},
    )
