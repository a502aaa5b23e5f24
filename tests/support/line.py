"""A bad connection: slow, with some requests failing; or none at all."""

from contextlib import suppress
from random import Random
from typing import Any

from playwright.sync_api import CDPSession, Error, Page

LATENCY = 400
"""Milliseconds until a response begins."""
THROUGHPUT = 400 * 1000 // 8
"""Bytes a second in each direction: 400 kbit/s."""
EVERY = 20
"""One request in this many fails, at a random position: 5%."""


class BadLine:
    """Puts pages on the bad line; counts requests and losses.

    It uses the browser's own protocol, because Playwright's `route` would turn off the cache.
    """

    def __init__(self, seed: int) -> None:
        self.asked = 0
        self.lost = 0
        self._kept: set[str] = set()
        self._random = Random(seed)  # noqa: S311 - to be the same in every run
        self._falls = 0

    def hold(self, page: Page) -> CDPSession:
        """Put a page on the line, and return the session that controls the page."""
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
        """Decide about a request; cached immutable files do not use the line."""
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
