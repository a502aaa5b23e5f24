"""Measuring CPU time of the web processes and response times, and the lines that report them."""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from gzip import compress
from itertools import islice
from pathlib import Path
from typing import Any

from scripts.bench import bare
from scripts.bench.browser import Browser, Reply
from tests.support.server import LiveServer

CLIENTS = 4
ROUNDS = 5
"""The bare page and the measured one alternate, because other work on the machine slows both."""
AS_A_PROXY = 6
"""The level of gzip compression in front of a site."""

Ask = Callable[[], Sequence[Reply]]
"""Does one thing, with all the requests that it takes."""


@dataclass
class Line:
    """One line of the table; what was not measured is None."""

    name: str
    cpu_ms: float | None = None
    bare_pages: float | None = None
    """CPU time as a multiple of the bare page's."""
    p50_one: float | None = None
    p99_one: float | None = None
    p50_four: float | None = None
    p99_four: float | None = None
    """Milliseconds for a reply, with one browser and with four."""
    queries: int | None = None
    """The most queries of any reply."""
    requests: float | None = None
    bytes: int | None = None
    gzip: int | None = None
    seconds: float | None = None
    megabytes: float | None = None
    change: float | None = None
    """How much the multiple grew, as a fraction."""
    says: str = ""
    limits: dict[str, float] = field(default_factory=dict)
    """The upper limit of each figure, by its name."""

    @property
    def figures_over_limit(self) -> list[str]:
        """The figures that exceed their limits."""
        return [name for name, most in self.limits.items() if getattr(self, name) > most]

    def to_json(self) -> dict[str, Any]:
        """Return the measured figures, and whether they keep their limits."""
        measured = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return {**measured, "holds": not self.figures_over_limit}


def web_process_ids(server: LiveServer) -> list[int]:
    """Return the processes that answer requests."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def cpu_ms_of_processes(pids: Sequence[int]) -> float:
    """Return the user and system time that processes have taken since they began."""
    # What clock_getcpuclockid(3) returns. /proc has the same sum, but in hundredths of a second.
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids) * 1000


@dataclass
class Meter:
    """Measures one server."""

    server: LiveServer
    bare_ms: list[float] = field(default_factory=list)
    """CPU time of the bare page in each round."""

    def open_browsers(self) -> list[Browser]:
        """Return browsers that are not signed in."""
        return [Browser(self.server.url) for _ in range(CLIENTS)]

    def measure_repeated_requests(
        self, name: str, asks: Sequence[Ask], *, times: int, **limits: float
    ) -> Line:
        """Measure requests that several browsers repeat."""
        for ask in [*asks, *asks]:  # until both processes have filled their caches
            ask()
        share = times // ROUNDS
        alone = [[asks[turn % len(asks)]] * share for turn in range(ROUNDS)]
        return self.measure_line(
            name, alone, [[ask] * (times // CLIENTS) for ask in asks], **limits
        )

    def measure_line(
        self,
        name: str,
        alone: Sequence[Sequence[Ask]],
        together: Sequence[Sequence[Ask]],
        **limits: float,
    ) -> Line:
        """Measure one browser, round by round, and then several at once."""
        found: list[Sequence[Reply]] = []
        spent = plain = 0.0
        for turn in alone:
            plain += self.measure_bare_page()
            spent += self.measure_cpu_ms(partial(_ask_all_and_append_replies, turn, found))
        cpu = spent / len(found)
        one = [reply for replies in found for reply in replies]
        four = ask_at_once(together)
        return Line(
            name,
            cpu_ms=cpu,
            bare_pages=cpu / (plain / len(alone)),
            p50_one=percentile_ms(one, 50),
            p99_one=percentile_ms(one, 99),
            p50_four=percentile_ms(four, 50),
            p99_four=percentile_ms(four, 99),
            queries=max(reply.query_count for reply in one),
            requests=statistics.mean(len(replies) for replies in found),
            bytes=max(len(reply.body) for reply in one),
            gzip=max(len(compress(reply.body, AS_A_PROXY)) for reply in islice(one, 50)),
            limits=limits,
        )

    def measure_cpu_ms(self, work: Callable[[], object]) -> float:
        """Return the CPU time that the web processes spend on some work."""
        pids = web_process_ids(self.server)
        before = cpu_ms_of_processes(pids)
        work()
        return cpu_ms_of_processes(pids) - before

    def measure_bare_page(self, times: int = 200) -> float:
        """Return the CPU time of one bare page, now."""
        browser = Browser(self.server.url)
        spent = self.measure_cpu_ms(lambda: [browser.get(bare.PAGE) for _ in range(times)]) / times
        self.bare_ms.append(spent)
        return spent


def _ask_all_and_append_replies(asks: Sequence[Ask], found: list[Sequence[Reply]]) -> None:
    found.extend(ask() for ask in asks)


def ask_at_once(together: Sequence[Sequence[Ask]]) -> list[Reply]:
    """Let several browsers send requests at once, and return the replies."""

    def ask_in_turn(asks: Sequence[Ask]) -> list[Reply]:
        return [reply for ask in asks for reply in ask()]

    with ThreadPoolExecutor(len(together)) as pool:
        return [reply for done in pool.map(ask_in_turn, together) for reply in done]


def percentile_ms(replies: Sequence[Reply], percent: int) -> float:
    """Return the percentile of the response times, in milliseconds."""
    taken = [reply.seconds * 1000 for reply in replies]
    return statistics.quantiles([*taken, taken[-1]], n=100, method="inclusive")[percent - 1]
