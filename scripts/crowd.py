"""Many readers at once on many web processes that have just started: everyone must get the page.

On a machine with few cores, this shows whether one process takes most of the requests, and what
each process does anew.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from tests.support.databases import ENGINES, Stores
from tests.support.prepared import prepare
from tests.support.server import LiveServer, serving

PAGES = ("/", "/courses/small-course", "/sign-in", "/verify")
PATIENCE = 30


def main() -> int:
    """Let them all ask at the same moment on each database, and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=20)
    parser.add_argument("--readers", type=int, default=80)
    options = parser.parse_args()
    stores = Stores(prepare)
    outcomes: Counter[int | str] = Counter()
    try:
        for engine in ENGINES:
            database = stores[engine].copy("crowd")
            with serving(database, workers=options.workers) as server:
                began = time.monotonic()
                found = let_read(server, options.readers)
                seconds = time.monotonic() - began
            print(f"{engine}: {dict(found)} in {seconds:.1f} s")
            outcomes += found
    finally:
        stores.close()
    return 0 if set(outcomes) == {200} else 1


def let_read(server: LiveServer, readers: int) -> Counter[int | str]:
    """Let readers ask for pages all at once; return how often each outcome occurred."""
    address = urlsplit(server.url)

    def read(number: int) -> int | str:
        connection = HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE)
        try:
            connection.request("GET", PAGES[number % len(PAGES)])
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException) as fault:
            return repr(fault)
        finally:
            connection.close()
        return response.status

    with ThreadPoolExecutor(readers) as pool:
        return Counter(pool.map(read, range(readers)))


if __name__ == "__main__":
    sys.exit(main())
