"""A bad telephone line: slow, and some requests come to nothing; or none at all."""

from contextlib import suppress
from random import Random
from typing import Any

from playwright.sync_api import CDPSession, Error, Page

LATENCY = 400
"""Milliseconds until an answer begins."""
THROUGHPUT = 400 * 1000 // 8
"""Bytes a second in each direction: 400 kbit/s."""
EVERY = 20
"""One request in so many fails, at any place among them: 5 %."""


class BadLine:
    """Puts pages on the line; counts what was asked and what was lost.

    The browser's own protocol, not Playwright's `route`: that would turn the browser's cache off.
    """

    def __init__(self, seed: int) -> None:
        self.asked = 0
        self.lost = 0
        self._kept: set[str] = set()
        self._random = Random(seed)  # noqa: S311 - to be the same in every run
        self._falls = 0

    def hold(self, page: Page) -> CDPSession:
        """Put a page on the line, and return its hold on the page."""
        session = page.context.new_cdp_session(page)

        def decide(event: dict[str, Any]) -> None:
            request = {"requestId": event["requestId"]}
            with suppress(Error):  # the page was closed meanwhile
                if self._loses(event["request"]["url"]):
                    session.send("Fetch.failRequest", request | {"errorReason": "ConnectionReset"})
                else:
                    session.send("Fetch.continueRequest", request)

        session.on("Fetch.requestPaused", decide)
        session.send("Network.enable")
        session.send("Fetch.enable")
        set_line(session, offline=False)
        return session

    def _loses(self, url: str) -> bool:
        """Decide on a request; what the browser has kept for good asks nothing of the line."""
        if url in self._kept:
            return False
        place = self.asked % EVERY
        if place == 0:
            self._falls = self._random.randrange(EVERY)
        self.asked += 1
        if place == self._falls:
            self.lost += 1
            return True
        if "/static/" in url:
            self._kept.add(url)
        return False


def set_line(session: CDPSession, *, offline: bool) -> None:
    """Cut a line, or make it slow."""
    conditions = {
        "offline": offline,
        "latency": LATENCY,
        "downloadThroughput": THROUGHPUT,
        "uploadThroughput": THROUGHPUT,
    }
    session.send("Network.emulateNetworkConditions", conditions)
