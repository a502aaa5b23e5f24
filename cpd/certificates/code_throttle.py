"""Limits how many nonexistent codes one source may try: guessing is slow, honest checking is not.

It is consulted only for codes that were looked up but not found. A code that exists is never
refused.
"""

import ipaddress
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_THROTTLE = "cpd.code_throttle"
"""Where the app keeps it."""
WINDOW = timedelta(minutes=1)
MAX_MISSES = 30
"""Codes without a certificate that one source may try in a window, in each process."""
_MAX_SOURCES = 10_000


@dataclass
class _Count:
    since: datetime
    misses: int = 0


class CodeThrottle:
    """Counts in the memory of one process; thread-safe."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def seconds_until_retry(self, source: str, *, now: datetime) -> int:
        """Return the seconds for which a source may not try another wrong code, or 0."""
        with self._lock:
            count = self._counts.get(_network_of_source(source))
            if count is None or count.misses < MAX_MISSES:
                return 0
            left = count.since + WINDOW - now
            return max(-int(-left.total_seconds() // 1), 0)

    def count_wrong_code(self, source: str, *, now: datetime) -> None:
        """Count a code that no certificate has."""
        with self._lock:
            if len(self._counts) >= _MAX_SOURCES:
                self._forget_old_wrong_codes(now)
            network = _network_of_source(source)
            count = self._counts.get(network)
            if count is None or count.since + WINDOW <= now:
                count = self._counts[network] = _Count(now)
            count.misses += 1

    def _forget_old_wrong_codes(self, now: datetime) -> None:
        recent = {n: c for n, c in self._counts.items() if c.since + WINDOW > now}
        self._counts = recent if len(recent) < _MAX_SOURCES else {}


def _network_of_source(source: str) -> str:
    """Return what counts as one source: an IPv6 host owns a whole /64."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv4Address):
        return source
    return str(ipaddress.ip_network((address, 64), strict=False))
