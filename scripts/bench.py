"""Time pages on a real server of its own, on this machine.

It serves a copy of the tests' template database with gunicorn as `cpd serve` does, asks for the
pages that anybody may see, and stops by itself. Nothing is asserted of time: machines differ.
"""

import argparse
import statistics
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.support.databases import Stores
from tests.support.prepared import prepare
from tests.support.server import LiveServer, serving

PATHS = ("/", "/courses", "/sign-in", "/healthz")
CLIENTS = 4


def ask(url: str, path: str, times: int) -> list[float]:
    """Fetch a path again and again over one connection; return the seconds of each."""
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        taken.append(time.perf_counter() - began)
        if response.status != 200:  # noqa: PLR2004 - OK
            sys.exit(f"{path} answered {response.status}")
    connection.close()
    return taken


def round_of(server: LiveServer, times: int) -> dict[str, list[float]]:
    """Fetch every path with several clients at once; return the seconds by path."""
    found: dict[str, list[float]] = defaultdict(list)
    with ThreadPoolExecutor(CLIENTS) as clients:
        for path in PATHS:
            work = [clients.submit(ask, server.url, path, times) for _ in range(CLIENTS)]
            for done in work:
                found[path] += done.result()
    return found


def show(found: dict[str, list[float]]) -> None:
    """Print the middle and the slow end of each path, in milliseconds."""
    for path, taken in found.items():
        cuts = statistics.quantiles(taken, n=100)
        print(f"{path:<12} {len(taken):>6} requests  p50 {cuts[49] * 1000:7.1f} ms", end="")
        print(f"  p99 {cuts[98] * 1000:7.1f} ms")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    stores = Stores(prepare)
    try:
        with serving(stores[options.engine].copy("bench")) as server:
            show(round_of(server, times=200))
    finally:
        stores.close()


if __name__ == "__main__":
    main()
